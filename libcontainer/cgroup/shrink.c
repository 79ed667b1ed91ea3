/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memory.max taken below what is in use.  The kernel's own way is to reclaim for a while and then to kill
 * (memory_max_write() in mm/memcontrol.c).  So memory.high, which never kills, comes down first: what the processes
 * allocate now is theirs to reclaim; then what is above is reclaimed, and only when nothing is above does memory.max
 * follow.  Room: run.
 */
#include "cgroup/shrink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cgroup/tree.h"
#include "sys/sys.h"

enum {
	IDLE_ROUNDS = 20, /* in which nothing was reclaimed: dirty pages take their time to be written */
	NAP_NS = 25 * 1000 * 1000,
};

uint64_t shrink_in_use(struct value_place *p, const char *file)
{
	char text[VALUE_ROOM];
	uint64_t n;

	return tree_read(p->fd, file, text, sizeof(text)) > 0 && sscanf(text, "%" SCNu64, &n) == 1 ? n : 0;
}

/* Write-only, and libcgroup opens for both.  Before 5.19 there is no such file: lowering memory.high reclaims, too. */
static void reclaim(struct value_place *p, uint64_t above, const char *high)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, above);
	/* -EAGAIN: less than that; the next look at what is in use tells. */
	if (tree_write(p->fd, "memory.reclaim", text) == -ENOENT)
		(void)tree_write(p->fd, "memory.high", high);
}

/* 0: in use is at most the limit; -EBUSY. */
static int reclaim_down_to(struct value_place *p, uint64_t limit, const char *high, int64_t deadline_ns)
{
	uint64_t least = UINT64_MAX;

	for (int idle = 0;; idle++) {
		uint64_t now = shrink_in_use(p, "memory.current");

		if (now <= limit)
			return 0;
		if (now < least)
			idle = 0;
		if (idle == IDLE_ROUNDS || sys_monotonic_ns() >= deadline_ns)
			return -EBUSY;
		if (idle)
			sys_nap_ns(NAP_NS);
		least = now < least ? now : least;
		reclaim(p, now - limit, high);
	}
}

static int in_use(struct value_place *p, const char *where, uint64_t limit, const char *why, struct lct_err *err)
{
	return err_set(err, LCT_E_SYSTEM, EBUSY, where,
		       "%" PRIu64 " bytes of memory are in use, more than the limit %" PRIu64 "%s",
		       shrink_in_use(p, "memory.current"), limit, why);
}

int shrink_memory(struct value_place *p, const char *where, const char *text, uint64_t limit, bool check,
		  int64_t deadline_ns, struct lct_err *err)
{
	char high[VALUE_ROOM], step[32];
	bool lower;
	uint64_t was;
	int r;

	if (shrink_in_use(p, "memory.current") == 0)
		return value_write(p, "memory.max", text); /* nobody is there yet */
	if (check && shrink_in_use(p, "memory.current") > limit)
		return in_use(p, where, limit, " (checkBeforeUpdate)", err);
	r = value_read(p, "memory.high", high);
	if (r < 0)
		return r;
	/* A lower one is the container's already, and stays. */
	lower = value_bytes(high, &was) && was <= limit;
	snprintf(step, sizeof(step), "%" PRIu64, limit);
	r = lower ? 0 : value_write(p, "memory.high", step);
	if (r < 0)
		return r;
	r = reclaim_down_to(p, limit, lower ? high : step, deadline_ns);
	if (r == -EBUSY)
		r = in_use(p, where, limit, " and cannot be reclaimed", err);
	else
		r = value_write(p, "memory.max", text);
	if (!lower)
		(void)value_write(p, "memory.high", high);
	return r;
}
