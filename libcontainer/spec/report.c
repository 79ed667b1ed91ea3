/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of what is wrong with a document.  Room: run (pure). */
#include "spec/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 1 << 16 }; /* of what report_add makes, see REPORT_MAX */

/* Is one of the two places the other, or within it? */
static bool is_related(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;

	return memcmp(a, b, n) == 0 && (a_len == b_len || (a_len < b_len ? b : a)[n] == '/');
}

/* Lines are "/place: words".  What is wrong with a value makes what depends on it look wrong, too: the first word counts. */
static bool is_named(const struct buf *problems, size_t len, const char *where)
{
	const char *p = problems->data, *end, *colon, *eol;

	if (!len)
		return false;
	for (end = p + len; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (!eol)
			eol = end;
		colon = memmem(p, (size_t)(eol - p), ": ", 2);
		if (*p == '/' && colon && is_related(p, (size_t)(colon - p), where, strlen(where)))
			return true;
	}
	return false;
}

static void add_line(struct buf *problems, const char *line)
{
	if (!problems)
		return;
	if (problems->len > 0)
		buf_char(problems, '\n');
	buf_str(problems, line);
}

void report_at(struct report *r, const struct place *at, const char *fmt, ...)
{
	char where[PLACE_MAX], message[512];
	struct lct_err e;
	va_list ap;

	if (report_full(r))
		return;
	place_text(at, where);
	if (r->earlier && is_named(r->problems, r->earlier, where))
		return;
	if (++r->n > REPORT_MAX) {
		add_line(r->problems, "more problems than can be listed");
		return;
	}
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	err_config(&e, where, "%s", message);
	if (r->n == 1 && r->err)
		*r->err = e;
	add_line(r->problems, e.text);
}

void report_add(struct buf *problems, const struct lct_err *found)
{
	if (problems->len < TEXT_MAX && !is_named(problems, problems->len, found->where))
		add_line(problems, found->text);
}

bool report_names(const struct buf *problems, const char *where)
{
	return is_named(problems, problems->len, where);
}

int report_result(struct report *r)
{
	if (r->nomem || (r->problems && !buf_ok(r->problems)))
		return err_nomem(r->err);
	return r->n ? -EINVAL : 0;
}
