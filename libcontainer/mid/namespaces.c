/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entering existing namespaces, and making those that must exist before init.  Room: mid. */
#include "mid/mid.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

int mid_ns_open(struct mid *m, const struct plan_op *op, struct report *r)
{
	const char *path = plan_data(m->in.plan, op->s[0]);
	autofd fd = -EBADF;
	struct statfs fs;
	int err;

	/* Without NONBLOCK a FIFO in place of the namespace would hold us here. */
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_SOURCE, path);
	err = sys_fstatfs(fd, &fs);
	if (err == 0)
		err = fs.f_type == KNSFS_MAGIC ? sys_ns_type(fd) : -EINVAL;
	if (err < 0)
		return report_at(r, err, LINK_STAGE_SOURCE, path);
	if ((uint64_t)err != op->n[1])
		return report_at(r, -EINVAL, LINK_STAGE_SOURCE, path);
	m->in.ns[op->n[0]] = TAKE_FD(fd);
	return 0;
}

/* Changing credentials clears the parent-death signal and may make us dumpable again: commit_creds(). */
static void after_change(struct mid *m)
{
	creator_or_die(m->in.link);
	if (m->undumpable)
		(void)sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int mid_ns_join(struct mid *m, const struct plan_op *op, struct report *r)
{
	int err = init_ns_join(&m->in, op, r);

	after_change(m);
	return err;
}

int mid_ns_join_target(struct mid *m, const struct plan_op *op, struct report *r)
{
	int err = sys_setns(m->in.target, (int)op->n[0]); /* all at once, and the same process's: 5.8 */

	(void)r;
	after_change(m);
	return err;
}

int mid_unshare(struct mid *m, const struct plan_op *op, struct report *r)
{
	int err = sys_unshare((int)op->n[0]);

	(void)r;
	after_change(m);
	return err;
}

int mid_time_offsets(struct mid *m, const struct plan_op *op, struct report *r)
{
	const char *text = plan_data(m->in.plan, op->s[0]);
	autofd fd = proc_self_open("timens_offsets", O_WRONLY);

	/* The files of an undumpable process are root's. Nobody but the caller's own user can look at us for the
	 * moment: what was joined before does not contain us, only our children. */
	if (fd == -EACCES && m->undumpable) {
		(void)sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		fd = proc_self_open("timens_offsets", O_WRONLY);
		(void)sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	}
	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_OP, "/proc/self/timens_offsets");
	return sys_write_all(fd, text, strlen(text));
}
