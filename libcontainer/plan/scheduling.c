/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When, where and as what the program runs.  Room: run (pure). */
#include "plan/draft.h"

#include "sys/kernel.h"

static struct plan_ref put_set(struct draft *d, const struct spec_set *set)
{
	return draft_blob(d, set->words, set->n * sizeof(*set->words));
}

static void put_cpus(struct draft *d, const struct spec_set *cpus, const char *member)
{
	struct plan_op *op;

	if (!cpus->n)
		return;
	op = draft_op(d, PLAN_CPU_AFFINITY, "%s/execCPUAffinity/%s", d->at, member);
	op->s[0] = put_set(d, cpus);
	op->n[0] = cpus->n;
}

void draft_first_cpus(struct draft *d)
{
	put_cpus(d, &d->p->exec_cpus_initial, "initial");
}

/*
 * The specification's execCPUAffinity is exec's alone.  Otherwise what the caller was pinned to is not what the
 * container is: kernels from 6.2 on remember it over the change of cpuset (sched/core.c, user_cpus_ptr), so that it
 * is taken back, as runc does.
 */
static void put_affinity(struct draft *d)
{
	const struct spec_process *p = d->p;

	if (d->x && (p->exec_cpus_initial.n || p->exec_cpus_final.n))
		put_cpus(d, &p->exec_cpus_final, "final");
	else
		draft_op(d, PLAN_CPU_AFFINITY, NULL)->flags |= PLAN_F_OPTIONAL;
}

/* The kernel asks for capabilities in the initial user namespace: a host's root that makes another one has them. */
static void let_ask(const struct draft *d, struct plan_op *op)
{
	if (d->userns && d->h->privileged)
		op->flags |= PLAN_F_ASK;
}

static void put_scheduler(struct draft *d, const struct spec_scheduler *s)
{
	bool realtime = s->policy == KSCHED_FIFO || s->policy == KSCHED_RR;
	struct plan_op *op;

	if (!s->present)
		return;
	op = draft_op(d, PLAN_SCHEDULER, "%s/scheduler", d->at);
	op->n[0] = s->policy;
	op->n[1] = s->flags;
	op->n[2] = (uint64_t)(int64_t)(realtime ? s->priority : s->nice);
	op->n[3] = s->runtime;
	op->n[4] = s->deadline;
	op->n[5] = s->period;
	let_ask(d, op);
}

static void put_io_priority(struct draft *d, const struct spec_io_priority *p)
{
	struct plan_op *op;

	if (!p->present)
		return;
	op = draft_op(d, PLAN_IO_PRIORITY, "%s/ioPriority", d->at);
	op->n[0] = p->class;
	op->n[1] = (uint64_t)p->priority;
	let_ask(d, op);
}

void draft_scheduling(struct draft *d)
{
	const struct spec_personality *persona = d->s ? &d->s->personality : &d->x->personality;
	const struct spec_memory_policy *memory = d->s ? &d->s->memory_policy : &d->x->memory_policy;
	struct plan_op *op;

	put_affinity(d); /* a deadline task may not change it any more: sched(7) */
	put_scheduler(d, &d->p->scheduler);
	put_io_priority(d, &d->p->io_priority);
	if (persona->present)
		draft_op(d, PLAN_PERSONALITY, "/linux/personality")->n[0] = persona->domain;
	if (!memory->present)
		return;
	op = draft_op(d, PLAN_MEMORY_POLICY, "/linux/memoryPolicy");
	op->s[0] = put_set(d, &memory->nodes);
	op->n[0] = memory->mode | memory->flags;
	op->n[1] = memory->nodes.n;
}
