/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of everybody in a cgroup.  Room: run. */
#include "cgroup/cgroup.h"

#include <signal.h>
#include <stdlib.h>

#include "base/fd.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

enum { ROUNDS = 64 };

/* -ESRCH when there was nobody. */
static int kill_each(int fd)
{
	pid_t *pids;
	size_t n;
	int r = cgroup_pids(fd, &pids, &n), met = 0;

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		autofd pidfd = sys_pidfd_open(pids[i]);
		pid_t *again;
		size_t m;
		bool still = false;

		if (pidfd < 0 || cgroup_pids(fd, &again, &m) < 0)
			continue;
		for (size_t k = 0; k < m; k++)
			still |= again[k] == pids[i];
		free(again);
		if (still && sys_pidfd_send_signal(pidfd, SIGKILL) == 0)
			met++;
	}
	free(pids);
	return met ? 0 : -ESRCH;
}

/* Before 5.14: hold everybody, so that nobody forks away, then one by one.  SIGKILL ends the frozen, too. */
static int kill_by_hand(int fd)
{
	int r = 0;

	(void)tree_write(fd, "cgroup.freeze", "1");
	for (int i = 0; i < ROUNDS && r == 0 && cgroup_populated(fd) == 1; i++)
		r = kill_each(fd);
	(void)tree_write(fd, "cgroup.freeze", "0");
	return r == -ESRCH ? 0 : r;
}

int cgroup_kill(int fd)
{
	int r = tree_write(fd, "cgroup.kill", "1");

	/* No such file: gone with its cgroup, or a kernel without it. */
	if (r != -ENOENT)
		return r;
	r = cgroup_populated(fd);
	return r < 0 ? r : kill_by_hand(fd);
}
