/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/memoryPolicy: set_mempolicy(2).  Room: run (pure). */
#include "spec/decode.h"
#include "spec/number_set.h"
#include "sys/kernel.h"

#define SPEC struct spec

enum { MAX_NODES = 1024 }; /* the kernel's largest MAX_NUMNODES */

static const struct decode_name modes[] = {
	{ "MPOL_DEFAULT", KMPOL_DEFAULT },	 { "MPOL_BIND", KMPOL_BIND },
	{ "MPOL_INTERLEAVE", KMPOL_INTERLEAVE }, { "MPOL_WEIGHTED_INTERLEAVE", KMPOL_WEIGHTED_INTERLEAVE },
	{ "MPOL_PREFERRED", KMPOL_PREFERRED },	 { "MPOL_PREFERRED_MANY", KMPOL_PREFERRED_MANY },
	{ "MPOL_LOCAL", KMPOL_LOCAL },		 { NULL, 0 },
};

static const struct decode_name flags[] = {
	{ "MPOL_F_NUMA_BALANCING", KMPOL_F_NUMA_BALANCING },
	{ "MPOL_F_RELATIVE_NODES", KMPOL_F_RELATIVE_NODES },
	{ "MPOL_F_STATIC_NODES", KMPOL_F_STATIC_NODES },
	{ NULL, 0 },
};

const char *spec_memory_mode_name(size_t i)
{
	return i < sizeof(modes) / sizeof(modes[0]) ? modes[i].name : NULL;
}

const char *spec_memory_flag_name(size_t i)
{
	return i < sizeof(flags) / sizeof(flags[0]) ? flags[i].name : NULL;
}

static void decode_mode(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((SPEC *)out)->memory_policy.mode = (uint32_t)decode_named(d, at, v, modes, "mode");
}

static void decode_nodes(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	number_set_decode(d, at, v, MAX_NODES, &((SPEC *)out)->memory_policy.nodes);
}

static void decode_policy_flags(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((SPEC *)out)->memory_policy.flags = (uint32_t)decode_flags(d, at, v, flags, "flag");
}

static const struct field policy_fields[] = {
	ROW_CALL("mode", decode_mode, .flags = REQUIRED),
	ROW_CALL("nodes", decode_nodes),
	ROW_CALL("flags", decode_policy_flags),
};
static const struct shape policy_shape = { FIELDS(policy_fields) };

void decode_memory_policy(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((SPEC *)out)->memory_policy.present = true;
	decode_object(d, at, v, &policy_shape, out);
}
