/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cgroupsPath as the systemd driver reads it: which unit, in which slice, and where its cgroup is to be expected. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "systemd/systemd.h"

static void unit(const char *path, const char *id, bool user, const char *name, const char *slice, const char *dir)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct systemd_unit u;
	struct lct_err err;

	if (systemd_unit(&a, path, id, user, &u, &err) < 0)
		fail_msg("%s: %s", path ? path : "(none)", err.text);
	assert_string_equal(u.name, name);
	assert_string_equal(u.slice, slice);
	assert_string_equal(u.path, dir);
}

static void refused(const char *path, const char *text)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct systemd_unit u;
	struct lct_err err = { 0 };

	assert_int_equal(systemd_unit(&a, path, "c1", false, &u, &err), -EINVAL);
	assert_int_equal(err.code, LCT_E_CONFIG);
	assert_string_equal(err.where, "/linux/cgroupsPath");
	if (!strstr(err.text, text))
		fail_msg("%s: %s", path, err.text);
}

static void test_defaults(void **state)
{
	(void)state;
	unit(NULL, "c1", false, "kin-c1.scope", "system.slice", "/system.slice/kin-c1.scope");
	unit("", "c1", true, "kin-c1.scope", "user.slice", "/user.slice/kin-c1.scope");
	/* An id may hold what a unit's name may not. */
	unit(NULL, "a+b_c-d.e", false, "kin-a\\x2bb_c-d.e.scope", "system.slice",
	     "/system.slice/kin-a\\x2bb_c-d.e.scope");
}

static void test_given(void **state)
{
	(void)state;
	unit("machine.slice:libpod:0123abc", "c1", false, "libpod-0123abc.scope", "machine.slice",
	     "/machine.slice/libpod-0123abc.scope");
	unit(":cri-containerd:x", "c1", false, "cri-containerd-x.scope", "system.slice",
	     "/system.slice/cri-containerd-x.scope");
	unit(":cri-containerd:x", "c1", true, "cri-containerd-x.scope", "user.slice",
	     "/user.slice/cri-containerd-x.scope");
	unit("user.slice::x", "c1", true, "x.scope", "user.slice", "/user.slice/x.scope");
}

static void test_slices(void **state)
{
	(void)state;
	unit("a-b-c.slice:p:n", "c1", false, "p-n.scope", "a-b-c.slice", "/a.slice/a-b.slice/a-b-c.slice/p-n.scope");
	unit("kubepods-besteffort-pod1_2.slice:p:n", "c1", false, "p-n.scope", "kubepods-besteffort-pod1_2.slice",
	     "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1_2.slice/p-n.scope");
	unit("-.slice:p:n", "c1", false, "p-n.scope", "-.slice", "/p-n.scope");
}

/* systemd's own rule, as files of the kernel's could have these names. */
static void test_escaped(void **state)
{
	(void)state;
	unit("-.slice::memory", "c1", false, "memory.scope", "-.slice", "/_memory.scope");
	unit("_x.slice::cgroup", "c1", false, "cgroup.scope", "_x.slice", "/__x.slice/_cgroup.scope");
	unit("cpu.slice::cpu.x", "c1", false, "cpu.x.scope", "cpu.slice", "/_cpu.slice/cpu.x.scope");
	unit("cpu-x.slice::io-x", "c1", false, "io-x.scope", "cpu-x.slice", "/_cpu.slice/cpu-x.slice/io-x.scope");
}

static void test_refused(void **state)
{
	char longest[300];

	(void)state;
	refused("/absolute/path", "of format \"slice:prefix:name\"");
	refused("relative", "of format \"slice:prefix:name\"");
	refused("a.slice:b", "of format \"slice:prefix:name\"");
	refused("a.slice:b:c:d", "of format \"slice:prefix:name\"");
	refused("a:b:c", "\"a\" is not the name of a slice");
	refused(".slice:b:c", "is not the name of a slice");
	refused("-a.slice:b:c", "is not the name of a slice");
	refused("a-.slice:b:c", "is not the name of a slice");
	refused("a--b.slice:b:c", "is not the name of a slice");
	refused("--.slice:b:c", "is not the name of a slice");
	refused("../a.slice:b:c", "is not the name of a slice");
	refused("a.service:b:c", "is not the name of a slice");
	refused("a@b.slice:b:c", "is not the name of a slice");
	refused("a.slice:b:", "is not the name of a unit");
	refused("a.slice:b:c d", "is not the name of a unit");
	refused("a.slice:b:c/d", "is not the name of a unit");
	refused("a.slice:b/../c:d", "is not the name of a unit");
	refused("a.slice:b:c@d", "is not the name of a unit");
	refused("a.slice:b:c\n", "is not the name of a unit");
	refused("a.slice:b:c.slice", "is a slice, which cannot hold");
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "a.slice::", 9);
	longest[9 + 250] = '\0'; /* with ".scope" one more than 255 */
	refused(longest, "is not the name of a unit");
	longest[9 + 249] = '\0';
	{
		_cleanup_arena_ struct arena a = { 0 };
		struct systemd_unit u;

		assert_int_equal(systemd_unit(&a, longest, "c1", false, &u, NULL), 0);
		assert_int_equal(strlen(u.name), 255);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_given),	 cmocka_unit_test(test_slices),
		cmocka_unit_test(test_escaped),	 cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("systemd_unit", tests, NULL, NULL);
}
