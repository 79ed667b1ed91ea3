/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory for yajl, set aside before it runs.  Room: run. */
#include "json/reserve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIXED = 32 * 1024, FACTOR = 8 };

union header {
	size_t size;
	max_align_t align;
};

int reserve_init(struct reserve *r, size_t input_len)
{
	r->used = 0;
	r->size = FIXED + FACTOR * input_len;
	r->data = calloc(1, r->size);
	return r->data ? 0 : -ENOMEM;
}

void reserve_done(struct reserve *r)
{
	free(r->data);
}

static void *reserve_alloc(void *ctx, size_t size)
{
	struct reserve *r = ctx;
	union header *h = (void *)(r->data + r->used);

	size = (size + sizeof(*h) - 1) & ~(sizeof(*h) - 1);
	/* Cannot happen, see the head of reserve.h; should it, NULL stops at once where overrunning would not. */
	if (size > r->size || r->size - r->used < size + sizeof(*h))
		return NULL;
	h->size = size;
	r->used += size + sizeof(*h);
	return h + 1;
}

static void *reserve_realloc(void *ctx, void *old, size_t size)
{
	void *p = reserve_alloc(ctx, size);

	if (p && old) {
		size_t had = ((union header *)old)[-1].size;

		memcpy(p, old, had < size ? had : size);
	}
	return p;
}

static void reserve_free(void *ctx, void *p)
{
	(void)ctx;
	(void)p; /* all at once in reserve_done */
}

yajl_alloc_funcs reserve_funcs(struct reserve *r)
{
	return (yajl_alloc_funcs){
		.malloc = reserve_alloc, .realloc = reserve_realloc, .free = reserve_free, .ctx = r
	};
}
