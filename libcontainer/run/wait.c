/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wait: until init is gone, and how it ended.  The parent learns it by waitid and keeps it in the record; anybody
 * else from the kernel (PIDFD_GET_INFO, 6.15) or from that record.  Room: run.
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

/* The end is a fact that only its observer has: kept for those who ask later.  Best effort: the container may be
 * deleted at the same time. */
static void keep(lct_container *ct, const struct lct_outcome *o)
{
	if (o->how == LCT_EXIT_UNKNOWN || ct->rec.exited)
		return;
	ct->rec.exited = true;
	ct->rec.exit_how = (int)o->how;
	ct->rec.exit_status = o->status;
	(void)record_write(ct->dirfd, &ct->rec, NULL);
}

int lct_wait(lct_container *ct, int timeout_ms, struct lct_outcome *ret, struct lct_err *err)
{
	struct lct_outcome o = { 0 };
	int64_t since = clock_now_ns();
	int r;

	if (timeout_ms < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "a timeout must not be negative");
	if (ct->pidfd < 0) {
		r = container_load(ct, err);
		if (r < 0)
			return r;
	}
	if (ct->rec.exited) {
		set(&o, (enum lct_exit)ct->rec.exit_how, ct->rec.exit_status, false);
		give(ret, &o, since);
		return 0;
	}
	if (!ct->rec.init.pid)
		return err_set(err, LCT_E_STATE, EINVAL, NULL, "container %s is still being created", ct->id);
	if (ct->pidfd >= 0) {
		r = pidfd_wait_until(ct->pidfd, run_deadline(timeout_ms));
		if (r < 0)
			return err_sys(err, r, NULL, "wait for init");
		if (r == 0)
			return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL, "container %s has not ended within %d ms",
				       ct->id, timeout_ms);
		run_observe(ct->pidfd, ct->rec.init.pid, &o);
		keep(ct, &o);
	}
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
	give(ret, &o, since);
	return 0;
}
