/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The systemd driver where there is no systemd, one that never answers, one that answers nonsense, and one that goes away in
 * the middle: each is an error, in time, and nothing of the program that asked is left.  What a real one does is
 * tests/vm/systemd.bats' business.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/run.h"

extern const uint64_t kin_systemd_size __attribute__((visibility("hidden")));

enum { DEADLINE_MS = 400 };

struct place {
	char dir[64], sub[80], path[100];
	int sock;
};

static void place_make(struct place *p)
{
	strcpy(p->dir, "/tmp/kin-systemd.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->sub, sizeof(p->sub), "%s/systemd", p->dir);
	snprintf(p->path, sizeof(p->path), "%s/private", p->sub);
	assert_int_equal(mkdir(p->sub, 0700), 0);
	p->sock = -1;
}

static void place_listen(struct place *p)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	memcpy(sa.sun_path, p->path, strlen(p->path) + 1);
	p->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(p->sock, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(p->sock, 5), 0);
}

static void place_done(struct place *p)
{
	if (p->sock >= 0)
		close(p->sock);
	(void)unlink(p->path);
	assert_int_equal(rmdir(p->sub), 0);
	assert_int_equal(rmdir(p->dir), 0);
}

static int64_t now_ms(void)
{
	return clock_now_ns() / 1000000;
}

/* The verbs; the last one, stop, may have its own result. */
static void ask_all(const char *dir, int code, int errnum, const char *text, int stopped)
{
	struct lct_runtime rt = { .root = (char *)"/run/kin", .runtime_dir = (char *)dir, .timeout_ms = DEADLINE_MS };
	/* As the caller's own, so that root does not look for another user's. */
	struct record rec = { .unit = "kin-c1.scope", .id = "c1", .user_unit = true, .owner_uid = geteuid() };
	struct host h = { .euid = geteuid(), .cgroup_mount = "/sys/fs/cgroup" };
	struct systemd_unit u = { "kin-c1.scope", "user.slice", "/user.slice/kin-c1.scope" };
	struct spec_limit l = { .where = "/x", .file = "pids.max", .value = "9" };
	struct spec s = { .resources = { .limits = &l, .n_limits = 1 } };
	_cleanup_arena_ struct arena a = { 0 };
	const char *where;

	for (int verb = 0; verb < 4; verb++) {
		int64_t begin = now_ms(), deadline = run_deadline(DEADLINE_MS);
		struct lct_err err = { 0 };
		int r = verb == 0   ? systemd_start(&a, &rt, &h, &u, &s, "c1", getpid(), deadline, &where, &err)
			: verb == 1 ? systemd_update(&rt, &rec, &s.resources, deadline, &err)
			: verb == 2 ? systemd_attach(&rt, &rec, getpid(), deadline, &err)
				    : systemd_stop(&rt, &rec, deadline, &err);

		if (verb == 3 && stopped == 0) {
			assert_int_equal(r, 0);
			continue;
		}
		if (r != -errnum || err.code != code || !strstr(err.text, text))
			fail_msg("verb %d: %d, code %d: %s", verb, r, err.code, err.text);
		assert_in_range(now_ms() - begin, 0, DEADLINE_MS + 200);
	}
	/* No child is left, neither running nor as a zombie. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_absent(void **state)
{
	struct place p;

	(void)state;
	if (!kin_systemd_size)
		skip();
	place_make(&p);
	ask_all(p.dir, LCT_E_SYSTEM, ENOTCONN, "systemd cannot be reached: connect to /tmp/kin-systemd.", 0);
	ask_all("/nonexistent", LCT_E_SYSTEM, ENOTCONN, "/nonexistent/systemd/private: no such file or directory", 0);
	place_done(&p);
}

/* The socket of one that has gone. */
static void test_dead(void **state)
{
	struct place p;

	(void)state;
	if (!kin_systemd_size)
		skip();
	place_make(&p);
	place_listen(&p);
	close(p.sock);
	p.sock = -1;
	ask_all(p.dir, LCT_E_SYSTEM, ENOTCONN, "/systemd/private: connection refused", 0);
	place_done(&p);
}

static void test_silent(void **state)
{
	struct place p;

	(void)state;
	if (!kin_systemd_size)
		skip();
	place_make(&p);
	place_listen(&p);
	ask_all(p.dir, LCT_E_TIMEOUT, ETIMEDOUT, "systemd did not answer in time", -1);
	place_done(&p);
}

/* Serves `times` connections with a text, in a child; it ends with the last. */
static pid_t serve(const struct place *p, int times, const char *text)
{
	pid_t pid = fork();
	char buf[512];

	if (pid)
		return pid;
	while (times--) {
		int fd = accept(p->sock, NULL, NULL);

		if (read(fd, buf, sizeof(buf)) < 0 || write(fd, text, strlen(text)) < 0)
			_exit(1);
		close(fd);
	}
	_exit(0);
}

static void broken(const char *text)
{
	struct lct_runtime rt = { .root = (char *)"/run/kin", .timeout_ms = DEADLINE_MS };
	struct record rec = { .unit = "kin-c1.scope", .id = "c1", .user_unit = true, .owner_uid = geteuid() };
	struct lct_err err = { 0 };
	int64_t begin = now_ms();
	struct place p;
	int status;
	pid_t pid;

	place_make(&p);
	place_listen(&p);
	rt.runtime_dir = p.dir;
	pid = serve(&p, 1, text);
	assert_int_equal(systemd_stop(&rt, &rec, run_deadline(5000), &err) < 0, 1);
	assert_int_equal(err.code, LCT_E_SYSTEM);
	assert_in_range(now_ms() - begin, 0, 2000); /* at once, not at the deadline */
	assert_int_equal(waitpid(pid, &status, 0), pid);
	place_done(&p);
}

static void test_broken(void **state)
{
	(void)state;
	if (!kin_systemd_size)
		skip();
	broken("");
	broken("nonsense\r\n");
	broken("REJECTED EXTERNAL\r\n");
	broken("DATA\r\nOK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n");
}

/* A deadline that has passed is no time to begin. */
static void test_no_time(void **state)
{
	struct lct_runtime rt = { .root = (char *)"/run/kin", .runtime_dir = (char *)"/nonexistent" };
	struct record rec = { .unit = "kin-c1.scope", .id = "c1", .user_unit = true, .owner_uid = geteuid() };
	struct lct_err err = { 0 };

	(void)state;
	assert_int_equal(systemd_stop(&rt, &rec, clock_now_ns() - 1, &err), -ETIMEDOUT);
	assert_int_equal(err.code, LCT_E_TIMEOUT);
}

/* Nobody need be asked about what systemd has no property for. */
static void test_nothing_to_tell(void **state)
{
	struct lct_runtime rt = { .root = (char *)"/run/kin", .runtime_dir = (char *)"/nonexistent" };
	struct record rec = { .unit = "kin-c1.scope", .id = "c1", .user_unit = true, .owner_uid = geteuid() };
	struct spec_limit l = { .where = "/x", .file = "hugetlb.2MB.max", .value = "9" };
	struct spec_resources res = { .limits = &l, .n_limits = 1 };

	(void)state;
	assert_int_equal(systemd_update(&rt, &rec, &res, run_deadline(1000), NULL), 0);
}

static void place(const struct host *h, const char *dir)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_runtime rt = { 0 };
	struct spec s = { 0 };
	struct systemd_unit u;
	struct cgroup_place p;
	struct lct_err err;

	if (systemd_place(&a, &rt, h, &s, "c1", &u, &p, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(u.name, "kin-c1.scope");
	assert_string_equal(p.dir, dir);
	assert_int_equal(p.make, 1);
}

static void test_place(void **state)
{
	char service[64], own[128], dir[192];
	struct host h = { .euid = geteuid(), .cgroup_mount = "/cg", .cgroup_root = "/", .cgroup_own = "/elsewhere" };

	(void)state;
	snprintf(dir, sizeof(dir), "/cg/user.slice/user-%u.slice/user@%u.service/user.slice/kin-c1.scope", geteuid(),
		 geteuid());
	place(&h, dir);
	/* The user's systemd may be elsewhere; who runs below it knows where. */
	snprintf(service, sizeof(service), "user@%u.service", geteuid());
	snprintf(own, sizeof(own), "/outer/%s/app.slice/x.scope", service);
	snprintf(dir, sizeof(dir), "/cg/outer/%s/user.slice/kin-c1.scope", service);
	h.cgroup_own = own;
	place(&h, dir);
	/* A mount that begins further down. */
	h.cgroup_root = "/outer";
	snprintf(dir, sizeof(dir), "/cg/%s/user.slice/kin-c1.scope", service);
	place(&h, dir);
}

static void test_no_hierarchy(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_runtime rt = { 0 };
	struct host h = { .euid = geteuid() };
	struct spec s = { 0 };
	struct systemd_unit u;
	struct cgroup_place p;
	struct lct_err err;

	(void)state;
	assert_int_equal(systemd_place(&a, &rt, &h, &s, "c1", &u, &p, &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.text, "cgroup v2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent),	cmocka_unit_test(test_dead),
		cmocka_unit_test(test_silent),	cmocka_unit_test(test_broken),
		cmocka_unit_test(test_no_time), cmocka_unit_test(test_nothing_to_tell),
		cmocka_unit_test(test_place),	cmocka_unit_test(test_no_hierarchy),
	};

	return cmocka_run_group_tests_name("systemd_driver", tests, NULL, NULL);
}
