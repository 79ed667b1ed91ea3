/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/resources/blockIO.  Room: run (pure). */
#include "spec/limits.h"

#include <inttypes.h>

/* The spec's (cgroup v1's) range of weights; 0 is none given. */
enum { LEAST_WEIGHT = 10, MOST_WEIGHT = 1000 };

struct device_weight {
	uint32_t major, minor;
	uint64_t weight, no_leaf;
};

struct device_rate {
	uint32_t major, minor;
	struct amount rate;
};

struct blkio {
	uint64_t weight;
	uint64_t no_leaf; /* v2 has none: processes are in leaves only */
	struct device_weight *devices;
	struct device_rate *read_bps, *write_bps, *read_iops, *write_iops;
	size_t n_devices, n_read_bps, n_write_bps, n_read_iops, n_write_iops;
};

static void decode_weight(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	uint64_t *weight = out;

	*weight = decode_u64(d, at, v, MOST_WEIGHT);
	if (*weight > 0 && *weight < LEAST_WEIGHT)
		report_at(d->report, at, "%" PRIu64 " is below the minimum %d", *weight, LEAST_WEIGHT);
}

#define WEIGHT struct device_weight
static const struct field weight_fields[] = {
	ROW_U32("major", WEIGHT, major, .max = MAX_MAJOR, .flags = REQUIRED),
	ROW_U32("minor", WEIGHT, minor, .max = MAX_MINOR, .flags = REQUIRED),
	ROW_CALL("weight", decode_weight, .at = TARGET(WEIGHT, weight, uint64_t)),
	ROW_CALL("leafWeight", decode_weight, .at = TARGET(WEIGHT, no_leaf, uint64_t)),
};

/* config-linux.md wants one of the two in each entry; 0 is none given, as Go's encoder has it. */
static void after_weight(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	const struct json *weight = json_get(v, "weight"), *leaf = json_get(v, "leafWeight");

	(void)out;
	if ((!weight || weight->type == JSON_NULL) && (!leaf || leaf->type == JSON_NULL))
		report_at(d->report, at, "needs a weight or a leafWeight");
}

static const struct shape weight_shape = { FIELDS(weight_fields), .size = sizeof(WEIGHT), .after = after_weight };

#define RATE struct device_rate
static const struct field rate_fields[] = {
	ROW_U32("major", RATE, major, .max = MAX_MAJOR, .flags = REQUIRED),
	ROW_U32("minor", RATE, minor, .max = MAX_MINOR, .flags = REQUIRED),
	ROW_CALL("rate", decode_amount, .at = TARGET(RATE, rate, struct amount), .flags = REQUIRED),
};
static const struct shape rate_shape = { FIELDS(rate_fields), .size = sizeof(RATE) };

#define BLKIO struct blkio
static const struct field blkio_fields[] = {
	ROW_CALL("weight", decode_weight, .at = TARGET(BLKIO, weight, uint64_t)),
	ROW_CALL("leafWeight", decode_weight, .at = TARGET(BLKIO, no_leaf, uint64_t)),
	ROW_LIST("weightDevice", BLKIO, devices, WEIGHT, &weight_shape),
	ROW_LIST("throttleReadBpsDevice", BLKIO, read_bps, RATE, &rate_shape),
	ROW_LIST("throttleWriteBpsDevice", BLKIO, write_bps, RATE, &rate_shape),
	ROW_LIST("throttleReadIOPSDevice", BLKIO, read_iops, RATE, &rate_shape),
	ROW_LIST("throttleWriteIOPSDevice", BLKIO, write_iops, RATE, &rate_shape),
};
static const struct shape blkio_shape = { FIELDS(blkio_fields) };

/* BFQ (its own scheduler) has the range of v1, io.weight (the io.cost controller) 1 to 10000; runc's straight line. */
static uint64_t io_weight(uint64_t weight)
{
	return 1 + (weight - LEAST_WEIGHT) * 9999 / (MOST_WEIGHT - LEAST_WEIGHT);
}

/* `prefix`: "8:0 ", or nothing for all devices. */
static void add_weight(struct decoder *d, struct limits *l, const struct place *at, const char *prefix, uint64_t weight)
{
	struct spec_limit limit = { .file = "io.bfq.weight", .or_file = "io.weight" };

	if (weight < LEAST_WEIGHT || !prefix) {
		d->report->nomem |= !prefix;
		return;
	}
	limit.value = arena_printf(d->arena, "%s%" PRIu64, prefix, weight);
	limit.or_value = arena_printf(d->arena, "%s%" PRIu64, prefix, io_weight(weight));
	limits_add(d, l, at, "weight", limit);
}

static void add_device_weights(struct decoder *d, struct limits *l, const struct place *at, const struct blkio *b)
{
	const struct place list = place_member(at, "weightDevice");

	for (size_t i = 0; i < b->n_devices && !report_full(d->report); i++) {
		const WEIGHT *w = &b->devices[i];
		const struct place element = place_element(&list, i);

		add_weight(d, l, &element, arena_printf(d->arena, "%" PRIu32 ":%" PRIu32 " ", w->major, w->minor),
			   w->weight);
	}
}

/* Rate 0 is no rate to the kernel (ERANGE), as it was in v1, where it took a throttle away: an update's 0 does. */
static void add_rates(struct decoder *d, struct limits *l, const struct place *at, const char *name, const char *key,
		      const RATE *rates, size_t n)
{
	const struct place list = place_member(at, name);

	for (size_t i = 0; i < n && !report_full(d->report); i++) {
		const RATE *r = &rates[i];
		const struct place element = place_element(&list, i);
		struct spec_limit limit = { .file = "io.max", .reset = r->rate.n == 0 };

		if (!r->rate.given || (limit.reset && !l->now))
			continue;
		limit.value = limit.reset ? arena_printf(d->arena, "%" PRIu32 ":%" PRIu32 " %s=max", r->major, r->minor,
							 key)
					  : arena_printf(d->arena, "%" PRIu32 ":%" PRIu32 " %s=%" PRIu64, r->major,
							 r->minor, key, r->rate.n);
		limits_add(d, l, &element, "rate", limit);
	}
}

void decode_blkio(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct limits *l = out;
	struct blkio b = { 0 };

	decode_object(d, at, v, &blkio_shape, &b);
	add_weight(d, l, at, "", b.weight);
	add_device_weights(d, l, at, &b);
	add_rates(d, l, at, "throttleReadBpsDevice", "rbps", b.read_bps, b.n_read_bps);
	add_rates(d, l, at, "throttleWriteBpsDevice", "wbps", b.write_bps, b.n_write_bps);
	add_rates(d, l, at, "throttleReadIOPSDevice", "riops", b.read_iops, b.n_read_iops);
	add_rates(d, l, at, "throttleWriteIOPSDevice", "wiops", b.write_iops, b.n_write_iops);
}
