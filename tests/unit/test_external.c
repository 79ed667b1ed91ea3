/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names and mount points that go to criu as "mnt[KEY]:VALUE": the image makes the symlinks that a destination leads
 * through and the names of the directories (CVE-2026-119101, CVE-2026-115520).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <libcontainer.h>

#include "base/arena.h"
#include "hand_plan.h"
#include "run/criu.h"

static struct hand_plan plan;
static char base[] = "/tmp/kin-test-external-XXXXXX";

static void in_base(const char *script)
{
	char command[1024];

	assert_int_equal(strncmp(base, "/tmp/kin-test-external-", 23), 0);
	snprintf(command, sizeof(command), "set -e; cd %s; rm -rf root out; mkdir root out; cd root; %s", base, script);
	assert_int_equal(system(command), 0);
}

static struct plan_op *bind_at(const char *dest)
{
	struct plan_op *op = hand_op(&plan, PLAN_MOUNT_BIND);

	op->s[0] = hand_str(&plan, "/etc");
	op->s[1] = hand_str(&plan, dest);
	return op;
}

static void begin(void)
{
	hand_start(&plan);
	hand_spawn(&plan, KCLONE_NEWNS);
}

/* What a restore would be told of the plan's mounts. */
static int of_plan(struct arena *a, struct external *ret, struct lct_err *err)
{
	char root[64];

	snprintf(root, sizeof(root), "%s/root", base);
	*err = (struct lct_err){ 0 };
	hand_finish(&plan);
	return external_of_plan(a, plan.blob, false, root, ret, err);
}

static void test_names(void **state)
{
	static const char *const bad[] = { "/a]:b", "/x/mnt]:/etc", "/a\nb", "/a\tb", "/]:" };
	struct external ext;
	struct lct_err err;
	struct arena a = { 0 };

	(void)state;
	in_base("mkdir vol");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin();
		bind_at(bad[i]);
		assert_int_equal(of_plan(&a, &ext, &err), -EOPNOTSUPP);
		assert_non_null(strstr(err.text, "criu has no way to write its name"));
	}
	begin();
	bind_at("//vol/./a]b:c/");
	assert_int_equal(of_plan(&a, &ext, &err), 0);
	assert_int_equal(ext.n, 1);
	assert_string_equal(ext.v[0].key, "/vol/a]b:c");
	assert_string_equal(ext.v[0].value, "/etc");
	arena_done(&a);
}

/* Mount points that are missing are made for a restore: inside, whatever the links of the image say. */
static void test_points_inside(void **state)
{
	struct external ext;
	struct lct_err err;
	struct arena a = { 0 };
	char command[256];

	(void)state;
	in_base("ln -s ../out up; ln -s \"$(cd ..; pwd)/out\" abs; ln -s ../out/new dangling");
	begin();
	bind_at("/up/a/b");
	bind_at("/abs/a");
	bind_at("/dangling");
	bind_at("/../out/c");
	(void)of_plan(&a, &ext, &err);
	snprintf(command, sizeof(command), "[ -z \"$(ls -A %s/out)\" ]", base);
	assert_int_equal(system(command), 0);
	arena_done(&a);
}

/* A "container": a mount namespace whose root is base/root, where script has mounted things. */
static pid_t container(const char *script)
{
	int ready[2];
	char root[64], c;
	pid_t pid;

	snprintf(root, sizeof(root), "%s/root", base);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount(root, root, NULL, MS_BIND, NULL) < 0 || chdir(root) < 0 || system(script) != 0 ||
		    chroot(".") < 0)
			_exit(1);
		(void)!write(ready[1], "x", 1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static int of_container(const char *script, struct lct_err *err, struct external *ext, struct arena *a)
{
	pid_t pid = container(script);
	int r;

	*err = (struct lct_err){ 0 };
	hand_finish(&plan);
	r = external_of_container(a, plan.blob, false, pid, ext, err);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return r;
}

static void test_links(void **state)
{
	struct external ext;
	struct lct_err err;
	struct arena a = { 0 };

	(void)state;
	if (geteuid() != 0)
		skip();
	/* The destination is a plain word; the image made it a link to a directory with the rest of the key in its name. */
	in_base("mkdir -p 'x]:' other plain");
	begin();
	bind_at("/vol");
	assert_int_equal(of_container("mount --bind /etc 'x]:' && ln -s 'x]:' vol", &err, &ext, &a), -EOPNOTSUPP);
	/* It leads to a mount that has not the options which its own was given. */
	in_base("mkdir other plain");
	begin();
	bind_at("/vol")->n[0] = KMOUNT_ATTR_RDONLY;
	assert_int_equal(of_container("mount --bind /etc other && ln -s other vol", &err, &ext, &a), -EINVAL);
	assert_non_null(strstr(err.text, "leads to another mount"));
	/* Two destinations, one mount. */
	in_base("mkdir other plain");
	begin();
	bind_at("/vol");
	bind_at("/other");
	assert_int_equal(of_container("mount --bind /etc other && ln -s other vol", &err, &ext, &a), -EINVAL);
	/* And what is as it was. */
	in_base("mkdir other plain");
	begin();
	bind_at("/plain");
	assert_int_equal(of_container("mount --bind /etc plain", &err, &ext, &a), 0);
	assert_int_equal(ext.n, 1);
	assert_string_equal(ext.v[0].value, "/plain");
	arena_done(&a);
}

static int make_base(void **state)
{
	(void)state;
	return mkdtemp(base) ? 0 : -1;
}

static int remove_base(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", base);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_points_inside),
		cmocka_unit_test(test_links),
	};

	return cmocka_run_group_tests(tests, make_base, remove_base);
}
