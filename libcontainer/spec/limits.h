/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The list of limits as it grows: each part of /linux/resources adds to it, in the order in which they are written.
 * What asks for nothing is not added.  In a config.json that is what is absent, null, zero, empty or -1 ("unlimited"),
 * so that it needs no controller; in an update -1 takes a limit away.  Room: run (pure).
 */
#ifndef SPEC_LIMITS_H
#define SPEC_LIMITS_H

#include "spec/decode.h"

struct limits {
	struct spec_resources *out;
	size_t room;
	const struct spec_in_force *now; /* what an update is relative to; NULL: a config.json, of a new cgroup */
};

/* A number that the spec has as uint64; -1 is "unlimited" here as it is everywhere else. */
struct amount {
	bool given, unlimited;
	uint64_t n;
};
decode_fn decode_amount; /* struct amount */

/* Adds `limit`, asked for by the member `name` of `at`.  A NULL value is one that there was no memory for. */
void limits_add(struct decoder *d, struct limits *l, const struct place *at, const char *name, struct spec_limit limit);

/* value > 0: that number.  -1: in an update, `reset`. */
void limits_number(struct decoder *d, struct limits *l, const struct place *at, const char *name, const char *file,
		   int64_t value, const char *reset);

/* ---- the parts; out is a struct limits ---- */
extern const struct shape resources_shape;
decode_fn decode_memory;
decode_fn decode_cpu;
decode_fn decode_blkio;
decode_fn decode_hugetlb;
decode_fn decode_rdma;
decode_fn decode_unified;
#endif
