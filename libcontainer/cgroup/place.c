/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a container's cgroup goes: decided by looking, changing nothing.  Room: run. */
#include "cgroup/cgroup.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

/* The caller's own cgroup as a path below the mount ("" is the mount itself); NULL: not to be seen there.  A mount
 * may show a part of the hierarchy only (a container without a cgroup namespace), or one that began outside of ours
 * ("/.."): cgroup_namespaces(7). */
static const char *own_below_mount(const struct host *h)
{
	const char *own = h->cgroup_own, *root = h->cgroup_root ? h->cgroup_root : "/";
	size_t n = strcmp(root, "/") ? strlen(root) : 0;

	if (!own || own[0] != '/' || strncmp(own, root, n) || (own[n] != '/' && own[n]))
		return NULL;
	own += n;
	if (!strcmp(own, "/"))
		own = "";
	return own[0] == '\0' || tree_components(own) > 0 ? own : NULL;
}

/* Moving a process needs write permission for cgroup.procs of the two cgroups' nearest common ancestor, too: cgroups(7),
 * delegation containment. */
static int may_move(struct arena *a, int mount, const char *own, const char *to)
{
	size_t common = 0;
	char *file;

	if (!own)
		return -EACCES;
	for (size_t i = 0; own[i] == to[i] || !own[i] || !to[i]; i++) {
		if ((!own[i] || own[i] == '/') && (!to[i] || to[i] == '/'))
			common = i;
		if (!own[i] || !to[i])
			break;
	}
	file = arena_printf(a, "%.*s/cgroup.procs", (int)common, to);
	if (!file)
		return -ENOMEM;
	return sys_faccessat(mount, file + 1, W_OK);
}

/* How many trailing components of `path` (below the mount) are missing; the deepest directory there is, short of the
 * leaf, must be writable.  -errno: why not. */
static int probe(struct arena *a, int mount, const char *path)
{
	char *prefix = arena_strdup(a, path + 1);
	int missing = 0;

	if (!prefix)
		return -ENOMEM;
	for (bool leaf = true;; leaf = false) {
		autofd fd = tree_open_below(mount, prefix, O_PATH);
		char *slash;

		if (fd >= 0 && !leaf) {
			int r = sys_faccessat(fd, ".", W_OK | X_OK);

			return r < 0 ? r : missing ? missing : 1;
		}
		if (fd < 0 && fd != -ENOENT)
			return fd;
		missing += fd < 0;
		slash = strrchr(prefix, '/');
		*(slash ? slash : prefix) = '\0';
	}
}

static int try_path(struct arena *a, const struct host *h, int mount, const char *own, const char *path,
		    struct cgroup_place *ret)
{
	int make = probe(a, mount, path), r;

	if (make < 0)
		return make;
	if (!h->real_root) {
		r = may_move(a, mount, own, path);
		if (r < 0)
			return r;
	}
	ret->dir = arena_printf(a, "%s%s", strcmp(h->cgroup_mount, "/") ? h->cgroup_mount : "", path);
	ret->make = (unsigned)make;
	if (!ret->dir)
		return -ENOMEM;
	return tree_components(ret->dir) < 0 ? -ENAMETOOLONG : 0;
}

/* Callers put paths together from parts: one slash where there are several or none, and none at the end. */
static void one_slash_each(char *path)
{
	char *to = path;

	for (const char *p = path; *p; p++) {
		bool useless = *p == '/' && (p[1] == '/' || (!p[1] && to > path));

		if (!useless)
			*to++ = *p;
	}
	*to = '\0';
}

/* The path asked for, from the hierarchy's root; ours, where none was. */
static int wanted(struct arena *a, const struct spec *s, const char *id, const char **ret, struct lct_err *err)
{
	const char *asked = s->cgroups_path && s->cgroups_path[0] ? s->cgroups_path : NULL;
	char *path = asked ? arena_printf(a, "%s%s", asked[0] == '/' ? "" : "/", asked)
			   : arena_printf(a, "/kin-%s", id);

	if (!path)
		return err_nomem(err);
	one_slash_each(path);
	if (tree_components(path) < 0 || !path[1])
		return err_config(err, "/linux/cgroupsPath", "\"%s\" is not a usable cgroup path",
				  asked ? asked : path);
	*ret = path;
	return 0;
}

int cgroup_place(struct arena *a, const struct host *h, const struct spec *s, const char *id, const char *manager,
		 struct cgroup_place *ret, struct lct_err *err)
{
	autofd mount = -EBADF;
	const char *path = NULL, *own, *below = NULL;
	int r = wanted(a, s, id, &path, err);

	*ret = (struct cgroup_place){ 0 };
	if (r < 0)
		return r;
	if (!strcmp(manager, "disabled")) {
		ret->why = "cgroups are disabled";
		return 0;
	}
	if (h->cgroup_v1_only)
		return err_set(err, LCT_E_SYSTEM, EOPNOTSUPP, NULL,
			       "this host has cgroup v1 only, kin needs v2: boot with "
			       "systemd.unified_cgroup_hierarchy=1, mount "
			       "cgroup2, or do without cgroups (--cgroup-manager disabled)");
	if (!h->cgroup_mount) {
		ret->why = "no cgroup v2 hierarchy is mounted";
		return 0;
	}
	mount = tree_open(h->cgroup_mount);
	if (mount < 0) {
		ret->why = arena_printf(a, "%s cannot be used: %s", h->cgroup_mount, errno_text(mount));
		return ret->why ? 0 : err_nomem(err);
	}
	own = own_below_mount(h);
	r = -EACCES;
	/* Everybody may use an absolute path that they can write; a path of our own choice is below the caller's
	 * cgroup, but for root, whose cgroup is a login session's as a rule and ends with it. */
	if (h->real_root || (s->cgroups_path && s->cgroups_path[0] == '/'))
		r = try_path(a, h, mount, own, path, ret);
	if (r < 0 && r != -ENOMEM && !h->real_root && own) {
		below = arena_printf(a, "%s%s", own, path);
		r = !below			 ? -ENOMEM
		    : tree_components(below) < 0 ? -ENAMETOOLONG
						 : try_path(a, h, mount, own, below, ret);
	}
	if (r == 0)
		return 0;
	ret->dir = NULL;
	ret->why =
		h->real_root
			? arena_printf(a, "%s cannot be made: %s", path, errno_text(r))
			: arena_printf(
				  a,
				  "%s cannot be made: %s. A subtree must be delegated to user %u: --systemd-cgroup "
				  "asks the "
				  "user's systemd for one; else root gives the user a cgroup with its cgroup.procs and "
				  "cgroup.subtree_control, for cgroupsPath to be below it",
				  below ? below : path, errno_text(r), (unsigned)h->euid);
	return r == -ENOMEM || !ret->why ? err_nomem(err) : 0;
}
