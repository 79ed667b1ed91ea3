/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cgroup's removal, with whatever the container made in it.  Room: run. */
#include "cgroup/cgroup.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

enum { SETTLE_NS = 1000 * 1000, EVENTS_ROOM = 256 };

/* Everybody was dead and everything below was gone, and rmdir says EBUSY: somebody came in or made a sub-cgroup
 * meanwhile, for a cgroup that is empty of the living and of sub-cgroups can be removed at once, whatever zombies are
 * left of it (cgroup-v2.rst).  What cgroup.events says next is waited for, shortly: a sub-cgroup is no event.  False
 * at the deadline. */
static bool settle(int fd, int64_t deadline_ns)
{
	autofd f = sys_openat(fd, "cgroup.events", O_RDONLY | O_NOFOLLOW, 0);
	struct pollfd p = { .fd = f, .events = POLLPRI };
	char text[EVENTS_ROOM];

	if (sys_monotonic_ns() >= deadline_ns)
		return false;
	if (f >= 0 && sys_pread(f, text, sizeof(text), 0) > 0)
		(void)sys_poll_ns(&p, 1, SETTLE_NS);
	return true;
}

/* Removes sub-cgroups of fd until one has some of its own, which is then opened: its descriptor, or -ENOENT when
 * none is left. */
static int remove_flat(int fd, int64_t deadline_ns)
{
	autodir *d = NULL;
	const char *name;
	int r = dir_open(fd, &d);

	if (r < 0)
		return r == -ENODEV ? -ENOENT : r;
	while ((r = tree_next(d, &name)) > 0) {
		r = sys_unlinkat(fd, name, AT_REMOVEDIR);
		if (r == 0 || r == -ENOENT)
			continue;
		if (r != -EBUSY && r != -ENOTEMPTY)
			return r;
		if (sys_monotonic_ns() >= deadline_ns)
			return -ETIMEDOUT;
		r = tree_open_below(fd, name, O_RDONLY);
		if (r != -ENOENT && r != -ENODEV)
			return r;
	}
	return r < 0 ? r : -ENOENT;
}

/* Depth first with one descriptor however deep the container went: down into the first busy one, and up by "..",
 * which cgroups keep (v2 has no rename). */
static int remove_below(int fd, int64_t deadline_ns)
{
	autofd at = sys_dup_above(fd, 3);
	unsigned depth = 0;
	bool went_up = false;

	if (at < 0)
		return at;
	for (;;) {
		int r = remove_flat(at, deadline_ns);

		if (r == -ENOENT && depth == 0)
			return 0;
		if (r == -ENOENT) {
			r = sys_openat(at, "..", O_RDONLY | O_DIRECTORY, 0);
			depth--;
			went_up = true;
		} else if (r >= 0) {
			depth++;
			if (went_up) /* was emptied and is busy all the same */
				(void)settle(at, deadline_ns);
			went_up = false;
		}
		if (r < 0)
			return r;
		fd_done(&at);
		at = r;
	}
}

static int still_there(int fd, const char *dir, int error, struct lct_err *err)
{
	char list[256] = "";
	size_t n = 0, len = 0;
	pid_t *pids = NULL;

	if (cgroup_pids(fd, &pids, &n) < 0)
		n = 0;
	for (size_t i = 0; i < n && len < sizeof(list) - 16; i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, " %d", (int)pids[i]);
	free(pids);
	if (n)
		return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, dir, "the cgroup still has %zu process%s:%s", n,
			       n == 1 ? "" : "es", list);
	return err_sys(err, error, dir, "remove cgroup");
}

/* Everybody dead, everything below gone.  1: the cgroup itself was gone already. */
static int empty(int fd, const char *dir, int64_t deadline_ns, struct lct_err *err)
{
	int r = cgroup_kill(fd);

	if (r == -ENOENT)
		return 1;
	if (r < 0)
		return err_sys(err, r, dir, "kill the processes of the cgroup");
	r = cgroup_wait_empty(fd, deadline_ns);
	if (r < 0)
		return err_sys(err, r, dir, "wait for the processes of the cgroup");
	if (r == 0)
		return still_there(fd, dir, -ETIMEDOUT, err);
	r = remove_below(fd, deadline_ns);
	return r < 0 ? still_there(fd, dir, r, err) : 0;
}

/* Splits dir at its last slash; the descriptor of what is before it. */
static int open_parent(const char *dir, char *parent, const char **ret_name)
{
	const char *slash = strrchr(dir, '/');
	size_t n = (size_t)(slash - dir);

	if (n == 0 || n >= PATH_MAX)
		return -EINVAL;
	memcpy(parent, dir, n);
	parent[n] = '\0';
	*ret_name = slash + 1;
	return tree_open(parent);
}

/* 1 when `name` is the directory that fd holds, 0 when it is another or none. */
static int is_named(int parent, const char *name, int fd)
{
	struct stat here, there;
	int r = sys_fstatat(parent, name, &there, AT_SYMLINK_NOFOLLOW);

	if (r == 0 && fd >= 0)
		r = sys_fstat(fd, &here);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return fd < 0 || (here.st_dev == there.st_dev && here.st_ino == there.st_ino);
}

/* Nearly always it is empty by now and goes at once: killing is for what is still there. */
static int remove_leaf(int parent, const char *name, const char *dir, int fd, int64_t deadline_ns, struct lct_err *err)
{
	for (bool first = true;; first = false) {
		int r = is_named(parent, name, fd);

		if (r == 0)
			return 0;
		if (r > 0)
			r = sys_unlinkat(parent, name, AT_REMOVEDIR);
		if (r == 0 || r == -ENOENT)
			return 0;
		/* Without its descriptor nothing proves that it is ours: an empty one may go, a busy one may not be
		 * killed. */
		if (fd < 0)
			return err_sys(err, r, dir, "remove cgroup");
		if (r != -EBUSY || (!first && !settle(fd, deadline_ns)))
			return still_there(fd, dir, r, err);
		r = empty(fd, dir, deadline_ns, err);
		if (r != 0)
			return r < 0 ? r : 0;
	}
}

/* The parents that kin made, while nobody else uses them. */
static void remove_parents(const char *dir, unsigned n)
{
	char at[PATH_MAX], above[PATH_MAX];

	if (snprintf(at, sizeof(at), "%s", dir) >= (int)sizeof(at))
		return;
	while (n--) {
		const char *name;
		autofd fd = open_parent(at, above, &name);

		/* What holds a file system's root says EXDEV here or EBUSY there: never above the mount. */
		if ((fd < 0 && fd != -ENOENT) || (fd >= 0 && sys_unlinkat(fd, name, AT_REMOVEDIR) < 0))
			return;
		memcpy(at, above, strlen(above) + 1);
	}
}

int cgroup_remove(const char *dir, unsigned make, int fd, int64_t deadline_ns, struct lct_err *err)
{
	char above[PATH_MAX];
	autofd parent = -EBADF;
	const char *name;
	int r = tree_components(dir);

	if (r < 0)
		return err_set(err, LCT_E_DAMAGED, EINVAL, dir, "not a path of a cgroup");
	if (fd == -ESTALE)
		return 0;
	parent = open_parent(dir, above, &name);
	if (parent < 0 && parent != -ENOENT)
		return err_sys(err, parent, dir, "remove cgroup");
	if (parent >= 0) {
		r = remove_leaf(parent, name, dir, fd, deadline_ns, err);
		if (r < 0)
			return r;
	}
	if (make > 1)
		remove_parents(above, make - 1);
	return 0;
}
