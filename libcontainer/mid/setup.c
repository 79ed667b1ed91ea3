/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first message: the plan and the descriptors that go with it.  Room: mid. */
#include "mid/mid.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { PLAN_MAX = 1 << 30, SEALS = KF_SEAL_WRITE | KF_SEAL_SHRINK | KF_SEAL_GROW };

/* Mapped once and used by two processes: what is not sealed could change after it was verified. */
static int map_plan(struct mid *m, int fd, struct report *r, int *ret_op)
{
	int seals = sys_seals(fd), err;
	struct stat st;
	void *plan;

	if (seals < 0 || (seals & SEALS) != SEALS)
		return report_at(r, seals < 0 ? seals : -EPERM, LINK_STAGE_PLAN, "not a sealed memfd");
	err = sys_fstat(fd, &st);
	if (err == 0 && (st.st_size <= 0 || st.st_size > PLAN_MAX))
		err = -EBADMSG;
	if (err == 0)
		err = sys_map(fd, (size_t)st.st_size, &plan);
	if (err == 0)
		err = plan_verify(plan, (size_t)st.st_size, ret_op);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_PLAN, NULL);
	m->in.plan = plan;
	return 0;
}

/*
 * Descriptors that the caller's program leaked to us (without CLOEXEC, from its other threads or its own parent)
 * are closed here, not only at exec: an init may wait for START for days.
 */
static void close_others(unsigned first, const int *keep, unsigned n)
{
	for (;;) {
		unsigned next = ~0u;

		for (unsigned i = 0; i < n; i++)
			if (keep[i] >= 0 && (unsigned)keep[i] >= first && (unsigned)keep[i] < next)
				next = (unsigned)keep[i];
		if (next > first)
			(void)sys_close_range(first, next == ~0u ? next : next - 1, 0);
		if (next == ~0u)
			return;
		first = next + 1;
	}
}

/* Which descriptor is which: the bits of n0 in ascending order. */
static int take(uint64_t bits, uint64_t bit, int fds[LINK_FDS], unsigned *next)
{
	unsigned i = *next;

	if (!(bits & bit))
		return -EBADF;
	*next = i + 1;
	return TAKE_FD(fds[i]);
}

int mid_setup(struct mid *m, int link, struct report *r, int *ret_op)
{
	const uint64_t known = LINK_SETUP_PLAN | LINK_SETUP_CGROUP | LINK_SETUP_TARGET | LINK_SETUP_GATE;
	struct link_msg msg;
	unsigned next = 0;
	int fds[LINK_FDS], keep[LINK_FDS + 1], err;
	autofd plan = -EBADF;

	init_clear(&m->in);
	m->in.link = link;
	m->cgroup = m->turn = -EBADF;
	err = link_recv(link, &msg, fds, 0);
	if (err == 0)
		_exit(1);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_LINK, NULL);
	if (msg.kind != LINK_SETUP || (msg.n[0] & ~known) || !(msg.n[0] & LINK_SETUP_PLAN) || msg.n[1] < 3 ||
	    msg.n[1] > INT32_MAX || msg.n_fds != (unsigned)__builtin_popcountll(msg.n[0]))
		return report_at(r, -EBADMSG, LINK_STAGE_LINK, NULL);
	memcpy(keep, fds, sizeof(fds));
	keep[LINK_FDS] = link;
	close_others((unsigned)msg.n[1], keep, LINK_FDS + 1);
	plan = take(msg.n[0], LINK_SETUP_PLAN, fds, &next);
	m->cgroup = take(msg.n[0], LINK_SETUP_CGROUP, fds, &next);
	m->in.target = take(msg.n[0], LINK_SETUP_TARGET, fds, &next);
	m->in.gate = take(msg.n[0], LINK_SETUP_GATE, fds, &next);
	return map_plan(m, plan, r, ret_op);
}
