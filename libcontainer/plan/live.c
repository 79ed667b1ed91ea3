/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts of a container that lives.  Its processes see each as soon as it is attached and can move what leads to it, so
 * all is made beforehand, outside, and what is done afterwards is done by descriptor.  Room: run (pure).
 */
#include "plan/draft.h"

#include <string.h>

#include "plan/path.h"
#include "sys/kernel.h"

/* What shows the namespace of who mounts it: to be made in the container's. */
static const struct {
	const char *type;
	uint64_t ns;
} shows[] = {
	{ "proc", KCLONE_NEWPID },	{ "sysfs", KCLONE_NEWNET },	 { "mqueue", KCLONE_NEWIPC },
	{ "cgroup", KCLONE_NEWCGROUP }, { "cgroup2", KCLONE_NEWCGROUP },
};

void draft_live_facts(struct draft *d)
{
	d->userns = d->l->ns & KCLONE_NEWUSER;
	if (d->l->n > PLAN_MAX_HELD)
		draft_fail(d, NULL, "%zu mounts are more than the %d that are possible at once", d->l->n,
			   (int)PLAN_MAX_HELD);
}

static uint64_t joined(const struct draft *d)
{
	uint64_t ns = KCLONE_NEWUSER;

	for (size_t i = 0; !d->l->ids && i < d->s->n_mounts; i++) {
		const struct draft_mount *m = &d->mounts[i];

		for (size_t k = 0; k < sizeof(shows) / sizeof(shows[0]); k++) {
			if (!draft_is_bind(m) && !strcmp(m->type, shows[k].type))
				ns |= shows[k].ns;
		}
	}
	return ns & d->l->ns;
}

void draft_live_join(struct draft *d)
{
	draft_op(d, PLAN_NONDUMPABLE, NULL);
	d->needs->joined_ns = joined(d);
	if (d->needs->joined_ns)
		draft_op(d, PLAN_NS_JOIN_TARGET, NULL)->n[0] = d->needs->joined_ns;
}

void draft_live_enter(struct draft *d)
{
	draft_op(d, PLAN_NS_JOIN_TARGET, NULL)->n[0] = KCLONE_NEWNS;
	draft_op(d, PLAN_EXEC_ROOT, NULL);
}

static const char *place(struct draft *d, const struct draft_mount *m, const char *word)
{
	for (size_t i = 0; i < m->m->n_options; i++) {
		if (!strcmp(m->m->options[i], word))
			return arena_printf(d->a, "%s/options/%zu", m->at, i);
	}
	return m->at;
}

/* Processes have their root already: over it a mount would be for those alone that come later. */
static void check_destination(struct draft *d, struct draft_mount *m)
{
	draft_check_proc(d, m);
	if (!strcmp(m->dest, "/"))
		draft_fail(d, arena_printf(d->a, "%s/destination", m->at), "must not be the root of the container");
}

static void check(struct draft *d, struct draft_mount *m)
{
	check_destination(d, m);
	if (m->opts.remount)
		draft_fail(d, place(d, m, "remount"), "a remount is no mount that could be taken back");
	if (m->opts.how & PLAN_BIND_COPY_SYMLINK)
		draft_fail(d, place(d, m, "copy-symlink"), "a symbolic link is no mount that could be taken back");
}

static bool attaches_itself(const struct draft_mount *m)
{
	return !draft_is_bind(m) && !strcmp(m->type, "tmpfs");
}

void draft_live_make(struct draft *d)
{
	draft_op(d, PLAN_PROPAGATION, NULL)->n[0] = d->l->propagation;
	for (size_t i = 0; i < d->s->n_mounts && !d->rc; i++) {
		check(d, &d->mounts[i]);
		if (!attaches_itself(&d->mounts[i]))
			draft_mount(d, &d->mounts[i]);
	}
}

static void attach(struct draft *d, const struct draft_mount *m)
{
	struct plan_op *op = draft_op(d, PLAN_ATTACH, "%s", m->at);

	op->s[1] = draft_destination(d, m);
	op->n[5] = m->index;
	op->flags = m->on_proc ? PLAN_F_ON_PROC : 0;
	if (draft_is_bind(m))
		op->how = m->opts.how & PLAN_BIND_DEST_NOFOLLOW;
	else if (!strcmp(m->type, "proc") || !strcmp(m->type, "sysfs") || (m->opts.how & PLAN_BIND_DEST_NOFOLLOW))
		op->flags |= PLAN_F_REALDIR;
}

void draft_live_attach(struct draft *d)
{
	for (size_t i = 0; i < d->s->n_mounts && !d->rc; i++) {
		if (attaches_itself(&d->mounts[i]))
			draft_mount(d, &d->mounts[i]);
		else
			attach(d, &d->mounts[i]);
	}
	draft_mounts_readonly(d);
}

static void emit(struct draft *d, enum plan_code code, const struct draft_mount *m)
{
	struct plan_op *op = draft_op(d, code, "%s", m->at);

	op->s[1] = draft_destination(d, m);
	op->how = m->opts.how & PLAN_BIND_DEST_NOFOLLOW;
	op->n[0] = d->l->ids[m->index];
	op->n[5] = m->index;
}

/* Is it out of sight for as long as a later one is there? */
static bool is_covered(const struct draft *d, size_t i)
{
	for (size_t k = i + 1; k < d->s->n_mounts; k++) {
		if (path_below(d->mounts[i].dest, d->mounts[k].dest))
			return true;
	}
	return false;
}

/* All of them are looked at before the first one goes. */
void draft_live_find(struct draft *d)
{
	for (size_t i = 0; i < d->s->n_mounts && !d->rc; i++) {
		check_destination(d, &d->mounts[i]);
		if (!is_covered(d, i))
			emit(d, PLAN_FIND, &d->mounts[i]);
	}
}

void draft_live_unmount(struct draft *d)
{
	for (size_t i = d->s->n_mounts; i-- && !d->rc;)
		emit(d, PLAN_UNMOUNT, &d->mounts[i]);
}
