/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making init: my sibling, by one clone3 with all that is asked for.  Rooms: mid, and the first step of init. */
#include "mid/mid.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

int mid_nondumpable(struct mid *m, const struct plan_op *op, struct report *r)
{
	(void)op;
	(void)r;
	m->undumpable = true;
	return sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int tell(struct mid *m, int pid, int pidfd)
{
	struct link_msg msg;

	memset(&msg, 0, sizeof(msg));
	msg.kind = LINK_SPAWNED;
	msg.seq = ++m->in.seq;
	msg.op = -1;
	msg.n[0] = (uint64_t)pid;
	return link_send(m->in.link, &msg, &pidfd, 1);
}

int mid_spawn(struct mid *m, const struct plan_op *op, struct report *r)
{
	int pidfd = -EBADF, turn[2], pid, err;
	struct kclone_args args = {
		/* CLONE_PARENT wants exit_signal 0 (EINVAL otherwise). */
		.flags = KCLONE_PARENT | KCLONE_PIDFD | op->n[0],
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
	};

	/* Entering the cgroup is decided with my credentials, so it is done in the same call as the change of them. */
	if (m->cgroup >= 0) {
		args.flags |= KCLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)m->cgroup;
	}
	err = sys_pipe(turn);
	if (err < 0)
		return err;
	pid = sys_clone3(&args);
	if (pid < 0)
		return report_at(r, pid, LINK_STAGE_OP, NULL);
	if (pid == 0) {
		fd_done(&turn[1]);
		fd_done(&m->cgroup); /* a directory of the host: CVE-2024-21626 */
		m->in.turn = turn[0];
		init_main(&m->in);
	}
	/* Should this fail, init will find nobody at the other end, either. */
	err = tell(m, pid, pidfd);
	_exit(err < 0 ? 1 : 0);
}
