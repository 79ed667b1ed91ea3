/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cgroups on a real hierarchy, each test below a directory of its own; skipped where no cgroup2 can be written.
 * The device filter is executed twice: by an interpreter here, for every rule, and by the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "cgroup/device_filter.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

/* For its fallback, which no kernel of today takes. */
#include "../../libcontainer/cgroup/kill.c"

#define SECOND INT64_C(1000000000)
#define SOON   (sys_monotonic_ns() + 20 * SECOND)

static char mount_point[256]; /* of a cgroup2 that can be written; empty: none */
static char top[64]; /* our own directory below it: "/kin-unit-PID" */
static struct host host;

static void need_cgroups(void)
{
	if (!mount_point[0]) {
		print_message("skipped: no writable cgroup2 file system (see tests/view)\n");
		skip();
	}
}

static struct cgroup_place place_of(struct arena *a, const char *rel, unsigned make)
{
	return (struct cgroup_place){ .dir = arena_printf(a, "%s%s%s", mount_point, top, rel), .make = make };
}

static int make(struct arena *a, const char *rel, const char *state_dir)
{
	struct cgroup_place p = place_of(a, rel, 1);
	struct lct_err err;
	int fd = cgroup_make(&host, &p, state_dir, &err);

	if (fd < 0)
		print_message("%s\n", err.text);
	return fd;
}

static bool exists(const struct cgroup_place *p)
{
	return access(p->dir, F_OK) == 0;
}

/* A process in the cgroup; it ends with us. */
static pid_t spawn_in(int cgroup)
{
	struct kclone_args args = { .flags = KCLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup };
	int r = sys_clone3(&args);

	if (r == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	assert_true(r > 0);
	return r;
}

static int exit_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* ---- place ---- */

static int place(struct arena *a, const struct host *h, const char *asked, const char *manager, struct cgroup_place *p)
{
	struct spec s = { .cgroups_path = asked };
	struct lct_err err;

	return cgroup_place(a, h, &s, "c1", manager, p, &err);
}

static void test_place_refuses(void **unused)
{
	static const char *const bad[] = { "/", "/a/../b", "..", "/..", "/a//b", "/a/", "/a/.", ".", "a//b" };
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = { 0 };
	struct cgroup_place p;
	struct lct_err err;
	char deep[400] = "";

	(void)unused;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		s.cgroups_path = bad[i];
		assert_int_equal(cgroup_place(&a, &host, &s, "c1", "cgroupfs", &p, &err), -EINVAL);
		assert_int_equal(err.code, LCT_E_CONFIG);
		assert_string_equal(err.where, "/linux/cgroupsPath");
	}
	for (int i = 0; i < TREE_COMPONENTS + 1; i++)
		strcat(deep, "/x");
	s.cgroups_path = deep;
	assert_int_equal(cgroup_place(&a, &host, &s, "c1", "cgroupfs", &p, &err), -EINVAL);
}

static void test_place_without(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct host none = { .cgroup_own = "/" }, wrong = { .cgroup_mount = "/proc", .cgroup_own = "/" };
	struct cgroup_place p;

	(void)unused;
	assert_int_equal(place(&a, &host, NULL, "disabled", &p), 0);
	assert_null(p.dir);
	assert_non_null(strstr(p.why, "disabled"));
	assert_int_equal(place(&a, &none, NULL, "cgroupfs", &p), 0);
	assert_null(p.dir);
	assert_non_null(p.why);
	assert_int_equal(place(&a, &wrong, NULL, "cgroupfs", &p), 0);
	assert_null(p.dir);
	assert_non_null(strstr(p.why, "/proc"));
}

static void test_place_root(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p;
	char *want;
	int fd;

	(void)unused;
	need_cgroups();
	assert_int_equal(place(&a, &host, NULL, "cgroupfs", &p), 0);
	want = arena_printf(&a, "%s/kin-c1", mount_point);
	assert_string_equal(p.dir, want);
	assert_int_equal(p.make, 1);
	assert_int_equal(place(&a, &host, "", "cgroupfs", &p), 0);
	assert_string_equal(p.dir, want);
	assert_int_equal(place(&a, &host, arena_printf(&a, "%s/x/y/z", top), "cgroupfs", &p), 0);
	assert_string_equal(p.dir, arena_printf(&a, "%s%s/x/y/z", mount_point, top));
	assert_int_equal(p.make, 3);
	assert_int_equal(place(&a, &host, "a:b:c", "cgroupfs", &p), 0);
	assert_string_equal(p.dir, arena_printf(&a, "%s/a:b:c", mount_point));
	/* Looking changes nothing. */
	assert_int_equal(access(arena_printf(&a, "%s%s/x", mount_point, top), F_OK), -1);
	/* A leaf that is there already is removed with the container all the same. */
	fd = make(&a, "/there", "/s/c1");
	assert_true(fd >= 0);
	assert_int_equal(place(&a, &host, arena_printf(&a, "%s/there", top), "cgroupfs", &p), 0);
	assert_int_equal(p.make, 1);
	assert_int_equal(place(&a, &host, arena_printf(&a, "%s/there/leaf", top), "cgroupfs", &p), 0);
	assert_int_equal(p.make, 1);
	p = place_of(&a, "/there", 1);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

/* As uid 65534 in a cgroup of one's own, which is delegated in the second part. */
static int place_as_user(struct arena *a, struct host *user, int step)
{
	struct cgroup_place p;
	struct lct_err err;

	if (setgid(65534) < 0 || setuid(65534) < 0)
		return 100;
	if (step == 1) {
		if (place(a, user, NULL, "cgroupfs", &p) < 0 || p.dir || !strstr(p.why, "permission denied"))
			return 1;
		if (place(a, user, "/elsewhere", "cgroupfs", &p) < 0 || p.dir)
			return 2;
		return 0;
	}
	const char *own = user->cgroup_own;

	if (place(a, user, NULL, "cgroupfs", &p) < 0 || !p.dir)
		return 3;
	if (strcmp(p.dir, arena_printf(a, "%s%s/kin-c1", mount_point, own)) || p.make != 1)
		return 4;
	if (place(a, user, "/pod/c1", "cgroupfs", &p) < 0 || !p.dir ||
	    strcmp(p.dir, arena_printf(a, "%s%s/pod/c1", mount_point, own)) || p.make != 2)
		return 5;
	/* The same place, named from the hierarchy's root. */
	if (place(a, user, arena_printf(a, "%s/pod/c1", own), "cgroupfs", &p) < 0 || !p.dir ||
	    strcmp(p.dir, arena_printf(a, "%s%s/pod/c1", mount_point, own)))
		return 6;
	/* And it can be made, entered and removed. */
	int fd = cgroup_make(user, &p, "/s/c1", &err);
	pid_t pid;

	if (fd < 0)
		return 7;
	pid = spawn_in(fd);
	if (cgroup_remove(p.dir, p.make, fd, SOON, &err) < 0)
		return 8;
	waitpid(pid, NULL, 0);
	return access(arena_printf(a, "%s%s/pod", mount_point, own), F_OK) < 0 ? 0 : 9;
}

static void test_place_user(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct host user = host;
	struct cgroup_place p = place_of(&a, "/user", 1);
	int fd;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/user", "/s/u");
	assert_true(fd >= 0);
	user.real_root = user.privileged = false;
	user.cgroup_own = arena_printf(&a, "%s/user", top);
	for (int step = 1; step <= 2; step++) {
		struct kclone_args args = { .flags = KCLONE_INTO_CGROUP,
					    .exit_signal = SIGCHLD,
					    .cgroup = (uint64_t)fd };
		pid_t pid;

		if (step == 2) {
			assert_int_equal(fchownat(fd, ".", 65534, 65534, 0), 0);
			assert_int_equal(fchownat(fd, "cgroup.procs", 65534, 65534, 0), 0);
		}
		pid = sys_clone3(&args);
		if (pid == 0)
			_exit(place_as_user(&a, &user, step));
		assert_int_equal(exit_of(pid), 0);
	}
	/* An own cgroup that the mount does not show is none. */
	user.cgroup_own = "/../other";
	struct cgroup_place q;

	assert_int_equal(place(&a, &user, NULL, "cgroupfs", &q), 0);
	assert_null(q.dir);
	user.cgroup_own = "/docker/abcd";
	user.cgroup_root = "/docker/abc"; /* "is inside" goes by components */
	assert_int_equal(place(&a, &user, NULL, "cgroupfs", &q), 0);
	assert_null(q.dir);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

/* ---- make, open, remove ---- */

static void test_make_and_remove(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/a/b/c", 3), parent = place_of(&a, "/a", 1);
	struct lct_err err;
	char text[64];
	int fd, again;

	(void)unused;
	need_cgroups();
	fd = cgroup_make(&host, &p, "/s/c1", &err);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(exists(&p));
	assert_int_equal(tree_mark(fd, text, sizeof(text)), 5);
	assert_string_equal(text, "/s/c1");
	assert_int_equal(cgroup_populated(fd), 0);
	assert_int_equal(cgroup_frozen(fd), 0);
	again = cgroup_open(p.dir, "/s/c1", &err);
	assert_true(again >= 0);
	close(again);
	assert_int_equal(cgroup_open(p.dir, "/s/c2", &err), -ESTALE);
	assert_non_null(strstr(err.text, "/s/c1"));
	assert_int_equal(cgroup_remove(p.dir, p.make, -ESTALE, SOON, &err), 0);
	assert_true(exists(&p));
	assert_int_equal(cgroup_remove(p.dir, p.make, fd, SOON, &err), 0);
	assert_false(exists(&parent));
	assert_int_equal(access(arena_printf(&a, "%s%s", mount_point, top), F_OK), 0);
	/* Gone already. */
	assert_int_equal(cgroup_remove(p.dir, p.make, fd, SOON, &err), 0);
	assert_int_equal(cgroup_remove(p.dir, p.make, -EBADF, SOON, &err), 0);
	assert_int_equal(cgroup_populated(fd), -ENOENT);
	assert_int_equal(cgroup_kill(fd), -ENOENT);
	assert_int_equal(cgroup_wait_empty(fd, SOON), 1);
	assert_int_equal(cgroup_open(p.dir, NULL, &err), -ENOENT);
	close(fd);
}

static void test_open_refuses(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err;
	char link[] = "/tmp/kin-cgroup-XXXXXX", *path;

	(void)unused;
	need_cgroups();
	assert_int_equal(cgroup_open("/proc", NULL, &err), -EXDEV);
	assert_int_equal(cgroup_open("relative", NULL, &err), -EINVAL);
	assert_int_equal(cgroup_open(arena_printf(&a, "%s/../cgroup", mount_point), NULL, &err), -EINVAL);
	assert_non_null(mkdtemp(link));
	path = arena_printf(&a, "%s/l", link);
	assert_int_equal(symlink(mount_point, path), 0);
	assert_int_equal(cgroup_open(path, NULL, &err), -ELOOP);
	unlink(path);
	rmdir(link);
}

/* A parent that somebody else uses stays. */
static void test_shared_parent(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place one = place_of(&a, "/pod/1", 2), two = place_of(&a, "/pod/2", 1),
			    pod = place_of(&a, "/pod", 1);
	int first, second;

	(void)unused;
	need_cgroups();
	first = cgroup_make(&host, &one, "/s/1", NULL);
	second = cgroup_make(&host, &two, "/s/2", NULL);
	assert_true(first >= 0 && second >= 0);
	assert_int_equal(cgroup_remove(one.dir, one.make, first, SOON, NULL), 0);
	assert_false(exists(&one));
	assert_true(exists(&two));
	assert_int_equal(cgroup_remove(two.dir, 2, second, SOON, NULL), 0);
	assert_false(exists(&pod));
	close(first);
	close(second);
}

static void test_existing_leaf(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/leaf", 1), below = place_of(&a, "/leaf/x/y", 2),
			    x = place_of(&a, "/leaf/x", 1);
	struct lct_err err;
	pid_t pid;
	int fd, again;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/leaf", "/s/c1");
	assert_true(fd >= 0);
	/* Empty and ours: welcome. */
	again = cgroup_make(&host, &p, "/s/c1", &err);
	assert_true(again >= 0);
	close(again);
	/* Another's. */
	assert_int_equal(cgroup_make(&host, &p, "/s/c2", &err), -EBUSY);
	assert_non_null(strstr(err.text, "belongs to"));
	/* With processes. */
	pid = spawn_in(fd);
	assert_int_equal(cgroup_make(&host, &p, "/s/c1", &err), -EBUSY);
	assert_non_null(strstr(err.text, "has processes"));
	assert_int_equal(cgroup_kill(fd), 0);
	waitpid(pid, NULL, 0);
	assert_int_equal(cgroup_wait_empty(fd, SOON), 1);
	/* Frozen, itself or above; what was made on the way goes again. */
	assert_int_equal(tree_write(fd, "cgroup.freeze", "1"), 0);
	assert_int_equal(cgroup_make(&host, &p, "/s/c1", &err), -EBUSY);
	assert_non_null(strstr(err.text, "frozen"));
	assert_int_equal(cgroup_make(&host, &below, "/s/c3", &err), -EBUSY);
	assert_non_null(strstr(err.text, "frozen"));
	assert_false(exists(&x));
	assert_true(exists(&p));
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

static void test_kill_tree(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/tree", 1);
	struct lct_err err;
	pid_t pids[3], *got;
	int fd, sub, deep;
	size_t n;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/tree", "/s/c1");
	sub = make(&a, "/tree/sub", "/s/none");
	deep = make(&a, "/tree/sub/deep", "/s/none");
	assert_true(fd >= 0 && sub >= 0 && deep >= 0);
	pids[0] = spawn_in(fd);
	pids[1] = spawn_in(sub);
	pids[2] = spawn_in(deep);
	assert_int_equal(cgroup_populated(fd), 1);
	assert_int_equal(cgroup_wait_empty(fd, sys_monotonic_ns() + SECOND / 50), 0);
	assert_int_equal(cgroup_pids(fd, &got, &n), 0);
	assert_int_equal(n, 3);
	for (int i = 0; i < 3; i++)
		assert_true(got[0] == pids[i] || got[1] == pids[i] || got[2] == pids[i]);
	assert_true(got[0] < got[1] && got[1] < got[2]);
	free(got);
	/* Frozen, as a paused container is. */
	assert_int_equal(tree_write(fd, "cgroup.freeze", "1"), 0);
	for (int i = 0; i < 1000 && cgroup_frozen(fd) != 1; i++)
		usleep(1000);
	assert_int_equal(cgroup_frozen(fd), 1);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, &err), 0);
	assert_false(exists(&p));
	for (int i = 0; i < 3; i++)
		assert_int_equal(exit_of(pids[i]), -SIGKILL);
	close(fd);
	close(sub);
	close(deep);
}

/* Deeper than there are descriptors, and wide. */
static void test_remove_deep(void **unused)
{
	enum { DEPTH = 300, WIDTH = 100 };
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/deep", 1);
	struct lct_err err;
	char name[16];
	int fd, at;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/deep", "/s/c1");
	assert_true(fd >= 0);
	at = dup(fd);
	for (int i = 0; i < DEPTH; i++) {
		int next;

		assert_int_equal(mkdirat(at, "d", 0755), 0);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = next;
	}
	close(at);
	for (int i = 0; i < WIDTH; i++) {
		snprintf(name, sizeof(name), "w%d", i);
		assert_int_equal(mkdirat(fd, name, 0755), 0);
		strcat(name, "/x");
		assert_int_equal(mkdirat(fd, name, 0755), 0);
	}
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, &err), 0);
	assert_false(exists(&p));
	close(fd);
}

/* Without its descriptor a cgroup is not known to be ours: nobody in it is killed. */
static void test_remove_unopened(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/unopened", 1);
	struct lct_err err;
	pid_t pid;
	int fd;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/unopened", "/s/c1");
	assert_true(fd >= 0);
	pid = spawn_in(fd);
	assert_int_equal(cgroup_remove(p.dir, 1, -EBADF, SOON, &err), -EBUSY);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(cgroup_wait_empty(fd, SOON), 1);
	assert_int_equal(cgroup_remove(p.dir, 1, -EBADF, SOON, &err), 0);
	assert_false(exists(&p));
	close(fd);
}

/* Somebody else's cgroup of the same name. */
static void test_remove_of_another(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/same", 1);
	struct lct_err err;
	int old, new;

	(void)unused;
	need_cgroups();
	old = make(&a, "/same", "/s/c1");
	assert_int_equal(rmdir(p.dir), 0);
	new = make(&a, "/same", "/s/c2");
	assert_true(old >= 0 && new >= 0);
	assert_int_equal(cgroup_remove(p.dir, 1, old, SOON, &err), 0);
	assert_true(exists(&p));
	assert_int_equal(cgroup_remove(p.dir, 1, new, SOON, &err), 0);
	assert_false(exists(&p));
	close(old);
	close(new);
}

/* A process that cannot die in time is named: a traced one stops on its way out until its tracer lets it go. */
static void test_remove_deadline(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/late", 1);
	struct lct_err err;
	pid_t pid;
	int64_t t;
	int fd, r, status;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/late", "/s/c1");
	assert_true(fd >= 0);
	pid = spawn_in(fd);
	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)PTRACE_O_TRACEEXIT) < 0) {
		kill(pid, SIGKILL);
		exit_of(pid);
		assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, &err), 0);
		close(fd);
		print_message("skipped: ptrace is forbidden here\n");
		skip();
	}
	t = sys_monotonic_ns();
	r = cgroup_remove(p.dir, 1, fd, t + SECOND / 10, &err);
	assert_true(sys_monotonic_ns() - t >= SECOND / 10);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	assert_int_equal(exit_of(pid), -SIGKILL);
	assert_int_equal(r, -ETIMEDOUT);
	assert_int_equal(err.code, LCT_E_TIMEOUT);
	assert_non_null(strstr(err.text, arena_printf(&a, "1 process: %d", (int)pid)));
	assert_true(exists(&p));
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, &err), 0);
	assert_false(exists(&p));
	close(fd);
}

/* What kernels before 5.14 get. */
static void test_kill_by_hand(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/hand", 1);
	pid_t pids[20];
	int fd, sub;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/hand", "/s/c1");
	sub = make(&a, "/hand/sub", "/s/none");
	assert_true(fd >= 0 && sub >= 0);
	assert_int_equal(kill_by_hand(fd), 0);
	for (int i = 0; i < 20; i++)
		pids[i] = spawn_in(i % 2 ? fd : sub);
	assert_int_equal(kill_by_hand(fd), 0);
	assert_int_equal(cgroup_wait_empty(fd, SOON), 1);
	for (int i = 0; i < 20; i++)
		assert_int_equal(exit_of(pids[i]), -SIGKILL);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
	close(sub);
}

/* A container that may write its own cgroups can make those below threaded, which list no processes. */
static void test_threaded(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/threaded", 1);
	char text[32];
	pid_t pid, *got;
	size_t n;
	int fd, sub;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/threaded", "/s/c1");
	sub = make(&a, "/threaded/sub", "/s/none");
	assert_true(fd >= 0 && sub >= 0);
	pid = spawn_in(fd);
	assert_int_equal(tree_write(sub, "cgroup.type", "threaded"), 0);
	snprintf(text, sizeof(text), "%d", (int)pid);
	assert_int_equal(tree_write(sub, "cgroup.threads", text), 0);
	assert_int_equal(tree_read(sub, "cgroup.procs", text, sizeof(text)), -EOPNOTSUPP);
	assert_int_equal(cgroup_pids(fd, &got, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(got[0], pid);
	free(got);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	assert_false(exists(&p));
	assert_int_equal(exit_of(pid), -SIGKILL);
	close(fd);
	close(sub);
}

static void test_find(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	const char *state_dir = arena_printf(&a, "/s/find-%d", (int)getpid());
	struct cgroup_place one = place_of(&a, "/x/y", 2), other = place_of(&a, "/z", 1);
	struct cgroup_place unmarked = place_of(&a, arena_printf(&a, "/kin-find-%d", (int)getpid()), 1);
	char **found;
	int fd, fd2, at;
	size_t n;

	(void)unused;
	need_cgroups();
	assert_int_equal(cgroup_find(&a, &host, state_dir, &found, NULL), 0);
	assert_null(found[0]);
	fd = cgroup_make(&host, &one, state_dir, NULL);
	fd2 = cgroup_make(&host, &other, "/s/else", NULL);
	assert_true(fd >= 0 && fd2 >= 0);
	/* Another's tree, deeper than we care to look. */
	at = dup(fd2);
	for (int i = 0; i < TREE_DEPTH + 20; i++) {
		int next;

		assert_int_equal(mkdirat(at, "d", 0755), 0);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = next;
	}
	close(at);
	/* Killed between mkdir and mark: known by name, while it is empty. */
	assert_int_equal(mkdir(unmarked.dir, 0755), 0);
	assert_int_equal(cgroup_find(&a, &host, state_dir, &found, NULL), 0);
	for (n = 0; found[n]; n++)
		assert_true(!strcmp(found[n], one.dir) || !strcmp(found[n], unmarked.dir));
	assert_int_equal(n, 2);
	assert_int_equal(rmdir(unmarked.dir), 0);
	assert_int_equal(cgroup_remove(one.dir, 2, fd, SOON, NULL), 0);
	assert_int_equal(cgroup_remove(other.dir, 1, fd2, SOON, NULL), 0);
	assert_int_equal(cgroup_find(&a, &host, state_dir, &found, NULL), 0);
	assert_null(found[0]);
	close(fd);
	close(fd2);
}

/* ---- limits ---- */

static int limit(int fd, const struct cgroup_place *p, const char *file, const char *value, struct lct_err *err)
{
	struct spec_limit l = { .where = "/linux/resources/unified", .file = file, .value = value };
	struct spec s = { .limits = &l, .n_limits = 1 };

	return cgroup_apply_limits(fd, p, &host, &s, err);
}

static void test_limits(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/limits", 1), none = { .why = "because" };
	struct spec empty = { 0 };
	struct lct_err err;
	char text[64];
	int fd;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/limits", "/s/c1");
	assert_true(fd >= 0);
	assert_int_equal(cgroup_apply_limits(fd, &p, &host, &empty, &err), 0);
	assert_int_equal(cgroup_apply_limits(-EBADF, &none, &host, &empty, &err), 0);
	assert_int_equal(limit(-EBADF, &none, "pids.max", "7", &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.text, "because"));
	/* The core's own need no controller. */
	assert_int_equal(limit(fd, &p, "cgroup.max.depth", "3", &err), 0);
	assert_true(tree_read(fd, "cgroup.max.depth", text, sizeof(text)) > 0);
	assert_string_equal(text, "3\n");
	/* No way out of the directory, and no such things. */
	assert_int_equal(limit(fd, &p, "../cgroup.max.depth", "3", &err), -EINVAL);
	assert_int_equal(limit(fd, &p, "pids", "3", &err), -EINVAL);
	assert_int_equal(limit(fd, &p, "", "3", &err), -EINVAL);
	assert_int_equal(limit(fd, &p, "cgroup.nosuch", "3", &err), -ENOENT);
	assert_true(limit(fd, &p, "nosuch.max", "3", &err) < 0);
	assert_non_null(strstr(err.text, "cgroup controller \"nosuch\" is not available in "));
	assert_string_equal(err.where, "/linux/resources/unified");
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

/* A real controller: enabled from the top down, or an error that names it. */
static void test_limits_controller(void **unused)
{
	static const struct {
		const char *controller, *file, *value, *text;
	} real[] = { { "pids", "pids.max", "17", "17\n" }, { "hugetlb", "hugetlb.2MB.max", "4194304", "4194304\n" } };
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/level/limits", 2), level = place_of(&a, "/level", 1);
	struct lct_err err;
	char list[512], text[64];
	int fd, busy;
	pid_t pid;

	(void)unused;
	need_cgroups();
	fd = cgroup_make(&host, &p, "/s/c1", NULL);
	busy = tree_open(level.dir);
	assert_true(fd >= 0 && busy >= 0);
	for (size_t i = 0; i < 2; i++) {
		const char *file = real[i].file;
		int root = tree_open(mount_point);

		assert_true(tree_read(root, "cgroup.controllers", list, sizeof(list)) >= 0);
		close(root);
		if (!tree_has_word(list, real[i].controller)) {
			assert_int_equal(limit(fd, &p, file, real[i].value, &err), -EOPNOTSUPP);
			assert_non_null(strstr(err.text, "is not available in "));
			assert_non_null(strstr(err.text, real[i].controller));
			continue;
		}
		/* The machine's own hierarchy is left as it is: only where it is enabled, or in a view. */
		assert_true(tree_read(busy, "../cgroup.controllers", list, sizeof(list)) >= 0);
		if (!tree_has_word(list, real[i].controller) && !getenv("KIN_VIEW"))
			continue;
		/* Not below a cgroup that has processes: no internal processes, cgroups(7). */
		pid = spawn_in(busy);
		assert_int_equal(limit(fd, &p, file, real[i].value, &err), -EBUSY);
		assert_non_null(strstr(err.text, real[i].controller));
		kill(pid, SIGKILL);
		exit_of(pid);
		if (!strstr(err.text, level.dir)) {
			print_message("%s\n", err.text); /* the view's root is busy itself: no controller here */
			continue;
		}
		assert_int_equal(cgroup_wait_empty(busy, SOON), 1);
		if (limit(fd, &p, file, real[i].value, &err) < 0)
			fail_msg("%s", err.text);
		assert_true(tree_read(fd, file, text, sizeof(text)) > 0);
		assert_string_equal(text, real[i].text);
		assert_int_equal(limit(fd, &p, file, "many", &err), -EINVAL);
		assert_non_null(strstr(err.text, file));
	}
	assert_int_equal(cgroup_remove(p.dir, 2, fd, SOON, NULL), 0);
	assert_false(exists(&level));
	close(fd);
	close(busy);
}

static void test_words(void **unused)
{
	(void)unused;
	assert_true(tree_has_word("cpuset cpu io\n", "cpu"));
	assert_true(tree_has_word("cpu", "cpu"));
	assert_true(tree_has_word("cpuset cpu", "cpu"));
	assert_false(tree_has_word("cpuset io\n", "cpu"));
	assert_false(tree_has_word("xcpu\n", "cpu"));
	assert_false(tree_has_word("", "cpu"));
	assert_int_equal(tree_flag("populated 1\nfrozen 0\n", "populated"), 1);
	assert_int_equal(tree_flag("populated 1\nfrozen 0\n", "frozen"), 0);
	assert_int_equal(tree_flag("populated 1\n", "frozen"), -ENODATA);
	assert_int_equal(tree_flag("xfrozen 1\n", "frozen"), -ENODATA);
	assert_int_equal(tree_flag("", "frozen"), -ENODATA);
	assert_int_equal(tree_components("/"), -EINVAL);
	assert_int_equal(tree_components("/a"), 1);
	assert_int_equal(tree_components("/a/.b/..c/..."), 4);
	assert_int_equal(tree_components("/a/.."), -EINVAL);
	assert_int_equal(tree_components(""), -EINVAL);
}

/* ---- devices ---- */

enum { R = 1, W = 2, M = 4 };

/* Just what the filter is made of; anything else fails the test. */
static uint64_t interpret(const struct bpf_insn *p, size_t n, const struct bpf_cgroup_dev_ctx *ctx)
{
	uint64_t reg[11] = { 0 };
	size_t steps = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct bpf_insn *i = &p[pc];
		uint64_t *dst = &reg[i->dst_reg], imm = (uint64_t)(int64_t)i->imm;

		assert_true(++steps <= n);
		switch (i->code) {
		case BPF_LDX | BPF_MEM | BPF_W:
			assert_int_equal(i->src_reg, BPF_REG_1);
			*dst = *(const uint32_t *)((const char *)ctx + i->off);
			break;
		case BPF_ALU64 | BPF_MOV | BPF_X:
			*dst = reg[i->src_reg];
			break;
		case BPF_ALU64 | BPF_MOV | BPF_K:
			*dst = imm;
			break;
		case BPF_ALU64 | BPF_AND | BPF_K:
			*dst &= imm;
			break;
		case BPF_ALU64 | BPF_RSH | BPF_K:
			*dst >>= i->imm;
			break;
		case BPF_JMP | BPF_JNE | BPF_K:
			pc += *dst != imm ? (size_t)i->off : 0;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += *dst == imm ? (size_t)i->off : 0;
			break;
		case BPF_JMP | BPF_JA:
			pc += (size_t)i->off;
			break;
		case BPF_JMP | BPF_EXIT:
			return reg[0];
		default:
			fail_msg("instruction %02x", i->code);
		}
		assert_true(i->off >= 0);
	}
	fail_msg("the program ran off its end");
	return 0;
}

static bool allowed(const struct spec_device_rule *rules, size_t n, char type, uint32_t major, uint32_t minor,
		    unsigned access)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct bpf_cgroup_dev_ctx ctx = { .major = major, .minor = minor };
	uint32_t bits = (access & R ? BPF_DEVCG_ACC_READ : 0) | (access & W ? BPF_DEVCG_ACC_WRITE : 0) |
			(access & M ? BPF_DEVCG_ACC_MKNOD : 0);
	int len = device_filter_build(rules, n, &b);
	uint64_t r;

	ctx.access_type = bits << 16 | (type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	assert_true(len >= 0);
	if (len == 0)
		return true;
	r = interpret((const struct bpf_insn *)b.data, (size_t)len, &ctx);
	assert_true(r <= 1);
	return r;
}

/* The definition, in the plainest words: each bit by the last rule that names it, the defaults last of all. */
static bool defined(const struct spec_device_rule *rules, size_t n, char type, uint32_t major, uint32_t minor,
		    unsigned access)
{
	static const struct spec_device_rule defaults[] = {
		{ true, 'a', -1, -1, M },	   { true, 'c', 1, 3, R | W | M },    { true, 'c', 1, 5, R | W | M },
		{ true, 'c', 1, 7, R | W | M },	   { true, 'c', 1, 8, R | W | M },    { true, 'c', 1, 9, R | W | M },
		{ true, 'c', 5, 0, R | W | M },	   { true, 'c', 5, 1, R | W | M },    { true, 'c', 5, 2, R | W | M },
		{ true, 'c', 10, 200, R | W | M }, { true, 'c', 136, -1, R | W | M },
	};
	const size_t n_defaults = sizeof(defaults) / sizeof(defaults[0]);

	for (unsigned bit = R; bit <= M; bit <<= 1) {
		bool ok = false;

		if (!(access & bit))
			continue;
		for (size_t i = 0; i < n + n_defaults; i++) {
			const struct spec_device_rule *r = i < n ? &rules[i] : &defaults[i - n];

			if ((r->type == 'a' || r->type == type) && (r->major < 0 || r->major == major) &&
			    (r->minor < 0 || r->minor == minor) && (r->access & bit))
				ok = r->allow;
		}
		if (!ok)
			return false;
	}
	return true;
}

static const struct {
	char type;
	uint32_t major, minor;
} devices[] = { { 'c', 1, 1 },	  { 'c', 1, 3 },   { 'c', 1, 4 },    { 'c', 1, 5 },   { 'c', 1, 9 },
		{ 'c', 1, 11 },	  { 'c', 5, 0 },   { 'c', 5, 2 },    { 'c', 5, 3 },   { 'c', 10, 200 },
		{ 'c', 10, 229 }, { 'c', 136, 0 }, { 'c', 136, 99 }, { 'c', 137, 0 }, { 'c', 4095, 1048575 },
		{ 'b', 1, 3 },	  { 'b', 8, 0 },   { 'b', 8, 1 },    { 'b', 136, 0 }, { 'b', 7, 0 } };

static void compare(const struct spec_device_rule *rules, size_t n)
{
	for (size_t d = 0; d < sizeof(devices) / sizeof(devices[0]); d++)
		for (unsigned access = 1; access <= (R | W | M); access++)
			if (allowed(rules, n, devices[d].type, devices[d].major, devices[d].minor, access) !=
			    defined(rules, n, devices[d].type, devices[d].major, devices[d].minor, access))
				fail_msg("%c %u:%u access %u", devices[d].type, devices[d].major, devices[d].minor,
					 access);
}

static void test_filter_meaning(void **unused)
{
	static const struct spec_device_rule deny_all = { false, 'a', -1, -1, R | W | M };
	static const struct spec_device_rule allow_all = { true, 'a', -1, -1, R | W | M };
	_cleanup_buf_ struct buf b = { 0 };
	struct spec_device_rule rules[6];
	uint32_t seed = 12345;

	(void)unused;
	/* No rules: nothing but the defaults (a list without a deny was once a list of everything, GHSA-g54h). */
	assert_false(allowed(NULL, 0, 'b', 8, 0, R));
	assert_false(allowed(NULL, 0, 'c', 1, 1, R));
	assert_true(allowed(NULL, 0, 'c', 1, 3, R | W));
	assert_true(allowed(NULL, 0, 'b', 8, 0, M));
	compare(NULL, 0);
	compare(&deny_all, 1);
	compare(&allow_all, 1);
	assert_int_equal(device_filter_build(&allow_all, 1, &b), 0); /* a privileged container's needs no program */
	assert_int_equal(device_filter_build((struct spec_device_rule[]){ deny_all, allow_all }, 2, &b), 0);
	assert_true(device_filter_build((struct spec_device_rule[]){ allow_all, { false, 'b', 8, -1, R } }, 2, &b) > 0);
	/* Bits of one request may come from several rules, and a later rule takes back one bit only. */
	rules[0] = (struct spec_device_rule){ true, 'b', 8, 0, R };
	rules[1] = (struct spec_device_rule){ true, 'b', 8, -1, W };
	assert_true(allowed(rules, 2, 'b', 8, 0, R | W));
	assert_false(allowed(rules, 2, 'b', 8, 1, R | W));
	rules[2] = (struct spec_device_rule){ false, 'b', 8, 0, W };
	assert_true(allowed(rules, 3, 'b', 8, 0, R));
	assert_false(allowed(rules, 3, 'b', 8, 0, R | W));
	/* Numbers no device has. */
	rules[0] = (struct spec_device_rule){ true, 'c', INT64_C(0x100000001), -1, R | W | M };
	assert_false(allowed(rules, 1, 'c', 1, 1, R));

	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + round % 6;

		for (size_t i = 0; i < n; i++) {
			size_t d;

			seed = seed * 1664525 + 1013904223;
			d = (seed >> 24) % (sizeof(devices) / sizeof(devices[0]));
			rules[i] = (struct spec_device_rule){ .allow = seed >> 10 & 1,
							      .type = "abcc"[seed >> 11 & 3],
							      .major = seed >> 13 & 1 ? -1 : (int64_t)devices[d].major,
							      .minor = seed >> 14 & 1 ? -1 : (int64_t)devices[d].minor,
							      .access = seed >> 15 & 7 };
		}
		compare(rules, n);
	}
}

static int open_device(const char *dir, const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* In the cgroup: what the rules say.  0 or the number of the expectation that failed. */
static int try_devices(int cgroup, const char *dir, bool kmsg)
{
	struct kclone_args args = { .flags = KCLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup };
	pid_t pid = sys_clone3(&args);

	assert_true(pid >= 0);
	if (pid)
		return exit_of(pid);
	if (open_device(dir, "null"))
		_exit(1);
	if (open_device(dir, "port") != (kmsg ? 0 : EPERM))
		_exit(2);
	if (mknodat(AT_FDCWD, dir, S_IFCHR | 0600, makedev(1, 1)) == 0 || errno == EPERM)
		_exit(3); /* EEXIST: mknod itself is allowed */
	_exit(0);
}

static void test_filter_in_force(void **unused)
{
	static struct spec_device_rule port[] = { { false, 'a', -1, -1, R | W | M }, { true, 'c', 1, 11, R } };
	static struct spec_device_rule everything[] = { { true, 'a', -1, -1, R | W | M } };
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/devices", 1);
	struct spec s = { 0 };
	struct host user = host;
	struct lct_err err = { 0 };
	char dir[] = "/tmp/kin-devices-XXXXXX", path[64];
	int fd, r, usable;

	(void)unused;
	need_cgroups();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/null", dir);
	usable = mknod(path, S_IFCHR | 0600, makedev(1, 3));
	snprintf(path, sizeof(path), "%s/port", dir);
	usable |= mknod(path, S_IFCHR | 0600, makedev(1, 11)); /* /dev/kmsg: opening it does nothing */
	if (usable == 0)
		usable = open_device(dir, "null") | open_device(dir, "port");
	if (usable == 0) {
		/* Each on a fresh cgroup: programs of one add up. */
		fd = make(&a, "/devices", "/s/c1");
		assert_true(fd >= 0);
		assert_int_equal(try_devices(fd, dir, true), 0);
		r = cgroup_apply_devices(fd, &s, &host, &err);
		if (r < 0)
			print_message("%s\n", err.text);
		assert_int_equal(r, 0);
		assert_int_equal(try_devices(fd, dir, false), 0);
		assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
		close(fd);

		fd = make(&a, "/devices", "/s/c1");
		s.device_rules = port;
		s.n_device_rules = 2;
		assert_int_equal(cgroup_apply_devices(fd, &s, &host, &err), 0);
		assert_int_equal(try_devices(fd, dir, true), 0);
		assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
		close(fd);

		fd = make(&a, "/devices", "/s/c1");
		s.device_rules = everything;
		s.n_device_rules = 1;
		assert_int_equal(cgroup_apply_devices(fd, &s, &host, &err), 0);
		assert_int_equal(try_devices(fd, dir, true), 0);
		/* Not root of the machine: no filter, no error. */
		user.real_root = false;
		s.n_device_rules = 0;
		assert_int_equal(cgroup_apply_devices(fd, &s, &user, &err), 0);
		assert_int_equal(try_devices(fd, dir, true), 0);
		assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
		close(fd);
	}
	unlink(path);
	snprintf(path, sizeof(path), "%s/null", dir);
	unlink(path);
	rmdir(dir);
	if (usable != 0) {
		print_message("skipped: device nodes cannot be made or opened here\n");
		skip();
	}
}

/* The verifier's view: many rules of every shape are loaded, none refused. */
static void test_filter_is_verified(void **unused)
{
	enum { RULES = 200 };
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/verified", 1);
	struct spec_device_rule rules[RULES];
	struct spec s = { .device_rules = rules };
	struct lct_err err = { 0 };
	static const size_t counts[] = { 0, 1, 2, 3, 7, 20, RULES };
	uint32_t seed = 99;
	int fd;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/verified", "/s/c1");
	assert_true(fd >= 0);
	for (size_t i = 0; i < RULES; i++) {
		seed = seed * 1664525 + 1013904223;
		rules[i] = (struct spec_device_rule){ .allow = seed >> 10 & 1,
						      .type = "abc"[(seed >> 11) % 3],
						      .major = seed >> 13 & 3 ? (int64_t)(seed >> 20) : -1,
						      .minor = seed >> 15 & 3 ? (int64_t)(seed >> 22) : -1,
						      .access = 1 + (seed >> 17) % 7 };
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		s.n_device_rules = counts[i];
		if (cgroup_apply_devices(fd, &s, &host, &err) < 0)
			fail_msg("%zu rules: %s", counts[i], err.text);
	}
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

/* The first cgroup2 mount that can be written, and a directory of our own in it. */
static int set_up(void **unused)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[1024], at[256], path[512], *type;

	(void)unused;
	while (f && fgets(line, sizeof(line), f)) {
		type = strstr(line, " - cgroup2 ");
		if (!type || sscanf(line, "%*s %*s %*s %*s %255s", at) != 1)
			continue;
		snprintf(top, sizeof(top), "/kin-unit-%d", (int)getpid());
		snprintf(path, sizeof(path), "%s%s", at, top);
		if (mkdir(path, 0755) == 0) {
			snprintf(mount_point, sizeof(mount_point), "%s", at);
			break;
		}
	}
	if (f)
		fclose(f);
	if (geteuid() != 0 && mount_point[0]) { /* some tests change users */
		rmdir(path);
		mount_point[0] = '\0';
	}
	host = (struct host){ .euid = 0,
			      .privileged = true,
			      .real_root = true,
			      .cgroup_mount = mount_point[0] ? mount_point : NULL,
			      .cgroup_root = "/",
			      .cgroup_own = "/" };
	return 0;
}

static int tear_down(void **unused)
{
	char path[512];

	(void)unused;
	if (!mount_point[0])
		return 0;
	snprintf(path, sizeof(path), "%s%s", mount_point, top);
	return rmdir(path); /* fails when a test left something */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_place_refuses),
		cmocka_unit_test(test_place_without),
		cmocka_unit_test(test_place_root),
		cmocka_unit_test(test_place_user),
		cmocka_unit_test(test_make_and_remove),
		cmocka_unit_test(test_open_refuses),
		cmocka_unit_test(test_shared_parent),
		cmocka_unit_test(test_existing_leaf),
		cmocka_unit_test(test_kill_tree),
		cmocka_unit_test(test_remove_deep),
		cmocka_unit_test(test_remove_unopened),
		cmocka_unit_test(test_remove_of_another),
		cmocka_unit_test(test_remove_deadline),
		cmocka_unit_test(test_kill_by_hand),
		cmocka_unit_test(test_threaded),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_controller),
		cmocka_unit_test(test_filter_meaning),
		cmocka_unit_test(test_filter_in_force),
		cmocka_unit_test(test_filter_is_verified),
	};

	return cmocka_run_group_tests_name("cgroup", tests, set_up, tear_down);
}
