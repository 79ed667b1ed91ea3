/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON documents for people: one value a line, indented.  Commas and line ends are seen to here.  Room: run. */
#ifndef JSON_PRETTY_H
#define JSON_PRETTY_H

#include <stdbool.h>

#include "base/buf.h"

struct pretty {
	struct buf b;
	const char *indent; /* "\t", "    " */
	int depth;
	bool filled; /* something was written at this depth */
};

#define _cleanup_pretty_ __attribute__((cleanup(pretty_done)))

/* name: of an object's member; NULL in an array and at the top.  bracket: '{' or '['. */
void pretty_begin(struct pretty *p, const char *name, char bracket);
void pretty_end(struct pretty *p, char bracket); /* '}' or ']' */
void pretty_string(struct pretty *p, const char *name, const char *value);
void pretty_strings(struct pretty *p, const char *name, const char *const *values); /* NULL-terminated */
void pretty_number(struct pretty *p, const char *name, long long value);
void pretty_bool(struct pretty *p, const char *name, bool value);
void pretty_done(struct pretty *p);
#endif
