/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /linux/resources, turned into cgroup v2 files and values.  What asks for nothing (absent, null, zero, empty, -1 for
 * "unlimited") makes no limit, so it needs no controller.  Room: run (pure).
 */
#include "spec/decode.h"

#include <inttypes.h>
#include <string.h>

#include "spec/cpu_weight.h"

#define RES struct resources

/* As written; the words of cgroup v1. */
struct resources {
	int64_t memory_limit, memory_reservation, memory_swap;
	uint64_t cpu_shares, cpu_period, cpu_burst;
	int64_t cpu_quota, cpu_idle;
	const char *cpus, *mems;
	int64_t pids_limit;
	/* Checked, then dropped as runc does: cgroup v2 has nothing of the kind. */
	int64_t no_kernel, no_kernel_tcp;
	uint64_t no_swappiness;
	bool no_oom_killer, no_hierarchy, no_check;
};

#define AMOUNT .min = -1, .max = INT64_MAX, .flags = NULLABLE
static const struct field memory_fields[] = {
	ROW_I64("limit", RES, memory_limit, AMOUNT),
	ROW_I64("reservation", RES, memory_reservation, AMOUNT),
	ROW_I64("swap", RES, memory_swap, AMOUNT),
	ROW_I64("kernel", RES, no_kernel, AMOUNT),
	ROW_I64("kernelTCP", RES, no_kernel_tcp, AMOUNT),
	ROW_U64("swappiness", RES, no_swappiness, .flags = NULLABLE),
	ROW_BOOL("disableOOMKiller", RES, no_oom_killer, .flags = NULLABLE),
	ROW_BOOL("useHierarchy", RES, no_hierarchy, .flags = NULLABLE),
	ROW_BOOL("checkBeforeUpdate", RES, no_check, .flags = NULLABLE),
};
static const struct shape memory_shape = { FIELDS(memory_fields) };

static const struct field cpu_fields[] = {
	ROW_U64("shares", RES, cpu_shares, .flags = NULLABLE),
	ROW_I64("quota", RES, cpu_quota, AMOUNT),
	ROW_U64("period", RES, cpu_period, .flags = NULLABLE),
	ROW_U64("burst", RES, cpu_burst, .flags = NULLABLE),
	ROW_I64("idle", RES, cpu_idle, .max = 1, .flags = NULLABLE),
	ROW_STRING("cpus", RES, cpus),
	ROW_STRING("mems", RES, mems),
	ROW_REFUSED("realtimeRuntime"),
	ROW_REFUSED("realtimePeriod"),
};
static const struct shape cpu_shape = { FIELDS(cpu_fields) };

static const struct field pids_fields[] = {
	ROW_I64("limit", RES, pids_limit, AMOUNT),
};
static const struct shape pids_shape = { FIELDS(pids_fields) };

/* Kubernetes names every page size of the machine, with limit 0. */
static void decode_huge_pages(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	(void)out;
	if (!decode_is(d, at, v, JSON_ARRAY))
		return;
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct place element = place_element(at, i), member = place_member(&element, "limit");
		const struct json *limit;

		if (!decode_is(d, &element, &v->first[i], JSON_OBJECT))
			continue;
		limit = json_get(&v->first[i], "limit");
		if (limit && decode_u64(d, &member, limit, UINT64_MAX) > 0)
			report_at(d->report, at, "not supported yet");
	}
}

static const struct field resources_fields[] = {
	ROW_OBJECT("memory", 0, &memory_shape),
	ROW_OBJECT("cpu", 0, &cpu_shape),
	ROW_OBJECT("pids", 0, &pids_shape),
	ROW_CALL("hugepageLimits", decode_huge_pages),
	ROW_REFUSED("blockIO"),
	ROW_REFUSED("rdma"),
	ROW_REFUSED("network"),
};
static const struct shape resources_shape = { FIELDS(resources_fields) };

static const struct field rules_fields[] = {
	ROW_LIST("devices", struct spec, device_rules, struct spec_device_rule, &device_rule_shape),
};
static const struct shape rules_shape = { FIELDS(rules_fields) };

/* The most that the functions below add, beside /unified. */
enum { MAX_LIMITS = 10 };

/* `at` is /linux/resources, `group` and `name` the member there that asks. */
static void add_limit(struct decoder *d, const struct place *at, struct spec *s, const char *group, const char *name,
		      const char *file, const char *value)
{
	const struct place parent = place_member(at, group), member = place_member(&parent, name);
	char where[PLACE_MAX];
	struct spec_limit limit = { .file = file, .value = value };

	place_text(&member, where);
	limit.where = arena_strdup(d->arena, where);
	if (!limit.where || !value)
		d->report->nomem = true;
	else
		s->limits[s->n_limits++] = limit;
}

static void add_number(struct decoder *d, const struct place *at, struct spec *s, const char *group, const char *name,
		       const char *file, uint64_t value)
{
	if (value > 0)
		add_limit(d, at, s, group, name, file, arena_printf(d->arena, "%" PRIu64, value));
}

static uint64_t positive(int64_t value)
{
	return value > 0 ? (uint64_t)value : 0;
}

/* cgroup v1's swap limit counts memory and swap together, v2's swap alone. */
static void add_swap(struct decoder *d, const struct place *at, struct spec *s, const struct resources *res)
{
	const struct place parent = place_member(at, "memory"), member = place_member(&parent, "swap");

	if (res->memory_swap <= 0)
		return;
	if (res->memory_limit <= 0)
		report_at(d->report, &member, "a swap limit needs a memory limit");
	else if (res->memory_swap < res->memory_limit)
		report_at(d->report, &member,
			  "memory and swap together (%" PRId64 ") must not be below the memory limit %" PRId64,
			  res->memory_swap, res->memory_limit);
	else
		add_limit(d, at, s, "memory", "swap", "memory.swap.max",
			  arena_printf(d->arena, "%" PRId64, res->memory_swap - res->memory_limit));
}

static void add_quota(struct decoder *d, const struct place *at, struct spec *s, const struct resources *res)
{
	uint64_t period = res->cpu_period ? res->cpu_period
					  : 100000; /* the kernel's default, Documentation/admin-guide/cgroup-v2.rst */

	if (res->cpu_quota > 0)
		add_limit(d, at, s, "cpu", "quota", "cpu.max",
			  arena_printf(d->arena, "%" PRId64 " %" PRIu64, res->cpu_quota, period));
}

static void add_list(struct decoder *d, const struct place *at, struct spec *s, const char *name, const char *file,
		     const char *value)
{
	if (value && *value)
		add_limit(d, at, s, "cpu", name, file, value);
}

static void decode_unified(struct decoder *d, const struct place *at, const struct json *v, struct spec *s)
{
	const struct place unified = place_member(at, "unified");

	if (!decode_is(d, &unified, v, JSON_OBJECT))
		return;
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct json *m = &v->first[i];
		const struct place member = place_member(&unified, m->name);
		const char *value = decode_string(d, &member, m);

		if (!value)
			continue;
		if (strchr(m->name, '/') || !strchr(m->name, '.') || m->name[0] == '.')
			report_at(d->report, &member, "must be the name of a cgroup v2 file, as \"memory.high\"");
		else if (*value)
			add_limit(d, at, s, "unified", m->name, m->name, value);
	}
}

void decode_resources(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	const struct json *unified = json_get(v, "unified");
	struct resources res = { 0 };
	struct spec *s = out;

	if (unified && unified->type == JSON_NULL)
		unified = NULL;
	decode_object(d, at, v, &resources_shape, &res);
	if (v->type != JSON_OBJECT)
		return;
	decode_object(d, at, v, &rules_shape, s);
	s->limits = decode_alloc(d, MAX_LIMITS + (unified && unified->type == JSON_OBJECT ? unified->n : 0),
				 sizeof(*s->limits));
	if (!s->limits)
		return;
	add_number(d, at, s, "memory", "limit", "memory.max", positive(res.memory_limit));
	add_number(d, at, s, "memory", "reservation", "memory.low", positive(res.memory_reservation));
	add_swap(d, at, s, &res);
	add_number(d, at, s, "cpu", "shares", "cpu.weight", spec_cpu_weight(res.cpu_shares));
	add_quota(d, at, s, &res);
	add_number(d, at, s, "cpu", "burst", "cpu.max.burst", res.cpu_burst); /* after cpu.max: not above the quota */
	add_number(d, at, s, "cpu", "idle", "cpu.idle", positive(res.cpu_idle));
	add_list(d, at, s, "cpus", "cpuset.cpus", res.cpus);
	add_list(d, at, s, "mems", "cpuset.mems", res.mems);
	add_number(d, at, s, "pids", "limit", "pids.max", positive(res.pids_limit));
	if (unified)
		decode_unified(d, at, unified, s);
}
