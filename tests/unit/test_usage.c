/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is read of a cgroup's files: plain files in a directory stand in for them. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "cgroup/usage.h"
#include "cgroup/usage_text.h"

#define NONE USAGE_NONE

static char dir_name[] = "/tmp/kin-usage-XXXXXX";
static int dir = -EBADF;

static const char *const files[] = {
	"cpu.stat",
	"memory.events",
	"memory.peak",
	"memory.current",
	"memory.max",
	"memory.swap.current",
	"memory.swap.max",
	"memory.stat",
	"pids.current",
	"pids.max",
	"pids.peak",
	"pids.events",
	"io.stat",
	"cpu.pressure",
	"memory.pressure",
	"io.pressure",
	"hugetlb.2MB.current",
	"hugetlb.2MB.max",
	"hugetlb.2MB.events",
	"hugetlb.1GB.current",
	"hugetlb.1GB.max",
	"hugetlb.1GB.events",
	"hugetlb.2MB.rsvd.max",
	"hugetlb.2MB.rsvd.current",
	"cpuset.cpus.effective",
	"cpuset.mems.effective",
};

static void put(const char *name, const char *text)
{
	autofd fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void clear(void)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlinkat(dir, files[i], 0);
}

/* ---- lines ---- */

static void test_number(void **unused)
{
	static const struct {
		const char *text;
		uint64_t want;
	} all[] = {
		{ "0\n", 0 },
		{ "0", 0 },
		{ "4096\n", 4096 },
		{ "max\n", USAGE_MAX },
		{ "max", USAGE_MAX },
		{ "18446744073709551613", UINT64_MAX - 2 },
		{ "18446744073709551614", NONE }, /* those two are taken */
		{ "18446744073709551615", NONE },
		{ "18446744073709551616", NONE },
		{ "99999999999999999999999999", NONE },
		{ "", NONE },
		{ "\n", NONE },
		{ "-1\n", NONE },
		{ "+1", NONE },
		{ " 1", NONE },
		{ "1 ", NONE },
		{ "1x", NONE },
		{ "0x10", NONE },
		{ "maximum", NONE },
		{ "ma", NONE },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (usage_number(all[i].text) != all[i].want)
			fail_msg("\"%s\": %llu", all[i].text, (unsigned long long)usage_number(all[i].text));
}

static void test_pair(void **unused)
{
	static const char *const bad[] = { "",	   "oom_kill", "oom_kill ", "oom_kill  1", " 1",
					   "a -1", "a 1 2",    "a 1x",	    "a\t1",	   "a 18446744073709551615",
					   "a max" };
	uint64_t v = 7;

	(void)unused;
	assert_int_equal(usage_pair("oom_kill 12\n", &v), 8);
	assert_true(v == 12);
	assert_int_equal(usage_pair("a 0", &v), 1);
	assert_true(v == 0);
	v = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (usage_pair(bad[i], &v) != -EINVAL || v != 7)
			fail_msg("believed: \"%s\"", bad[i]);
}

static void test_psi(void **unused)
{
	static const char *const bad[] = {
		"",
		"some",
		"some ",
		"none avg10=0.00 avg60=0.00 avg300=0.00 total=0",
		"some avg10=0.00 avg60=0.00 avg300=0.00",
		"some avg10=0.00 avg60=0.00 avg300=0.00 total=",
		"some avg10=0.00 avg60=0.00 avg300=0.00 total=-1",
		"some avg10=x avg60=0.00 avg300=0.00 total=0",
		"some avg60=0.00 avg10=0.00 avg300=0.00 total=0",
		"some avg10=0.00  avg60=0.00 avg300=0.00 total=0",
		"some avg10=0.00 avg60=0.00 avg300=0.00 total=1x",
	};
	struct usage_psi p = { .some.total = NONE, .full.total = NONE };

	(void)unused;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (usage_psi_line(bad[i], &p) != -EINVAL || p.some.total != NONE)
			fail_msg("believed: \"%s\"", bad[i]);
	assert_int_equal(usage_psi_line("some avg10=0.31 avg60=12.05 avg300=100.00 total=123456", &p), 0);
	assert_true(p.some.avg10 > 0.3099 && p.some.avg10 < 0.3101);
	assert_true(p.some.avg60 > 12.0499 && p.some.avg60 < 12.0501);
	assert_true(p.some.avg300 > 99.9999 && p.some.avg300 < 100.0001);
	assert_true(p.some.total == 123456 && p.full.total == NONE);
	assert_int_equal(usage_psi_line("full avg10=0 avg60=0.5 avg300=0.00 total=1\n", &p), 0);
	assert_true(p.full.total == 1 && p.full.avg60 > 0.4999 && p.full.avg60 < 0.5001);
}

static void test_io(void **unused)
{
	static const char *const bad[] = { "",	   "8",	     "8:", ":0", "8:0x", "a:b rbytes=1", "4294967296:0",
					   "-8:0", "Total 1" };
	struct usage_io io = { .major = 77 };

	(void)unused;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (usage_io_line(bad[i], &io) != -EINVAL || io.major != 77)
			fail_msg("believed: \"%s\"", bad[i]);
	assert_int_equal(usage_io_line("8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n", &io), 0);
	assert_true(io.major == 8 && io.minor == 16 && io.rbytes == 1 && io.wbytes == 2 && io.rios == 3 &&
		    io.wios == 4 && io.dbytes == 5 && io.dios == 6);
	assert_int_equal(usage_io_line("8:0", &io), 0);
	assert_true(io.rbytes == NONE && io.dios == NONE);
	/* Before 5.17 the names of idle devices stood before that of the next one. */
	assert_int_equal(usage_io_line("7:0 7:1 253:3 rbytes=9 cost.usage=4 rios=x wios=2z new=1", &io), 0);
	assert_true(io.major == 253 && io.minor == 3 && io.rbytes == 9 && io.rios == NONE && io.wios == NONE);
}

static int note(unsigned cpu, void *arg)
{
	uint64_t *mask = arg;

	if (cpu == 63)
		return 5;
	*mask |= UINT64_C(1) << cpu;
	return 0;
}

static void test_cpu_list(void **unused)
{
	static const char *const bad[] = {
		",", "1,,2", "1-", "-1", "3-1", "1;2", "65536", "0-65536", "a", "1-2-3", " 1"
	};
	uint64_t mask = 0;

	(void)unused;
	assert_int_equal(usage_cpu_list("0-2,5,7-8\n", note, &mask), 0);
	assert_true(mask == 0x1a7);
	assert_int_equal(usage_cpu_list("", note, &mask), 0);
	assert_int_equal(usage_cpu_list("\n", note, &mask), 0);
	assert_int_equal(usage_cpu_list("1,63,2", note, &mask), 5);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (usage_cpu_list(bad[i], note, &mask) != -EINVAL)
			fail_msg("believed: \"%s\"", bad[i]);
}

/* ---- directories ---- */

static void test_all(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct usage u;

	(void)unused;
	clear();
	put("cpu.stat", "usage_usec 1000\nuser_usec 600\nsystem_usec 400\nnice_usec 3\nnr_periods 9\nnr_throttled 2\n"
			"throttled_usec 77\nnr_bursts 0\nburst_usec 0\n");
	put("memory.events", "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 0\n");
	put("memory.peak", "300\n");
	put("memory.current", "200\n");
	put("memory.max", "max\n");
	put("memory.swap.current", "0\n");
	put("memory.swap.max", "512\n");
	put("memory.stat", "anon 11\nfile 22\nkernel 33\n");
	put("pids.current", "3\n");
	put("pids.max", "10\n");
	put("pids.peak", "7\n");
	put("pids.events", "max 8\n");
	put("io.stat",
	    "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n252:1 rbytes=10 wbytes=20 rios=30 wios=40\n");
	put("cpu.pressure", "some avg10=1.00 avg60=0.00 avg300=0.00 total=100\n");
	put("memory.pressure",
	    "some avg10=0.00 avg60=0.00 avg300=0.00 total=200\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=150\n");
	put("hugetlb.2MB.current", "4194304\n");
	put("hugetlb.2MB.rsvd.current", "1\n");
	put("hugetlb.2MB.max", "max\n");
	put("hugetlb.2MB.events", "max 2\n");
	put("hugetlb.1GB.current", "0\n");
	put("hugetlb.1GB.max", "1073741824\n");
	put("cpuset.cpus.effective", "0-1\n");
	put("cpuset.mems.effective", "\n");
	assert_int_equal(usage_read(&a, dir, &u), 0);
	assert_true(u.cpu == 1000 && u.cpu_user == 600 && u.cpu_system == 400 && u.cpu_periods == 9);
	assert_true(u.cpu_throttled_periods == 2 && u.cpu_throttled == 77);
	assert_true(u.memory == 200 && u.memory_max == USAGE_MAX && u.memory_peak == 300);
	assert_true(u.swap == 0 && u.swap_max == 512 && u.swap_peak == NONE);
	assert_true(u.memory_low == 1 && u.memory_high == 2 && u.memory_limit_hits == 3 && u.oom == 4 &&
		    u.oom_kill == 5);
	assert_true(u.pids == 3 && u.pids_max == 10 && u.pids_peak == 7 && u.pids_limit_hits == 8);
	assert_true(u.cpu_psi.some.total == 100 && u.cpu_psi.full.total == NONE && u.memory_psi.full.total == 150);
	assert_true(u.io_psi.some.total == NONE);
	assert_int_equal(u.n_io, 2);
	assert_true(u.io[1].major == 252 && u.io[1].wios == 40 && u.io[1].dios == NONE);
	assert_int_equal(u.n_memory_stat, 3);
	assert_string_equal(u.memory_stat[1].name, "file");
	assert_true(u.memory_stat[1].value == 22);
	assert_int_equal(u.n_hugetlb, 2);
	assert_string_equal(u.hugetlb[0].size, "1GB");
	assert_true(u.hugetlb[0].max == 1073741824 && u.hugetlb[0].failcnt == NONE);
	assert_true(u.hugetlb[1].current == 4194304 && u.hugetlb[1].max == USAGE_MAX && u.hugetlb[1].failcnt == 2);
	assert_string_equal(u.cpus, "0-1");
	assert_null(u.mems);
}

static void test_totals(void **unused)
{
	struct usage_totals t;

	(void)unused;
	clear();
	put("cpu.stat", "usage_usec 1000\nuser_usec 600\nsystem_usec 400\n");
	put("memory.events", "low 0\nhigh 0\nmax 3\noom 4\noom_kill 5\n");
	put("memory.peak", "300\n");
	put("io.stat",
	    "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=9 dios=9\n252:1 rbytes=10 wbytes=20 rios=30 wios=40\n");
	put("io.pressure", "some avg10=1.00 avg60=0.00 avg300=0.00 total=100\n");
	assert_int_equal(usage_read_totals(dir, &t), 0);
	assert_true(t.cpu == 1000 && t.cpu_throttled == NONE && t.oom == 4 && t.oom_kill == 5 &&
		    t.memory_limit_hits == 3);
	assert_true(t.memory_peak == 300 && t.pids_peak == NONE && t.pids_limit_hits == NONE);
	assert_true(t.io_read_bytes == 11 && t.io_write_bytes == 22 && t.io_reads == 33 && t.io_writes == 44);
	assert_true(t.io_pressure == 100 && t.cpu_pressure == NONE && t.memory_pressure == NONE);

	/* A controller without a device that was used: zero means zero. */
	put("io.stat", "");
	assert_int_equal(usage_read_totals(dir, &t), 0);
	assert_true(t.io_read_bytes == 0 && t.io_writes == 0);
	/* Sums that no counter could hold stay numbers. */
	put("io.stat", "8:0 rbytes=18446744073709551613\n8:1 rbytes=18446744073709551613\n");
	assert_int_equal(usage_read_totals(dir, &t), 0);
	assert_true(t.io_read_bytes == USAGE_MAX - 1);
	(void)unlinkat(dir, "io.stat", 0);
	assert_int_equal(usage_read_totals(dir, &t), 0);
	assert_true(t.io_read_bytes == NONE && t.io_writes == NONE);
}

static void test_gone(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct usage_totals t;
	struct usage u;

	(void)unused;
	clear();
	assert_int_equal(usage_read(&a, dir, &u), -ENOENT);
	assert_int_equal(usage_read_totals(dir, &t), -ENOENT);
	assert_true(t.cpu == NONE && t.oom_kill == NONE && t.io_pressure == NONE);
}

/* More than fits into a buffer: lines are never cut, too long ones are left out. */
static void test_long_files(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	char *text = malloc(200000), *end = text;
	struct usage_totals t;
	struct usage u;

	(void)unused;
	clear();
	put("cpu.stat", "usage_usec 1\n");
	for (int i = 0; i < 1000; i++)
		end += sprintf(end, "259:%d rbytes=1000 wbytes=7 rios=1 wios=0 dbytes=0 dios=0\n", i);
	put("io.stat", text);
	assert_int_equal(usage_read_totals(dir, &t), 0);
	assert_true(t.io_read_bytes == 1000000 && t.io_write_bytes == 7000 && t.io_reads == 1000);
	assert_int_equal(usage_read(&a, dir, &u), 0);
	assert_int_equal(u.n_io, 1000);
	for (unsigned i = 0; i < 1000; i++)
		assert_true(u.io[i].minor == i && u.io[i].rbytes == 1000);

	end = text + sprintf(text, "8:0 ");
	memset(end, 'x', 10000);
	sprintf(end + 10000, " rbytes=5\n8:1 rbytes=6\n8:2 rbytes=7");
	put("io.stat", text);
	assert_int_equal(usage_read_totals(dir, &t), 0);
	assert_true(t.io_read_bytes == 13);
	free(text);
}

static void test_oom_counts(void **unused)
{
	autofd events = -EBADF;
	struct oom_counts seen;

	(void)unused;
	clear();
	assert_int_equal(oom_open(dir), -ENOENT);
	put("memory.events", "low 0\nhigh 0\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n");
	events = oom_open(dir);
	assert_true(events >= 0);
	assert_int_equal(oom_read(events, &seen), 0);
	assert_true(seen.kills == 5 && seen.hits == 3);
	put("memory.events", "oom_kill 6"); /* the same file, read anew */
	assert_int_equal(oom_read(events, &seen), 0);
	assert_true(seen.kills == 6 && seen.hits == NONE);
	put("memory.events", "low 0\nxoom_kill 1\noom_kills 1\nmaxi 1\n");
	assert_int_equal(oom_read(events, &seen), 0);
	assert_true(seen.kills == NONE && seen.hits == NONE);
	assert_int_equal(oom_read(-EBADF, &seen), -EBADF);
	assert_true(seen.kills == NONE);
}

static int set_up(void **unused)
{
	(void)unused;
	if (!mkdtemp(dir_name))
		return -1;
	dir = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -1 : 0;
}

static int tear_down(void **unused)
{
	(void)unused;
	clear();
	close(dir);
	return rmdir(dir_name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),	   cmocka_unit_test(test_pair),	    cmocka_unit_test(test_psi),
		cmocka_unit_test(test_io),	   cmocka_unit_test(test_cpu_list), cmocka_unit_test(test_all),
		cmocka_unit_test(test_totals),	   cmocka_unit_test(test_gone),	    cmocka_unit_test(test_long_files),
		cmocka_unit_test(test_oom_counts),
	};

	return cmocka_run_group_tests_name("usage", tests, set_up, tear_down);
}
