/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel would refuse of scheduling and memory policy with nothing but EINVAL.  Room: run (pure). */
#include "spec/check.h"
#include "sys/kernel.h"

/* kernel/sched/deadline.c, __checkparam_dl: less cannot be accounted for, the highest bit is a sign there */
static const uint64_t LEAST_RUNTIME = 1 << 10, MOST_TIME = UINT64_C(1) << 63;

static bool is_fair(const struct spec_scheduler *s)
{
	return s->policy == KSCHED_OTHER || s->policy == KSCHED_BATCH;
}

static bool is_realtime(const struct spec_scheduler *s)
{
	return s->policy == KSCHED_FIFO || s->policy == KSCHED_RR;
}

static void check_deadline(struct report *r, const struct place *up, const struct spec_scheduler *s)
{
	const struct place runtime = place_member(up, "runtime"), deadline = place_member(up, "deadline");
	const struct place period = place_member(up, "period");

	if (s->runtime < LEAST_RUNTIME)
		report_at(r, &runtime, "%llu ns are below the kernel's minimum %llu", (unsigned long long)s->runtime,
			  (unsigned long long)LEAST_RUNTIME);
	if (s->deadline < s->runtime || s->deadline >= MOST_TIME)
		report_at(r, &deadline, "%llu ns are no deadline for a runtime of %llu",
			  (unsigned long long)s->deadline, (unsigned long long)s->runtime);
	if (s->period && (s->period < s->deadline || s->period >= MOST_TIME))
		report_at(r, &period, "%llu ns are no period for a deadline of %llu", (unsigned long long)s->period,
			  (unsigned long long)s->deadline);
}

static void check_scheduler(struct report *r, const struct place *at, const struct spec_scheduler *s)
{
	const struct place nice = place_member(at, "nice"), priority = place_member(at, "priority");
	const char *policy = spec_scheduler_policy(s->policy);
	bool keep = s->flags & (KSCHED_FLAG_KEEP_POLICY | KSCHED_FLAG_KEEP_PARAMS);

	if (is_fair(s) && (s->nice < -20 || s->nice > 19))
		report_at(r, &nice, "%d is not from -20 to 19", s->nice);
	if (!is_realtime(s) && s->priority)
		report_at(r, &priority, "%s has none, only SCHED_FIFO and SCHED_RR", policy);
	if (is_realtime(s) && !keep && (s->priority < 1 || s->priority > 99))
		report_at(r, &priority, "%d is not from 1 to 99", s->priority);
	if (s->policy != KSCHED_DEADLINE && (s->runtime || s->deadline || s->period))
		report_at(r, at, "runtime, deadline and period are of SCHED_DEADLINE, not of %s", policy);
	if (s->policy == KSCHED_DEADLINE && !keep)
		check_deadline(r, at, s);
}

void check_scheduling(struct report *r, const struct place *up, const struct spec_process *p)
{
	const struct place at = place_member(up, "scheduler");

	if (p->scheduler.present)
		check_scheduler(r, &at, &p->scheduler);
}

void check_memory_policy(struct report *r, const struct place *up, const struct spec_memory_policy *m)
{
	const uint32_t either = KMPOL_F_RELATIVE_NODES | KMPOL_F_STATIC_NODES;
	const struct place at = place_member(up, "memoryPolicy"), nodes = place_member(&at, "nodes");
	const struct place flags = place_member(&at, "flags");

	if (!m->present)
		return;
	if ((m->mode == KMPOL_DEFAULT || m->mode == KMPOL_LOCAL) && m->nodes.n)
		report_at(r, &nodes, "must be empty for this mode");
	else if (m->mode != KMPOL_DEFAULT && m->mode != KMPOL_LOCAL && m->mode != KMPOL_PREFERRED && !m->nodes.n)
		report_at(r, &nodes, "required for this mode");
	if ((m->flags & either) == either)
		report_at(r, &flags, "MPOL_F_RELATIVE_NODES and MPOL_F_STATIC_NODES exclude each other");
}
