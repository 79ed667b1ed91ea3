/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who init is: root of its user namespace first, the user of the program at the end, and with which capabilities.
 * Room: init. */
#include "init/init.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "sys/sys.h"

#include "room.h"

/* A user namespace need not have an id 0: then it is the program's user who sets up, with all capabilities there. */
static int become_root(struct init *in, const struct plan_op *op)
{
	bool keep_groups = op->n[0];
	int err;

	in->userns = true;
	/* Denied where a user without privilege mapped a single group: user_namespaces(7). */
	err = keep_groups ? 0 : sys_setgroups(NULL, 0);
	if (err < 0 && err != -EPERM)
		return err;
	err = sys_setresgid(0);
	if (err == -EINVAL && op->n[1])
		err = sys_setresgid((gid_t)op->n[1]);
	if (err < 0)
		return err;
	err = sys_setresuid(0);
	if (err == -EINVAL && op->n[2])
		err = sys_setresuid((uid_t)op->n[2]);
	init_bound(in);
	return err;
}

int init_ask_idmap(struct init *in, const struct plan_op *op, struct report *r)
{
	int err = talk_ask(in, LINK_ASK_IDMAP, NULL, r);

	return err < 0 ? err : become_root(in, op);
}

int init_become_root(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)r;
	return become_root(in, op);
}

int init_cap_bound(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)in;
	(void)r;
	for (unsigned long cap = 0; cap <= op->n[1] && cap < 64; cap++) {
		int err;

		if (op->n[0] >> cap & 1)
			continue;
		err = sys_prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
		if (err == -EINVAL)
			return 0; /* the kernel's last one was before */
		/* Without CAP_SETPCAP what is gone already is good enough. */
		if (err == -EPERM && sys_prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 0)
			err = 0;
		if (err < 0)
			return err;
	}
	return 0;
}

/* H10's order: groups, gid, uid, while capabilities are kept over the change; CAPS says afterwards which. */
int init_user(struct init *in, const struct plan_op *op, struct report *r)
{
	const void *groups = op_str(in, op, 0);
	int err = sys_prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);

	(void)r;
	if (err == 0 && (op->flags & PLAN_F_SETGROUPS))
		err = sys_setgroups(groups, op->n[2]);
	if (err == 0)
		err = sys_setresgid((gid_t)op->n[1]);
	if (err == 0)
		err = sys_setresuid((uid_t)op->n[0]);
	if (err < 0)
		return err;
	/* Cleared, and set to what fs.suid_dumpable says, by the change of ids. */
	if (!in->committed)
		creator_or_die(in->link);
	return sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void set_ambient(uint64_t mask)
{
	(void)sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (unsigned long cap = 0; cap < 64; cap++) {
		if (mask >> cap & 1)
			(void)sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
	}
}

int init_caps(struct init *in, const struct plan_op *op, struct report *r)
{
	const uint64_t want[3] = { op->n[0], op->n[1], op->n[2] };
	uint64_t have[3];
	int err = sys_capset(want);

	(void)r;
	if (err < 0)
		return err;
	set_ambient(op->n[3]);
	err = sys_prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
	if (err == 0)
		err = sys_capget(have);
	/* Not trusted to have worked: CVE-2020-5291, CVE-2026-30892 were steps skipped without a word. */
	if (err == 0 && memcmp(have, want, sizeof(want)) != 0)
		err = -EPERM;
	if (err < 0)
		return err;
	if (!in->committed)
		creator_or_die(in->link);
	return sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
