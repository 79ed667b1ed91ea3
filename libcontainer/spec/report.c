/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of what is wrong with a document.  Room: run (pure). */
#include "spec/report.h"

#include <stdarg.h>
#include <stdio.h>

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
	if (++r->n > REPORT_MAX) {
		add_line(r->problems, "more problems than can be listed");
		return;
	}
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	place_text(at, where);
	err_config(&e, where, "%s", message);
	if (r->n == 1 && r->err)
		*r->err = e;
	add_line(r->problems, e.text);
}

int report_result(struct report *r)
{
	if (r->nomem || (r->problems && !buf_ok(r->problems)))
		return err_nomem(r->err);
	return r->n ? -EINVAL : 0;
}
