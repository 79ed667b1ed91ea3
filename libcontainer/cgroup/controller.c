/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Controllers, made available from the top down.  Room: run. */
#include "cgroup/controller.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "cgroup/library.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

enum { LIST_ROOM = 512, TABLE_ROOM = 4096 };

int controller_is_here(int fd, const char *name)
{
	char list[LIST_ROOM];
	int r = tree_read(fd, "cgroup.controllers", list, sizeof(list));

	return r < 0 ? r : tree_has_word(list, name);
}

/* ---- why not ---- */

/* The controller's line in /proc/cgroups: name, v1 hierarchy (0: none), cgroups, enabled.  False: no such line. */
static bool kernel_knows(const char *name, int *ret_hierarchy, int *ret_enabled)
{
	const char *v1_name = strcmp(name, "io") ? name : "blkio";
	size_t len = strlen(v1_name);
	char text[TABLE_ROOM];

	if (tree_read(AT_FDCWD, "/proc/cgroups", text, sizeof(text)) < 0)
		return false;
	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, v1_name, len) && p[len] == '\t')
			return sscanf(p + len, "%d %*d %d", ret_hierarchy, ret_enabled) == 2;
	}
	return false;
}

/* Not even the topmost cgroup that we see has it. */
static int absent(const char *level, bool top, const struct controller_need *n, struct lct_err *err)
{
	int hierarchy = 0, enabled = 1;
	bool known = kernel_knows(n->name, &hierarchy, &enabled);

	if (hierarchy > 0)
		return err_set(
			err, LCT_E_SYSTEM, EOPNOTSUPP, n->where,
			"cgroup controller \"%s\" is not available in %s: on this host it is bound to cgroup v1 (the "
			"kernel parameter cgroup_no_v1=%s frees it, or systemd.unified_cgroup_hierarchy=1 all)",
			n->name, level, n->name);
	if (!enabled)
		return err_set(
			err, LCT_E_SYSTEM, EOPNOTSUPP, n->where,
			"cgroup controller \"%s\" is not available in %s: it was disabled when the kernel was booted "
			"(cgroup_disable=; cgroup_enable=%s takes it back)",
			n->name, level, n->name);
	if (top || !known)
		return err_set(err, LCT_E_SYSTEM, EOPNOTSUPP, n->where,
			       "cgroup controller \"%s\" is not available in %s: this kernel has none of that name",
			       n->name, level);
	return err_set(
		err, LCT_E_SYSTEM, EOPNOTSUPP, n->where,
		"cgroup controller \"%s\" is not available in %s: it must be delegated from above, by \"+%s\" in the "
		"cgroup.subtree_control of that cgroup's parent",
		n->name, level, n->name);
}

/* A level that we may not write to does not enable it: who could, and how. */
static int not_delegated(int fd, const char *level, const char *dir, const struct controller_need *n, int error,
			 struct lct_err *err)
{
	const char *user = strstr(dir, "/user@");
	struct stat st = { 0 };

	(void)sys_fstatat(fd, "cgroup.subtree_control", &st, AT_SYMLINK_NOFOLLOW);
	if (user)
		return err_set(
			err, LCT_E_SYSTEM, -error, n->where,
			"cgroup controller \"%s\" is not delegated: %s does not enable it below itself. As root, give "
			"user@.service \"Delegate=cpu cpuset io memory pids\" (systemctl edit user@.service), then "
			"log in anew",
			n->name, level);
	return err_set(
		err, LCT_E_SYSTEM, -error, n->where,
		"cgroup controller \"%s\" is not delegated: %s does not enable it below itself. User %u, to whom its "
		"cgroup.subtree_control belongs, can, by writing \"+%s\" to it",
		n->name, level, (unsigned)st.st_uid, n->name);
}

/* ---- enabling ---- */

static int not_enabled(int fd, const char *level, const char *dir, const struct controller_need *n, int error,
		       struct lct_err *err)
{
	if (error == -EBUSY) /* cgroups(7), "no internal processes" */
		return err_set(err, LCT_E_SYSTEM, EBUSY, n->where,
			       "cgroup controller \"%s\" cannot be enabled below %s, which has processes of its own",
			       n->name, level);
	if (error == -EACCES || error == -EPERM || error == -EROFS)
		return not_delegated(fd, level, dir, n, error, err);
	return err_sys(err, error, n->where, "enable cgroup controller \"%s\" below %s", n->name, level);
}

/* Has processes of its own, and is not the root of the whole hierarchy, which may. The kernel refuses this for most
 * controllers; for cpu, cpuset and pids it makes the cgroup a threaded domain, and those below it unfit for processes
 * ("domain invalid"). */
static bool is_inhabited(int fd)
{
	autofd f = sys_openat(fd, "cgroup.procs", O_RDONLY | O_NOFOLLOW, 0);
	struct stat st;
	char pid;

	return f >= 0 && sys_read(f, &pid, 1) == 1 && sys_fstat(fd, &st) == 0 && st.st_ino != 1;
}

static int enable_one(int fd, const char *rel, const char *name)
{
	char word[CONTROLLER_ROOM + 1];

	snprintf(word, sizeof(word), "+%s", name);
	if (library_knows(name, rel, fd) == 0)
		return library_set(name, rel, "cgroup.subtree_control", word);
	return tree_write(fd, "cgroup.subtree_control", word);
}

static int enable_at(int fd, const char *level, const char *rel, const char *dir, const struct controller_need *needs,
		     size_t n, struct lct_err *err)
{
	char here[LIST_ROOM], below[LIST_ROOM];
	struct stat st;
	int r = tree_read(fd, "cgroup.controllers", here, sizeof(here));

	if (r >= 0)
		r = tree_read(fd, "cgroup.subtree_control", below, sizeof(below));
	if (r < 0)
		return err_sys(err, r, needs[0].where, "read %s/cgroup.%s", level, "controllers");
	for (size_t i = 0; i < n; i++) {
		if (tree_has_word(below, needs[i].name))
			continue;
		if (!tree_has_word(here, needs[i].name)) /* the whole hierarchy's root is inode 1 */
			return absent(level, !rel[0] && sys_fstat(fd, &st) == 0 && st.st_ino == 1, &needs[i], err);
		r = is_inhabited(fd) ? -EBUSY : enable_one(fd, rel, needs[i].name);
		if (r < 0)
			return not_enabled(fd, level, dir, &needs[i], r, err);
	}
	return 0;
}

int controllers_enable(const struct value_place *p, const struct controller_need *needs, size_t n, struct lct_err *err)
{
	size_t base = strlen(p->dir) - strlen(p->rel), len = strlen(p->dir);
	char level[PATH_MAX];
	int r = 0;

	for (size_t at = base; r == 0 && n && at < len; at += 1 + strcspn(p->dir + at + 1, "/")) {
		autofd fd = -EBADF;

		if (at >= sizeof(level))
			return err_sys(err, -ENAMETOOLONG, p->dir, "enable controllers");
		memcpy(level, p->dir, at);
		level[at] = '\0';
		fd = tree_open(level);
		if (fd < 0)
			return err_sys(err, fd, needs[0].where, "open cgroup %s", level);
		r = enable_at(fd, level, at == base ? "" : level + base, p->dir, needs, n, err);
	}
	return r;
}
