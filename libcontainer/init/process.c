/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the program inherits: limits, umask, directory.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

int init_nondumpable(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)in;
	(void)op;
	(void)r;
	return sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int init_umask(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)in;
	(void)r;
	(void)umask((mode_t)op->n[0]);
	return 0;
}

int init_rlimit(struct init *in, const struct plan_op *op, struct report *r)
{
	const uint64_t limit[2] = { op->n[1], op->n[2] };

	(void)in;
	(void)r;
	return sys_prlimit(0, (int)op->n[0], limit, NULL);
}

int init_no_new_privs(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)in;
	(void)op;
	(void)r;
	return sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/*
 * Whatever way leads out of the root ends in a directory whose name the kernel cannot give: CVE-2024-21626 came
 * through /proc/self/fd/N.  No directory is open here, so this is the second wall.
 */
int init_chdir(struct init *in, const struct plan_op *op, struct report *r)
{
	char cwd[PATH_MAX];
	int err;

	fd_done(&in->root);
	fd_done(&in->target);
	fd_done(&in->attributes);
	if (in->entered) /* as root: the user may be unable to reach it and still work in it */
		return 0;
	err = sys_chdir(op_str(in, op, 0));
	if ((op->flags & PLAN_F_EARLY) && (err == -EACCES || err == -EPERM))
		return 0; /* the user may still be allowed: FUSE and NFS know other rules for root */
	if (err < 0)
		return report_at(r, err, LINK_STAGE_OP, op_str(in, op, 0));
	err = sys_getcwd(cwd, sizeof(cwd));
	if (err < 0 || cwd[0] != '/')
		return report_at(r, err < 0 ? err : -EPERM, LINK_STAGE_CWD_OUTSIDE, op_str(in, op, 0));
	in->entered = true;
	return 0;
}
