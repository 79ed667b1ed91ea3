/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of words in columns; see table.h.  Room: the CLI. */
#include <errno.h>
#include <string.h>

#include "table.h"

enum { MIN_WIDTH = 12, GAP = 3, FIRST_ROWS = 32 };

static int grow(struct table *t)
{
	size_t cap = t->cap ? 2 * t->cap : FIRST_ROWS;
	char **cells = arena_array(t->arena, cap * t->columns, sizeof(*cells));

	if (!cells)
		return -ENOMEM;
	if (t->n)
		memcpy(cells, t->cells, t->n * t->columns * sizeof(*cells));
	t->cells = cells;
	t->cap = cap;
	return 0;
}

int table_add(struct table *t, const char *const *cell)
{
	char **row;

	if (t->n == t->cap && grow(t) < 0)
		return -ENOMEM;
	row = t->cells + t->n * t->columns;
	for (size_t c = 0; c < t->columns; c++) {
		row[c] = arena_strdup(t->arena, cell[c] ? cell[c] : "");
		if (!row[c])
			return -ENOMEM;
	}
	t->n++;
	return 0;
}

static size_t measure(const struct table *t, size_t width[TABLE_MAX_COLUMNS])
{
	size_t all = 0;

	for (size_t c = 0; c < t->columns; c++) {
		bool last = c + 1 == t->columns;

		width[c] = last ? 0 : MIN_WIDTH;
		for (size_t i = 0; i < t->n; i++) {
			size_t len = strlen(t->cells[i * t->columns + c]) + (last ? 0 : GAP);

			if (len > width[c])
				width[c] = len;
		}
		all += width[c];
	}
	return all;
}

void table_print(const struct table *t, const struct table_fit *fit, struct buf *b)
{
	size_t width[TABLE_MAX_COLUMNS], all = measure(t, width);

	if (fit->width && all > fit->width && width[0] > MIN_WIDTH + GAP) {
		size_t spare = width[0] - MIN_WIDTH - GAP, lack = all - fit->width;

		width[0] -= lack < spare ? lack : spare;
	}
	for (size_t i = 0; i < t->n; i++) {
		size_t begin = b->len;

		for (size_t c = 0; c < t->columns; c++) {
			const char *cell = t->cells[i * t->columns + c];

			if (c + 1 < t->columns)
				buf_printf(b, "%-*.*s%*s", (int)width[c] - GAP, (int)width[c] - GAP, cell, GAP, "");
			else
				buf_str(b, cell);
		}
		if (fit->width && b->len - begin > fit->width)
			b->len = begin + fit->width;
		buf_str(b, fit->line_end);
	}
}
