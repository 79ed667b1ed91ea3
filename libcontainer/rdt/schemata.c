/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of a schemata file: "L3:0=7ff;1=f".  Room: run (pure). */
#include "rdt/rdt.h"

#include <stdlib.h>
#include <string.h>

static bool is_bandwidth(const char *line)
{
	return strncmp(line, "MB:", 3) == 0;
}

/* runtime-spec, config-linux.md, "IntelRdt": a bandwidth in l3CacheSchema gives way to memBwSchema. */
void rdt_schemata(const struct spec_rdt *s, struct buf *ret)
{
	const char *line = s->l3_cache_schema;

	while (line && *line) {
		size_t len = strcspn(line, "\n");

		if (len && !(s->mem_bw_schema && is_bandwidth(line))) {
			buf_add(ret, line, len);
			buf_char(ret, '\n');
		}
		line += len + (line[len] == '\n');
	}
	if (s->mem_bw_schema)
		buf_printf(ret, "%s\n", s->mem_bw_schema);
	for (size_t i = 0; i < s->n_schemata; i++)
		buf_printf(ret, "%s\n", s->schemata[i]);
}

static const char *skip(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s;
}

/* The line of that resource ("L3", "L3CODE"), after its colon; *ret_end is where it ends. */
static const char *find_line(const char *text, const char *name, size_t len, const char **ret_end)
{
	while (*text) {
		const char *end = text + strcspn(text, "\n"), *p = skip(text, end);

		if ((size_t)(end - p) > len && strncmp(p, name, len) == 0 && p[len] == ':') {
			*ret_end = end;
			return p + len + 1;
		}
		text = end + (*end == '\n');
	}
	return NULL;
}

/* One "id=value" of the list at *p; false at its end, or where it is none. */
static bool next_domain(const char **p, const char *end, int base, unsigned long *id, unsigned long *value)
{
	char *stop;

	*p = skip(*p, end);
	if (*p >= end || **p < '0' || **p > '9')
		return false;
	*id = strtoul(*p, &stop, 10);
	if (*stop != '=')
		return false;
	*value = strtoul(stop + 1, &stop, base);
	*p = skip(stop, end);
	if (*p < end && **p == ';')
		++*p;
	return true;
}

static bool domain_has(const char *have, const char *end, int base, unsigned long id, unsigned long want, unsigned step)
{
	unsigned long i, value;

	while (next_domain(&have, end, base, &i, &value)) {
		if (i == id)
			return value == want || (step && value == (want + step - 1) / step * step);
	}
	return false;
}

static bool line_has(const char *have, const char *line, const char *end, unsigned step)
{
	const char *colon = memchr(line, ':', (size_t)(end - line)), *list, *list_end;
	bool bandwidth = is_bandwidth(line);
	unsigned long id, want;
	int base = bandwidth ? 10 : 16;

	list = colon ? find_line(have, line, (size_t)(colon - line), &list_end) : NULL;
	if (!list)
		return false;
	colon++;
	while (next_domain(&colon, end, base, &id, &want))
		if (!domain_has(list, list_end, base, id, want, bandwidth ? step : 0))
			return false;
	return colon == end;
}

bool rdt_has(const char *have, const char *want, unsigned step, const char **ret_line, size_t *ret_len)
{
	while (*want) {
		const char *end = want + strcspn(want, "\n"), *line = skip(want, end);

		if (line < end && !line_has(have, line, end, step)) {
			*ret_line = line;
			*ret_len = (size_t)(end - line);
			return false;
		}
		want = end + (*end == '\n');
	}
	return true;
}
