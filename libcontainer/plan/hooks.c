/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hooks: those that init runs, and when it asks the caller to run others.  Room: run (pure). */
#include "plan/draft.h"

void draft_hooks_ask(struct draft *d)
{
	if (d->needs->ask_hooks)
		draft_op(d, PLAN_ASK_HOOKS, "/hooks");
	if (d->needs->ask_state)
		draft_op(d, PLAN_ASK_STATE, "/hooks/createContainer");
}

/* Without "env": before start the runtime's, afterwards the container's, as runc has it. */
static void environment(struct draft *d, struct plan_op *op, const struct spec_hook *h, enum spec_hook_kind kind)
{
	char *const *env = h->env;
	size_t n = h->n_env;

	if (!h->has_env && kind == SPEC_HOOK_START_CONTAINER) {
		env = d->env;
		n = d->n_env;
	} else if (!h->has_env) {
		env = d->o->environment;
		for (n = 0; env && env[n];)
			n++;
		op->flags |= PLAN_F_INHERIT_ENV;
	}
	op->s[2] = draft_list(d, env, n);
	op->n[2] = n;
}

void draft_hooks(struct draft *d, enum spec_hook_kind kind)
{
	const struct spec_hooks *hooks = &d->s->hooks[kind];

	for (size_t i = 0; i < hooks->n; i++) {
		const struct spec_hook *h = &hooks->v[i];
		char *self[] = { (char *)h->path, NULL };
		struct plan_op *op = draft_op(d, PLAN_HOOK, "/hooks/%s/%zu", spec_hook_name(kind), i);

		op->s[0] = draft_str(d, h->path);
		op->s[1] = draft_list(d, h->n_args ? h->args : self, h->n_args ? h->n_args : 1);
		op->n[1] = h->n_args ? h->n_args : 1;
		environment(d, op, h, kind);
		op->n[0] = h->timeout_s > 0 ? (uint64_t)h->timeout_s * 1000 : 0;
		op->n[3] = i;
		op->n[4] = kind;
	}
}
