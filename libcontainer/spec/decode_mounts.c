/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /mounts.  Room: run (pure). */
#include "spec/decode.h"

#include <string.h>

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

static void decode_options(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	MOUNT *mount = out;

	mount->options = decode_strings(d, at, v, &mount->n_options);
	for (size_t i = 0; i < mount->n_options && !report_full(d->report); i++) {
		const struct place element = place_element(at, i);
		const char *word = mount->options[i];

		if (strcmp(word, "idmap") == 0 || strcmp(word, "ridmap") == 0 || strncmp(word, "idmap=", 6) == 0)
			report_at(d->report, &element, "mount option \"%.*s\" is not supported yet", SHOWN(word));
	}
}

static const struct field mount_fields[] = {
	ROW_CALL("destination", decode_destination, .flags = REQUIRED),
	ROW_STRING("type", MOUNT, type, .flags = EMPTY_ABSENT),
	ROW_STRING("source", MOUNT, source, .flags = EMPTY_ABSENT),
	ROW_CALL("options", decode_options),
	ROW_REFUSED("uidMappings"),
	ROW_REFUSED("gidMappings"),
};
const struct shape mount_shape = { FIELDS(mount_fields), .size = sizeof(MOUNT) };
