/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sub-cgroups below a container's own: made, entered, given the controllers of the one above.  Room: run. */
#include "cgroup/cgroup.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

enum { LIST_ROOM = 512 };

int cgroup_sub_open(int fd, const char *rel)
{
	return fd < 0 ? fd : tree_open_below(fd, rel ? rel : "", O_RDONLY);
}

/* One level; its name ends at a slash or with the text.  Whatever the caller's umask. */
static int make_one(int fd, const char *name, size_t len)
{
	char text[NAME_MAX + 1];
	int r;

	snprintf(text, sizeof(text), "%.*s", (int)len, name);
	r = sys_mkdirat(fd, text, 0755);
	if (r == 0)
		r = sys_fchmodat(fd, text, 0755);
	return r < 0 && r != -EEXIST ? r : tree_open_below(fd, text, O_RDONLY);
}

int cgroup_sub_make(int fd, const char *rel)
{
	autofd at = sys_dup_above(fd, 3);

	while (at >= 0 && *rel) {
		size_t len = strcspn(rel, "/");
		int below = make_one(at, rel, len);

		fd_done(&at);
		at = below;
		rel += len + (rel[len] == '/');
	}
	return TAKE_FD(at);
}

int cgroup_enter(int fd, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)pid);
	return tree_write(fd, "cgroup.procs", text);
}

/* All that it has.  One that refuses (cpu with real-time processes, say) is no reason to go without the others. */
static int pass_on_one(int fd)
{
	char list[LIST_ROOM], *rest = list;
	int r = tree_read(fd, "cgroup.procs", list, sizeof(list));

	/* For some controllers the kernel would make it a threaded domain instead of refusing: controller.c. */
	if (r > 0)
		return -EBUSY;
	r = tree_read(fd, "cgroup.controllers", list, sizeof(list));
	for (char *name; r >= 0 && (name = strsep(&rest, " \n"));) {
		char word[80];

		if (name[0] && snprintf(word, sizeof(word), "+%s", name) < (int)sizeof(word))
			(void)tree_write(fd, "cgroup.subtree_control", word);
	}
	return r < 0 ? r : 0;
}

int cgroup_pass_on(int fd, const char *rel)
{
	autofd at = sys_dup_above(fd, 3);
	int r = at;

	while (r >= 0 && *rel) {
		char name[NAME_MAX + 1];
		size_t len = strcspn(rel, "/");

		r = pass_on_one(at);
		if (r < 0)
			return r;
		snprintf(name, sizeof(name), "%.*s", (int)len, rel);
		r = tree_open_below(at, name, O_RDONLY);
		fd_done(&at);
		at = r;
		rel += len + (rel[len] == '/');
	}
	return r < 0 ? r : 0;
}
