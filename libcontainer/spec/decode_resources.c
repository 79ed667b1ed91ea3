/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /linux/resources, turned into cgroup v2 files and values, and the parts of it that are too small for a file of their
 * own.  The rows of resources_fields are in the order in which the limits are written.  Room: run (pure).
 */
#include "spec/limits.h"

struct pids {
	int64_t limit;
};

/* Anything below zero is "unlimited", as in runc and crun.  0 asks for nothing in an update, too: before
 * runtime-spec 1.3 the limit was no pointer in Go, so 0 is what a caller sends who has none in mind. */
static const struct field pids_fields[] = {
	ROW_I64("limit", struct pids, limit),
};
static const struct shape pids_shape = { FIELDS(pids_fields) };

static void decode_pids(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct pids p = { 0 };

	decode_object(d, at, v, &pids_shape, &p);
	limits_number(d, out, at, "limit", "pids.max", p.limit, "max");
}

/* cgroup v1's net_cls and net_prio: checked, then dropped as runc does. v2 matches on the cgroup itself (iptables -m
 * cgroup --path, tc's BPF). */
struct priority {
	const char *name;
	uint32_t priority;
};

struct network {
	uint32_t class_id;
	struct priority *priorities;
	size_t n_priorities;
};

static const struct field priority_fields[] = {
	ROW_STRING("name", struct priority, name, .flags = REQUIRED),
	ROW_U32("priority", struct priority, priority, .flags = REQUIRED),
};
static const struct shape priority_shape = { FIELDS(priority_fields), .size = sizeof(struct priority) };

static const struct field network_fields[] = {
	ROW_U32("classID", struct network, class_id),
	ROW_LIST("priorities", struct network, priorities, struct priority, &priority_shape),
};
static const struct shape network_shape = { FIELDS(network_fields) };

static void decode_network(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct network n = { 0 };

	(void)out;
	decode_object(d, at, v, &network_shape, &n);
}

static void decode_rules(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct spec_resources *res = ((struct limits *)out)->out;

	res->device_rules = decode_list(d, at, v, &device_rule_shape, &res->n_device_rules);
	res->has_device_rules = true;
}

static const struct field resources_fields[] = {
	ROW_CALL("memory", decode_memory),
	ROW_CALL("cpu", decode_cpu),
	ROW_CALL("pids", decode_pids),
	ROW_CALL("blockIO", decode_blkio),
	ROW_CALL("hugepageLimits", decode_hugetlb),
	ROW_CALL("rdma", decode_rdma),
	ROW_CALL("network", decode_network),
	ROW_CALL("devices", decode_rules),
	ROW_CALL("unified", decode_unified), /* the last word */
};
const struct shape resources_shape = { FIELDS(resources_fields) };

void decode_resources(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct limits l = { .out = &((struct spec *)out)->resources };

	decode_object(d, at, v, &resources_shape, &l);
}
