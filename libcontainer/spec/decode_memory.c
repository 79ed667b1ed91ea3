/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/resources/memory.  Room: run (pure). */
#include "spec/limits.h"

#include <inttypes.h>

/* As written; the words of cgroup v1. */
struct memory {
	int64_t limit, reservation, swap;
	/* Checked, then dropped as runc does: cgroup v2 has nothing of the kind. */
	int64_t no_kernel, no_kernel_tcp;
	uint64_t no_swappiness;
	bool no_oom_killer, no_hierarchy;
};

#define MEMORY struct memory
#define AMOUNT .min = -1, .max = INT64_MAX
static const struct field memory_fields[] = {
	ROW_I64("limit", MEMORY, limit, AMOUNT),
	ROW_I64("reservation", MEMORY, reservation, AMOUNT),
	ROW_I64("swap", MEMORY, swap, AMOUNT),
	ROW_I64("kernel", MEMORY, no_kernel, AMOUNT),
	ROW_I64("kernelTCP", MEMORY, no_kernel_tcp, AMOUNT),
	ROW_U64("swappiness", MEMORY, no_swappiness),
	ROW_BOOL("disableOOMKiller", MEMORY, no_oom_killer),
	ROW_BOOL("useHierarchy", MEMORY, no_hierarchy),
};
static const struct shape memory_shape = { FIELDS(memory_fields) };

static const struct field check_fields[] = {
	ROW_BOOL("checkBeforeUpdate", struct spec_resources, check_before_update),
};
static const struct shape check_shape = { FIELDS(check_fields) };

/* A kernel without swap has no memory.swap.max, and no swap to keep anybody from (as runc). */
static void add_swap_max(struct decoder *d, struct limits *l, const struct place *at, const char *name, int64_t swap)
{
	struct spec_limit limit = { .file = "memory.swap.max", .value = "max", .optional = true, .reset = true };

	if (swap >= 0) {
		limit.value = arena_printf(d->arena, "%" PRId64, swap);
		limit.optional = swap == 0;
		limit.reset = false;
	}
	limits_add(d, l, at, name, limit);
}

/* cgroup v1's swap limit counts memory and swap together, v2's swap alone. */
static void add_swap(struct decoder *d, struct limits *l, const struct place *at, const struct memory *m)
{
	const struct place swap = place_member(at, "swap");
	int64_t limit = m->limit == 0 && l->now ? l->now->memory_max : m->limit;

	if (m->swap == 0) {
		/* Who takes the memory limit away means both: memory and swap together cannot be below memory. */
		if (m->limit < 0 && l->now)
			add_swap_max(d, l, at, "limit", -1);
	} else if (m->swap < 0) {
		if (l->now)
			add_swap_max(d, l, at, "swap", -1);
	} else if (limit <= 0) {
		report_at(d->report, &swap, "a swap limit needs a memory limit");
	} else if (m->swap < limit) {
		report_at(d->report, &swap,
			  "memory and swap together (%" PRId64 ") must not be below the memory limit %" PRId64, m->swap,
			  limit);
	} else {
		add_swap_max(d, l, at, "swap", m->swap - limit);
	}
}

/* -1 of a client where nothing was asked for arrives as 64 bits without a sign: old versions of Docker send it. */
static void check_swappiness(struct decoder *d, const struct place *at, uint64_t swappiness)
{
	const struct place member = place_member(at, "swappiness");

	if (swappiness > 100 && swappiness != UINT64_MAX)
		report_at(d->report, &member, "%" PRIu64 " is above the maximum 100", swappiness);
}

void decode_memory(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct limits *l = out;
	struct memory m = { 0 };

	decode_object(d, at, v, &memory_shape, &m);
	if (v->type != JSON_OBJECT)
		return;
	check_swappiness(d, at, m.no_swappiness);
	decode_object(d, at, v, &check_shape, l->out);
	/* Swap first: a memory limit that shrinks pushes pages there, and not more of them than are to be. */
	add_swap(d, l, at, &m);
	limits_number(d, l, at, "limit", "memory.max", m.limit, "max");
	/* -1 is a soft limit that is never reached, so nothing is kept from reclaim; "max" would keep all of it. */
	limits_number(d, l, at, "reservation", "memory.low", m.reservation, "0");
}
