/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of units as systemd.unit(5) and systemd.slice(5) have them, and what becomes of them in the cgroup hierarchy.
 * Room: run (pure).
 */
#include <string.h>

#include "systemd/parts.h"

/* No '@': neither scopes nor slices can be made of templates. */
static bool is_name_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr(":-_.\\", c));
}

bool unit_is_name(const char *name, const char *suffix)
{
	size_t n = strlen(name), tail = strlen(suffix), stem;

	if (n <= tail || n > NAME_MAX_UNIT || strcmp(name + n - tail, suffix))
		return false;
	stem = n - tail;
	for (size_t i = 0; i < stem; i++)
		if (!is_name_char(name[i]))
			return false;
	return true;
}

bool unit_is_slice(const char *name)
{
	size_t stem;

	if (!unit_is_name(name, ".slice"))
		return false;
	if (!strcmp(name, "-.slice"))
		return true;
	stem = strlen(name) - strlen(".slice");
	return name[0] != '-' && name[stem - 1] != '-' && !strstr(name, "--");
}

const char *unit_expand(struct arena *a, const char *slice)
{
	_cleanup_buf_ struct buf b = { 0 };
	size_t stem = strlen(slice) - strlen(".slice");

	if (!strcmp(slice, "-.slice"))
		return "";
	for (size_t i = 1; i <= stem; i++) {
		const char *part;

		if (i < stem && slice[i] != '-')
			continue;
		part = arena_strndup(a, slice, i);
		part = part ? arena_printf(a, "%s.slice", part) : NULL;
		part = part ? unit_directory(a, part) : NULL;
		if (!part)
			return NULL;
		buf_char(&b, '/');
		buf_str(&b, part);
	}
	return buf_ok(&b) ? arena_strndup(a, b.data, b.len) : NULL;
}

/* cg_escape() in systemd's src/basic/cgroup-util.c: "memory.scope" could be a file of the kernel's. */
const char *unit_directory(struct arena *a, const char *unit)
{
	static const char *const kernel[] = { "cgroup", "cpu",	  "cpuacct", "cpuset", "io",
					      "blkio",	"memory", "devices", "pids" };
	const char *dot = strrchr(unit, '.');
	size_t stem = dot ? (size_t)(dot - unit) : strlen(unit);
	bool escape = unit[0] == '_' || unit[0] == '.';

	for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
		escape = escape || (strlen(kernel[i]) == stem && !strncmp(unit, kernel[i], stem));
	return escape ? arena_printf(a, "_%s", unit) : unit;
}
