/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of systemd: limits, devices and the whole of each request, and that its words come back as they were. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "systemd/parts.h"
#include "systemd/request.h"

static const struct systemd_bus system_bus = { .deadline_ns = 12345 };
static const struct systemd_bus user_bus = { true, "/run/user/10 00", 12345 };
static const struct systemd_unit unit = { "kin-c1.scope", "system.slice", "/system.slice/kin-c1.scope" };

static void test_words(void **state)
{
	static const char *const words[] = { "plain", "", "a b", "%41", "\xff\x01\n", "" };
	_cleanup_buf_ struct buf b = { 0 };
	char *line, *rest;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		line_word(&b, words[i]);
	line = buf_take(&b);
	assert_string_equal(line, " plain  a%20b %2541 %FF%01%0A ");
	rest = line;
	assert_string_equal(request_word(&rest), ""); /* before the first blank */
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_string_equal(request_word(&rest), words[i]);
	assert_null(rest);
	assert_null(request_word(&rest));
	free(line);
}

static void test_bad_words(void **state)
{
	static const char *const bad[] = { "%", "%4", "%4g", "%zz", "%00", "x%" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char line[8], *rest = line;

		strcpy(line, bad[i]);
		assert_null(request_word(&rest));
	}
}

/* The lines that a limit becomes. */
static void limit(const char *file, const char *value, const char *lines)
{
	struct spec_limit l = { .where = "/x", .file = file, .value = value };
	const struct spec_resources res = { .limits = &l, .n_limits = 1 };
	_cleanup_buf_ struct buf b = { 0 };

	unit_limits(&b, &res, true);
	if (strcmp(b.data ? b.data : "", lines))
		fail_msg("%s=%s: %s", file, value, b.data ? b.data : "");
}

static void test_memory(void **state)
{
	(void)state;
	limit("memory.max", "1000", "property MemoryMax may t 1000\n");
	limit("memory.max", "max", "property MemoryMax may t 18446744073709551615\n");
	limit("memory.high", "1", "property MemoryHigh may t 1\n");
	limit("memory.low", "2", "property MemoryLow may t 2\n");
	limit("memory.min", "3", "property MemoryMin may t 3\n");
	limit("memory.swap.max", "0", "property MemorySwapMax may t 0\n");
	limit("memory.oom.group", "1", "property OOMPolicy may s kill\n");
	limit("memory.oom.group", "0", "");
	limit("memory.max", "1G", ""); /* of "unified": the file takes it, we do not */
	limit("memory.max", "99999999999999999999", "");
	limit("pids.max", "77", "property TasksMax may t 77\n");
	limit("hugetlb.2MB.max", "77", "");
}

static void test_cpu(void **state)
{
	(void)state;
	limit("cpu.weight", "50", "property CPUWeight may t 50\n");
	limit("cpu.weight", "10001", "");
	limit("cpu.idle", "1", "property CPUWeight may t 0\n");
	limit("cpu.idle", "0", "property CPUWeight may t 100\n");
	limit("cpu.max", "50000 100000",
	      "property CPUQuotaPerSecUSec may t 500000\nproperty CPUQuotaPeriodUSec may t 100000\n");
	/* A percent of a second, never less than asked for. */
	limit("cpu.max", "12345 100000",
	      "property CPUQuotaPerSecUSec may t 130000\nproperty CPUQuotaPeriodUSec may t 100000\n");
	limit("cpu.max", "10000 100000",
	      "property CPUQuotaPerSecUSec may t 100000\nproperty CPUQuotaPeriodUSec may t 100000\n");
	limit("cpu.max", "max 50000",
	      "property CPUQuotaPerSecUSec may t 18446744073709551615\nproperty CPUQuotaPeriodUSec may t 50000\n");
	limit("cpu.max", "200000", "property CPUQuotaPerSecUSec may t 2000000\n");
	limit("cpu.max", "200000 0", "");
	limit("cpu.max", "9223372036854775807 1", "");
	limit("cpu.max.burst", "5", "");
}

static void test_sets(void **state)
{
	(void)state;
	limit("cpuset.cpus", "0-3,9", "property AllowedCPUs may ay 2 15 2\n");
	limit("cpuset.cpus", "8", "property AllowedCPUs may ay 2 0 1\n");
	limit("cpuset.cpus", "0,1\n", "property AllowedCPUs may ay 1 3\n");
	limit("cpuset.cpus", "", "property AllowedCPUs may ay 0\n");
	limit("cpuset.mems", "0", "property AllowedMemoryNodes may ay 1 1\n");
	limit("cpuset.cpus", "3-1", "");
	limit("cpuset.cpus", "0-99999", "");
	limit("cpuset.cpus", "0-7:1/2", "");
	limit("cpuset.cpus", "x", "");
}

static void test_io(void **state)
{
	struct spec_limit l = { "/x", "io.bfq.weight", "100", "io.weight", "default 991", false, false };
	const struct spec_resources res = { .limits = &l, .n_limits = 1 };
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	limit("io.weight", "200", "property IOWeight may t 200\n");
	limit("io.weight", "default 200\n8:0 300", "property IOWeight may t 200\n");
	limit("io.weight", "8:0 300", "");
	limit("io.max", "8:0 rbps=1", "");
	unit_limits(&b, &res, true);
	assert_string_equal(b.data, "property IOWeight may t 991\n");
}

/* The weight that comes with the end of idle is the one in force afterwards. */
static void test_idle_and_weight(void **state)
{
	struct spec_limit l[] = { { .where = "/x", .file = "cpu.weight", .value = "300" },
				  { .where = "/x", .file = "cpu.idle", .value = "0" } };
	struct spec_resources res = { .limits = l, .n_limits = 2 };
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	unit_limits(&b, &res, false);
	assert_string_equal(b.data, "property CPUWeight may t 300\n");
}

#define DEFAULTS                                                                                                       \
	" /dev/char/1:3 rwm /dev/char/1:5 rwm /dev/char/1:7 rwm /dev/char/1:8 rwm /dev/char/1:9 rwm /dev/char/5:0 rwm" \
	" /dev/char/5:1 rwm /dev/char/5:2 rwm /dev/char/10:200 rwm char-136 rwm"

static void devices(const struct spec_device_rule *rules, size_t n, bool fresh, const char *lines)
{
	const struct spec_resources res = { .device_rules = (struct spec_device_rule *)rules, .n_device_rules = n };
	_cleanup_buf_ struct buf b = { 0 };

	assert_int_equal(unit_devices(&b, &res, fresh), 0);
	assert_string_equal(b.data ? b.data : "", lines);
}

static void test_devices(void **state)
{
	static const struct spec_device_rule deny_all = { false, 'a', -1, -1, 7 };
	static const struct spec_device_rule some[] = {
		{ false, 'a', -1, -1, 7 },  { true, 'c', 10, 229, 3 }, { true, 'b', 8, -1, 1 },
		{ false, 'c', 10, 229, 2 }, /* only ours can take it back */
		{ true, 'c', 10, 229, 4 },  { true, 'a', 7, 7, 7 },    { true, 'c', 5000, 1, 7 },
	};
	static const struct spec_device_rule wild[] = { { true, 'c', -1, 5, 1 }, { true, 'b', -1, -1, 2 } };

	(void)state;
	devices(&deny_all, 1, true,
		"property DevicePolicy must s strict\n"
		"property DeviceAllow must a(ss) 12" DEFAULTS " char-* m block-* m\n");
	devices(some, 7, true,
		"property DevicePolicy must s strict\n"
		"property DeviceAllow must a(ss) 16" DEFAULTS " char-* m block-* m"
		" /dev/char/10:229 rwm block-8 r /dev/char/7:7 rwm /dev/block/7:7 rwm\n");
	/* "Every major's fifth" cannot be said: never stricter than what our own filter allows. */
	devices(wild, 2, true,
		"property DevicePolicy must s strict\n"
		"property DeviceAllow must a(ss) 12" DEFAULTS " char-* rm block-* wm\n");
}

static void test_all_devices(void **state)
{
	static const struct spec_device_rule all[] = { { true, 'a', -1, -1, 7 }, { false, 'c', 1, 3, 7 } };
	static const struct spec_device_rule none = { false, 'a', -1, -1, 7 };

	(void)state;
	devices(all, 2, true, "");
	devices(all, 2, false, "property DevicePolicy must s auto\nproperty DeviceAllow must a(ss) 0\n");
	/* What was allowed before goes first. */
	devices(&none, 1, false,
		"property DevicePolicy must s strict\n"
		"property DeviceAllow must a(ss) 0\n"
		"property DeviceAllow must a(ss) 12" DEFAULTS " char-* m block-* m\n");
}

static void test_start(void **state)
{
	struct spec_limit l = { .where = "/x", .file = "pids.max", .value = "9" };
	const struct spec_resources res = { .limits = &l, .n_limits = 1 };
	const struct spec_annotation an = { "org.systemd.property.MemoryMax", "uint64 7" };
	_cleanup_buf_ struct buf b = { 0 };
	struct lct_err err;

	(void)state;
	assert_int_equal(systemd_request_start(&user_bus, &unit, "kin container c1", 4711, &res, &an, 1, &b, &err), 0);
	assert_string_equal(b.data, "kin-systemd 1\n"
				    "deadline 12345\n"
				    "direct /run/user/10%2000/systemd/private\n"
				    "bus /run/user/10%2000/bus\n"
				    "start kin-c1.scope\n"
				    "property Description must s kin%20container%20c1\n"
				    "property Slice must s system.slice\n"
				    "property Delegate must b true\n"
				    "property DefaultDependencies must b false\n"
				    "property CollectMode must s inactive-or-failed\n"
				    "property CPUAccounting must b true\n"
				    "property MemoryAccounting must b true\n"
				    "property IOAccounting must b true\n"
				    "property TasksAccounting must b true\n"
				    "property PIDs must au 1 4711\n"
				    "property TasksMax may t 9\n"
				    "property MemoryMax must t 7\n"
				    "end\n");
}

/* Only the machine's systemd is told of devices: the user's could do nothing with them. */
static void test_start_system(void **state)
{
	const struct spec_resources res = { 0 };
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	assert_int_equal(systemd_request_start(&system_bus, &unit, "d", 1, &res, NULL, 0, &b, NULL), 0);
	assert_non_null(strstr(b.data, "direct /run/systemd/private\nbus /run/dbus/system_bus_socket\n"));
	assert_non_null(strstr(b.data, "\nproperty TasksMax may t 18446744073709551615\n"));
	assert_non_null(
		strstr(b.data, "\nproperty DevicePolicy must s strict\nproperty DeviceAllow must a(ss) 12 /dev/"));
}

static void test_others(void **state)
{
	struct spec_limit l[] = { { .where = "/x", .file = "hugetlb.2MB.max", .value = "9" },
				  { .where = "/x", .file = "pids.max", .value = "9" } };
	struct spec_resources res = { .limits = l, .n_limits = 1 };
	_cleanup_buf_ struct buf b = { 0 };

#define HEAD "kin-systemd 1\ndeadline 12345\ndirect /run/systemd/private\nbus /run/dbus/system_bus_socket\n"
	(void)state;
	assert_int_equal(systemd_request_update(&system_bus, "u.scope", &res, &b, NULL), 0);
	assert_int_equal(b.len, 0); /* nothing to tell */
	res.n_limits = 2;
	assert_int_equal(systemd_request_update(&system_bus, "u.scope", &res, &b, NULL), 0);
	assert_string_equal(b.data, HEAD "update u.scope\nproperty TasksMax may t 9\nend\n");
	b.len = 0;
	assert_int_equal(systemd_request_attach(&system_bus, "u.scope", "/a b", 3, &b), 0);
	assert_string_equal(b.data, HEAD "attach u.scope /a%20b 3\nend\n");
	b.len = 0;
	assert_int_equal(systemd_request_stop(&system_bus, "u\\x2b.scope", "kin container", &b), 0);
	assert_string_equal(b.data, HEAD "stop u\\x2b.scope kin%20container\nend\n");
}

static void test_description(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };

	(void)state;
	assert_string_equal(systemd_description(&a, "/run/kin", "c1", NULL), "kin container c1 (/run/kin)");
	assert_string_equal(systemd_description(&a, "/run/kin", "c1", "'my own 100%'"), "my own 100%");
	assert_string_equal(systemd_description(&a, "/run/kin", "c1", "5"), "kin container c1 (/run/kin)");
	assert_string_equal(systemd_description(&a, "/run/kin", "c1", "'"), "kin container c1 (/run/kin)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_bad_words),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_cpu),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_io),
		cmocka_unit_test(test_idle_and_weight),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_all_devices),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_start_system),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_description),
	};

	return cmocka_run_group_tests_name("systemd_request", tests, NULL, NULL);
}
