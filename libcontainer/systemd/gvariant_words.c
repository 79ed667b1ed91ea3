/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GVariant text as the words of a request, ranges checked.  Room: run (pure). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "systemd/gvariant.h"

static bool is_object_path(const char *s)
{
	if (*s != '/' || strstr(s, "//") || (s[1] && s[strlen(s) - 1] == '/'))
		return false;
	for (; *s; s++)
		if (!(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9') && !(*s >= 'A' && *s <= 'Z') && *s != '_' &&
		    *s != '/')
			return false;
	return true;
}

static bool is_signature(const char *s)
{
	size_t n = strlen(s);

	while (s && *s)
		s = gvariant_type_end(s);
	return s && n < 256;
}

static bool add_integer(struct buf *b, const char *text, char type)
{
	static const struct {
		char type;
		int64_t min;
		uint64_t max;
	} ranges[] = { { 'y', 0, UINT8_MAX },	      { 'n', INT16_MIN, INT16_MAX }, { 'q', 0, UINT16_MAX },
		       { 'i', INT32_MIN, INT32_MAX }, { 'u', 0, UINT32_MAX },	     { 'x', INT64_MIN, INT64_MAX },
		       { 't', 0, UINT64_MAX } };
	bool minus = *text == '-';
	uint64_t n;
	char *end;

	text += minus || *text == '+';
	errno = 0;
	n = strtoull(text, &end, 0); /* "010" is octal, as in GLib */
	if (errno || *end)
		return false;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (ranges[i].type != type)
			continue;
		if (minus ? n > 0 && n - 1 > (uint64_t) - (ranges[i].min + 1) : n > ranges[i].max)
			return false;
		if (minus && !ranges[i].min && n)
			return false;
	}
	buf_printf(b, " %s%" PRIu64, minus && n ? "-" : "", n);
	return true;
}

static void *add_words(struct parser *p, struct buf *b, const struct value *v, const char **type);

static void *add_members(struct parser *p, struct buf *b, const struct value *v, const char **type)
{
	const char *element = *type + 1;

	if (v->kind == ARRAY) {
		*type = gvariant_type_end(element);
		line_number(b, v->n);
		for (const struct value *m = v->first; m; m = m->next) {
			const char *again = element;

			if (!add_words(p, b, m, &again))
				return NULL;
		}
		return p;
	}
	for (const struct value *m = v->first; m; m = m->next)
		if (!add_words(p, b, m, &element))
			return NULL;
	*type = element + 1;
	return p;
}

static void *add_words(struct parser *p, struct buf *b, const struct value *v, const char **type)
{
	char t = **type;

	if (v->kind == ARRAY || v->kind == TUPLE)
		return add_members(p, b, v, type);
	*type += 1;
	if (v->kind == NUMBER && t != 'd') {
		if (!add_integer(b, v->text, t))
			return gvariant_fail(p, "is a number outside of its type's range");
		return p;
	}
	if ((t == 'o' && !is_object_path(v->text)) || (t == 'g' && !is_signature(v->text)))
		return gvariant_fail(p, t == 'o' ? "is not an object path" : "is not a signature");
	line_word(b, v->text);
	return p;
}

bool gvariant_words(struct parser *p, struct buf *b, const struct value *v, const char *type)
{
	return add_words(p, b, v, &type);
}

/* Beyond these every number is too large or nothing. */
static int64_t exponent(const char *text)
{
	enum { FAR = 1000000 };
	long e = strtol(text, NULL, 10);

	return e > FAR ? FAR : e < -FAR ? -FAR : e;
}

/* Decimal arithmetic: a double is not exact, and strtod() follows the host program's locale. */
bool gvariant_microseconds(struct buf *b, const char *text)
{
	uint64_t n = 0;
	int64_t shift = 6;
	bool point = false;

	text += *text == '+';
	if (*text == '-')
		return false;
	if (!gvariant_is_fraction(text)) {
		char *end;

		errno = 0;
		n = strtoull(text, &end, 0);
		if (errno || *end || __builtin_mul_overflow(n, 1000000u, &n))
			return false;
		line_number(b, n);
		return true;
	}
	for (; *text && *text != 'e' && *text != 'E'; text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		if (n > UINT64_MAX / 10 - 1) { /* more digits than count: those of a fraction do not matter */
			if (!point)
				return false;
			continue;
		}
		n = n * 10 + (uint64_t)(*text - '0');
		shift -= point;
	}
	if (*text)
		shift += exponent(text + 1);
	if (n && shift > 19)
		return false;
	for (; n && shift > 0; shift--)
		if (__builtin_mul_overflow(n, 10u, &n))
			return false;
	for (; n && shift < 0; shift++)
		n /= 10;
	line_number(b, n);
	return true;
}
