/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs executed by the caller: the intermediate, hooks, newuidmap.
 *
 * clone(CLONE_VM | CLONE_VFORK): no page table is copied, so the price does not depend on the host program's size.
 * Everything the child needs is prepared before; it makes system calls only, on a stack of its own (a store to the
 * parent's variables would be the parent's).
 *
 * The exit signal is 0, but execve sets it to SIGCHLD whatever it was (fs/exec.c, de_thread): a host program that waits
 * for any child, or ignores SIGCHLD, may reap ours before us.  How it ended is then asked of the kernel through the
 * pidfd.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/sys.h"

enum { STACK = 16 * 1024 };
static const int64_t AFTER_KILL_NS = INT64_C(10000000000);

struct order {
	const struct child *c;
	uint64_t mask;
	volatile int error;
};

static long all_signals(int how, const uint64_t *set, uint64_t *old)
{
	/* The raw call: libc keeps two signals out of reach, whose handlers must not run in the child either. */
	return syscall(SYS_rt_sigprocmask, how, set, old, sizeof(*set));
}

static int place_stdio(const int given[3])
{
	int stdio[3] = { given[0], given[1], given[2] };

	/* Out of the way first, or placing one could overwrite the source of another. */
	for (int i = 0; i < 3; i++)
		if (stdio[i] >= 0 && stdio[i] < 3 && stdio[i] != i && (stdio[i] = sys_dup_above(stdio[i], 3)) < 0)
			return stdio[i];
	for (int i = 0; i < 3; i++) {
		if (stdio[i] < 0)
			continue;
		if (stdio[i] == i) {
			if (sys_set_cloexec(i, false) < 0)
				return -errno;
		} else if (dup2(stdio[i], i) < 0) {
			return -errno;
		}
	}
	return 0;
}

/* Only what `keep` and `preserve` name goes over; the host program's descriptors without CLOEXEC do not. */
static int close_others(const struct child *c)
{
	unsigned first = 3 + c->preserve;
	int r;

	if (c->keep >= 0) {
		r = sys_set_cloexec(c->keep, false);
		if (r < 0)
			return r;
		if ((unsigned)c->keep > first)
			(void)sys_close_range(first, (unsigned)c->keep - 1, KCLOSE_RANGE_CLOEXEC);
		first = (unsigned)c->keep + 1;
	}
	(void)sys_close_range(first, ~0u, KCLOSE_RANGE_CLOEXEC);
	return 0;
}

static int keep_also(const struct child *c)
{
	int r = 0;

	for (size_t i = 0; i < c->n_also && r == 0; i++)
		r = sys_set_cloexec(c->also[i], false);
	return r;
}

static int own_cgroup(const struct child *c)
{
	ssize_t n = c->procs ? sys_write(*c->procs, "0", 1) : 0;

	return n < 0 ? (int)n : c->cgroup_ns ? sys_unshare(CLONE_NEWCGROUP) : 0;
}

/* What is mounted here goes with the program. */
static int own_mounts(const struct child *c)
{
	int r = sys_unshare(CLONE_NEWNS);

	if (r == 0)
		r = sys_mount(NULL, "/", NULL, KMS_REC | KMS_SLAVE, NULL);
	for (size_t i = 0; i < c->n_binds && r == 0; i++)
		r = sys_mount(c->binds[i].from, c->binds[i].at, NULL, MS_BIND | MS_REC, NULL);
	return r;
}

static int execute(const struct child *c)
{
	if (c->path)
		(void)execve(c->path, c->argv, c->envp);
	else
		(void)syscall(SYS_execveat, c->exec_fd, "", c->argv, c->envp, KAT_EMPTY_PATH);
	return -errno;
}

/* The sanitizer knows nothing of this stack. */
__attribute__((noinline, no_sanitize("address"))) static int in_child(void *arg)
{
	struct order *o = arg;
	const struct child *c = o->c;
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	uint64_t none = 0;
	int r;

	for (int sig = 1; c->path && sig < 65; sig++) /* kin-init does so itself */
		(void)sigaction(sig, &dfl, NULL);
	r = place_stdio(c->stdio);
	if (r == 0 && c->cwd >= 0)
		r = sys_fchdir(c->cwd);
	if (r == 0 && c->group && setpgid(0, 0) < 0)
		r = -errno;
	if (r == 0)
		r = close_others(c);
	if (r == 0)
		r = keep_also(c);
	if (r == 0)
		r = own_cgroup(c);
	if (r == 0 && c->n_binds)
		r = own_mounts(c);
	if (r == 0)
		(void)all_signals(SIG_SETMASK, &none, NULL);
	if (r == 0)
		r = execute(c);
	o->error = r;
	_exit(127);
}

pid_t child_spawn(const struct child *c, int *ret_pidfd)
{
	_Alignas(64) char stack[STACK];
	struct order o = { .c = c };
	uint64_t all = ~UINT64_C(0), old;
	autofd pidfd = -EBADF;
	siginfo_t si;
	pid_t pid;
	int saved;

	all_signals(SIG_SETMASK, &all, &old);
	pid = clone(in_child, stack + STACK, CLONE_VM | CLONE_VFORK | CLONE_PIDFD, &o, &pidfd);
	saved = errno;
	all_signals(SIG_SETMASK, &old, NULL);
	if (pid < 0)
		return -saved;
	if (o.error) {
		(void)sys_waitid_pidfd(pidfd, &si, WEXITED);
		return o.error;
	}
	*ret_pidfd = TAKE_FD(pidfd);
	return pid;
}

/* Keeps the last bytes.  1: some came, 0: none there now, -1: no more will come. */
static int take_output(int fd, char *tail, size_t size)
{
	char chunk[1024];
	ssize_t n = read(fd, chunk, sizeof(chunk));
	size_t have = strlen(tail), add;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
	add = (size_t)n;
	for (size_t i = 0; i < add; i++)
		if (chunk[i] == '\0')
			chunk[i] = ' ';
	if (add >= size) {
		memcpy(tail, chunk + add - (size - 1), size - 1);
		tail[size - 1] = '\0';
		return 1;
	}
	if (have + add >= size) {
		size_t drop = have + add - (size - 1);

		memmove(tail, tail + drop, have - drop + 1);
		have -= drop;
	}
	memcpy(tail + have, chunk, add);
	tail[have + add] = '\0';
	return 1;
}

int child_wait(int pidfd, pid_t pid, bool group, int output, int64_t deadline_ns, char *tail, size_t tail_size,
	       struct lct_outcome *ret)
{
	bool reading = output >= 0, late = false;

	if (reading)
		(void)fcntl(output, F_SETFL, O_NONBLOCK);
	for (;;) {
		struct pollfd p[2] = { { .fd = pidfd, .events = POLLIN },
				       { .fd = reading ? output : -1, .events = POLLIN } };
		int64_t left = (deadline_ns - clock_now_ns()) / 1000000 + 1;
		int r = sys_poll(p, 2, left > 0 ? (int)(left > 3600000 ? 3600000 : left) : 0);

		if (r < 0 && r != -EINTR)
			return r;
		if (p[1].revents && reading)
			reading = take_output(output, tail, tail_size) >= 0;
		/* The end of the process is the end: who else holds the pipe does not matter. */
		if (r > 0 && p[0].revents) {
			while (reading && take_output(output, tail, tail_size) > 0)
				;
			run_observe(pidfd, pid, ret);
			return late ? -ETIMEDOUT : 0;
		}
		if (clock_now_ns() >= deadline_ns) {
			if (late)
				return -ETIMEDOUT; /* killed, and still not gone: in an uninterruptible sleep */
			late = true;
			if (group)
				(void)kill(-pid,
					   SIGKILL); /* its group: the leader is not reaped yet, so it is its group */
			(void)sys_pidfd_send_signal(pidfd, SIGKILL);
			deadline_ns = clock_now_ns() + AFTER_KILL_NS;
		}
	}
}
