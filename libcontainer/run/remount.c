/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A mount of another mount namespace changed from within: mount_setattr(2) refuses it from outside.  A process for these
 * two system calls only, with a stack of its own and all signals blocked, as in child.c; none of the container's runs yet.
 * Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/sys.h"

enum { STACK = 16 * 1024 };

struct order {
	int pidfd;
	volatile int result;
};

__attribute__((noinline, no_sanitize("address"))) static int in_child(void *arg)
{
	static const struct kmount_attr readonly = { .attr_set = KMOUNT_ATTR_RDONLY };
	struct order *o = arg;
	int r = sys_setns(o->pidfd, CLONE_NEWNS); /* by pidfd: 5.8 */

	o->result = r < 0 ? r : sys_mount_setattr(AT_FDCWD, "/", 0, &readonly);
	_exit(0);
}

int remount_readonly(int pidfd)
{
	_Alignas(64) char stack[STACK];
	struct order o = { .pidfd = pidfd, .result = -ECHILD };
	autofd child = -EBADF;
	siginfo_t si;
	sigset_t all, old;
	pid_t pid;
	int saved;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = clone(in_child, stack + STACK, CLONE_VM | CLONE_VFORK | CLONE_PIDFD, &o, &child);
	saved = errno;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (pid < 0)
		return -saved;
	(void)sys_waitid_pidfd(child, &si, WEXITED);
	return o.result;
}
