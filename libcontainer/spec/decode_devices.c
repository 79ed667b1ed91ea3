/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/devices and /linux/resources/devices.  Room: run (pure). */
#include "spec/decode.h"

#include <string.h>

#define DEVICE struct spec_device
#define RULE   struct spec_device_rule

/* One letter of those in `letters`; 0 when it is none. */
static char decode_letter(struct decoder *d, const struct place *at, const struct json *v, const char *letters)
{
	const char *s = decode_string(d, at, v);

	if (!s)
		return 0;
	if (s[0] && !s[1] && strchr(letters, s[0]))
		return s[0];
	report_at(d->report, at, "device type \"%.*s\" is not one letter of \"%s\"", SHOWN(s), letters);
	return 0;
}

static void decode_device_type(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((DEVICE *)out)->type = decode_letter(d, at, v, "cbup");
}

static void after_device(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	static const char *const numbers[] = { "major", "minor" };
	DEVICE *device = out;

	device->mode &= 07777; /* Docker and Podman leave the file type in it */
	if (device->type == 'p')
		return;
	for (size_t i = 0; i < 2; i++) {
		const struct place member = place_member(at, numbers[i]);
		const struct json *number = json_get(v, numbers[i]);

		if (!number || number->type == JSON_NULL)
			report_at(d->report, &member, "required for a device of this type");
	}
}

static const struct field device_fields[] = {
	ROW_CALL("type", decode_device_type, .flags = REQUIRED),
	ROW_STRING("path", DEVICE, path, .flags = REQUIRED),
	ROW_U32("major", DEVICE, major, .max = MAX_MAJOR),
	ROW_U32("minor", DEVICE, minor, .max = MAX_MINOR),
	ROW_U32("fileMode", DEVICE, mode, .max = 0177777, SETS(DEVICE, has_mode)),
	ROW_U32("uid", DEVICE, uid),
	ROW_U32("gid", DEVICE, gid),
};
const struct shape device_shape = { FIELDS(device_fields), .size = sizeof(DEVICE), .after = after_device };

static void decode_rule_type(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	if (v->type == JSON_STRING && v->string[0] == '\0')
		return;
	((RULE *)out)->type = decode_letter(d, at, v, "abc");
}

static void decode_access(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	static const char letters[] = "rwm"; /* bits 1, 2, 4 */
	const char *s = decode_string(d, at, v), *found;
	unsigned access = 0;

	if (!s || !*s)
		return;
	for (const char *p = s; *p; p++) {
		found = strchr(letters, *p);
		if (!found) {
			report_at(d->report, at, "access \"%.*s\" has other letters than \"rwm\"", SHOWN(s));
			return;
		}
		access |= 1u << (found - letters);
	}
	((RULE *)out)->access = access;
}

static const struct field device_rule_fields[] = {
	ROW_BOOL("allow", RULE, allow, .flags = REQUIRED),
	ROW_CALL("type", decode_rule_type),
	ROW_I64("major", RULE, major, .min = -1, .max = UINT32_MAX),
	ROW_I64("minor", RULE, minor, .min = -1, .max = UINT32_MAX),
	ROW_CALL("access", decode_access),
};
static const RULE any_device = { .type = 'a', .major = -1, .minor = -1, .access = 1 | 2 | 4 };
const struct shape device_rule_shape = { FIELDS(device_rule_fields), .size = sizeof(RULE), .defaults = &any_device };
