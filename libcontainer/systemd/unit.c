/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cgroupsPath as the systemd driver reads it: "slice:prefix:name".  Room: run (pure). */
#include <string.h>

#include "systemd/parts.h"

static const char WHERE[] = "/linux/cgroupsPath";

/* An id may hold '+', a unit's name may not: as systemd-escape(1). */
static const char *escape_id(struct arena *a, const char *id)
{
	_cleanup_buf_ struct buf b = { 0 };

	if (!strchr(id, '+'))
		return id;
	for (; *id; id++)
		if (*id == '+')
			buf_str(&b, "\\x2b");
		else
			buf_char(&b, *id);
	return buf_ok(&b) ? arena_strndup(a, b.data, b.len) : NULL;
}

struct parts {
	const char *slice, *prefix, *name;
};

static int split(struct arena *a, const char *text, struct parts *ret, struct lct_err *err)
{
	const char *first = strchr(text, ':'), *second = first ? strchr(first + 1, ':') : NULL;

	if (!second || strchr(second + 1, ':'))
		return err_config(err, WHERE,
				  "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got "
				  "\"%s\" instead",
				  text);
	ret->slice = arena_strndup(a, text, (size_t)(first - text));
	ret->prefix = arena_strndup(a, first + 1, (size_t)(second - first - 1));
	ret->name = second + 1;
	return ret->slice && ret->prefix ? 0 : err_nomem(err);
}

int systemd_unit(struct arena *a, const char *cgroups_path, const char *id, bool user, struct systemd_unit *ret,
		 struct lct_err *err)
{
	struct parts p = { .slice = "", .prefix = "kin" };
	const char *parents, *directory;
	int r = 0;

	if (cgroups_path && cgroups_path[0])
		r = split(a, cgroups_path, &p, err);
	else
		p.name = escape_id(a, id);
	if (r < 0)
		return r;
	if (!p.name)
		return err_nomem(err);
	ret->slice = p.slice[0] ? p.slice : user ? "user.slice" : "system.slice";
	if (!unit_is_slice(ret->slice))
		return err_config(err, WHERE, "\"%s\" is not the name of a slice", ret->slice);
	/* systemd puts processes into scopes and services only. */
	if (strlen(p.name) >= 6 && !strcmp(p.name + strlen(p.name) - 6, ".slice"))
		return err_config(err, WHERE, "\"%s\" is a slice, which cannot hold a container's processes", p.name);
	ret->name = arena_printf(a, "%s%s%s.scope", p.prefix, p.prefix[0] ? "-" : "", p.name);
	if (!ret->name)
		return err_nomem(err);
	if (!p.name[0] || !unit_is_name(ret->name, ".scope"))
		return err_config(err, WHERE, "\"%s\" is not the name of a unit", ret->name);
	parents = unit_expand(a, ret->slice);
	directory = unit_directory(a, ret->name);
	ret->path = parents && directory ? arena_printf(a, "%s/%s", parents, directory) : NULL;
	return ret->path ? 0 : err_nomem(err);
}
