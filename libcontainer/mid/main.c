/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kin-init.  Where am I: executed from a sealed memfd by a process that wants a container, in its namespaces and
 * with its credentials, single-threaded, with an empty environment.  argv[1] is the number of the link's descriptor.
 * I prepare what only the caller's privileges can, enter or make namespaces, make init as my sibling (the caller's
 * child), say so and end.  I never wait for anything but the caller, and die with it.
 *
 * Room: mid.
 */
#include "mid/mid.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sys/sys.h"

#include "room.h"

static const struct {
	mid_op *run;
} table[PLAN_CODES] = {
	[PLAN_NONDUMPABLE] = { mid_nondumpable },
	[PLAN_OOM_SCORE] = { mid_oom_score },
	[PLAN_CPU_AFFINITY] = { mid_cpu_affinity },
	[PLAN_HOLD_PROC] = { mid_hold_proc },
	[PLAN_RLIMIT_RAISE] = { mid_rlimit_raise },
	[PLAN_NS_OPEN] = { mid_ns_open },
	[PLAN_NS_JOIN] = { mid_ns_join },
	[PLAN_NS_JOIN_TARGET] = { mid_ns_join_target },
	[PLAN_UNSHARE] = { mid_unshare },
	[PLAN_TIME_OFFSETS] = { mid_time_offsets },
	[PLAN_SPAWN] = { mid_spawn },
};

static int descriptor(const char *s)
{
	int n = 0;

	if (!s || !*s)
		return -EINVAL;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || n > 1 << 24)
			return -EINVAL;
		n = 10 * n + (*s - '0');
	}
	return n;
}

/* A closed 0, 1 or 2 would be the number of the next descriptor received, and the container's in the end. */
static int fill_stdio(void)
{
	for (int fd = 0; fd < 3; fd++) {
		int r;

		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		r = sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0);
		if (r < 0)
			return r;
		r = sys_set_cloexec(r, false);
		if (r < 0)
			return r;
	}
	return 0;
}

static int run(struct mid *m, struct report *r, int *ret_op)
{
	const struct plan_head *h = m->in.plan;

	for (uint32_t i = 0; i < h->n_mid; i++) {
		const struct plan_op *op = &plan_ops(m->in.plan)[i];
		int err;

		*ret_op = (int)i;
		if (op->code == PLAN_NOP)
			continue;
		if (op->code >= PLAN_CODES || !table[op->code].run)
			return report_at(r, -ENOSYS, LINK_STAGE_PLAN, NULL);
		err = table[op->code].run(m, op, r);
		if (err < 0) {
			refused_note(err, op, r);
			return err;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	int link = descriptor(argc == 2 ? argv[1] : NULL), op = -1, err;
	struct report r;
	struct mid m;

	if (link < 0 || fill_stdio() < 0 || sys_set_cloexec(link, true) < 0)
		_exit(1);
	sys_signals_default();
	creator_or_die(link);
	memset(&r, 0, sizeof(r));
	memset(&m, 0, sizeof(m));
	err = mid_setup(&m, link, &r, &op);
	if (err >= 0)
		err = run(&m, &r, &op);
	if (err < 0)
		(void)report_send(link, ++m.in.seq, op, err, &r);
	_exit(err < 0 ? 1 : 0);
}
