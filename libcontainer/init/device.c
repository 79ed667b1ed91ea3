/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices, and other single things that are made inside the root.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

/* st_rdev means something for devices only: two pipes have equal ones (CVE-2026-88265). */
bool is_device(int fd, mode_t type, unsigned major, unsigned minor)
{
	struct stat st;

	return sys_fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type && st.st_rdev == makedev(major, minor);
}

/* Masks come from the host's /dev/null, held before anything of the container exists (CVE-2025-31133). */
int init_host_fds(struct init *in, const struct plan_op *op, struct report *r)
{
	int fd = sys_openat2(AT_FDCWD, "/dev/null", O_PATH | O_NOFOLLOW, 0, KRESOLVE_NO_SYMLINKS);

	(void)op;
	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_SOURCE, "/dev/null");
	in->null = fd;
	if (!is_device(fd, S_IFCHR, 1, 3))
		return report_at(r, -ENODEV, LINK_STAGE_SOURCE, "/dev/null");
	return 0;
}

/* The host's node over an empty file: where mknod(2) is not for us. */
static int bind_node(struct init *in, const struct plan_op *op, struct report *r)
{
	const char *host = op_str(in, op, 1);
	autofd fd = -EBADF, tree = -EBADF;

	if (!host)
		return -EPERM;
	fd = sys_openat(AT_FDCWD, host, O_PATH, 0);
	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_SOURCE, host);
	if (!is_device(fd, (mode_t)op->n[0] & S_IFMT, (unsigned)op->n[1], (unsigned)op->n[2]))
		return report_at(r, -ENODEV, LINK_STAGE_SOURCE, host);
	tree = tree_clone(fd, false);
	if (tree < 0)
		return report_at(r, tree, LINK_STAGE_SOURCE, host);
	return tree_onto(in, tree, op_str(in, op, 0), BELOW_NOFOLLOW, r);
}

/* 1: made, 0: was there */
static int make_node(const struct plan_op *op, int parent, const char *name)
{
	mode_t type = (mode_t)op->n[0] & S_IFMT;
	bool device = type == S_IFCHR || type == S_IFBLK;
	dev_t dev = device ? makedev((unsigned)op->n[1], (unsigned)op->n[2]) : 0;
	int err = sys_mknodat(parent, name, (mode_t)op->n[0], dev);
	autofd fd = -EBADF;
	struct stat st;

	if (err < 0 && err != -EEXIST)
		return err;
	fd = sys_openat2(parent, name, O_PATH | O_NOFOLLOW, 0, KRESOLVE_BENEATH | KRESOLVE_NO_SYMLINKS);
	if (fd < 0)
		return fd;
	if (sys_fstat(fd, &st) < 0 || (st.st_mode & S_IFMT) != type || (device && st.st_rdev != dev))
		return -EEXIST; /* something else has the name; it is not ours to remove */
	if (err == -EEXIST)
		return 0;
	/* The mode is exact, umask being 0. */
	if (op->n[3] || op->n[4])
		err = sys_fchownat(fd, "", (uid_t)op->n[3], (gid_t)op->n[4], KAT_EMPTY_PATH);
	return err < 0 ? err : 1;
}

int init_dev_node(struct init *in, const struct plan_op *op, struct report *r)
{
	char name[NAME_MAX + 1];
	autofd parent = -EBADF;
	int err;

	if (op->flags & PLAN_F_BIND)
		return bind_node(in, op, r);
	parent = below_parent(in, op_str(in, op, 0), name);
	if (parent < 0)
		return report_at(r, parent, LINK_STAGE_DEST, NULL);
	err = make_node(op, parent, name);
	if (err == -EPERM && op_str(in, op, 1))
		return bind_node(in, op, r); /* no CAP_MKNOD after all: inside another container */
	return err < 0 ? err : 0;
}

int init_symlink(struct init *in, const struct plan_op *op, struct report *r)
{
	char name[NAME_MAX + 1];
	autofd parent = below_parent(in, op_str(in, op, 1), name);
	int err;

	if (parent < 0)
		return report_at(r, parent, LINK_STAGE_DEST, NULL);
	if (op->flags & PLAN_F_REPLACE) {
		err = sys_unlinkat(parent, name, 0);
		if (err < 0 && err != -ENOENT)
			return err;
	}
	err = sys_symlinkat(op_str(in, op, 0), parent, name);
	return err == -EEXIST ? 0 : err; /* the image's own choice */
}

int init_mkdir(struct init *in, const struct plan_op *op, struct report *r)
{
	autofd fd = below_make(in, op_str(in, op, 0), BELOW_DIR, (mode_t)op->n[0], 0);

	return fd < 0 ? report_at(r, fd, LINK_STAGE_DEST, NULL) : 0;
}
