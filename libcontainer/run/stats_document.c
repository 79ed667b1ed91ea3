/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Usage as runc prints it (types/events.go; how cgroup v2's files are put into v1's members: cgroups/fs2).  What is not
 * known is 0, as in runc, and many members are left out when they are 0.  Room: run (pure).
 */
#include "run/stats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/usage_text.h"
#include "json/json.h"

enum { NS_PER_USEC = 1000 };

/* Commas are seen to here: one is due unless something was opened just now. */
static void name(struct buf *b, const char *s)
{
	char last = b->len ? b->data[b->len - 1] : '{';

	if (last != '{' && last != '[')
		buf_char(b, ',');
	if (!s)
		return;
	json_put_string(b, s);
	buf_char(b, ':');
}

static void begin(struct buf *b, const char *s, char bracket)
{
	name(b, s);
	buf_char(b, bracket);
}

static uint64_t known(uint64_t v)
{
	return v == USAGE_NONE ? 0 : v == USAGE_MAX ? UINT64_MAX : v;
}

static void number(struct buf *b, const char *s, uint64_t v)
{
	name(b, s);
	buf_printf(b, "%" PRIu64, v);
}

static void unless_zero(struct buf *b, const char *s, uint64_t v)
{
	if (v)
		number(b, s, v);
}

/* A share in per cent with two digits at most, as the kernel has it.  Not by printf: it goes by the caller's locale. */
static void share(struct buf *b, const char *s, double v)
{
	uint64_t cents = v > 0 && v < 1e9 ? (uint64_t)(v * 100 + 0.5) : 0;
	unsigned part = (unsigned)(cents % 100);

	name(b, s);
	buf_printf(b, "%" PRIu64, cents / 100);
	if (part)
		buf_printf(b, part % 10 ? ".%02u" : ".%u", part % 10 ? part : part / 10);
}

static void psi_line(struct buf *b, const char *s, const struct usage_psi_line *p)
{
	begin(b, s, '{');
	share(b, "avg10", p->avg10);
	share(b, "avg60", p->avg60);
	share(b, "avg300", p->avg300);
	number(b, "total", known(p->total));
	buf_char(b, '}');
}

static void psi(struct buf *b, const struct usage_psi *p)
{
	if (p->some.total == USAGE_NONE && p->full.total == USAGE_NONE)
		return;
	begin(b, "psi", '{');
	psi_line(b, "some", &p->some);
	psi_line(b, "full", &p->full);
	buf_char(b, '}');
}

static uint64_t ns(uint64_t usec)
{
	uint64_t v;

	return __builtin_mul_overflow(known(usec), NS_PER_USEC, &v) ? 0 : v;
}

static void cpu(struct buf *b, const struct usage *u)
{
	begin(b, "cpu", '{');
	begin(b, "usage", '{');
	unless_zero(b, "total", ns(u->cpu));
	number(b, "kernel", ns(u->cpu_system));
	number(b, "user", ns(u->cpu_user));
	buf_char(b, '}');
	begin(b, "throttling", '{');
	unless_zero(b, "periods", known(u->cpu_periods));
	unless_zero(b, "throttledPeriods", known(u->cpu_throttled_periods));
	unless_zero(b, "throttledTime", ns(u->cpu_throttled));
	buf_char(b, '}');
	psi(b, &u->cpu_psi);
	buf_char(b, '}');
}

static int cpu_number(unsigned v, void *arg)
{
	number(arg, NULL, v);
	return 0;
}

static void cpu_list(struct buf *b, const char *s, const char *list)
{
	size_t before = b->len;

	if (!list)
		return;
	begin(b, s, '[');
	if (usage_cpu_list(list, cpu_number, b) < 0 && buf_ok(b)) {
		b->len = before; /* not understood: as if it were not there */
		b->data[before] = '\0';
		return;
	}
	buf_char(b, ']');
}

/* All but the two lists is cgroup v1's. */
static void cpuset(struct buf *b, const struct usage *u)
{
	begin(b, "cpuset", '{');
	cpu_list(b, "cpus", u->cpus);
	number(b, "cpu_exclusive", 0);
	cpu_list(b, "mems", u->mems);
	number(b, "mem_hardwall", 0);
	number(b, "mem_exclusive", 0);
	number(b, "memory_migrate", 0);
	number(b, "memory_spread_page", 0);
	number(b, "memory_spread_slab", 0);
	number(b, "memory_pressure", 0);
	number(b, "sched_load_balance", 0);
	number(b, "sched_relax_domain_level", 0);
	buf_char(b, '}');
}

static void memory_entry(struct buf *b, const char *s, uint64_t limit, uint64_t usage, uint64_t max, uint64_t failcnt)
{
	begin(b, s, '{');
	number(b, "limit", limit);
	unless_zero(b, "usage", usage);
	unless_zero(b, "max", max);
	number(b, "failcnt", failcnt);
	buf_char(b, '}');
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	uint64_t v;

	return __builtin_add_overflow(a, b, &v) ? UINT64_MAX : v;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct usage_key *)a)->name, ((const struct usage_key *)b)->name);
}

/* A map, which Go sorts. */
static int raw(struct arena *a, struct buf *b, const struct usage *u)
{
	struct usage_key *v = arena_array(a, u->n_memory_stat + 1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	if (!u->n_memory_stat)
		return 0;
	memcpy(v, u->memory_stat, u->n_memory_stat * sizeof(*v));
	qsort(v, u->n_memory_stat, sizeof(*v), by_name);
	begin(b, "raw", '{');
	for (size_t i = 0; i < u->n_memory_stat; i++)
		number(b, v[i].name, known(v[i].value));
	buf_char(b, '}');
	return 0;
}

/* "swap" is memory and swap together, as cgroup v1 counted. */
static int memory(struct arena *a, struct buf *b, const struct usage *u)
{
	int r;

	begin(b, "memory", '{');
	for (size_t i = 0; i < u->n_memory_stat; i++)
		if (!strcmp(u->memory_stat[i].name, "file"))
			unless_zero(b, "cache", known(u->memory_stat[i].value));
	memory_entry(b, "usage", known(u->memory_max), known(u->memory), known(u->memory_peak),
		     known(u->memory_limit_hits));
	memory_entry(b, "swap", sum(known(u->swap_max), known(u->memory_max)), sum(known(u->swap), known(u->memory)), 0,
		     0);
	memory_entry(b, "kernel", 0, 0, 0, 0);
	memory_entry(b, "kernelTCP", 0, 0, 0, 0);
	r = raw(a, b, u);
	psi(b, &u->memory_psi);
	buf_char(b, '}');
	return r;
}

/* No limit is 0 here, unlike for memory. */
static void pids(struct buf *b, const struct usage *u)
{
	begin(b, "pids", '{');
	unless_zero(b, "current", known(u->pids));
	unless_zero(b, "limit", u->pids_max == USAGE_MAX ? 0 : known(u->pids_max));
	buf_char(b, '}');
}

static void blkio_entry(struct buf *b, const struct usage_io *io, const char *op, uint64_t value)
{
	if (value == USAGE_NONE)
		return;
	begin(b, NULL, '{');
	unless_zero(b, "major", io->major);
	unless_zero(b, "minor", io->minor);
	name(b, "op");
	json_put_string(b, op);
	unless_zero(b, "value", value);
	buf_char(b, '}');
}

static void blkio(struct buf *b, const struct usage *u)
{
	begin(b, "blkio", '{');
	if (u->n_io) {
		begin(b, "ioServiceBytesRecursive", '[');
		for (size_t i = 0; i < u->n_io; i++) {
			blkio_entry(b, &u->io[i], "Read", u->io[i].rbytes);
			blkio_entry(b, &u->io[i], "Write", u->io[i].wbytes);
		}
		buf_char(b, ']');
		begin(b, "ioServicedRecursive", '[');
		for (size_t i = 0; i < u->n_io; i++) {
			blkio_entry(b, &u->io[i], "Read", u->io[i].rios);
			blkio_entry(b, &u->io[i], "Write", u->io[i].wios);
		}
		buf_char(b, ']');
	}
	psi(b, &u->io_psi);
	buf_char(b, '}');
}

/* "max" is the highest usage here, which cgroup v2 does not keep. */
static void hugetlb(struct buf *b, const struct usage *u)
{
	begin(b, "hugetlb", '{');
	for (size_t i = 0; i < u->n_hugetlb; i++) {
		begin(b, u->hugetlb[i].size, '{');
		unless_zero(b, "usage", known(u->hugetlb[i].current));
		number(b, "failcnt", known(u->hugetlb[i].failcnt));
		buf_char(b, '}');
	}
	buf_char(b, '}');
}

int stats_document(struct arena *a, const struct usage *u, struct buf *b)
{
	int r;

	buf_char(b, '{');
	cpu(b, u);
	cpuset(b, u);
	r = memory(a, b, u);
	pids(b, u);
	blkio(b, u);
	hugetlb(b, u);
	buf_str(b, ",\"intel_rdt\":{},\"network_interfaces\":null}");
	return r < 0 ? r : buf_ok(b) ? 0 : -ENOMEM;
}
