/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cgroups that criu sees, which it calls its yard: a bind mount of the host's hierarchy, in criu's own mount namespace.
 *
 * It could mount one itself.  But a mount of cgroup2 from the host's cgroup namespace has the options of the whole
 * hierarchy set anew, whoever mounts it and where: "nsdelegate" would be gone (cgroup-v2.rst, "Mounting").  Room: run.
 */
#include "run/criu.h"

#include <fcntl.h>

#include "sys/sys.h"

#define YARD	"yard"
#define UNIFIED YARD "/unified" /* criu's word for the hierarchy of v2 */

int criu_yard(struct arena *a, int dir, const char *path, const char *hierarchy, struct criu_request *q,
	      struct child_bind *ret, struct lct_err *err)
{
	int r = sys_mkdirat(dir, YARD, 0700);

	if (r == 0 || r == -EEXIST) /* of a checkpoint that was killed */
		r = sys_mkdirat(dir, UNIFIED, 0700);
	if (r < 0 && r != -EEXIST)
		return err_sys(err, r, UNIFIED, "make in the state directory");
	q->cgroup_yard = arena_printf(a, "%s/" YARD, path);
	*ret = (struct child_bind){ hierarchy, arena_printf(a, "%s/" UNIFIED, path) };
	return q->cgroup_yard && ret->at ? 0 : err_nomem(err);
}

void criu_yard_gone(int dir)
{
	(void)sys_unlinkat(dir, UNIFIED, AT_REMOVEDIR);
	(void)sys_unlinkat(dir, YARD, AT_REMOVEDIR);
}
