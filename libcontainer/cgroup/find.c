/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cgroups of a container whose record was lost: found by their mark.  Room: run. */
#include "cgroup/cgroup.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/fd.h"
#include "cgroup/tree.h"

enum { SEEN_MAX = 65536, FOUND_MAX = 64 };

struct search {
	struct arena *a;
	const char *state_dir, *id, *mount;
	char **found;
	size_t n;
	unsigned seen;
};

/* Marked for this state directory; or named as kin names them, unmarked and empty: then its maker was killed between
 * mkdir and mark.  Where no marks are to be had the name alone must do. */
static bool is_ours(int fd, const char *path, const struct search *s)
{
	const char *name = strrchr(path, '/');
	char mark[PATH_MAX + 1];
	int r = tree_mark(fd, mark, sizeof(mark));

	if (r > 0)
		return !strcmp(mark, s->state_dir);
	if (!name || strncmp(name, "/kin-", 5) || strcmp(name + 5, s->id))
		return false;
	return r == -EOPNOTSUPP || (r == 0 && cgroup_populated(fd) == 0);
}

static int look(int fd, const char *path, unsigned depth, void *arg)
{
	struct search *s = arg;

	if (++s->seen > SEEN_MAX)
		return -E2BIG;
	/* A tree that a container of somebody's made too deep must not keep us from finding ours. */
	if (!path[0] || !is_ours(fd, path, s))
		return depth == TREE_DEPTH ? TREE_NOT_BELOW : 0;
	if (s->n == FOUND_MAX)
		return -E2BIG;
	s->found[s->n] = arena_printf(s->a, "%s%s", s->mount, path);
	return s->found[s->n++] ? TREE_NOT_BELOW : -ENOMEM;
}

int cgroup_find(struct arena *a, const struct host *h, const char *state_dir, char ***ret, struct lct_err *err)
{
	const char *slash = strrchr(state_dir, '/');
	struct search s = { .a = a,
			    .state_dir = state_dir,
			    .id = slash ? slash + 1 : state_dir,
			    .mount = h->cgroup_mount,
			    .found = arena_array(a, FOUND_MAX + 1, sizeof(char *)) };
	autofd fd = -EBADF;
	int r;

	if (!s.found)
		return err_nomem(err);
	*ret = s.found;
	if (!h->cgroup_mount)
		return 0;
	fd = tree_open(h->cgroup_mount);
	if (fd < 0)
		return err_sys(err, fd, h->cgroup_mount, "open the cgroup hierarchy");
	r = tree_walk(fd, "", look, &s);
	if (r == -ENOMEM)
		return err_nomem(err);
	return r < 0 ? err_sys(err, r, h->cgroup_mount, "search the cgroup hierarchy") : 0;
}
