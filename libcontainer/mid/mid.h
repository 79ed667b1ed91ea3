/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The intermediate: from the caller's namespaces to init's.  Private to mid/.  Room: mid. */
#ifndef MID_MID_H
#define MID_MID_H

#include "init/init.h"

struct mid {
	struct init in; /* what init will start with: filled on the way, given to it by fork */
	int cgroup; /* directory to make init in, or -EBADF */
	int turn; /* write end: closed by our end, when SPAWNED has been sent */
	bool undumpable;
};

typedef int mid_op(struct mid *m, const struct plan_op *op, struct report *r);

/* setup.c: receives SETUP, maps and verifies the plan, closes what is not ours */
int mid_setup(struct mid *m, int link, struct report *r, int *ret_op);

/* namespaces.c */
mid_op mid_ns_open, mid_ns_join, mid_ns_join_target, mid_unshare, mid_time_offsets;
/* limits.c */
mid_op mid_hold_proc, mid_oom_score, mid_cpu_affinity, mid_rlimit_raise;
/* spawn.c */
mid_op mid_nondumpable, mid_spawn;
#endif
