/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts about the host: what is read from texts, and the probe against what the kernel says elsewhere. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/host.h"
#include "host/parse.h"

static void test_initial_map(void **state)
{
	(void)state;
	assert_true(host_is_initial_map("         0          0 4294967295\n"));
	assert_true(host_is_initial_map("0 0 4294967295"));
	assert_false(host_is_initial_map("0 1000 1\n"));
	assert_false(host_is_initial_map("0 0 65536\n"));
	assert_false(host_is_initial_map("1 0 4294967295\n"));
	assert_false(host_is_initial_map("0 0 4294967295\n0 0 1\n"));
	assert_false(host_is_initial_map("0 0 2147483648\n2147483648 2147483648 2147483647\n"));
	assert_false(host_is_initial_map(""));
	assert_false(host_is_initial_map("\n"));
}

static void test_mapped(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct host_ids ids;

	(void)state;
	assert_int_equal(host_mapped(&a, "         0       1000          1\n         1     100000      65536\n", &ids),
			 0);
	assert_int_equal(ids.n, 2);
	assert_int_equal(ids.v[0].start, 0);
	assert_int_equal(ids.v[0].count, 1);
	assert_int_equal(ids.v[1].start, 1);
	assert_int_equal(ids.v[1].count, 65536);
	assert_int_equal(host_mapped(&a, "", &ids), 0);
	assert_int_equal(ids.n, 0);
	assert_int_equal(host_mapped(&a, "x y z\n5 6 7", &ids), 0);
	assert_int_equal(ids.n, 1);
	assert_int_equal(ids.v[0].start, 5);
	assert_int_equal(ids.v[0].count, 7);
}

static void test_own_cgroup(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };

	(void)state;
	assert_string_equal(host_own_cgroup(&a, "0::/\n"), "/");
	assert_string_equal(host_own_cgroup(&a, "0::/user.slice/x:y\n"), "/user.slice/x:y");
	assert_string_equal(host_own_cgroup(&a, "11:cpu,cpuacct:/a\n1:name=systemd:/b\n0::/c d\n"), "/c d");
	assert_string_equal(host_own_cgroup(&a, "0::/no-newline"), "/no-newline");
	assert_null(host_own_cgroup(&a, "10::/x\n1:name=0::/x\n"));
	assert_null(host_own_cgroup(&a, ""));
}

static struct host mounts(struct arena *a, const char *text)
{
	struct host h = { 0 };

	assert_int_equal(host_cgroup_mounts(a, arena_strdup(a, text), &h), 0);
	return h;
}

static void test_cgroup_mounts(void **state)
{
	static const char v2[] = "36 35 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
	static const char v1[] = "40 30 0:35 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n";
	_cleanup_arena_ struct arena a = { 0 };
	char text[512];
	struct host h;

	(void)state;
	h = mounts(&a, v2);
	assert_string_equal(h.cgroup_mount, "/sys/fs/cgroup");
	assert_string_equal(h.cgroup_root, "/");
	assert_true(h.cgroup_unified);
	assert_false(h.cgroup_v1_only);
	h = mounts(&a, v1);
	assert_null(h.cgroup_mount);
	assert_false(h.cgroup_unified);
	assert_true(h.cgroup_v1_only);
	/* hybrid, either order */
	snprintf(text, sizeof(text), "%s%s", v1, v2);
	h = mounts(&a, text);
	assert_non_null(h.cgroup_mount);
	assert_false(h.cgroup_unified);
	assert_false(h.cgroup_v1_only);
	snprintf(text, sizeof(text), "%s%s", v2, v1);
	h = mounts(&a, text);
	assert_non_null(h.cgroup_mount);
	assert_false(h.cgroup_unified);
	/* optional fields, escapes, a part of the hierarchy, the first of two */
	h = mounts(&a, "1 2 0:1 /a\\040b/c /mnt/x\\011y\\134z rw shared:5 master:2 - cgroup2 none rw\n"
		       "1 2 0:1 / /later rw - cgroup2 none rw\n");
	assert_string_equal(h.cgroup_mount, "/mnt/x\ty\\z");
	assert_string_equal(h.cgroup_root, "/a b/c");
	/* words in the wrong place, lines cut short */
	h = mounts(&a, "1 2 0:1 / /x rw - tmpfs cgroup2 rw,cgroup\n1 2 0:1 / /cgroup2 rw - ext4 cgroup rw\n1 2\n - "
		       "cgroup2 \n");
	assert_null(h.cgroup_mount);
	assert_true(h.cgroup_unified);
	h = mounts(&a, "");
	assert_null(h.cgroup_mount);
	assert_true(h.cgroup_unified);
	assert_false(h.cgroup_v1_only);
}

static void test_user_name(void **state)
{
	static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\nbroken\nx:\nu1:x:1000:1000::/home/u1:/bin/sh\n"
				     "also:x:1000:5::/:/bin/sh\nbig:x:4294967296:0::/:\nneg:x:-1:0::/:\nlast::7:8";
	_cleanup_arena_ struct arena a = { 0 };

	(void)state;
	assert_string_equal(host_user_name(&a, passwd, 0), "root");
	assert_string_equal(host_user_name(&a, passwd, 1000), "u1");
	assert_string_equal(host_user_name(&a, passwd, 7), "last");
	assert_null(host_user_name(&a, passwd, 1));
	assert_null(host_user_name(&a, passwd, UINT32_MAX));
	assert_null(host_user_name(&a, "", 0));
}

static void range(const char *text, const char *name, uid_t uid, uint32_t start, uint32_t count)
{
	struct host_subid r = host_subid(text, name, uid);

	assert_int_equal(r.start, start);
	assert_int_equal(r.count, count);
}

static void test_subid(void **state)
{
	(void)state;
	range("u1:100000:65536\n", "u1", 1000, 100000, 65536);
	range("u1:100000:65536", "u1", 1000, 100000, 65536);
	range("1000:5:6\nu1:100000:65536\n", "u1", 1000, 5, 6);
	range("u11:1:1\nu:2:2\nu1:3:4\n", "u1", 1000, 3, 4);
	range("100:1:1\n10000:2:2\n1000:3:4\n", NULL, 1000, 3, 4);
	range("u1:1:1\n", NULL, 1000, 0, 0);
	range("", "u1", 1000, 0, 0);
	/* not usable: skipped */
	range("u1:1:0\nu1:x:1\nu1:1:x\nu1:1\nu1\nu1:4294967296:1\nu1:-1:1\nu1: 1:1\nu1:1:1:1\nu1:7:8\n", "u1", 1000, 7,
	      8);
	/* past the last id; (uid_t)-1 is nobody's */
	range("u1:4294967290:6\n", "u1", 1000, 0, 0);
	range("u1:4294967290:5\n", "u1", 1000, 4294967290, 5);
	range("u1:1:4294967295\n", "u1", 1000, 0, 0);
}

/* A line of /proc/self/status, by another way than the probe's. */
static uint64_t status(const char *key, int base)
{
	char line[512];
	uint64_t ret = 0;
	bool found = false;
	FILE *f = fopen("/proc/self/status", "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, strlen(key)))
			continue;
		ret = strtoull(line + strlen(key), NULL, base);
		found = true;
	}
	fclose(f);
	assert_true(found);
	return ret;
}

static void test_probe(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err;
	struct host h;

	(void)state;
	assert_int_equal(host_probe(&a, &h, &err), 0);
	assert_int_equal(h.euid, geteuid());
	assert_int_equal(h.egid, getegid());
	assert_int_equal(h.caps_effective, status("CapEff:", 16));
	assert_int_equal(h.caps_bounding, status("CapBnd:", 16));
	assert_true(h.last_cap >= 37 && h.last_cap < 64);
	assert_int_equal(h.cap_sys_admin, h.caps_effective >> 21 & 1);
	assert_int_equal(h.cap_setgid, h.caps_effective >> 6 & 1);
	assert_int_equal(h.cap_setuid, h.caps_effective >> 7 & 1);
	assert_int_equal(h.cap_sys_resource, h.caps_effective >> 24 & 1);
	assert_int_equal(h.cap_mknod, h.caps_effective >> 27 & 1);
	assert_int_equal(h.privileged, geteuid() == 0 && h.cap_sys_admin);
	assert_true(!h.real_root || (h.privileged && !h.in_userns));
	assert_int_equal(h.uids.n + h.gids.n > 0, h.in_userns);
	assert_true(h.kernel_major >= 5);
	if (h.privileged)
		assert_int_equal(h.subuid.count + h.subgid.count, 0);
	if (h.cgroup_mount)
		assert_int_equal(access(h.cgroup_mount, F_OK), 0);
}

/* No descriptor stays open, and an empty arena is all it needs. */
static void test_probe_leaves_nothing(void **state)
{
	int before = dup(0), after;

	(void)state;
	close(before);
	for (int i = 0; i < 20; i++) {
		_cleanup_arena_ struct arena a = { 0 };
		struct host h;

		assert_int_equal(host_probe(&a, &h, NULL), 0);
	}
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_initial_map), cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_own_cgroup),  cmocka_unit_test(test_cgroup_mounts),
		cmocka_unit_test(test_user_name),   cmocka_unit_test(test_subid),
		cmocka_unit_test(test_probe),	    cmocka_unit_test(test_probe_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
