/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts of a container that lives.  Where am I: in the container's mount namespace (and, if it has one, as root of its
 * user namespace), beside processes that may move whatever a path leads to; in none of its cgroups, so that I am not
 * frozen with it.  What I have attached I hold, and take back by that descriptor unless the caller says COMMIT: also when
 * its end closes, so I do not die with it.  Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { COVERS_MAX = 1024 };

int live_hold(struct init *in, const struct plan_op *op, int *tree, struct report *r)
{
	if (in->live.fd[op->n[5]] >= 0)
		return report_at(r, -EBADMSG, LINK_STAGE_PLAN, NULL);
	in->live.fd[op->n[5]] = TAKE_FD(*tree);
	return 0;
}

int live_slot(const struct init *in, const struct plan_op *op, struct report *r)
{
	int fd = in->live.fd[op->n[5]];

	return fd < 0 ? report_at(r, -EBADMSG, LINK_STAGE_PLAN, NULL) : fd;
}

/* "self/fd/N" */
static void fd_path(char path[24], int fd)
{
	char digits[12], *d = digits + sizeof(digits);

	memcpy(path, "self/fd/", 8);
	do
		*--d = (char)('0' + fd % 10);
	while (fd /= 10);
	memcpy(path + 8, d, (size_t)(digits + sizeof(digits) - d));
	path[8 + (digits + sizeof(digits) - d)] = '\0';
}

/*
 * umount(2) has a path only: the one of the descriptor, in the host's /proc.  It takes off the topmost that lies over
 * it, so it is repeated until the mount itself is in no namespace any more (EINVAL).
 */
static int take_off(struct init *in, int fd)
{
	char path[24];
	int err = in->attributes < 0 ? -EBADMSG : sys_fchdir(in->attributes);

	fd_path(path, fd);
	for (int n = 0; err == 0 && n < COVERS_MAX; n++) {
		err = sys_umount2(path, MNT_DETACH);
		if (err == -EINVAL && n > 0)
			return 0;
	}
	return err == 0 ? -EBUSY : err;
}

void live_take_back(struct init *in)
{
	for (int i = PLAN_MAX_HELD - 1; in->live.on && i >= 0; i--) {
		if (in->live.attached[i])
			(void)take_off(in, in->live.fd[i]);
		in->live.attached[i] = false;
	}
}

int init_attach(struct init *in, const struct plan_op *op, struct report *r)
{
	int tree = live_slot(in, op, r), err;
	unsigned flags = op->flags & PLAN_F_REALDIR ? BELOW_NOFOLLOW : 0;

	if (tree < 0)
		return tree;
	if (op->how & PLAN_BIND_DEST_NOFOLLOW)
		flags = BELOW_LINK;
	if (op->flags & PLAN_F_ON_PROC)
		flags |= BELOW_ON_PROC;
	err = tree_onto(in, tree, op_str(in, op, 1), flags, r);
	if (err == 0)
		in->live.attached[op->n[5]] = true;
	return err;
}

int init_find(struct init *in, const struct plan_op *op, struct report *r)
{
	unsigned flags = op->how & PLAN_BIND_DEST_NOFOLLOW ? BELOW_LINK : 0;
	autofd fd = below_open(in, op_str(in, op, 1), flags);
	uint64_t id;
	bool is_root;
	int err;

	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_DEST, NULL);
	err = sys_statx_mount_root(fd, &is_root);
	if (err == 0 && !is_root)
		err = report_at(r, -EINVAL, LINK_STAGE_OP, "not a mount point");
	if (err == 0)
		err = sys_statx_mount_unique(fd, &id);
	/* The container's own, over it or in its place, or what it has turned a link or directory to. */
	if (err == 0 && id != op->n[0])
		err = report_at(r, -ESTALE, LINK_STAGE_OP, "not the mount that was added");
	return err < 0 ? err : live_hold(in, op, &fd, r);
}

int init_unmount(struct init *in, const struct plan_op *op, struct report *r)
{
	int err = in->live.fd[op->n[5]] < 0 ? init_find(in, op, r) : 0;

	return err < 0 ? err : take_off(in, in->live.fd[op->n[5]]);
}

static int tell_id(struct init *in, unsigned slot)
{
	struct link_msg m;
	int err;

	memset(&m, 0, sizeof(m));
	m.kind = LINK_MOUNTED;
	m.n[1] = slot;
	err = sys_statx_mount_unique(in->live.fd[slot], &m.n[0]);
	return err < 0 ? err : talk_send(in, &m, NULL, 0);
}

int init_done(struct init *in, const struct plan_op *op, struct report *r)
{
	int fds[LINK_FDS], err = 0;
	struct link_msg m;

	(void)op;
	for (unsigned i = 0; i < PLAN_MAX_HELD && err >= 0; i++) {
		if (in->live.attached[i])
			err = tell_id(in, i);
	}
	if (err >= 0)
		err = talk_tell(in, LINK_READY);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_LINK, NULL);
	err = talk_receive(in, LINK_COMMIT, &m, fds, r);
	if (err < 0)
		return err;
	/* Whether or not the caller is still there to hear it. */
	(void)talk_tell(in, LINK_COMMITTED);
	_exit(0);
}
