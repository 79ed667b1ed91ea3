/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits as the properties that systemd has for them, systemd.resource-control(5).  They are there so that systemd knows
 * what is in force and does not write something else when it next writes the cgroup's files; what it has no property for,
 * or would round, is in the files anyhow: the caller writes them all afterwards.  Room: run (pure).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "systemd/parts.h"

static const uint64_t INFINITE = UINT64_MAX;

/* "max" or a number that begins at s. */
static bool amount(const char *s, uint64_t *ret)
{
	char *end;

	if (!strncmp(s, "max", 3)) {
		*ret = INFINITE;
		return true;
	}
	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*ret = strtoull(s, &end, 10);
	return !errno && (!*end || strchr(" \n", *end));
}

static void add_amount(struct buf *b, const char *property, const char *value)
{
	uint64_t n;

	if (amount(value, &n))
		line_u64(b, property, true, n);
}

/* "default 200" or "200"; lines for single devices have no place here. */
static void add_weight(struct buf *b, const char *property, const char *value)
{
	uint64_t n;

	if (!strncmp(value, "default ", 8))
		value += 8;
	if (amount(value, &n) && n >= 1 && n <= 10000)
		line_u64(b, property, true, n);
}

/* "QUOTA PERIOD".  systemd keeps the share of a second in percent: rounded up, or a reload would take some away. */
static void add_quota(struct buf *b, const char *value)
{
	const char *blank = strchr(value, ' ');
	uint64_t quota, period = 100000, share;

	if (!amount(value, &quota) || (blank && (!amount(blank + 1, &period) || period == INFINITE)) || !period)
		return;
	if (quota == INFINITE)
		share = INFINITE;
	else if (__builtin_mul_overflow(quota, 1000000u, &share) ||
		 __builtin_add_overflow(share / period, 9999u, &share))
		return;
	else
		share -= share % 10000;
	line_u64(b, "CPUQuotaPerSecUSec", true, share);
	if (blank)
		line_u64(b, "CPUQuotaPeriodUSec", true, period);
}

enum { MOST_SET = 8192 }; /* CPUs or memory nodes: CONFIG_NR_CPUS has at most as many */

/* "0-3,7" as bytes, the lowest bit first. */
static bool parse_set(const char *s, uint8_t bits[MOST_SET / 8], size_t *ret_n)
{
	while (*s && *s != '\n') {
		char *end;
		unsigned long first, last;

		if (*s < '0' || *s > '9')
			return false;
		first = last = strtoul(s, &end, 10);
		if (*end == '-' && end[1] >= '0' && end[1] <= '9')
			last = strtoul(end + 1, &end, 10);
		if (last >= MOST_SET || first > last)
			return false;
		for (unsigned long i = first; i <= last; i++)
			bits[i / 8] |= (uint8_t)(1u << i % 8);
		if (last / 8 + 1 > *ret_n)
			*ret_n = last / 8 + 1;
		s = end;
		if (*s == ',')
			s++;
		else if (*s && *s != '\n')
			return false; /* "0-3:1/2" and the like */
	}
	return true;
}

static void add_set(struct buf *b, const char *property, const char *value)
{
	uint8_t bits[MOST_SET / 8] = { 0 };
	size_t n = 0;

	if (!parse_set(value, bits, &n))
		return;
	line_property(b, property, true, "ay");
	line_number(b, n);
	for (size_t i = 0; i < n; i++)
		line_number(b, bits[i]);
	buf_char(b, '\n');
}

/* systemd 252 takes the weight 0 for "idle".  No longer idle, the kernel begins with the weight 100 again, which a
 * weight in the same list replaces. */
static void add_idle(struct buf *b, const struct spec_resources *res, const char *value)
{
	if (!strcmp(value, "1")) {
		line_u64(b, "CPUWeight", true, 0);
		return;
	}
	for (size_t i = 0; i < res->n_limits; i++)
		if (!strcmp(res->limits[i].file, "cpu.weight"))
			return;
	line_u64(b, "CPUWeight", true, 100);
}

enum how { AMOUNT, WEIGHT, QUOTA, SET, IDLE, GROUP };
static const struct {
	const char *file, *property;
	enum how how;
} table[] = {
	{ "memory.max", "MemoryMax", AMOUNT },
	{ "memory.high", "MemoryHigh", AMOUNT },
	{ "memory.low", "MemoryLow", AMOUNT },
	{ "memory.min", "MemoryMin", AMOUNT },
	{ "memory.swap.max", "MemorySwapMax", AMOUNT },
	{ "memory.zswap.max", "MemoryZSwapMax", AMOUNT },
	{ "memory.oom.group", "OOMPolicy", GROUP },
	{ "cpu.weight", "CPUWeight", WEIGHT },
	{ "cpu.idle", "CPUWeight", IDLE },
	{ "cpu.max", "CPUQuotaPerSecUSec", QUOTA },
	{ "cpuset.cpus", "AllowedCPUs", SET },
	{ "cpuset.mems", "AllowedMemoryNodes", SET },
	{ "pids.max", "TasksMax", AMOUNT },
	{ "io.weight", "IOWeight", WEIGHT },
};

static void add_limit(struct buf *b, const struct spec_resources *res, const char *file, const char *value, bool start)
{
	size_t i = 0;

	while (i < sizeof(table) / sizeof(table[0]) && strcmp(table[i].file, file))
		i++;
	if (i == sizeof(table) / sizeof(table[0]))
		return;
	switch (table[i].how) {
	case AMOUNT:
		add_amount(b, table[i].property, value);
		break;
	case WEIGHT:
		add_weight(b, table[i].property, value);
		break;
	case QUOTA:
		add_quota(b, value);
		break;
	case SET:
		add_set(b, table[i].property, value);
		break;
	case IDLE:
		add_idle(b, res, value);
		break;
	case GROUP: /* not to be changed later */
		if (start && !strcmp(value, "1"))
			line_string(b, table[i].property, true, "kill");
		break;
	}
}

void unit_limits(struct buf *b, const struct spec_resources *res, bool start)
{
	for (size_t i = 0; i < res->n_limits; i++) {
		const struct spec_limit *l = &res->limits[i];

		add_limit(b, res, l->file, l->value, start);
		if (l->or_file)
			add_limit(b, res, l->or_file, l->or_value, start);
	}
}
