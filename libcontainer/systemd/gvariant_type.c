/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The types of GVariant text: what the values leave open, joined with what is said in front of them.  Room: run (pure). */
#include <string.h>

#include "systemd/gvariant.h"

/* Types not known yet. */
#define ANY_NUMBER 'N'
#define ANY_STRING 'S'
#define ANYTHING   '*'
static const char NUMBERS[] = "ynqiuxtd";

/* "@a(ss)": the bare signature of complete types that a unit property can have. */
static const char *type_end(const char *s, int depth)
{
	while (*s == 'a')
		s++, depth++;
	if (depth > GVARIANT_DEPTH)
		return NULL;
	if (*s != '(')
		return *s && strchr("bynqiuxtdsog", *s) ? s + 1 : NULL;
	for (s++; *s != ')';) {
		s = type_end(s, depth + 1);
		if (!s)
			return NULL;
	}
	return s[-1] == '(' ? NULL : s + 1; /* D-Bus has no empty struct */
}

const char *gvariant_type_end(const char *s)
{
	return type_end(s, 0);
}

/* Joins the types at *x and *y, each of which says something about the same value, and moves both behind it. */
static bool join(const char **x, const char **y, struct buf *b);

static void copy_type(const char **x, struct buf *b)
{
	do
		buf_char(b, **x);
	while (*(*x)++ == 'a');
	if ((*x)[-1] != '(')
		return;
	while (**x != ')')
		copy_type(x, b);
	buf_char(b, *(*x)++);
}

static bool join(const char **x, const char **y, struct buf *b)
{
	char c = **x, d = **y;

	if (c == ANYTHING) {
		*x += 1;
		copy_type(y, b);
		return true;
	}
	if (d == ANYTHING || (d == ANY_NUMBER && c && strchr(NUMBERS, c)) ||
	    (d == ANY_STRING && c && strchr("sog", c))) {
		*y += 1;
		copy_type(x, b);
		return true;
	}
	if (c != d) {
		if ((c != ANY_NUMBER || !d || !strchr(NUMBERS, d)) && (c != ANY_STRING || !d || !strchr("sog", d)))
			return false;
		c = d;
	}
	buf_char(b, c);
	*x += 1;
	*y += 1;
	if (c == 'a')
		return join(x, y, b);
	if (c != '(')
		return true;
	while (**x != ')' && **y != ')')
		if (!join(x, y, b))
			return false;
	if (**x != **y)
		return false;
	buf_char(b, *(*x)++);
	*y += 1;
	return true;
}

static const char *joined(struct parser *p, const char *x, const char *y)
{
	_cleanup_buf_ struct buf b = { 0 };

	if (!join(&x, &y, &b))
		return gvariant_fail(p, "has values of different types, or not of the type that it says");
	if (b.len >= GVARIANT_TYPE)
		return gvariant_fail(p, "has too long a type");
	return buf_ok(&b) ? arena_strndup(p->a, b.data, b.len) : NULL;
}

static const char *type_of(struct parser *p, const struct value *v);

static const char *type_of_members(struct parser *p, const struct value *v)
{
	const char *all = v->kind == ARRAY ? "*" : "(";

	for (const struct value *m = v->first; m; m = m->next) {
		const char *one = type_of(p, m);

		all = !one ? NULL : v->kind == ARRAY ? joined(p, all, one) : arena_printf(p->a, "%s%s", all, one);
		if (!all)
			return NULL;
		if (strlen(all) >= GVARIANT_TYPE)
			return gvariant_fail(p, "has too long a type");
	}
	if (v->kind == TUPLE && !v->n)
		return gvariant_fail(p, "is an empty tuple, which D-Bus has not");
	return arena_printf(p->a, v->kind == ARRAY ? "a%s" : "%s)", all);
}

static const char *type_of(struct parser *p, const struct value *v)
{
	const char *own = v->kind == BOOLEAN  ? "b"
			  : v->kind == STRING ? "S"
			  : v->kind == NUMBER ? (gvariant_is_fraction(v->text) ? "d" : "N")
					      : type_of_members(p, v);

	return own && v->said ? joined(p, own, v->said) : own;
}

/* What is still open, as GVariant decides it. */
static bool close_type(char *type)
{
	for (; *type; type++) {
		if (*type == ANYTHING)
			return false;
		if (*type == ANY_NUMBER)
			*type = 'i';
		if (*type == ANY_STRING)
			*type = 's';
	}
	return true;
}

const char *gvariant_type(struct parser *p, const struct value *v)
{
	const char *open = type_of(p, v);
	char *type = open ? arena_strdup(p->a, open) : NULL;

	if (type && !close_type(type))
		return gvariant_fail(p, "is an empty array whose type nothing tells (\"@as []\")");
	return type;
}
