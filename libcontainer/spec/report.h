/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of what is wrong with a document: all of it for a person, the first for the caller.  Room: run (pure). */
#ifndef SPEC_REPORT_H
#define SPEC_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "json/utf8.h"
#include "spec/place.h"

enum { REPORT_MAX = 100 }; /* a hostile document must not make us write a longer one */

struct report {
	struct buf *problems; /* may be NULL */
	size_t earlier; /* so many bytes of it are from another pass: what that has named is not named again */
	struct lct_err *err; /* may be NULL */
	unsigned n;
	bool nomem;
};

void report_at(struct report *r, const struct place *at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Nothing more to be found: loops over the document may end. */
static inline bool report_full(const struct report *r)
{
	return r->n > REPORT_MAX || r->nomem;
}

/* 0, -EINVAL when there was any problem, -ENOMEM. */
int report_result(struct report *r);

/* Adds one more that was found elsewhere, unless its place, one around it or one within it is among them. */
void report_add(struct buf *problems, const struct lct_err *found);

bool report_names(const struct buf *problems, const char *where);

/* For messages: a bounded piece of a foreign string, as "%.*s" wants it. */
#define SHOWN(s) (int)utf8_prefix((s), 64), (s)
#endif
