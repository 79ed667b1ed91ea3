/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Namespaces that are joined late, and what is set up in new ones.  Rooms: init, mid (init_ns_join). */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

int init_ns_join(struct init *in, const struct plan_op *op, struct report *r)
{
	int err;

	if (op->n[0] >= INIT_NS_SLOTS || in->ns[op->n[0]] < 0)
		return report_at(r, -EBADMSG, LINK_STAGE_PLAN, NULL);
	err = sys_setns(in->ns[op->n[0]], (int)op->n[1]);
	fd_done(&in->ns[op->n[0]]);
	return err;
}

int init_unshare(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)in;
	(void)r;
	return sys_unshare((int)op->n[0]);
}

int init_ns_join_cgroup(struct init *in, const struct plan_op *op, struct report *r)
{
	int err = sys_setns(in->target, (int)KCLONE_NEWCGROUP);

	(void)op;
	(void)r;
	fd_done(&in->target);
	return err;
}

int init_ns_join_target(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)r;
	return sys_setns(in->target, (int)op->n[0]);
}

int init_loopback(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)in;
	(void)op;
	(void)r;
	return sys_loopback_up();
}

int init_ask_netdevices(struct init *in, const struct plan_op *op, struct report *r)
{
	autofd sock = sys_netlink(), ns = sock < 0 ? sock : sys_socket_namespace(sock);
	const int fds[2] = { sock, ns };

	(void)op;
	if (ns < 0)
		return report_at(r, ns, LINK_STAGE_OP, "the container's network namespace");
	return talk_ask_with(in, LINK_ASK_NETDEVICES, fds, r);
}

int init_hostname(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)r;
	return sys_sethostname(op_str(in, op, 0), op->s[0].len);
}

int init_domainname(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)r;
	return sys_setdomainname(op_str(in, op, 0), op->s[0].len);
}
