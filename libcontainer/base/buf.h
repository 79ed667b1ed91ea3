/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing byte buffer whose first failure sticks: append freely, ask buf_ok once.  Room: run. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len, cap;
	bool failed;
};

#define _cleanup_buf_ __attribute__((cleanup(buf_done)))

void buf_add(struct buf *b, const void *data, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool buf_ok(const struct buf *b); /* false: out of memory happened somewhere */
char *buf_take(struct buf *b); /* NUL-terminated, malloc'ed; NULL when failed */
void buf_done(struct buf *b);
#endif
