/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sources of bind mounts that init asks the caller for: out of reach for the container's root, or idmapped, which
 * takes CAP_SYS_ADMIN over the file system and a tree that nobody has mounted yet (mount_setattr(2), 5.12).
 * Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan/mount_idmap.h"
#include "sys/sys.h"

/* The user namespace whose mappings the mount gets: the container's, or one made for it. */
static int mappings_open(struct talk *t, const struct plan_op *op, struct lct_err *err)
{
	const char *where = plan_data(t->plan, op->where), *text, *why;
	_cleanup_arena_ struct arena a = { 0 };
	struct mount_idmap map;
	struct idmap_order o;
	char path[40];
	int r;

	if (!plan_has(op->s[2])) {
		snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)t->init_pid);
		r = sys_openat(AT_FDCWD, path, O_RDONLY, 0);
		return r < 0 ? err_sys(err, r, where, "the container's user namespace") : r;
	}
	text = plan_data(t->plan, op->s[2]);
	if (t->userns < 0 || strcmp(t->userns_map, text) != 0) {
		r = mount_idmap_parse(&a, text, NULL, &map, &why);
		if (r < 0)
			return r == -ENOMEM ? err_nomem(err) : err_set(err, LCT_E_SYSTEM, EBADMSG, where, "%s", why);
		o = (struct idmap_order){ map.uids, map.gids, map.n_uids, map.n_gids, where, where, false };
		fd_done(&t->userns);
		t->userns = userns_make(t->host, &o, t->deadline, err);
		if (t->userns < 0)
			return t->userns;
		t->userns_map = text;
	}
	r = sys_dup_above(t->userns, 3);
	return r < 0 ? err_sys(err, r, where, "hold the mount's mappings") : r;
}

/* The type of the file system that the path is on, from the line of /proc/self/mountinfo that begins with its mount's
 * id: "36 35 98:0 / /home rw - ext4 /dev/sda1 rw". */
static void type_of(const char *path, char *ret, size_t size)
{
	autofd fd = sys_openat(AT_FDCWD, path, O_PATH, 0);
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *type, *end;
	size_t room = 0;
	uint64_t id;

	snprintf(ret, size, "its file system");
	if (!f)
		return;
	while (fd >= 0 && sys_statx_mount_id(fd, &id) == 0 && getline(&line, &room, f) > 0) {
		type = strtoull(line, NULL, 10) == id ? strstr(line, " - ") : NULL;
		if (!type)
			continue;
		type += 3;
		end = strchr(type, ' ');
		snprintf(ret, size, "%.*s", end ? (int)(end - type) : (int)strlen(type), type);
		break;
	}
	free(line);
	fclose(f);
}

static int map_ids(struct talk *t, const struct plan_op *op, int tree, struct lct_err *err)
{
	const char *where = plan_data(t->plan, op->where), *source = plan_data(t->plan, op->s[0]);
	bool recursive = op->how & PLAN_BIND_RIDMAP;
	struct kmount_attr attr = { .attr_set = KMOUNT_ATTR_IDMAP };
	autofd userns = mappings_open(t, op, err);
	char type[64];
	int r;

	if (userns < 0)
		return userns;
	attr.userns_fd = (uint64_t)userns;
	r = sys_mount_setattr(tree, "", KAT_EMPTY_PATH | (recursive ? KAT_RECURSIVE : 0), &attr);
	if (r >= 0)
		return r;
	type_of(source, type, sizeof(type));
	switch (r) {
	case -EINVAL:
		return err_set(err, LCT_E_SYSTEM, EINVAL, where, "map the ids of %s: %s%s cannot have idmapped mounts",
			       source, type, recursive ? ", or what is mounted below it," : "");
	case -EPERM:
		return err_set(
			err, LCT_E_SYSTEM, EPERM, where,
			"map the ids of %s: needs CAP_SYS_ADMIN in the user namespace that mounted %s, and a mount "
			"that is not idmapped already",
			source, type);
	case -ENOSYS:
		return err_set(err, LCT_E_SYSTEM, ENOSYS, where, "map the ids of %s: no mount_setattr (Linux 5.12)",
			       source);
	default:
		return err_sys(err, r, where, "map the ids of %s", source);
	}
}

int source_open(struct talk *t, const struct plan_op *op, struct lct_err *err)
{
	const char *source = plan_data(t->plan, op->s[0]);
	unsigned nofollow = op->how & (PLAN_BIND_SRC_NOFOLLOW | PLAN_BIND_COPY_SYMLINK) ? KAT_SYMLINK_NOFOLLOW : 0;
	autofd tree = sys_open_tree(AT_FDCWD, source,
				    KOPEN_TREE_CLONE | nofollow | (op->flags & PLAN_F_RECURSIVE ? KAT_RECURSIVE : 0));
	struct stat st;
	int r;

	if (tree < 0 && (op->flags & PLAN_F_OPTIONAL))
		return tree;
	if (tree < 0)
		return err_sys(err, tree, plan_data(t->plan, op->where), "bind mount %s: source %s",
			       plan_data(t->plan, op->s[1]), source);
	/* A symlink that is copied is no mount. */
	if ((op->how & PLAN_BIND_COPY_SYMLINK) && sys_fstat(tree, &st) == 0 && S_ISLNK(st.st_mode))
		return TAKE_FD(tree);
	r = op->how & PLAN_BIND_IDMAP ? map_ids(t, op, tree, err) : 0;
	return r < 0 ? r : TAKE_FD(tree);
}
