/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everybody in a cgroup held, and let go.  Room: run. */
#include "cgroup/cgroup.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fd.h"
#include "cgroup/events.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

static int gone(struct lct_err *err)
{
	return err_set(err, LCT_E_STATE, ENOENT, NULL, "the container's cgroup is gone");
}

/* A process in an uninterruptible sleep, or one above us that is frozen by somebody else. */
static int not_in_time(int fd, bool frozen, struct lct_err *err)
{
	if (frozen && tree_write(fd, "cgroup.freeze", "0") < 0)
		return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL,
			       "the kernel has not frozen the cgroup in time, and it could not be thawed");
	if (frozen)
		return err_set(
			err, LCT_E_TIMEOUT, ETIMEDOUT, NULL,
			"the kernel has not frozen the cgroup in time (is a process in an uninterruptible sleep?); "
			"it goes on");
	return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL, "the cgroup is still frozen (is one of those above it?)");
}

int cgroup_freeze(int fd, bool frozen, int64_t deadline_ns, struct lct_err *err)
{
	autofd events = sys_openat(fd, "cgroup.events", O_RDONLY | O_NOFOLLOW, 0);
	int r;

	if (events == -ENOENT || events == -ENODEV)
		return gone(err);
	if (events < 0)
		return err_sys(err, events, NULL, "open cgroup.events");
	r = tree_write(fd, "cgroup.freeze", frozen ? "1" : "0");
	if (r == -ENOENT && cgroup_populated(fd) >= 0)
		return err_set(err, LCT_E_SYSTEM, EOPNOTSUPP, NULL, "this kernel cannot freeze a cgroup (5.2 can)");
	if (r == -ENOENT)
		return gone(err);
	if (r < 0)
		return err_sys(err, r, NULL, "write cgroup.freeze");
	r = events_wait(events, "frozen", frozen, deadline_ns);
	if (r == -ENODEV)
		return gone(err);
	if (r == 0)
		return not_in_time(fd, frozen, err);
	if (r < 0 && frozen)
		(void)tree_write(fd, "cgroup.freeze", "0");
	return r < 0 ? err_sys(err, r, NULL, "wait for cgroup.events") : 0;
}
