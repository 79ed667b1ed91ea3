/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process object: from container root to the user's program.  Room: run (pure). */
#include "plan/draft.h"

#include <string.h>
#include <sys/resource.h>

#include "sys/kernel.h"

/*
 * init itself needs this many descriptors between its limits and execve: a soft RLIMIT_NOFILE below it would make
 * accept(2) of START, hooks' pipes or a lookup fail for a reason that is none of the user's.  Such a limit is set
 * last; the others are set while init is still privileged.
 */
enum { NOFILE_OF_INIT = 32 };

void draft_oom_score(struct draft *d)
{
	struct plan_op *op;

	if (!d->p->has_oom_score_adj)
		return;
	op = draft_op(d, PLAN_OOM_SCORE, "%s/oomScoreAdj", d->at);
	op->n[0] = (uint64_t)(int64_t)d->p->oom_score_adj;
	/* Lowering needs CAP_SYS_RESOURCE in the initial user namespace: what only the host's root can have is not
	 * asked of others. */
	if (!d->h->real_root)
		op->flags |= PLAN_F_OPTIONAL;
}

void draft_rlimits_raise(struct draft *d)
{
	struct plan_op *op;

	for (size_t i = 0; i < d->p->n_rlimits; i++) {
		op = draft_op(d, PLAN_RLIMIT_RAISE, "%s/rlimits/%zu", d->at, i);
		op->n[0] = (uint64_t)d->p->rlimits[i].resource;
		op->n[1] = d->p->rlimits[i].hard;
	}
}

void draft_keyring(struct draft *d)
{
	struct plan_op *op;

	if (d->o ? d->o->no_new_keyring : d->x->no_new_keyring)
		return;
	op = draft_op(d, PLAN_KEYRING, NULL);
	op->s[0] = draft_str(d, arena_printf(d->a, "_ses.%s", d->id));
	op->s[1] = draft_str(d, d->p->selinux_label);
}

static bool is_late(const struct spec_rlimit *r)
{
	return r->resource == RLIMIT_NOFILE && r->soft < NOFILE_OF_INIT;
}

void draft_rlimits(struct draft *d, bool late)
{
	const struct spec_rlimit *v = d->p->rlimits;
	struct plan_op *op;

	for (size_t i = 0; i < d->p->n_rlimits; i++) {
		if (is_late(&v[i]) != late)
			continue;
		op = draft_op(d, PLAN_RLIMIT, "%s/rlimits/%zu", d->at, i);
		op->n[0] = (uint64_t)v[i].resource;
		op->n[1] = v[i].soft;
		op->n[2] = v[i].hard;
	}
}

void draft_cwd_make(struct draft *d)
{
	struct plan_op *op;

	if (!strcmp(d->p->cwd, "/"))
		return;
	op = draft_op(d, PLAN_MKDIR, "%s/cwd", d->at);
	op->s[0] = draft_str(d, d->p->cwd);
	op->n[0] = 0755;
}

void draft_console(struct draft *d)
{
	const struct spec_process *p = d->p;
	struct plan_op *op;

	if (p->terminal) {
		op = draft_op(d, PLAN_CONSOLE, "%s/terminal", d->at);
		if (p->has_console_size) {
			op->n[0] = p->console_height;
			op->n[1] = p->console_width;
		}
		op->n[2] = p->user.uid;
		if (d->s)
			op->flags |= PLAN_F_BIND_CONSOLE;
		return;
	}
	op = draft_op(d, PLAN_STDIO, NULL);
	op->n[0] = p->user.uid;
	op->n[1] = p->user.gid;
}

void draft_session(struct draft *d)
{
	const struct spec_user *u = &d->p->user;

	draft_op(d, PLAN_SESSION, NULL);
	/* The spec leaves an absent umask to the runtime's; every peer uses this one, whoever the caller is. */
	if (u->has_umask)
		draft_op(d, PLAN_UMASK, "%s/user/umask", d->at)->n[0] = u->umask & 0777;
	else
		draft_op(d, PLAN_UMASK, NULL)->n[0] = 0022;
}

void draft_no_new_privs(struct draft *d)
{
	if (d->p->no_new_privileges)
		draft_op(d, PLAN_NO_NEW_PRIVS, "%s/noNewPrivileges", d->at);
}

void draft_agent(struct draft *d)
{
	struct plan_op *op;

	if (!d->filter->code || !(d->filter->flags & KSECCOMP_NEW_LISTENER))
		return;
	op = draft_op(d, PLAN_ASK_AGENT, d->s ? "/linux/seccomp/listenerPath" : NULL);
	op->s[0] = draft_str(d, d->filter->agent);
	op->s[1] = draft_str(d, d->filter->metadata);
}

void draft_seccomp(struct draft *d, bool with_no_new_privs)
{
	struct plan_op *op;

	if (!d->filter->code || d->p->no_new_privileges != with_no_new_privs)
		return;
	op = draft_op(d, PLAN_SECCOMP, d->s ? "/linux/seccomp" : NULL);
	op->s[0] = draft_blob(d, d->filter->code, d->filter->len);
	op->n[0] = d->filter->flags;
}

static void chdir_to(struct draft *d, unsigned flags)
{
	struct plan_op *op = draft_op(d, PLAN_CHDIR, "%s/cwd", d->at);

	op->s[0] = draft_str(d, d->p->cwd);
	op->flags = (uint16_t)flags;
}

static struct plan_op *caps_op(struct draft *d, enum plan_code code)
{
	return d->p->caps.present ? draft_op(d, code, "%s/capabilities", d->at) : draft_op(d, code, NULL);
}

/* What capset(2) would refuse with nothing but EPERM. */
static void check_subset(struct draft *d, const char *set, uint64_t v, const char *of, uint64_t limit)
{
	uint64_t extra = v & ~limit;

	if (extra)
		draft_fail(d, arena_printf(d->a, "%s/capabilities/%s", d->at, set),
			   "%s is not among the %s capabilities", spec_capability_name(__builtin_ctzll(extra)), of);
}

/*
 * capabilities(7) dictates the order: the bounding set needs CAP_SETPCAP, changing ids drops the sets unless they
 * are kept, the sets come last.  The directory is entered twice: as root for one that the user cannot reach, as the
 * user for one that root cannot (NFS).  An absent capabilities object gives none: the spec leaves it open, runc
 * does the same.
 */
void draft_become_user(struct draft *d)
{
	const struct spec_caps *c = &d->p->caps;
	const struct spec_user *u = &d->p->user;
	struct plan_op *op;

	check_subset(d, "effective", c->effective & d->caps, "permitted", c->permitted);
	check_subset(d, "inheritable", c->inheritable & d->caps, "bounding", c->bounding);
	op = caps_op(d, PLAN_CAP_BOUND);
	op->n[0] = c->bounding & d->caps;
	op->n[1] = (uint64_t)d->h->last_cap;
	chdir_to(d, PLAN_F_EARLY);
	op = draft_op(d, PLAN_USER, "%s/user", d->at);
	op->s[0] = draft_blob(d, u->additional_gids, u->n_additional_gids * sizeof(*u->additional_gids));
	op->n[0] = u->uid;
	op->n[1] = u->gid;
	op->n[2] = u->n_additional_gids;
	/* Becoming root of a user namespace has dropped all groups where that is allowed; a joined namespace may not
	 * allow it, which is no reason to fail when no groups are asked for. */
	if (d->setgroups && !d->keep_groups && (u->n_additional_gids || !d->userns))
		op->flags |= PLAN_F_SETGROUPS;
	chdir_to(d, 0);
	op = caps_op(d, PLAN_CAPS);
	op->n[0] = c->effective & d->caps;
	op->n[1] = c->permitted & d->caps;
	op->n[2] = c->inheritable & d->caps;
	op->n[3] = c->ambient & d->caps;
}

void draft_lookup(struct draft *d)
{
	struct plan_op *op = draft_op(d, PLAN_LOOKUP, "%s/args/0", d->at);

	op->s[0] = draft_str(d, d->p->args[0]);
	op->s[1] = draft_str(d, d->path);
}

void draft_ready(struct draft *d, bool gate)
{
	struct plan_op *op = draft_op(d, PLAN_READY, NULL);

	if (gate)
		op->flags |= PLAN_F_GATE;
}

void draft_close(struct draft *d)
{
	draft_op(d, PLAN_CLOSE, NULL)->n[0] = d->first_closed;
}

void draft_exec(struct draft *d)
{
	struct plan_op *op;

	op = draft_op(d, PLAN_EXEC, "%s/args/0", d->at);
	op->s[0] = draft_list(d, d->p->args, d->p->n_args);
	op->s[1] = draft_list(d, d->env, d->n_env);
	op->n[0] = d->p->n_args;
	op->n[1] = d->n_env;
}
