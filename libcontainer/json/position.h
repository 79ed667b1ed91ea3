/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The input of a parse, and where in it something is wrong.  Room: run (pure). */
#ifndef JSON_POSITION_H
#define JSON_POSITION_H

#include <stddef.h>

#include "base/err.h"

struct json_input {
	const char *text;
	size_t len;
	const char *what; /* its name in messages */
};

/* "what: line 3, column 7: message".  Columns count characters.  Returns -EINVAL. */
int json_error_at(const struct json_input *in, size_t at, struct lct_err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* What yajl does not look at, or not strictly enough: UTF-8, control characters, escapes of NUL and of surrogates. */
int json_scan(const struct json_input *in, struct lct_err *err);
#endif
