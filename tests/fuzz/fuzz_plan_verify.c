/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arbitrary bytes as a plan: whatever plan_verify accepts can be read to the end.  The checksum would keep every
 * change out, so it is made right first; the bytes decide whether the size is, too.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan/compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_right(struct plan_head *h, size_t size)
{
	size_t at = offsetof(struct plan_head, size);
	uint64_t n = (uint64_t)h->n_mid + h->n_init;

	h->magic = PLAN_MAGIC;
	h->version = PLAN_VERSION;
	if (h->size == 0) {
		h->size = (uint32_t)size;
		h->data_off = (uint32_t)(sizeof(*h) + n * sizeof(struct plan_op));
		h->data_len = (uint32_t)size - h->data_off;
	}
	h->checksum = plan_checksum((char *)h + at, size - at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf text = { 0 };
	char *blob = malloc(size ? size : 1); /* exactly as long, so that a byte too far is seen */
	int op = -2, r;

	if (!blob)
		return 0;
	memcpy(blob, data, size);
	if (size >= sizeof(struct plan_head))
		put_right((struct plan_head *)(void *)blob, size);
	r = plan_verify(blob, size, &op);
	if (r == 0 && plan_text(blob, size, &text) < 0)
		abort();
	if (r != 0 && (op < -1 || op >= PLAN_MAX_OPS))
		abort();
	free(blob);
	return 0;
}
