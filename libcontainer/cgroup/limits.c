/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cgroup's limits: controllers enabled on the way down, values written.  Room: run. */
#include "cgroup/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "cgroup/tree.h"

enum { CONTROLLER_ROOM = 32, LIST_ROOM = 512 };

/* "memory.max" -> "memory".  Empty for the core's own files ("cgroup.max.depth"). */
static int controller_of(const char *file, char ret[CONTROLLER_ROOM])
{
	size_t n = strcspn(file, ".");

	if (n == 0 || !file[n] || strchr(file, '/') || n >= CONTROLLER_ROOM)
		return -EINVAL;
	if (n == 6 && !strncmp(file, "cgroup", n))
		n = 0;
	memcpy(ret, file, n);
	ret[n] = '\0';
	return 0;
}

static int enable_here(int fd, const char *level, const char *controller, const char *where, struct lct_err *err)
{
	char list[LIST_ROOM], word[CONTROLLER_ROOM + 1];
	int r = tree_read(fd, "cgroup.controllers", list, sizeof(list));

	if (r < 0)
		return err_sys(err, r, where, "read %s/cgroup.controllers", level);
	if (!tree_has_word(list, controller))
		return err_set(err, LCT_E_SYSTEM, EOPNOTSUPP, where, "cgroup controller \"%s\" is not available in %s",
			       controller, level);
	r = tree_read(fd, "cgroup.subtree_control", list, sizeof(list));
	if (r < 0)
		return err_sys(err, r, where, "read %s/cgroup.subtree_control", level);
	if (tree_has_word(list, controller))
		return 0;
	snprintf(word, sizeof(word), "+%s", controller);
	r = tree_write(fd, "cgroup.subtree_control", word);
	if (r == -EBUSY)
		return err_set(err, LCT_E_SYSTEM, EBUSY, where,
			       "cgroup controller \"%s\" cannot be enabled below %s, which has processes of its own",
			       controller, level);
	if (r < 0)
		return err_sys(err, r, where, "enable cgroup controller \"%s\" below %s", controller, level);
	return 0;
}

/* From the root of the mount down to the leaf's parent. */
static int enable(const struct cgroup_place *p, const struct host *h, const char *controller, const char *where,
		  struct lct_err *err)
{
	size_t base = strlen(h->cgroup_mount), len = strlen(p->dir);
	char level[PATH_MAX];
	int r = 0;

	if (len >= sizeof(level) || strncmp(p->dir, h->cgroup_mount, base))
		return err_set(err, LCT_E_SYSTEM, EINVAL, p->dir, "not a path below %s", h->cgroup_mount);
	for (size_t n = base; r == 0 && n < len; n += 1 + strcspn(p->dir + n + 1, "/")) {
		autofd fd = -EBADF;

		memcpy(level, p->dir, n);
		level[n] = '\0';
		fd = tree_open(level);
		r = fd < 0 ? err_sys(err, fd, where, "open cgroup %s", level)
			   : enable_here(fd, level, controller, where, err);
	}
	return r;
}

static int has_controller(int fd, const char *controller)
{
	char list[LIST_ROOM];
	int r = tree_read(fd, "cgroup.controllers", list, sizeof(list));

	return r < 0 ? r : tree_has_word(list, controller);
}

static int apply(int fd, const struct cgroup_place *p, const struct host *h, const struct spec_limit *l,
		 struct lct_err *err)
{
	char controller[CONTROLLER_ROOM];
	int r = controller_of(l->file, controller);

	if (r < 0)
		return err_config(err, l->where, "\"%s\" is not the name of a cgroup file", l->file);
	if (controller[0]) {
		r = has_controller(fd, controller);
		if (r < 0)
			return err_sys(err, r, l->where, "read %s/cgroup.controllers", p->dir);
		r = r ? 0 : enable(p, h, controller, l->where, err);
		if (r < 0)
			return r;
	}
	r = tree_write(fd, l->file, l->value);
	if (r == -ENOENT)
		return err_sys(err, r, l->where, "this kernel has no %s in %s", l->file, p->dir);
	if (r < 0)
		return err_sys(err, r, l->where, "write \"%s\" to %s/%s", l->value, p->dir, l->file);
	return 0;
}

int cgroup_apply_limits(int fd, const struct cgroup_place *p, const struct host *h, const struct spec *s,
			struct lct_err *err)
{
	int r = 0;

	if (s->n_limits && (!p->dir || fd < 0))
		return err_set(err, LCT_E_SYSTEM, EOPNOTSUPP, s->limits[0].where, "%s",
			       p->why ? p->why : "the container has no cgroup");
	for (size_t i = 0; i < s->n_limits && r == 0; i++)
		r = apply(fd, p, h, &s->limits[i], err);
	return r;
}
