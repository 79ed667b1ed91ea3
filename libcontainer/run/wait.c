/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wait: until init is gone, how it ended and what it had used.  The parent learns the status by waitid and keeps it in
 * the record; anybody else from the kernel (PIDFD_GET_INFO, 6.15) or from that record.  Usage is the cgroup's, read
 * before anybody can remove it, and kept with the status.  Room: run.
 */
#include "run/run.h"

#include <string.h>
#include <sys/wait.h>

#include "sys/sys.h"

static void set(struct lct_outcome *o, enum lct_exit how, int status, bool core)
{
	o->how = how;
	o->status = status;
	o->core = core;
}

static void from_siginfo(struct lct_outcome *o, const siginfo_t *si)
{
	set(o, si->si_code == CLD_EXITED ? LCT_EXIT_CODE : LCT_EXIT_SIGNAL, si->si_status, si->si_code == CLD_DUMPED);
}

static void from_status(struct lct_outcome *o, int s)
{
	set(o, WIFEXITED(s) ? LCT_EXIT_CODE : LCT_EXIT_SIGNAL, WIFEXITED(s) ? WEXITSTATUS(s) : WTERMSIG(s),
	    WIFSIGNALED(s) && WCOREDUMP(s));
}

static bool from_kernel(struct lct_outcome *o, int pidfd)
{
	struct kpidfd_info info;

	if (sys_pidfd_info(pidfd, KPIDFD_INFO_EXIT, &info) < 0 || !(info.mask & KPIDFD_INFO_EXIT))
		return false;
	from_status(o, info.exit_code);
	return true;
}

/* Dead and not reaped by its parent yet.  While the pidfd still takes signals the pid is nobody else's. */
static bool from_zombie(struct lct_outcome *o, int pidfd, pid_t pid)
{
	int status;

	if (!pid || zombie_status(pid, &status) < 0 || sys_pidfd_send_signal(pidfd, 0) < 0)
		return false;
	from_status(o, status);
	return true;
}

void run_observe(int pidfd, pid_t pid, struct lct_outcome *o)
{
	siginfo_t si;

	set(o, LCT_EXIT_UNKNOWN, 0, false);
	if (sys_waitid_pidfd(pidfd, &si, WEXITED | WNOHANG) == 0 && si.si_pid)
		from_siginfo(o, &si);
	else if (!from_kernel(o, pidfd) && !from_zombie(o, pidfd, pid)) /* or reaped between the two questions */
		(void)from_kernel(o, pidfd);
}

static void give(struct lct_outcome *ret, struct lct_outcome *o, int64_t since)
{
	size_t size = ret->size;

	o->size = size;
	o->elapsed_ns = clock_now_ns() - since;
	memcpy(ret, o, size < sizeof(*o) ? size : sizeof(*o));
}

/* The end is a fact that only its observer has: kept for those who ask later.  Into the record as it is now, for it may
 * be newer than ours; what another observer has kept stays, and fills what we do not know.  Best effort: the container
 * may be deleted at the same time. */
static void keep(lct_container *ct, struct lct_outcome *o)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct record now;

	if (o->how == LCT_EXIT_UNKNOWN || record_read(ct->dirfd, &a, &now, NULL) < 0)
		return;
	if (now.exited && o->usage.cpu_usec == LCT_UNKNOWN)
		o->usage = now.usage;
	if (!now.exited) {
		now.exited = true;
		now.exit_how = (int)o->how;
		now.exit_status = o->status;
		now.usage = o->usage;
		(void)record_write(ct->dirfd, &now, NULL);
	}
	ct->rec.exited = true;
	ct->rec.exit_how = now.exit_how;
	ct->rec.exit_status = now.exit_status;
	ct->rec.usage = o->usage;
}

/* 0 when init has ended. */
static int until_end(lct_container *ct, int timeout_ms, struct lct_err *err)
{
	int64_t deadline = run_deadline(timeout_ms);
	int r = pidfd_ended(ct->pidfd);

	if (r == 0) {
		(void)usage_oom_kills(ct); /* from now on it is looked at */
		do
			r = usage_wait(ct, deadline);
		while (r == 2);
	}
	if (r < 0)
		return err_sys(err, r, NULL, "wait for init");
	if (r == 0)
		return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL, "container %s has not ended within %d ms", ct->id,
			       timeout_ms);
	return 0;
}

int lct_wait(lct_container *ct, int timeout_ms, struct lct_outcome *ret, struct lct_err *err)
{
	struct lct_outcome o = { 0 };
	int64_t since = clock_now_ns();
	int r = 0;

	if (timeout_ms < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "a timeout must not be negative");
	if (ct->pidfd < 0)
		r = container_load(ct, err);
	if (r < 0)
		return r;
	if (ct->rec.exited) {
		set(&o, (enum lct_exit)ct->rec.exit_how, ct->rec.exit_status, false);
		o.usage = ct->rec.usage;
	} else {
		if (!ct->rec.init.pid)
			return err_set(err, LCT_E_STATE, EINVAL, NULL, "container %s is still being created", ct->id);
		r = ct->pidfd >= 0 ? until_end(ct, timeout_ms, err) : 0;
		if (r < 0)
			return r;
		/* Its parent may reap it at any moment, and before 6.15 the status is gone with that; the cgroup stays
		 * for somebody to remove. */
		if (ct->pidfd >= 0)
			run_observe(ct->pidfd, ct->rec.init.pid, &o);
		usage_observe(ct, &o.usage);
		keep(ct, &o);
	}
	o.oom = usage_oom(&o.usage);
	give(ret, &o, since);
	return 0;
}

int lct_wait_process(struct lct_process *p, int timeout_ms, struct lct_outcome *ret, struct lct_err *err)
{
	struct lct_outcome o = { 0 };
	int64_t since = clock_now_ns();
	int r;

	if (timeout_ms < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "a timeout must not be negative");
	r = pidfd_wait_until(p->pidfd, run_deadline(timeout_ms));
	if (r < 0)
		return err_sys(err, r, NULL, "wait for process %d", (int)p->pid);
	if (r == 0)
		return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL, "process %d has not ended within %d ms",
			       (int)p->pid, timeout_ms);
	run_observe(p->pidfd, p->pid, &o);
	usage_unknown(&o.usage);
	give(ret, &o, since);
	return 0;
}
