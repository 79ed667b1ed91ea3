/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container's root: a copy of the tree of mounts below the bundle's rootfs.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

static int set_propagation(int fd, const char *path, uint64_t flags)
{
	struct kmount_attr attr = { .propagation = flags & ~KMS_REC };

	return sys_mount_setattr(fd, path, (*path ? 0 : KAT_EMPTY_PATH) | (flags & KMS_REC ? KAT_RECURSIVE : 0), &attr);
}

int init_propagation(struct init *in, const struct plan_op *op, struct report *r)
{
	uint64_t flags = op->n[0];

	(void)r;
	in->shared = flags & KMS_SHARED;
	/* The root is made by copying what "/" holds: it can become unbindable only afterwards. */
	if (flags & KMS_UNBINDABLE) {
		in->propagation = flags;
		flags = KMS_PRIVATE | (flags & KMS_REC);
	}
	in->copied = flags & KMS_SHARED ? 0 : flags | KMS_REC;
	return set_propagation(AT_FDCWD, "/", flags);
}

/* The root of the mount that fd is in: upwards until the mount's id changes, or nothing is above. */
static int mount_top(int fd)
{
	autofd at = sys_openat2(fd, ".", O_PATH | O_DIRECTORY, 0, 0);
	uint64_t id, above_id;

	if (at < 0)
		return at;
	for (int depth = 0; depth < PATH_MAX; depth++) {
		autofd above = sys_openat2(at, "..", O_PATH | O_DIRECTORY, 0, 0);
		struct stat st, above_st;
		int err = above;

		if (err >= 0)
			err = sys_statx_mount_id(at, &id);
		if (err >= 0)
			err = sys_statx_mount_id(above, &above_id);
		if (err >= 0)
			err = sys_fstat(at, &st);
		if (err >= 0)
			err = sys_fstat(above, &above_st);
		if (err < 0)
			return err;
		if (id != above_id || (st.st_ino == above_st.st_ino && st.st_dev == above_st.st_dev))
			return TAKE_FD(at);
		fd_done(&at);
		at = TAKE_FD(above);
	}
	return -ELOOP;
}

/*
 * With rootfsPropagation shared, whatever is attached below "/" shows on the host, and pivot_root(2) refuses.  So the
 * mount that holds the rootfs becomes private, and the copy receives from the host but gives nothing to it; PIVOT
 * makes the container's root shared again when it is complete.
 */
static int unshare_parent(int rootfs, int tree)
{
	autofd top = mount_top(rootfs);
	int err = top < 0 ? top : set_propagation(top, "", KMS_PRIVATE);

	return err < 0 ? err : set_propagation(tree, "", KMS_SLAVE | KMS_REC);
}

int init_root(struct init *in, const struct plan_op *op, struct report *r)
{
	autofd rootfs = -EBADF, tree = -EBADF;
	int err;

	in->rootfs = op_str(in, op, 0);
	/* The caller has resolved its symlinks: one that is there now was put there since. */
	rootfs = sys_openat2(AT_FDCWD, in->rootfs, O_PATH | O_DIRECTORY, 0, KRESOLVE_NO_SYMLINKS);
	if (rootfs < 0)
		return report_at(r, rootfs, LINK_STAGE_SOURCE, in->rootfs);
	tree = tree_clone(rootfs, true);
	if (tree < 0)
		return report_at(r, tree, LINK_STAGE_SOURCE, in->rootfs);
	err = in->shared ? unshare_parent(rootfs, tree) : 0;
	if (err < 0)
		return report_at(r, err, LINK_STAGE_ATTR, in->rootfs);
	err = sys_move_mount_fd(tree, rootfs);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_ATTACH, in->rootfs);
	in->root = TAKE_FD(tree);
	return 0;
}

int init_exec_root(struct init *in, const struct plan_op *op, struct report *r)
{
	int fd = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);

	(void)op;
	(void)r;
	if (fd < 0)
		return fd;
	in->root = fd;
	return 0;
}

int init_root_readonly(struct init *in, const struct plan_op *op, struct report *r)
{
	const struct attrs ro = { .set = KMOUNT_ATTR_RDONLY };

	(void)op;
	(void)r;
	return tree_attrs(in->root, &ro);
}
