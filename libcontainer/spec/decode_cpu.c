/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/resources/cpu.  Room: run (pure). */
#include "spec/limits.h"

#include <inttypes.h>
#include <string.h>

#include "spec/cpu_weight.h"

enum {
	DEFAULT_PERIOD = 100000, /* Documentation/admin-guide/cgroup-v2.rst, cpu.max */
	/* kernel/sched/core.c, min_cfs_quota_period and max_cfs_quota_period, in us; others are EINVAL there */
	LEAST_QUOTA = 1000,
	LEAST_PERIOD = 1000,
	MOST_PERIOD = 1000000,
};

enum { DEFAULT_SHARES = 1024 }; /* of cgroup v1: weight 100 */

struct cpu {
	uint64_t shares, period, burst;
	int64_t quota, idle;
	bool has_burst, has_idle;
	const char *cpus, *mems;
	int64_t rt_runtime;
	uint64_t rt_period;
};

#define CPU struct cpu
static const struct field cpu_fields[] = {
	ROW_U64("shares", CPU, shares),
	ROW_I64("quota", CPU, quota), /* anything below zero is "none", as in runc and crun */
	ROW_U64("period", CPU, period),
	ROW_U64("burst", CPU, burst, SETS(CPU, has_burst)),
	ROW_I64("idle", CPU, idle, .max = 1, SETS(CPU, has_idle)),
	ROW_STRING("cpus", CPU, cpus, .flags = EMPTY_ABSENT),
	ROW_STRING("mems", CPU, mems, .flags = EMPTY_ABSENT),
	ROW_I64("realtimeRuntime", CPU, rt_runtime),
	ROW_U64("realtimePeriod", CPU, rt_period),
};
static const struct shape cpu_shape = { FIELDS(cpu_fields) };

static const char *text_of(struct decoder *d, uint64_t n)
{
	return arena_printf(d->arena, "%" PRIu64, n);
}

/* The quota and the period are one file: what an update leaves out is as it is in force. */
static void complete(struct cpu *c, const struct spec_in_force *now)
{
	if (now && c->quota == 0)
		c->quota = now->cpu_quota;
	if (now && c->period == 0 && now->cpu_period > 0)
		c->period = (uint64_t)now->cpu_period;
	if (c->period == 0)
		c->period = DEFAULT_PERIOD;
}

static void check_max(struct decoder *d, const struct place *at, const struct cpu *c)
{
	const struct place quota = place_member(at, "quota"), period = place_member(at, "period");

	if (c->quota > 0 && c->quota < LEAST_QUOTA)
		report_at(d->report, &quota, "%" PRId64 " us are below the kernel's minimum %d", c->quota, LEAST_QUOTA);
	if (c->period < LEAST_PERIOD)
		report_at(d->report, &period, "%" PRIu64 " us are below the kernel's minimum %d", c->period,
			  LEAST_PERIOD);
	if (c->period > MOST_PERIOD)
		report_at(d->report, &period, "%" PRIu64 " us are above the kernel's maximum %d", c->period,
			  MOST_PERIOD);
}

/* In a config.json a period is the period of a quota, or nothing. */
static void add_max(struct decoder *d, struct limits *l, const struct place *at, const struct cpu *asked)
{
	const char *name = asked->quota ? "quota" : "period";
	struct spec_limit limit = { .file = "cpu.max" };
	struct cpu c = *asked;

	if (l->now ? !c.quota && !c.period : c.quota <= 0)
		return;
	complete(&c, l->now);
	check_max(d, at, &c);
	limit.reset = c.quota <= 0;
	limit.value = limit.reset ? arena_printf(d->arena, "max %" PRIu64, c.period)
				  : arena_printf(d->arena, "%" PRId64 " %" PRIu64, c.quota, c.period);
	limits_add(d, l, at, name, limit);
}

/* After cpu.max: the kernel takes no burst above the quota.  There is no -1 in a uint64: an update's 0 is it. */
static void add_burst(struct decoder *d, struct limits *l, const struct place *at, const struct cpu *asked)
{
	const struct place burst = place_member(at, "burst");
	struct cpu c = *asked;

	if (!c.has_burst || (c.burst == 0 && !l->now))
		return;
	complete(&c, l->now);
	if (c.quota > 0 && c.burst > (uint64_t)c.quota)
		report_at(d->report, &burst, "%" PRIu64 " is above the quota %" PRId64, c.burst, c.quota);
	limits_add(d, l, at, "burst",
		   (struct spec_limit){ .file = "cpu.max.burst", .value = text_of(d, c.burst), .reset = c.burst == 0 });
}

/* The default (containerd's ctr always asks for it) is what a new cgroup has, and where there is no controller, everybody.
 * An idle cgroup takes no weight (EINVAL), and has the default one when it is idle no more: so the end of idling comes
 * before the weight, and a weight together with idling is without effect and left out. */
static void add_weight(struct decoder *d, struct limits *l, const struct place *at, const struct cpu *c)
{
	struct spec_limit idle = { .file = "cpu.idle", .value = c->idle ? "1" : "0", .reset = c->idle == 0 };

	if (c->has_idle && (c->idle || l->now))
		limits_add(d, l, at, "idle", idle);
	if (!c->shares || c->idle || (c->shares == DEFAULT_SHARES && !l->now))
		return;
	limits_add(d, l, at, "shares",
		   (struct spec_limit){ .file = "cpu.weight",
					.value = text_of(d, spec_cpu_weight(c->shares)),
					.reset = c->shares == DEFAULT_SHARES });
}

/* lib/bitmap.c, bitmap_parselist(): ranges, "0-31:1/4", "N" for the last and "all".  Only what is written is looked at
 * here (a line feed would make two limits of one); whether there is such a processor, the kernel knows. */
static void add_set(struct decoder *d, struct limits *l, const struct place *at, const char *name, const char *file,
		    const char *set)
{
	const struct place member = place_member(at, name);

	if (!set)
		return;
	if (set[strspn(set, "0123456789,-:/ Nal")] || !set[strspn(set, " ")])
		report_at(d->report, &member, "\"%.*s\" is not a list of numbers as \"0-3,7\"", SHOWN(set));
	limits_add(d, l, at, name, (struct spec_limit){ .file = file, .value = set });
}

/* cgroup v2 shares no realtime budget out.  In a config.json that is without effect, as in runc; an update that asks for
 * nothing else must not look as if it had worked. */
static void check_realtime(struct decoder *d, const struct limits *l, const struct place *at, const struct cpu *c)
{
	const struct place member = place_member(at, c->rt_runtime > 0 ? "realtimeRuntime" : "realtimePeriod");

	if (l->now && (c->rt_runtime > 0 || c->rt_period > 0))
		report_at(d->report, &member, "cgroup v2 has no realtime limits");
}

void decode_cpu(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct limits *l = out;
	struct cpu c = { 0 };

	decode_object(d, at, v, &cpu_shape, &c);
	check_realtime(d, l, at, &c);
	add_weight(d, l, at, &c);
	add_max(d, l, at, &c);
	add_burst(d, l, at, &c);
	add_set(d, l, at, "cpus", "cpuset.cpus", c.cpus);
	add_set(d, l, at, "mems", "cpuset.mems", c.mems);
}
