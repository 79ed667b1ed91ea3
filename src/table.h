/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of words in columns, for people.  Room: the CLI. */
#ifndef KIN_TABLE_H
#define KIN_TABLE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

enum { TABLE_MAX_COLUMNS = 8 };

struct table {
	struct arena *arena;
	size_t columns;
	char **cells; /* columns of the first row, of the second ... */
	size_t n, cap; /* rows */
};

/* cell: t->columns words, copied; NULL is an empty one.  0 or -ENOMEM. */
int table_add(struct table *t, const char *const *cell);

/* What it is printed on. */
struct table_fit {
	size_t width; /* 0: as wide as it gets */
	const char *line_end; /* "\n" */
};
/* The layout of runc's list: columns of at least 12, three blanks between, none after the last.  In a terminal that is
 * too narrow the first column gives way, down to 12 characters; what is still too long is cut. */
void table_print(const struct table *t, const struct table_fit *fit, struct buf *b);
#endif
