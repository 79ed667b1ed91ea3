/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When, where and as what the program runs.  Rooms: init; the affinity also mid. */
#include "init/init.h"

#include <errno.h>
#include <string.h>

#include "sys/sys.h"

#include "room.h"

enum { WORD = 32, MAX_BITS = 8192, LONG_BITS = 8 * sizeof(unsigned long) };

/* The kernel's masks are of long words: the same as ours only on some machines. */
static int mask_of(const void *words, uint64_t n, unsigned long mask[MAX_BITS / LONG_BITS])
{
	if (n > MAX_BITS / WORD)
		return -EBADMSG;
	memset(mask, 0, MAX_BITS / 8);
	for (unsigned bit = 0; bit < n * WORD; bit++) {
		uint32_t word;

		memcpy(&word, (const char *)words + bit / WORD * sizeof(word), sizeof(word));
		if (word >> bit % WORD & 1)
			mask[bit / LONG_BITS] |= 1ul << bit % LONG_BITS;
	}
	return 0;
}

int init_cpu_affinity(struct init *in, const struct plan_op *op, struct report *r)
{
	unsigned long mask[MAX_BITS / LONG_BITS];
	int err = mask_of(op_str(in, op, 0), op->n[0], mask);

	(void)r;
	if (err < 0)
		return err;
	if (!op->n[0]) /* the kernel leaves out what the cpuset has not: sched_setaffinity(2) */
		memset(mask, 0xff, sizeof(mask));
	err = sys_sched_setaffinity(mask, MAX_BITS / LONG_BITS);
	return op->flags & PLAN_F_OPTIONAL ? 0 : err;
}

/* What was not allowed here may be allowed to the caller, who has not changed its user namespace. */
static int or_ask(struct init *in, const struct plan_op *op, int err, struct report *r)
{
	if (err != -EPERM || !(op->flags & PLAN_F_ASK))
		return err;
	return talk_ask(in, LINK_ASK_PRIORITY, NULL, r);
}

int init_scheduler(struct init *in, const struct plan_op *op, struct report *r)
{
	struct ksched_attr attr;

	plan_sched_attr(op, &attr);
	return or_ask(in, op, sys_sched_setattr(0, &attr), r);
}

int init_io_priority(struct init *in, const struct plan_op *op, struct report *r)
{
	return or_ask(in, op, sys_ioprio_set(0, (unsigned)op->n[0], (unsigned)op->n[1]), r);
}

int init_personality(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)in;
	(void)r;
	return sys_personality((unsigned long)op->n[0]);
}

int init_memory_policy(struct init *in, const struct plan_op *op, struct report *r)
{
	unsigned long mask[MAX_BITS / LONG_BITS];
	int err = mask_of(op_str(in, op, 0), op->n[1], mask);

	(void)r;
	return err < 0 ? err : sys_set_mempolicy((unsigned)op->n[0], mask, (size_t)op->n[1] * WORD);
}
