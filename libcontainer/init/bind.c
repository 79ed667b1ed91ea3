/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What exists on the host, also in the container: bind mounts, and the container's own cgroup.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

/*
 * A tree that the caller has cloned is a peer of the host's mount wherever that is shared, as all are under systemd: what
 * the container mounts below would appear on the host.  It gets what PROPAGATION has given to all others.
 */
static int from_caller(struct init *in, struct report *r)
{
	const struct attrs as_others = { .propagation = in->copied };
	autofd tree = -EBADF;
	int fd, err = talk_ask(in, LINK_ASK_TREE, &fd, r);

	if (err < 0)
		return err;
	if (fd < 0)
		return -EPROTO;
	tree = fd;
	err = tree_attrs(tree, &as_others);
	return err < 0 ? err : TAKE_FD(tree);
}

/* The source as a detached tree.  It is named by whoever configured the container, not by its image. */
static int source(struct init *in, const struct plan_op *op, struct report *r)
{
	unsigned flags = KOPEN_TREE_CLONE | (op->flags & PLAN_F_RECURSIVE ? KAT_RECURSIVE : 0);

	if (op->how & (PLAN_BIND_SRC_NOFOLLOW | PLAN_BIND_COPY_SYMLINK))
		flags |= KAT_SYMLINK_NOFOLLOW;
	if (!(op->flags & PLAN_F_ASK))
		return sys_open_tree(AT_FDCWD, op_str(in, op, 0), flags);
	return from_caller(in, r);
}

/* 1: tree is a symlink, and there is one like it now; 0: it is none. */
static int copy_symlink(struct init *in, int tree, const char *path, struct report *r)
{
	char target[PATH_MAX], there[PATH_MAX], name[NAME_MAX + 1];
	autofd parent = -EBADF;
	struct stat st;
	ssize_t len;
	int err = sys_fstat(tree, &st);

	if (err < 0 || !S_ISLNK(st.st_mode))
		return err;
	len = sys_readlinkat(tree, "", target, sizeof(target));
	if (len < 0)
		return report_at(r, (int)len, LINK_STAGE_SOURCE, NULL);
	parent = below_parent(in, path, name);
	err = parent < 0 ? parent : sys_symlinkat(target, parent, name);
	if (err == -EEXIST) {
		len = sys_readlinkat(parent, name, there, sizeof(there));
		if (len >= 0 && strcmp(target, there) == 0)
			err = 0; /* from an earlier start */
	}
	return err < 0 ? report_at(r, err, LINK_STAGE_DEST, NULL) : 1;
}

static unsigned lookup_flags(const struct plan_op *op)
{
	unsigned proc = op->flags & PLAN_F_ON_PROC ? BELOW_ON_PROC : 0;

	if (op->how & PLAN_BIND_DEST_NOFOLLOW)
		return proc | BELOW_LINK;
	return proc | (op->flags & PLAN_F_REALDIR ? BELOW_NOFOLLOW : 0);
}

int init_mount_bind(struct init *in, const struct plan_op *op, struct report *r)
{
	const struct attrs a = {
		.set = op->n[0], .clear = op->n[2], .rec_set = op->n[3], .rec_clear = op->n[4], .propagation = op->n[1]
	};
	autofd tree = source(in, op, r);
	int err;

	if (tree < 0 && (op->flags & PLAN_F_OPTIONAL) && (tree == -ENOENT || tree == -ENOTDIR))
		return 0;
	if (tree < 0)
		return report_at(r, tree, r->stage == LINK_STAGE_LINK ? LINK_STAGE_LINK : LINK_STAGE_SOURCE,
				 op_str(in, op, 0));
	err = op->how & PLAN_BIND_COPY_SYMLINK ? copy_symlink(in, tree, op_str(in, op, 1), r) : 0;
	if (err)
		return err < 0 ? err : 0;
	err = tree_attrs_or_why(tree, &a, r);
	if (err == 0 && (op->flags & PLAN_F_HOLD))
		return live_hold(in, op, &tree, r);
	if (err == 0)
		err = tree_onto(in, tree, op_str(in, op, 1), lookup_flags(op), r);
	return err < 0 ? err : keep_mount(in, op_str(in, op, 1), tree);
}

static int new_fs(const char *type, uint64_t attrs)
{
	autofd fs = sys_fsopen(type);
	int err = fs < 0 ? fs : sys_fsconfig(fs, KFSCONFIG_SET_STRING, "source", "cgroup");

	if (err == 0)
		err = sys_fsconfig(fs, KFSCONFIG_CMD_CREATE, NULL, NULL);
	return err < 0 ? err : sys_fsmount(fs, attrs);
}

/*
 * With a cgroup namespace of its own the container sees its subtree by mounting afresh.  Without, it gets a bind of
 * its own directory and never the host's tree (CVE-2023-25809); where there is none, an empty read-only directory.
 */
int init_mount_cgroup(struct init *in, const struct plan_op *op, struct report *r)
{
	const char *own = op_str(in, op, 0);
	const struct attrs a = { .set = op->n[0] }, shared = { .propagation = op->n[1] };
	autofd tree = -EPERM;
	int err;

	if (op->flags & PLAN_F_NEWNS)
		tree = new_fs("cgroup2", op->n[0]);
	/* EPERM: a user namespace that does not own the cgroup namespace; EBUSY: v1 hierarchies hold the controllers. */
	if ((tree == -EPERM || tree == -EBUSY) && own) {
		tree = sys_open_tree(AT_FDCWD, own, KOPEN_TREE_CLONE | KAT_RECURSIVE);
		err = tree < 0 ? tree : tree_attrs(tree, &a);
		if (err < 0)
			return report_at(r, err, tree < 0 ? LINK_STAGE_SOURCE : LINK_STAGE_ATTR, own);
	} else if (tree == -EPERM || tree == -EBUSY) {
		tree = new_fs("tmpfs", op->n[0] | KMOUNT_ATTR_RDONLY);
	}
	if (tree < 0)
		return tree;
	err = tree_attrs(tree, &shared);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_ATTR, NULL);
	if (op->flags & PLAN_F_HOLD)
		return live_hold(in, op, &tree, r);
	return tree_onto(in, tree, op_str(in, op, 1), lookup_flags(op), r);
}
