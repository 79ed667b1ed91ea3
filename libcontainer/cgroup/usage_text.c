/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of a cgroup's files, understood; see usage_text.h.  Room: run (pure). */
#include "cgroup/usage_text.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { CPU_LIMIT = 65535, CENTS = 100 };

/* The end of the number; NULL: there is none, or one that no counter reaches. */
static const char *digits(const char *s, uint64_t *ret)
{
	const char *begin = s;
	uint64_t v = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return NULL;
	if (s == begin || v >= USAGE_MAX)
		return NULL;
	*ret = v;
	return s;
}

static bool is_end(char c)
{
	return !c || c == '\n' || c == ' ';
}

uint64_t usage_number(const char *line)
{
	uint64_t v;
	const char *end = digits(line, &v);

	if (!strncmp(line, "max", 3) && (!line[3] || line[3] == '\n'))
		return USAGE_MAX;
	return end && (!*end || *end == '\n') ? v : USAGE_NONE;
}

int usage_pair(const char *line, uint64_t *ret)
{
	size_t n = strcspn(line, " \n");
	uint64_t v;
	const char *end;

	if (!n || n > INT16_MAX || line[n] != ' ')
		return -EINVAL;
	end = digits(line + n + 1, &v);
	if (!end || (*end && *end != '\n'))
		return -EINVAL;
	*ret = v;
	return (int)n;
}

/* "0.31".  By hand: strtod() goes by the caller's locale. */
static const char *decimal(const char *s, double *ret)
{
	uint64_t whole, part = 0;
	unsigned scale = 1;

	s = digits(s, &whole);
	if (!s)
		return NULL;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++)
			if (scale < CENTS) {
				part = part * 10 + (uint64_t)(*s - '0');
				scale *= 10;
			}
	*ret = (double)whole + (double)part / scale;
	return s;
}

static const char *after(const char *s, const char *word)
{
	size_t n = strlen(word);

	return strncmp(s, word, n) ? NULL : s + n;
}

int usage_psi_line(const char *line, struct usage_psi *ret)
{
	struct usage_psi_line v;
	bool some = after(line, "some ");
	const char *s = some ? line + 5 : after(line, "full ");

	if (!s || !(s = after(s, "avg10=")) || !(s = decimal(s, &v.avg10)) || !(s = after(s, " avg60=")) ||
	    !(s = decimal(s, &v.avg60)) || !(s = after(s, " avg300=")) || !(s = decimal(s, &v.avg300)) ||
	    !(s = after(s, " total=")) || !(s = digits(s, &v.total)) || !is_end(*s))
		return -EINVAL;
	if (some)
		ret->some = v;
	else
		ret->full = v;
	return 0;
}

/* "8:0" */
static const char *device(const char *s, struct usage_io *ret)
{
	uint64_t major, minor;

	s = digits(s, &major);
	if (!s || *s != ':' || major > UINT32_MAX)
		return NULL;
	s = digits(s + 1, &minor);
	if (!s || !is_end(*s) || minor > UINT32_MAX)
		return NULL;
	ret->major = (uint32_t)major;
	ret->minor = (uint32_t)minor;
	return s;
}

static void counter(const char *s, struct usage_io *ret)
{
	static const struct {
		const char *name;
		size_t at;
	} names[] = {
		{ "rbytes=", offsetof(struct usage_io, rbytes) }, { "wbytes=", offsetof(struct usage_io, wbytes) },
		{ "dbytes=", offsetof(struct usage_io, dbytes) }, { "rios=", offsetof(struct usage_io, rios) },
		{ "wios=", offsetof(struct usage_io, wios) },	  { "dios=", offsetof(struct usage_io, dios) },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *number = after(s, names[i].name), *end;
		uint64_t v;

		if (number && (end = digits(number, &v)) && is_end(*end))
			memcpy((char *)ret + names[i].at, &v, sizeof(v));
	}
}

int usage_io_line(const char *line, struct usage_io *ret)
{
	static const struct usage_io none = { .rbytes = USAGE_NONE,
					      .wbytes = USAGE_NONE,
					      .dbytes = USAGE_NONE,
					      .rios = USAGE_NONE,
					      .wios = USAGE_NONE,
					      .dios = USAGE_NONE };
	struct usage_io v = none;
	const char *s = device(line, &v);

	if (!s)
		return -EINVAL;
	while (*s == ' ') {
		const char *next = device(s + 1, &v);

		if (!next) {
			counter(s + 1, &v);
			next = s + 1 + strcspn(s + 1, " \n");
		}
		s = next;
	}
	*ret = v;
	return 0;
}

int usage_cpu_list(const char *text, int (*fn)(unsigned cpu, void *arg), void *arg)
{
	const char *s = text;

	while (*s && *s != '\n') {
		uint64_t first, last;
		int r = 0;

		s = digits(s, &first);
		last = first;
		if (s && *s == '-')
			s = digits(s + 1, &last);
		if (!s || last > CPU_LIMIT || first > last || (*s && *s != ',' && *s != '\n'))
			return -EINVAL;
		s += *s == ',';
		for (uint64_t i = first; i <= last && r == 0; i++)
			r = fn((unsigned)i, arg);
		if (r)
			return r;
	}
	return 0;
}
