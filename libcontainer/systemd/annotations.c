/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Annotations that are properties of the unit, as runc has them: "org.systemd.property.NAME".  Room: run (pure). */
#include <string.h>

#include "systemd/parts.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Who is in the unit is not the config's to say. */
static bool is_refused(const char *name)
{
	return !strcmp(name, "PIDs") || !strcmp(name, "PIDFDs");
}

static int check_name(const char *where, const char *name, struct lct_err *err)
{
	size_t n = 0;

	while (is_letter(name[n]) || (n && name[n] >= '0' && name[n] <= '9'))
		n++;
	if (n < 3 || n > 64 || name[n])
		return err_config(err, where, "\"%s\" is not the name of a unit's property", name);
	if (is_refused(name))
		return err_config(err, where, "the property %s cannot be set", name);
	return 0;
}

/* "TimeoutStopSec" is what unit files call TimeoutStopUSec; "...USec" is one already. */
static bool is_seconds(const char *name, size_t n)
{
	return n > 3 && !strcmp(name + n - 3, "Sec") && name[n - 4] >= 'a' && name[n - 4] <= 'z';
}

static int add_one(struct buf *b, const struct spec_annotation *v, const char *name, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	const char *where = arena_printf(&a, "/annotations/%s", v->key), *why;
	size_t n = strlen(name), at;
	bool seconds;
	int r;

	if (!where)
		return err_nomem(err);
	r = check_name(where, name, err);
	if (r < 0)
		return r;
	seconds = is_seconds(name, n);
	buf_printf(b, "property %.*s%s must", (int)(seconds ? n - 3 : n), name, seconds ? "USec" : "");
	r = gvariant_add(b, v->value, seconds, &why, &at);
	if (r == -ENOMEM)
		return err_nomem(err);
	if (r < 0)
		return err_config(err, where, "\"%.256s\" (at %zu) %s", v->value, at, why);
	buf_char(b, '\n');
	return buf_ok(b) ? 0 : err_nomem(err);
}

int unit_annotations(struct buf *b, const struct spec_annotation *v, size_t n, struct lct_err *err)
{
	for (size_t i = 0; i < n; i++) {
		int r;

		if (strncmp(v[i].key, ANNOTATION_PREFIX, strlen(ANNOTATION_PREFIX)))
			continue;
		r = add_one(b, &v[i], v[i].key + strlen(ANNOTATION_PREFIX), err);
		if (r < 0)
			return r;
	}
	return 0;
}

int systemd_check_annotations(const struct spec_annotation *v, size_t n, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };

	return unit_annotations(&b, v, n, err);
}
