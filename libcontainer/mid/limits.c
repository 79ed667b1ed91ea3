/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What needs a capability of the initial user namespace and is inherited by init.  Room: mid. */
#include "mid/mid.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdbool.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

static size_t decimal(int64_t value, char text[24])
{
	uint64_t v = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char *p = text + 24;
	size_t n;

	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	if (value < 0)
		*--p = '-';
	n = (size_t)(text + 24 - p);
	for (size_t i = 0; i < n; i++)
		text[i] = p[i];
	return n;
}

int mid_oom_score(struct mid *m, const struct plan_op *op, struct report *r)
{
	char text[24];
	size_t len = decimal((int64_t)op->n[0], text);
	autofd fd = proc_self_open("oom_score_adj", O_WRONLY);
	int err = fd < 0 ? fd : sys_write_all(fd, text, len);

	(void)m;
	(void)r;
	/* Lowering it needs CAP_SYS_RESOURCE: the plan says where it may go without. */
	if ((err == -EACCES || err == -EPERM) && (op->flags & PLAN_F_OPTIONAL))
		return 0;
	return err;
}

int mid_hold_proc(struct mid *m, const struct plan_op *op, struct report *r)
{
	int fd = proc_open_host();

	(void)op;
	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_SOURCE, "/proc");
	m->in.attributes = fd;
	return 0;
}

int mid_cpu_affinity(struct mid *m, const struct plan_op *op, struct report *r)
{
	return init_cpu_affinity(&m->in, op, r);
}

int mid_rlimit_raise(struct mid *m, const struct plan_op *op, struct report *r)
{
	uint64_t limit[2];
	int err = sys_prlimit(0, (int)op->n[0], NULL, limit);

	(void)m;
	(void)r;
	if (err < 0 || limit[1] >= op->n[1])
		return err;
	limit[1] = op->n[1];
	return sys_prlimit(0, (int)op->n[0], limit, NULL);
}
