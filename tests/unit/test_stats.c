/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The document of `events --stats`, to the byte. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"
#include "run/stats.h"

#define NONE USAGE_NONE

#define CPUSET                                                                                                         \
	"\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,\"memory_migrate\":0,\"memory_spread_page\":0,"    \
	"\"memory_spread_slab\":0,\"memory_pressure\":0,\"sched_load_balance\":0,\"sched_relax_domain_level\":0}"
#define NO_ENTRY "{\"limit\":0,\"failcnt\":0}"
#define END	 "\"intel_rdt\":{},\"network_interfaces\":null}"

static struct usage unknown(void)
{
	struct usage u = { 0 };

	/* Every number is in front of the first array. */
	for (size_t at = 0; at < offsetof(struct usage, cpu_psi); at += sizeof(uint64_t))
		memcpy((char *)&u + at, &(uint64_t){ NONE }, sizeof(uint64_t));
	u.cpu_psi.some.total = u.cpu_psi.full.total = NONE;
	u.memory_psi = u.io_psi = u.cpu_psi;
	return u;
}

static void is(const struct usage *u, const char *want)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	struct json *j;

	assert_int_equal(stats_document(&a, u, &b), 0);
	assert_string_equal(b.data, want);
	assert_int_equal(json_parse(&a, b.data, b.len, "stats", &j, NULL), 0);
}

static void test_nothing_known(void **unused)
{
	struct usage u = unknown();

	(void)unused;
	is(&u, "{\"cpu\":{\"usage\":{\"kernel\":0,\"user\":0},\"throttling\":{}},\"cpuset\":{" CPUSET
	       ",\"memory\":{\"usage\":" NO_ENTRY ",\"swap\":" NO_ENTRY ",\"kernel\":" NO_ENTRY
	       ",\"kernelTCP\":" NO_ENTRY "},\"pids\":{},\"blkio\":{},\"hugetlb\":{}," END);
}

static void test_all(void **unused)
{
	struct usage_io io[] = {
		{ .major = 8, .minor = 0, .rbytes = 4096, .wbytes = 0, .rios = 1, .wios = 0, .dbytes = 1, .dios = 1 },
		{ .major = 252, .minor = 3, .rbytes = 1, .wbytes = NONE, .rios = NONE, .wios = 2 },
	};
	struct usage_key stat[] = { { "slab", 3 }, { "anon", 1 }, { "file", 2 }, { "inactive_anon", 0 } };
	struct usage_hugetlb huge[] = { { "1GB", 0, USAGE_MAX, 0 }, { "2MB", 2097152, 4194304, 7 } };
	struct usage u = unknown();

	(void)unused;
	u.cpu = 5000, u.cpu_user = 3000, u.cpu_system = 2000, u.cpu_periods = 10, u.cpu_throttled_periods = 4;
	u.cpu_throttled = 9;
	u.memory = 1000, u.memory_max = 2000, u.memory_peak = 1500, u.swap = 50, u.swap_max = 100;
	u.memory_limit_hits = 6;
	u.pids = 3, u.pids_max = 30;
	u.cpu_psi.some = (struct usage_psi_line){ 0.31, 12.5, 100, 42 };
	u.io_psi.some = (struct usage_psi_line){ 0.05, 0, 99.99, 1 };
	u.io_psi.full = (struct usage_psi_line){ 0, 0, 0, 0 };
	u.io = io, u.n_io = 2;
	u.memory_stat = stat, u.n_memory_stat = 4;
	u.hugetlb = huge, u.n_hugetlb = 2;
	u.cpus = "0-1,4", u.mems = "0";
	is(&u,
	   "{\"cpu\":{\"usage\":{\"total\":5000000,\"kernel\":2000000,\"user\":3000000},\"throttling\":{\"periods\":10,"
	   "\"throttledPeriods\":4,\"throttledTime\":9000},\"psi\":{\"some\":{\"avg10\":0.31,\"avg60\":12.5,"
	   "\"avg300\":100,\"total\":42},\"full\":{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":0}}},"
	   "\"cpuset\":{\"cpus\":[0,1,4],\"cpu_exclusive\":0,\"mems\":[0],\"mem_hardwall\":0,\"mem_exclusive\":0,"
	   "\"memory_migrate\":0,\"memory_spread_page\":0,\"memory_spread_slab\":0,\"memory_pressure\":0,"
	   "\"sched_load_balance\":0,\"sched_relax_domain_level\":0},"
	   "\"memory\":{\"cache\":2,\"usage\":{\"limit\":2000,\"usage\":1000,\"max\":1500,\"failcnt\":6},"
	   "\"swap\":{\"limit\":2100,\"usage\":1050,\"failcnt\":0},\"kernel\":" NO_ENTRY ",\"kernelTCP\":" NO_ENTRY
	   ",\"raw\":{\"anon\":1,\"file\":2,\"inactive_anon\":0,\"slab\":3}},"
	   "\"pids\":{\"current\":3,\"limit\":30},"
	   "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":4096},"
	   "{\"major\":8,\"op\":\"Write\"},{\"major\":252,\"minor\":3,\"op\":\"Read\",\"value\":1}],"
	   "\"ioServicedRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":1},{\"major\":8,\"op\":\"Write\"},"
	   "{\"major\":252,\"minor\":3,\"op\":\"Write\",\"value\":2}],"
	   "\"psi\":{\"some\":{\"avg10\":0.05,\"avg60\":0,\"avg300\":99.99,\"total\":1},"
	   "\"full\":{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":0}}},"
	   "\"hugetlb\":{\"1GB\":{\"failcnt\":0},\"2MB\":{\"usage\":2097152,\"failcnt\":7}}," END);
}

/* No limit: the largest number for memory, none at all for pids. */
static void test_unlimited(void **unused)
{
	struct usage u = unknown();

	(void)unused;
	u.memory = 5, u.memory_max = USAGE_MAX, u.swap = 0, u.swap_max = 1000, u.pids = 1, u.pids_max = USAGE_MAX;
	u.cpus = "0-x"; /* not understood */
	is(&u, "{\"cpu\":{\"usage\":{\"kernel\":0,\"user\":0},\"throttling\":{}},\"cpuset\":{" CPUSET
	       ",\"memory\":{\"usage\":{\"limit\":18446744073709551615,\"usage\":5,\"failcnt\":0},"
	       "\"swap\":{\"limit\":18446744073709551615,\"usage\":5,\"failcnt\":0},\"kernel\":" NO_ENTRY
	       ",\"kernelTCP\":" NO_ENTRY "},\"pids\":{\"current\":1},\"blkio\":{},\"hugetlb\":{}," END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_known),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_unlimited),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
