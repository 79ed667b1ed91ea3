/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A user namespace that only its mappings are wanted of, for mount_setattr(MOUNT_ATTR_IDMAP).  Making one takes a process
 * in it: a child that does nothing until it is killed, which is as soon as the namespace is held by descriptor.
 * Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/sys.h"

/*
 * In the child, which has a copy of the caller's memory but none of its threads: system calls only.  It must not outlive
 * a caller that is killed meanwhile: end-of-file says so, the parent-death signal does not (it follows a thread).
 */
static _Noreturn void hold(int turn[2])
{
	char c;

	close(turn[1]);
	(void)sys_read(turn[0], &c, 1);
	_exit(0);
}

static void put_down(int pidfd)
{
	siginfo_t si;

	(void)sys_pidfd_send_signal(pidfd, SIGKILL);
	if (pidfd_wait_until(pidfd, run_deadline(10000)) == 1)
		(void)sys_waitid_pidfd(pidfd, &si, WEXITED | WNOHANG);
}

static int open_user(pid_t pid)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	return sys_openat(AT_FDCWD, path, O_RDONLY, 0);
}

int userns_make(const struct host *h, const struct idmap_order *o, int64_t deadline_ns, struct lct_err *err)
{
	autofd pidfd = -EBADF, turn_in = -EBADF, turn_out = -EBADF;
	int turn[2], pid, r;
	struct kclone_args args = { .flags = KCLONE_NEWUSER | KCLONE_PIDFD | KCLONE_CLEAR_SIGHAND,
				    .pidfd = (uint64_t)(uintptr_t)&pidfd };

	r = sys_pipe(turn);
	if (r < 0)
		return err_sys(err, r, o->uids_at, "make a pipe");
	turn_in = turn[0];
	turn_out = turn[1];
	/* No exit signal: the host program's own handling of children does not see it. */
	pid = sys_clone3(&args);
	if (pid == 0)
		hold(turn);
	if (pid < 0)
		return err_sys(err, pid, o->uids_at, "make a user namespace for the mount's mappings");
	r = idmap_write_maps(h, o, pid, deadline_ns, err);
	if (r == 0) {
		r = open_user(pid);
		if (r < 0)
			err_sys(err, r, o->uids_at, "hold the user namespace of the mount's mappings");
	}
	put_down(pidfd);
	return r;
}
