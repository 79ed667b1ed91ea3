/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON documents for people; see pretty.h.  Room: run. */
#include "json/pretty.h"

#include <stddef.h>

#include "json/json.h"

static void line(struct pretty *p)
{
	buf_char(&p->b, '\n');
	for (int i = 0; i < p->depth; i++)
		buf_str(&p->b, p->indent);
}

static void next(struct pretty *p, const char *name)
{
	if (p->filled)
		buf_char(&p->b, ',');
	if (p->depth)
		line(p);
	if (name) {
		json_put_string(&p->b, name);
		buf_str(&p->b, ": ");
	}
	p->filled = true;
}

void pretty_begin(struct pretty *p, const char *name, char bracket)
{
	next(p, name);
	buf_char(&p->b, bracket);
	p->depth++;
	p->filled = false;
}

void pretty_end(struct pretty *p, char bracket)
{
	p->depth--;
	if (p->filled)
		line(p);
	buf_char(&p->b, bracket);
	if (!p->depth)
		buf_char(&p->b, '\n');
	p->filled = true;
}

void pretty_string(struct pretty *p, const char *name, const char *value)
{
	next(p, name);
	json_put_string(&p->b, value);
}

void pretty_strings(struct pretty *p, const char *name, const char *const *values)
{
	pretty_begin(p, name, '[');
	for (; *values; values++)
		pretty_string(p, NULL, *values);
	pretty_end(p, ']');
}

void pretty_number(struct pretty *p, const char *name, long long value)
{
	next(p, name);
	buf_printf(&p->b, "%lld", value);
}

void pretty_bool(struct pretty *p, const char *name, bool value)
{
	next(p, name);
	buf_str(&p->b, value ? "true" : "false");
}

void pretty_done(struct pretty *p)
{
	buf_done(&p->b);
}
