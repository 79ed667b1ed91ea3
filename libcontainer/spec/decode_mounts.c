/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /mounts.  Room: run (pure). */
#include "spec/decode.h"

#define MOUNT struct spec_mount

/* Relative ones are deprecated and to be read as from "/" (config.md, Mounts). */
static void decode_destination(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	MOUNT *mount = out;
	const char *s = decode_string(d, at, v);

	if (!s)
		return;
	if (!*s)
		report_at(d->report, at, "required (it is empty)");
	mount->destination = *s == '/' ? s : arena_printf(d->arena, "/%s", s);
	if (!mount->destination)
		d->report->nomem = true;
}

static const struct field mount_fields[] = {
	ROW_CALL("destination", decode_destination, .flags = REQUIRED),
	ROW_STRING("type", MOUNT, type, .flags = EMPTY_ABSENT),
	ROW_STRING("source", MOUNT, source, .flags = EMPTY_ABSENT),
	ROW_STRINGS("options", MOUNT, options),
	ROW_LIST("uidMappings", MOUNT, uid_mappings, struct spec_idmap, &idmap_shape),
	ROW_LIST("gidMappings", MOUNT, gid_mappings, struct spec_idmap, &idmap_shape),
};
static const MOUNT nowhere = { .destination = "/" }; /* never NULL, see report_required() */
const struct shape mount_shape = { FIELDS(mount_fields), .size = sizeof(MOUNT), .defaults = &nowhere };
