/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing byte buffer.  Room: run. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *room(struct buf *b, size_t more)
{
	size_t need, cap;
	char *p;

	if (b->failed || __builtin_add_overflow(b->len, more, &need) || need > (size_t)-1 / 4) {
		b->failed = true;
		return NULL;
	}
	if (need + 1 > b->cap) {
		cap = b->cap ? b->cap * 2 : 512;
		if (cap < need + 1)
			cap = need + 1;
		p = realloc(b->data, cap);
		if (!p) {
			b->failed = true;
			return NULL;
		}
		b->data = p;
		b->cap = cap;
	}
	p = b->data + b->len;
	b->len = need;
	b->data[need] = '\0';
	return p;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	char *p = len ? room(b, len) : NULL;

	if (p)
		memcpy(p, data, len);
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	p = room(b, (size_t)n);
	if (!p)
		return;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
}

bool buf_ok(const struct buf *b)
{
	return !b->failed;
}

char *buf_take(struct buf *b)
{
	char *p;

	if (b->failed)
		return NULL;
	if (!b->data)
		return calloc(1, 1);
	p = b->data;
	*b = (struct buf){ 0 };
	return p;
}

void buf_done(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}
