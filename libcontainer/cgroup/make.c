/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container's cgroup: made, marked, opened.  Room: run. */
#include "cgroup/cgroup.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

/* A transaction: directories made on the way, removed again unless it is committed. */
struct making {
	int mount;
	const char *rel; /* of the leaf, below the mount */
	size_t made[TREE_COMPONENTS]; /* lengths of the prefixes of rel that are new */
	unsigned n_made;
};

static int prefix_of(const struct making *m, size_t len, char *ret)
{
	if (len >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(ret, m->rel, len);
	ret[len] = '\0';
	return 0;
}

static void undo(struct making *m)
{
	char prefix[PATH_MAX];

	while (m->n_made)
		if (prefix_of(m, m->made[--m->n_made], prefix) == 0)
			(void)sys_unlinkat(m->mount, prefix, AT_REMOVEDIR);
	fd_done(&m->mount);
}
#define automaking __attribute__((cleanup(undo))) struct making

/* mkdir of every missing component; the leaf's being there already is told by the result 1. */
static int make_all(struct making *m)
{
	size_t total = strlen(m->rel), len = 0;
	char prefix[PATH_MAX];
	int r = -EINVAL;

	for (int parent = -1; len < total; parent++) {
		autofd above = -EBADF;
		const char *name;

		len += len ? 1 : 0;
		name = m->rel + len;
		r = prefix_of(m, len ? len - 1 : 0, prefix);
		if (r < 0)
			return r;
		/* Each level anew from the mount: a component that is no plain cgroup ends here. */
		above = parent < 0 ? sys_dup_above(m->mount, 3) : tree_open_below(m->mount, prefix, O_PATH);
		if (above < 0)
			return above;
		len += strcspn(name, "/");
		r = prefix_of(m, len, prefix);
		if (r < 0)
			return r;
		r = sys_mkdirat(above, prefix + (name - m->rel), 0755);
		if (r < 0 && r != -EEXIST)
			return r;
		if (r == 0) { /* whatever the caller's umask */
			m->made[m->n_made++] = len;
			r = sys_fchmodat(above, prefix + (name - m->rel), 0755);
			if (r < 0)
				return r;
		}
	}
	return r == -EEXIST ? 1 : r;
}

/* A cgroup that was there before must be nobody's. */
static int check_existing(int fd, const char *dir, const char *state_dir, struct lct_err *err)
{
	char text[PATH_MAX + 1];
	int r = tree_mark(fd, text, sizeof(text));

	if (r > 0 && strcmp(text, state_dir))
		return err_set(err, LCT_E_SYSTEM, EBUSY, dir, "this cgroup belongs to the container of %s", text);
	r = cgroup_populated(fd);
	if (r < 0)
		return err_sys(err, r, dir, "look into the existing cgroup");
	if (r)
		return err_set(err, LCT_E_SYSTEM, EBUSY, dir, "the cgroup exists and has processes");
	return 0;
}

/* In a frozen cgroup, its own or above it, init would never run and create would hang (crun issue 2243). */
static int check_thawed(int fd, const char *dir, struct lct_err *err)
{
	if (cgroup_frozen(fd) == 1)
		return err_set(err, LCT_E_SYSTEM, EBUSY, dir, "the cgroup is frozen");
	return 0;
}

int cgroup_make(const struct host *h, const struct cgroup_place *p, const char *state_dir, struct lct_err *err)
{
	automaking m = { .mount = -EBADF };
	autofd fd = -EBADF;
	size_t base = strlen(h->cgroup_mount);
	int r, existed;

	if (!p->dir || tree_components(p->dir) < 0 || strncmp(p->dir, h->cgroup_mount, base) || p->dir[base] != '/')
		return err_set(err, LCT_E_SYSTEM, EINVAL, p->dir, "not a path below %s", h->cgroup_mount);
	m.rel = p->dir + base + 1;
	m.mount = tree_open(h->cgroup_mount);
	if (m.mount < 0)
		return err_sys(err, m.mount, h->cgroup_mount, "open the cgroup hierarchy");
	existed = make_all(&m);
	if (existed < 0)
		return err_sys(err, existed, p->dir, "make cgroup");
	fd = tree_open_below(m.mount, m.rel, O_RDONLY);
	if (fd < 0)
		return err_sys(err, fd, p->dir, "open cgroup");
	r = existed ? check_existing(fd, p->dir, state_dir, err) : 0;
	if (r == 0)
		r = check_thawed(fd, p->dir, err);
	if (r < 0)
		return r;
	r = tree_set_mark(fd, state_dir);
	if (r < 0)
		return err_sys(err, r, p->dir, "mark cgroup");
	m.n_made = 0;
	return TAKE_FD(fd);
}

bool cgroup_is_marked(int fd)
{
	char text[PATH_MAX + 1];

	return tree_mark(fd, text, sizeof(text)) > 0;
}

int cgroup_open(const char *dir, const char *state_dir, struct lct_err *err)
{
	autofd fd = tree_open(dir);
	char text[PATH_MAX + 1];
	int r;

	if (fd == -EXDEV)
		return err_set(err, LCT_E_SYSTEM, EXDEV, dir, "not a cgroup v2 directory");
	if (fd < 0)
		return err_sys(err, fd, dir, "open cgroup");
	r = tree_mark(fd, text, sizeof(text));
	if (r > 0 && state_dir && strcmp(text, state_dir))
		return err_set(err, LCT_E_SYSTEM, ESTALE, dir, "this cgroup belongs to the container of %s", text);
	return TAKE_FD(fd);
}
