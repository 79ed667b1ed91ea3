/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AppArmor and SELinux: what the process and its mounts are labelled with.  Room: run (pure). */
#include "plan/draft.h"

#include <string.h>

/* Without AppArmor everything is unconfined: nothing has to be done for it. */
static const char *profile(const struct draft *d)
{
	const char *name = d->p->apparmor_profile;

	return name && !(strcmp(name, "unconfined") == 0 && !d->h->apparmor) ? name : NULL;
}

void draft_labels_check(struct draft *d)
{
	if (profile(d) && !d->h->apparmor)
		draft_fail(d, arena_printf(d->a, "%s/apparmorProfile", d->at),
			   "\"%s\" cannot be applied: AppArmor is not enabled on this machine", profile(d));
	if (d->p->selinux_label && !d->h->selinux)
		draft_fail(d, arena_printf(d->a, "%s/selinuxLabel", d->at),
			   "\"%s\" cannot be applied: SELinux is not enabled on this machine", d->p->selinux_label);
	if (d->s && d->s->mount_label && !d->h->selinux)
		draft_fail(d, "/linux/mountLabel", "\"%s\" cannot be applied: SELinux is not enabled on this machine",
			   d->s->mount_label);
}

void draft_hold_proc(struct draft *d)
{
	if (profile(d) || d->p->selinux_label)
		draft_op(d, PLAN_HOLD_PROC, NULL);
}

void draft_labels(struct draft *d)
{
	if (profile(d))
		draft_op(d, PLAN_APPARMOR, "%s/apparmorProfile", d->at)->s[0] = draft_str(d, profile(d));
	if (d->p->selinux_label)
		draft_op(d, PLAN_SELINUX, "%s/selinuxLabel", d->at)->s[0] = draft_str(d, d->p->selinux_label);
}

/* The policy labels what is in proc and sysfs; cgroup2's and mqueue's super blocks exist, labelled, before we mount
 * them, and another label for the same one is refused. */
char *draft_mount_label(struct draft *d, const char *type)
{
	static const char *const without[] = { "proc", "sysfs", "cgroup", "cgroup2", "mqueue" };
	const char *label = d->s->mount_label, *option = d->s->mount_context;
	char *item;

	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		if (!strcmp(type, without[i]))
			return NULL;
	if (!label)
		return NULL;
	item = arena_printf(d->a, "%s=%s", option ? option : "context", label);
	if (!item)
		draft_nomem(d);
	return item;
}

void draft_file_label(struct draft *d, const struct draft_mount *m, struct plan_ref path)
{
	struct plan_op *op;

	if (!d->s->mount_label || strcmp(m->type, "mqueue") != 0)
		return;
	op = draft_op(d, PLAN_FILE_LABEL, "/linux/mountLabel");
	op->s[0] = path;
	op->s[1] = draft_str(d, d->s->mount_label);
	if (d->l) {
		op->n[5] = m->index;
		op->flags |= PLAN_F_HOLD;
	}
}
