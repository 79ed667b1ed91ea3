/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on processes and time.  Every room. */
#include "sys/sys.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ret(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_clone3(struct kclone_args *args)
{
	return ret(syscall(SYS_clone3, args, sizeof(*args)));
}

int sys_clone_thread(int (*run)(void *), void *stack_top, int flags, void *arg, pid_t *tid)
{
	return ret(clone(run, stack_top, flags, arg, tid, NULL, tid));
}

int sys_setns(int fd, int flags)
{
	return ret(setns(fd, flags));
}

int sys_unshare(int flags)
{
	return ret(unshare(flags));
}

int sys_pidfd_open(pid_t pid)
{
	return ret(syscall(SYS_pidfd_open, pid, 0));
}

int sys_pidfd_send_signal(int pidfd, int sig)
{
	return ret(syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0));
}

int sys_waitid_pidfd(int pidfd, siginfo_t *info, int options)
{
	int r;

	info->si_pid = 0;
	/* The raw call: P_PIDFD is newer than some libc's idea of idtype_t. */
	do
		r = ret(syscall(SYS_waitid, KP_PIDFD, pidfd, info, options | KW_ALL, NULL));
	while (r == -EINTR);
	return r;
}

int sys_pidfd_info(int pidfd, uint64_t mask, struct kpidfd_info *info)
{
	*info = (struct kpidfd_info){ .mask = mask };
	return ret(ioctl(pidfd, (int)KPIDFD_GET_INFO_V0, info));
}

int sys_poll(struct pollfd *fds, unsigned n, int timeout_ms)
{
	return ret(poll(fds, n, timeout_ms));
}

int sys_poll_ns(struct pollfd *fds, unsigned n, int64_t timeout_ns)
{
	struct timespec ts = { .tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000 };

	return ret(ppoll(fds, n, &ts, NULL));
}

int sys_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return ret(prctl(option, a, b, c, d));
}

int sys_prlimit(pid_t pid, int resource, const uint64_t set[2], uint64_t old[2])
{
	return ret(syscall(SYS_prlimit64, pid, resource, set, old));
}

int64_t sys_monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void sys_nap_ns(int64_t ns)
{
	nanosleep(&(struct timespec){ .tv_nsec = ns }, NULL);
}
