/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pause and resume: everybody in the container's cgroup frozen, and let go.  Room: run. */
#include "run/run.h"

static int no_cgroup(const lct_container *ct, int r, struct lct_err *err)
{
	if (!ct->rec.cgroup)
		return err_set(err, LCT_E_STATE, EOPNOTSUPP, NULL,
			       "container %s has no cgroup of its own: it cannot be paused", ct->id);
	return err_sys(err, r, ct->rec.cgroup, "open the container's cgroup");
}

static int freeze(lct_container *ct, enum operation op, int timeout_ms, struct lct_err *err)
{
	int64_t deadline = run_deadline(run_timeout(ct->rt, timeout_ms));
	autofd lock = -EBADF, cgroup = -EBADF;
	int r;

	if (timeout_ms < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "a timeout must not be negative");
	lock = container_lock(ct, deadline, err);
	if (lock < 0)
		return lock;
	r = container_allows(ct, op, err);
	if (r < 0)
		return r;
	cgroup = container_cgroup(ct);
	if (cgroup < 0)
		return no_cgroup(ct, cgroup, err);
	r = cgroup_freeze(cgroup, op == OP_PAUSE, deadline, err);
	/* Ended meanwhile: an empty cgroup is quickly frozen, but that is no paused container.  One that ends as soon as it
	 * goes on has gone on. */
	if (op == OP_PAUSE && pidfd_ended(ct->pidfd) == 1) {
		(void)cgroup_freeze(cgroup, false, deadline, NULL);
		return err_set(err, LCT_E_STATE, ESRCH, NULL, "container not running");
	}
	return r;
}

int lct_pause(lct_container *ct, int timeout_ms, struct lct_err *err)
{
	return freeze(ct, OP_PAUSE, timeout_ms, err);
}

int lct_resume(lct_container *ct, int timeout_ms, struct lct_err *err)
{
	return freeze(ct, OP_RESUME, timeout_ms, err);
}
