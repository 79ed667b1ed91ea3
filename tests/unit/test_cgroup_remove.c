/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a cgroup: everybody killed, everything below removed; and found when its record is lost. */
#include <sys/ptrace.h>

#include "cgroup_tree.h"

/* For its fallback, which no kernel of today takes. */
#include "../../libcontainer/cgroup/kill.c"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill_tree),	cmocka_unit_test(test_remove_deep),
		cmocka_unit_test(test_remove_unopened), cmocka_unit_test(test_remove_of_another),
		cmocka_unit_test(test_remove_deadline), cmocka_unit_test(test_kill_by_hand),
		cmocka_unit_test(test_threaded),	cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests_name("cgroup-remove", tests, set_up, tear_down);
}
