/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans written by hand, op by op, for tests of the interpreter that do not depend on the compiler. */
#ifndef HAND_PLAN_H
#define HAND_PLAN_H

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "plan/plan.h"

enum { HAND_OPS = 64, HAND_DATA = 8192 };

struct hand_plan {
	struct plan_op op[HAND_OPS];
	unsigned n_mid, n;
	char data[HAND_DATA];
	uint32_t len;
	_Alignas(8) char blob[sizeof(struct plan_head) + HAND_OPS * sizeof(struct plan_op) + HAND_DATA];
	size_t size;
};

static inline void hand_start(struct hand_plan *p)
{
	memset(p, 0, sizeof(*p));
	p->len = 8; /* offset 0 means absent */
}

static inline struct plan_op *hand_op(struct hand_plan *p, enum plan_code code)
{
	struct plan_op *op = &p->op[p->n++];

	assert(p->n <= HAND_OPS);
	op->code = (uint16_t)code;
	return op;
}

static inline struct plan_ref hand_bytes(struct hand_plan *p, const void *bytes, size_t len)
{
	struct plan_ref r;

	p->len = (p->len + 7) & ~7u;
	r = (struct plan_ref){ p->len, (uint32_t)len };
	assert(p->len + len + 1 <= HAND_DATA);
	memcpy(p->data + p->len, bytes, len);
	p->len += (uint32_t)len + 1;
	return r;
}

static inline struct plan_ref hand_str(struct hand_plan *p, const char *s)
{
	return hand_bytes(p, s, strlen(s));
}

/* Strings, ended by NULL. */
static inline struct plan_ref hand_list(struct hand_plan *p, uint64_t *ret_n, ...)
{
	char list[2048];
	size_t len = 0;
	const char *s;
	va_list ap;

	*ret_n = 0;
	va_start(ap, ret_n);
	while ((s = va_arg(ap, const char *))) {
		assert(len + strlen(s) + 1 <= sizeof(list));
		memcpy(list + len, s, strlen(s) + 1);
		len += strlen(s) + 1;
		++*ret_n;
	}
	va_end(ap);
	return hand_bytes(p, list, len);
}

static inline void hand_spawn(struct hand_plan *p, uint64_t flags)
{
	hand_op(p, PLAN_SPAWN)->n[0] = flags;
	p->n_mid = p->n;
}

static inline void hand_finish(struct hand_plan *p)
{
	struct plan_head *h = (struct plan_head *)p->blob;
	size_t ops = p->n * sizeof(struct plan_op);

	*h = (struct plan_head){ .magic = PLAN_MAGIC,
				 .version = PLAN_VERSION,
				 .n_mid = p->n_mid,
				 .n_init = p->n - p->n_mid,
				 .data_off = (uint32_t)(sizeof(*h) + ops),
				 .data_len = p->len,
				 .kind = PLAN_KIND_CREATE };
	memcpy(p->blob + sizeof(*h), p->op, ops);
	memcpy(p->blob + h->data_off, p->data, p->len);
	p->size = h->data_off + p->len;
	h->size = (uint32_t)p->size;
	h->checksum = plan_checksum(p->blob + offsetof(struct plan_head, size),
				    p->size - offsetof(struct plan_head, size));
}
#endif
