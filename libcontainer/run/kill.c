/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kill: signals through pidfds; a whole tree at once through cgroup.kill.  Delivery is not an outcome.  Room: run. */
#include "run/run.h"

#include <stdlib.h>

#include "sys/sys.h"

/* Every process of the cgroup, held while its membership is asked again: a recycled pid is never signalled. */
static int kill_each(int cgroup, int sig)
{
	pid_t *pids;
	size_t n;
	int r = cgroup_pids(cgroup, &pids, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		autofd pidfd = sys_pidfd_open(pids[i]);
		pid_t *again;
		size_t m;
		bool there = false;

		if (pidfd < 0)
			continue;
		r = cgroup_pids(cgroup, &again, &m);
		for (size_t k = 0; r == 0 && k < m; k++)
			there |= again[k] == pids[i];
		if (r == 0)
			free(again);
		if (there)
			(void)sys_pidfd_send_signal(pidfd, sig);
	}
	if (r == 0)
		free(pids);
	return r;
}

static int kill_tree(lct_container *ct, int sig, struct lct_err *err)
{
	autofd cg = container_cgroup(ct);
	int r;

	if (cg < 0) { /* no cgroup: a pid namespace dies with its init, nothing else is known */
		if (ct->pidfd < 0)
			return 0;
		r = sys_pidfd_send_signal(ct->pidfd, sig);
		return r < 0 && r != -ESRCH ? err_sys(err, r, NULL, "signal %d to init", sig) : 0;
	}
	r = sig == SIGKILL ? cgroup_kill(cg) : kill_each(cg, sig);
	return r < 0 && r != -ENOENT && r != -ENODEV ? err_sys(err, r, ct->rec.cgroup, "signal %d to all", sig) : 0;
}

int lct_kill(lct_container *ct, int sig, bool all, struct lct_err *err)
{
	int r = container_load(ct, err);

	if (r < 0)
		return r;
	if (sig < 0 || sig > 64)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "unknown signal %d", sig);
	/* Callers clean up a shared pid namespace this way after init's end: not an error. */
	if (all)
		return kill_tree(ct, sig, err);
	r = container_allows(ct, OP_KILL, err);
	if (r < 0)
		return r;
	/* Without a pid namespace of its own the container does not die with its init. */
	if (sig == SIGKILL && ct->rec.cgroup && !(ct->rec.new_ns & KCLONE_NEWPID))
		return kill_tree(ct, sig, err);
	r = sys_pidfd_send_signal(ct->pidfd, sig);
	if (r == -ESRCH)
		return err_set(err, LCT_E_STATE, ESRCH, NULL, "container not running");
	return r < 0 ? err_sys(err, r, NULL, "signal %d to init (pid %d)", sig, (int)ct->rec.init.pid) : 0;
}
