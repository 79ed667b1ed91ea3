/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GVariant text ("uint64 5", "['a', 'b']", "@a(ss) []", "true") as the words of a request.
 *
 * https://docs.gtk.org/glib/gvariant-text-format.html, without variants, dictionaries, maybes and byte strings.  As there,
 * a value is read to a tree first, its type is what the tree leaves open joined with what is said, and numbers without
 * a type are int32, or double where they have a point.  Room: run (pure).
 */
#include <errno.h>
#include <string.h>

#include "systemd/gvariant.h"

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static void blanks(struct parser *p)
{
	p->at += strspn(p->at, " \t\n");
}

static bool keyword(struct parser *p, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(p->at, word, n) || is_word_char(p->at[n]))
		return false;
	p->at += n;
	return true;
}

/* ---- strings ---- */

static void add_utf8(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_char(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_char(b, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_char(b, (char)(0xe0 | c >> 12));
		} else {
			buf_char(b, (char)(0xf0 | c >> 18));
			buf_char(b, (char)(0x80 | (c >> 12 & 63)));
		}
		buf_char(b, (char)(0x80 | (c >> 6 & 63)));
	}
	buf_char(b, (char)(0x80 | (c & 63)));
}

static bool unicode(struct parser *p, struct buf *b, int digits)
{
	uint32_t c = 0;

	for (int i = 0; i < digits; i++, p->at++) {
		char d = *p->at;
		int v = d >= '0' && d <= '9'   ? d - '0'
			: d >= 'a' && d <= 'f' ? d - 'a' + 10
			: d >= 'A' && d <= 'F' ? d - 'A' + 10
					       : -1;

		if (v < 0)
			return false;
		c = c * 16 + (uint32_t)v;
	}
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return false;
	add_utf8(b, c);
	return true;
}

static bool escaped(struct parser *p, struct buf *b)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	char c = *p->at++;
	const char *known;

	if (!c)
		return false;
	if (c == 'u' || c == 'U')
		return unicode(p, b, c == 'u' ? 4 : 8);
	known = strchr(from, c);
	if (c != '\n') /* a line goes on */
		buf_char(b, known ? to[known - from] : c);
	return true;
}

static struct value *string(struct parser *p, struct value *v)
{
	_cleanup_buf_ struct buf b = { 0 };
	char quote = *p->at++;

	for (;;) {
		char c = *p->at++;

		if (c == quote)
			break;
		if (!c || (c == '\\' && !escaped(p, &b))) {
			p->at--;
			return gvariant_fail(p, "is not a string");
		}
		if (c != '\\')
			buf_char(&b, c);
	}
	v->kind = STRING;
	v->text = buf_ok(&b) ? arena_strndup(p->a, b.data ? b.data : "", b.len) : NULL;
	return v->text ? v : NULL;
}

/* ---- numbers ---- */

bool gvariant_is_fraction(const char *text)
{
	return strncmp(text + strspn(text, "+-"), "0x", 2) && strpbrk(text, ".eE");
}

static bool well_formed(const char *s)
{
	size_t whole, fraction = 0;

	s += *s == '-' || *s == '+';
	if (s[0] == '0' && s[1] == 'x')
		return s[2] && !s[2 + strspn(s + 2, "0123456789abcdefABCDEF")];
	whole = strspn(s, "0123456789");
	s += whole;
	if (*s == '.') {
		fraction = strspn(++s, "0123456789");
		s += fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		if (!*s)
			return false;
		s += strspn(s, "0123456789");
	}
	return !*s;
}

static struct value *number(struct parser *p, struct value *v)
{
	size_t n = strspn(p->at, "0123456789abcdefABCDEFx.+-");

	v->kind = NUMBER;
	v->text = arena_strndup(p->a, p->at, n);
	if (!v->text)
		return NULL;
	if (n > 64 || !well_formed(v->text))
		return gvariant_fail(p, "is neither a number, a string, true, false, an array nor a tuple");
	p->at += n;
	return v;
}

/* ---- values ---- */

static struct value *value(struct parser *p, int depth);

static struct value *members(struct parser *p, struct value *v, char end, int depth)
{
	struct value **last = &v->first;

	v->kind = end == ']' ? ARRAY : TUPLE;
	p->at++;
	for (;;) {
		blanks(p);
		if (*p->at == end)
			break;
		if (v->n && *p->at++ != ',')
			return p->at--, gvariant_fail(p, "lacks a comma or the closing bracket");
		blanks(p);
		if (v->n && v->kind == TUPLE && v->n == 1 && *p->at == end)
			break; /* "(1,)" */
		*last = value(p, depth + 1);
		if (!*last)
			return NULL;
		last = &(*last)->next;
		v->n++;
	}
	p->at++;
	return v;
}

static const char *said_type(struct parser *p)
{
	static const struct {
		const char *word, *type;
	} words[] = { { "boolean", "b" },  { "byte", "y" },   { "int16", "n" },	 { "uint16", "q" },
		      { "int32", "i" },	   { "uint32", "u" }, { "int64", "x" },	 { "uint64", "t" },
		      { "double", "d" },   { "string", "s" }, { "handle", "i" }, { "objectpath", "o" },
		      { "signature", "g" } };

	if (*p->at == '@') {
		const char *begin = ++p->at, *end = gvariant_type_end(begin);

		if (!end || end - begin >= GVARIANT_TYPE)
			return gvariant_fail(p, "is not a type of D-Bus");
		p->at = end;
		return arena_strndup(p->a, begin, (size_t)(end - begin));
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (keyword(p, words[i].word))
			return words[i].type;
	return "";
}

static struct value *value(struct parser *p, int depth)
{
	struct value *v = arena_new(p->a, struct value);
	const char *said;

	if (depth > GVARIANT_DEPTH)
		return gvariant_fail(p, "is nested too deeply");
	blanks(p);
	said = v ? said_type(p) : NULL;
	if (!said)
		return NULL;
	if (said[0]) {
		v->said = said;
		blanks(p);
	}
	if (*p->at == '\'' || *p->at == '"')
		return string(p, v);
	if (*p->at == '[' || *p->at == '(')
		return members(p, v, *p->at == '[' ? ']' : ')', depth);
	v->kind = BOOLEAN;
	v->text = keyword(p, "true") ? "true" : keyword(p, "false") ? "false" : NULL;
	return v->text ? v : number(p, v);
}

static void *add(struct parser *p, struct buf *b, bool seconds)
{
	const struct value *v = value(p, 0);
	const char *type;

	if (!v)
		return NULL;
	blanks(p);
	if (*p->at)
		return gvariant_fail(p, "goes on behind its value");
	type = gvariant_type(p, v);
	if (!type)
		return NULL;
	if (!seconds) {
		buf_char(b, ' ');
		buf_str(b, type);
		return gvariant_words(p, b, v, type) ? p : NULL;
	}
	if (v->kind != NUMBER)
		return gvariant_fail(p, "is not a number of seconds");
	buf_str(b, " t");
	if (!gvariant_microseconds(b, v->text))
		return gvariant_fail(p, "is a number of seconds outside of what is possible");
	return p;
}

int gvariant_add(struct buf *b, const char *text, bool seconds, const char **why, size_t *at)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct parser p = { .a = &a, .begin = text, .at = text };
	void *r = strlen(text) > GVARIANT_SIZE ? gvariant_fail(&p, "is too long") : add(&p, b, seconds);

	*why = p.why;
	*at = (size_t)(p.at - p.begin);
	return r && buf_ok(b) ? 0 : p.why ? -EINVAL : -ENOMEM;
}
