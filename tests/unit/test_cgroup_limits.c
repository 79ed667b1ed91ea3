/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits written to a real cgroup, all or none; by libcgroup, whose own ways must not be seen. */
#include <pthread.h>

#include "cgroup/library.h"
#include "cgroup/value.h"
#include "cgroup_tree.h"

static int limit(int fd, const struct cgroup_place *p, const char *file, const char *value, struct lct_err *err)
{
	struct spec_limit l = { .where = "/linux/resources/unified", .file = file, .value = value };
	struct spec_resources res = { .limits = &l, .n_limits = 1 };

	return cgroup_apply_limits(fd, p->dir, &host, &res, INT64_MAX, err);
}

static void test_limits(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/limits", 1), none = { .why = "because" };
	static const struct spec_resources empty;
	struct spec_limit taken = { .where = "/x", .file = "pids.max", .value = "max", .reset = true };
	static const char *const actions[] = { "cgroup.procs", "cgroup.threads", "cgroup.kill", "cgroup.freeze",
					       "cgroup.type" };
	struct lct_err err;
	char text[64];
	int fd;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/limits", "/s/c1");
	assert_true(fd >= 0);
	assert_int_equal(cgroup_apply_limits(fd, p.dir, &host, &empty, SOON, &err), 0);
	assert_int_equal(cgroup_apply_limits(-EBADF, NULL, &host, &empty, SOON, &err), 0);
	assert_int_equal(limit(-EBADF, &none, "pids.max", "7", &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.text, "pids.max"));
	/* Where there is no cgroup there is nothing to take away. */
	assert_int_equal(cgroup_apply_limits(-EBADF, NULL, &host,
					     &(struct spec_resources){ .limits = &taken, .n_limits = 1 }, SOON, &err),
			 0);
	/* The core's own need no controller. */
	assert_int_equal(limit(fd, &p, "cgroup.max.depth", "3", &err), 0);
	assert_true(tree_read(fd, "cgroup.max.depth", text, sizeof(text)) > 0);
	assert_string_equal(text, "3\n");
	/* No way out of the directory, and no such things. */
	assert_int_equal(limit(fd, &p, "../cgroup.max.depth", "3", &err), -EINVAL);
	assert_int_equal(limit(fd, &p, "pids", "3", &err), -EINVAL);
	assert_int_equal(limit(fd, &p, "", "3", &err), -EINVAL);
	/* What acts on processes is no limit.  Values that would do nothing, were they written. */
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		assert_int_equal(limit(fd, &p, actions[i], "nothing", &err), -EINVAL);
		assert_non_null(strstr(err.text, "is not a limit"));
	}
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

/* ---- all or none ---- */

static int apply(int fd, const struct cgroup_place *p, struct spec_limit *v, size_t n, struct lct_err *err)
{
	struct spec_resources res = { .limits = v, .n_limits = n };

	return cgroup_apply_limits(fd, p->dir, &host, &res, SOON, err);
}

static void assert_value(int fd, const char *file, const char *want)
{
	char text[128];

	assert_true(tree_read(fd, file, text, sizeof(text)) > 0);
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, want);
}

/* A cgroup whose limits hugetlb are to be had: 1; 0: not on this machine. */
static int with_hugetlb(struct arena *a, int fd, const struct cgroup_place *p)
{
	struct lct_err err;

	(void)a;
	return limit(fd, p, "hugetlb.2MB.max", "8388608", &err) == 0;
}

static void test_transaction(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/transaction", 1);
	struct spec_limit v[] = { { .where = "/one", .file = "cgroup.max.depth", .value = "7" },
				  { .where = "/two", .file = "cgroup.max.descendants", .value = "9" },
				  { .where = "/three", .file = "hugetlb.2MB.max", .value = "4194304" },
				  { .where = "/four", .file = "cgroup.max.depth", .value = "many" } };
	struct lct_err err;
	bool huge;
	int fd;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/transaction", "/s/c1");
	assert_true(fd >= 0);
	assert_int_equal(limit(fd, &p, "cgroup.max.depth", "3", &err), 0);
	huge = with_hugetlb(&a, fd, &p);
	if (!huge)
		v[2] = v[1];
	assert_int_equal(apply(fd, &p, v, 4, &err), -EINVAL);
	assert_string_equal(err.where, "/four");
	assert_non_null(strstr(err.text, "cgroup.max.depth"));
	assert_value(fd, "cgroup.max.depth", "3");
	assert_value(fd, "cgroup.max.descendants", "max");
	if (huge)
		assert_value(fd, "hugetlb.2MB.max", "8388608");
	/* Several lines, of which the second is refused. */
	v[0].value = "5\nmany";
	assert_int_equal(apply(fd, &p, v, 1, &err), -EINVAL);
	assert_value(fd, "cgroup.max.depth", "3");
	/* A missing file: before anything is written. */
	v[0].value = "7";
	v[3].file = "cgroup.nosuch";
	assert_int_equal(apply(fd, &p, v, 4, &err), -ENOENT);
	assert_value(fd, "cgroup.max.depth", "3");
	/* And all of it. */
	assert_int_equal(apply(fd, &p, v, 3, &err), 0);
	assert_value(fd, "cgroup.max.depth", "7");
	assert_value(fd, "cgroup.max.descendants", "9");
	if (huge)
		assert_value(fd, "hugetlb.2MB.max", "4194304");
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

static void test_missing_files(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/missing", 1);
	struct spec_limit l = { .where = "/x", .file = "cgroup.nosuch", .value = "1" };
	struct lct_err err;
	int fd;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/missing", "/s/c1");
	assert_true(fd >= 0);
	l.or_file = "cgroup.max.depth";
	l.or_value = "11";
	assert_int_equal(apply(fd, &p, &l, 1, &err), 0);
	assert_value(fd, "cgroup.max.depth", "11");
	l.or_file = "cgroup.nothing";
	assert_int_equal(apply(fd, &p, &l, 1, &err), -ENOENT);
	assert_non_null(strstr(err.text, "cgroup.nosuch and no cgroup.nothing"));
	l.or_file = NULL;
	l.optional = true;
	assert_int_equal(apply(fd, &p, &l, 1, &err), 0);
	/* Taking away what cannot be there: no controller is asked for. */
	l = (struct spec_limit){ .where = "/x", .file = "nosuch.max", .value = "max", .reset = true };
	assert_int_equal(apply(fd, &p, &l, 1, &err), 0);
	l.reset = false;
	assert_int_equal(apply(fd, &p, &l, 1, &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.text, "this kernel has none of that name"));
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

/* On a hybrid host the controller and v1 are named. */
static void test_bound_to_v1(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/v1", 1);
	FILE *f = fopen("/proc/cgroups", "re");
	char line[256], name[32] = "", want[128];
	struct lct_err err;
	int fd, hierarchy = 0;

	(void)unused;
	need_cgroups();
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%31s %d", name, &hierarchy) == 2 && hierarchy > 0 && strcmp(name, "blkio"))
			break;
	if (f)
		fclose(f);
	if (hierarchy <= 0) {
		print_message("skipped: no controller is bound to cgroup v1 here\n");
		skip();
	}
	fd = make(&a, "/v1", "/s/c1");
	assert_true(fd >= 0);
	snprintf(want, sizeof(want), "cgroup controller \"%s\" is not available", name);
	snprintf(line, sizeof(line), "%s.max", name);
	assert_int_equal(limit(fd, &p, line, "1", &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.text, want));
	assert_non_null(strstr(err.text, "bound to cgroup v1"));
	/* libcgroup knows it, but elsewhere: it must not write there. */
	assert_int_equal(library_knows(name, p.dir + strlen(mount_point), fd), -EXDEV);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

/* A cgroup of one's own below one that is not: who could enable the controller is said. */
static void test_not_delegated(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/owner/mine/leaf", 3), mine = place_of(&a, "/owner/mine", 1),
			    owner = place_of(&a, "/owner", 1);
	struct lct_err err;
	int fd, up, r;
	pid_t pid;

	(void)unused;
	need_cgroups();
	fd = cgroup_make(&host, &p, "/s/c1", NULL);
	up = tree_open(mine.dir);
	assert_true(fd >= 0 && up >= 0);
	r = limit(fd, &p, "hugetlb.2MB.max", "4194304", &err);
	if (r == 0) {
		/* Not below "owner" any more, which is root's. */
		assert_int_equal(tree_write(up, "cgroup.subtree_control", "-hugetlb"), 0);
		assert_int_equal(tree_write(up, "../cgroup.subtree_control", "-hugetlb"), 0);
		assert_int_equal(cgroup_delegate(up, 65534, &err), 0);
		assert_int_equal(cgroup_delegate(fd, 65534, &err), 0);
		pid = fork();
		if (pid == 0) {
			if (setgid(65534) < 0 || setuid(65534) < 0)
				_exit(100);
			if (limit(fd, &p, "hugetlb.2MB.max", "4194304", &err) != -EACCES)
				_exit(1);
			if (!strstr(err.text, "\"hugetlb\" is not delegated") || !strstr(err.text, "User 0"))
				_exit(2);
			_exit(strstr(err.text, owner.dir) && !strstr(err.text, mine.dir) ? 0 : 3);
		}
		assert_int_equal(exit_of(pid), 0);
	}
	assert_int_equal(cgroup_remove(p.dir, 3, fd, SOON, NULL), 0);
	assert_false(exists(&owner));
	close(fd);
	close(up);
	if (r < 0) {
		print_message("skipped: no controller can be enabled here\n");
		skip();
	}
}

/* ---- by path, but never to another ---- */

static void test_replaced(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/replaced", 1);
	struct spec_limit v[] = { { .where = "/one", .file = "hugetlb.2MB.max", .value = "4194304" } };
	struct lct_err err;
	int old, new;

	(void)unused;
	need_cgroups();
	old = make(&a, "/replaced", "/s/c1");
	assert_true(old >= 0);
	if (!with_hugetlb(&a, old, &p))
		v[0] = (struct spec_limit){ .where = "/one", .file = "cgroup.max.depth", .value = "4194304" };
	assert_int_equal(rmdir(p.dir), 0);
	new = make(&a, "/replaced", "/s/c2");
	assert_true(new >= 0);
	if (!strcmp(v[0].file, "hugetlb.2MB.max"))
		assert_int_equal(limit(new, &p, "hugetlb.2MB.max", "2097152", &err), 0);
	assert_int_equal(apply(old, &p, v, 1, &err), -ENOENT);
	assert_value(new, v[0].file, strcmp(v[0].file, "cgroup.max.depth") ? "2097152" : "max");
	assert_int_equal(cgroup_remove(p.dir, 1, new, SOON, NULL), 0);
	close(old);
	close(new);
}

/* The other one appears while values are written. */
static void test_confirm(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/confirm", 1);
	struct value_place v = { .dir = p.dir, .rel = p.dir + strlen(mount_point), .by_path = true };
	int again;

	(void)unused;
	need_cgroups();
	v.fd = make(&a, "/confirm", "/s/c1");
	assert_true(v.fd >= 0);
	assert_int_equal(value_confirm(&v), 0);
	assert_int_equal(rmdir(p.dir), 0);
	assert_int_equal(value_confirm(&v), -ESTALE);
	again = make(&a, "/confirm", "/s/c2");
	assert_true(again >= 0);
	assert_int_equal(value_confirm(&v), -ESTALE);
	assert_int_equal(cgroup_remove(p.dir, 1, again, SOON, NULL), 0);
	close(v.fd);
	close(again);
}

/* ---- libcgroup is not to be noticed ---- */

static void *apply_for_ever(void *arg)
{
	_cleanup_arena_ struct arena a = { 0 };
	char rel[32], text[64], depth[16], huge[32];
	struct lct_err err;
	long failed = 0;

	snprintf(rel, sizeof(rel), "/threads/%ld", (long)(intptr_t)arg);
	struct cgroup_place p = place_of(&a, rel, 2);
	int fd = make(&a, rel, "/s/c1");

	for (int i = 0; fd >= 0 && i < 200; i++) {
		struct spec_limit v[] = { { .where = "/a", .file = "cgroup.max.depth", .value = depth },
					  { .where = "/b", .file = "hugetlb.2MB.max", .value = huge } };

		snprintf(depth, sizeof(depth), "%d", 1 + i);
		snprintf(huge, sizeof(huge), "%ld", 2097152 * (1 + i + 1000 * (long)(intptr_t)arg));
		/* Its tables anew each time, under the feet of the other threads. */
		(void)library_knows("nosuch", p.dir + strlen(mount_point), fd);
		failed += apply(fd, &p, v, 2, &err) != 0;
		failed += tree_read(fd, "hugetlb.2MB.max", text, sizeof(text)) < 0;
		text[strcspn(text, "\n")] = '\0';
		failed += strcmp(text, huge) != 0;
	}
	failed += cgroup_remove(p.dir, 1, fd, SOON, NULL) != 0;
	close(fd);
	return (void *)(intptr_t)(failed + (fd < 0));
}

static void test_threads(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/threads", 1), probe = place_of(&a, "/threads/probe", 1);
	pthread_t t[4];
	void *failed;
	bool huge;
	int fd, sub;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/threads", "/s/c1");
	sub = make(&a, "/threads/probe", "/s/c1");
	assert_true(fd >= 0 && sub >= 0);
	huge = with_hugetlb(&a, sub, &probe);
	for (intptr_t i = 0; huge && i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, apply_for_ever, (void *)i), 0);
	for (int i = 0; huge && i < 4; i++) {
		assert_int_equal(pthread_join(t[i], &failed), 0);
		assert_ptr_equal(failed, NULL);
	}
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
	close(sub);
	if (!huge) {
		print_message("skipped: no controller can be enabled here\n");
		skip();
	}
}

/* It would print: its messages, with CGROUP_LOGLEVEL in the environment all of them. */
static void test_silence(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/silence", 1);
	struct lct_err err;
	char big[6000], text[256];
	int fd, out[2];
	ssize_t n;
	pid_t pid;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/silence", "/s/c1");
	assert_true(fd >= 0);
	memset(big, '1', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		setenv("CGROUP_LOGLEVEL", "DEBUG", 1);
		dup2(out[1], 1);
		dup2(out[1], 2);
		(void)limit(fd, &p, "hugetlb.2MB.max", "4194304", &err);
		(void)limit(fd, &p, "hugetlb.2MB.max", "many", &err);
		(void)limit(fd, &p, "hugetlb.2MB.max", "4194304\n\n2097152\n", &err);
		(void)limit(fd, &p, "hugetlb.nosuch", "1", &err);
		(void)limit(fd, &p, "memory.max", "1000000", &err);
		if (limit(fd, &p, "hugetlb.2MB.max", big, &err) >= 0)
			printf("a value of %zu bytes was taken\n", strlen(big));
		(void)library_set("hugetlb", p.dir + strlen(mount_point), "hugetlb.2MB.max", big);
		fflush(NULL);
		_exit(0);
	}
	close(out[1]);
	n = read(out[0], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	assert_string_equal(text, "");
	assert_int_equal(exit_of(pid), 0);
	close(out[0]);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

/* ---- texts ---- */

static void test_undo(void **unused)
{
	static const struct {
		const char *file, *before, *text, *want;
	} cases[] = {
		{ "pids.max", "max", "7", "max" },
		{ "cpuset.cpus", "", "0", "" },
		{ "io.max", "", "8:0 rbps=1", "8:0 rbps=max wbps=max riops=max wiops=max" },
		{ "io.max", "8:0 rbps=5 wbps=max riops=max wiops=max\n8:16 rbps=max wbps=9 riops=max wiops=max",
		  "8:16 rbps=1\n9:0 wbps=1\n8:16 wbps=2",
		  "8:16 rbps=max wbps=9 riops=max wiops=max\n9:0 rbps=max wbps=max riops=max wiops=max\n"
		  "8:16 rbps=max wbps=9 riops=max wiops=max" },
		{ "io.max", "8:1 rbps=5", "8:16 rbps=1", "8:16 rbps=max wbps=max riops=max wiops=max" },
		{ "io.weight", "default 100\n8:0 50", "200", "default 100" },
		{ "io.weight", "default 100\n8:0 50", "8:0 70\n8:16 90", "8:0 50\n8:16 default" },
		{ "io.weight", "", "default 300", "default default" },
		{ "rdma.max", "mlx hca_handle=2 hca_object=max", "mlx hca_handle=1",
		  "mlx hca_handle=2 hca_object=max" },
	};
	_cleanup_arena_ struct arena a = { 0 };

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(value_undo(&a, cases[i].file, cases[i].before, cases[i].text), cases[i].want);
}

static void test_bytes(void **unused)
{
	uint64_t n;

	(void)unused;
	assert_true(value_bytes("max", &n));
	assert_true(n == UINT64_MAX);
	assert_true(value_bytes("4096", &n));
	assert_true(n == 4096);
	assert_true(value_bytes("3k", &n));
	assert_true(n == 3072);
	assert_true(value_bytes("2M", &n));
	assert_true(n == 2 << 20);
	assert_true(value_bytes("1G", &n));
	assert_true(n == 1 << 30);
	assert_true(value_bytes("16E", &n));
	assert_true(n == UINT64_MAX);
	assert_false(value_bytes("", &n));
	assert_false(value_bytes("-1", &n));
	assert_false(value_bytes("1x", &n));
	assert_false(value_bytes("1MM", &n));
	assert_false(value_bytes("99999999999999999999", &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First: the library's logger is set once in a process. */
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_controller),
		cmocka_unit_test(test_transaction),
		cmocka_unit_test(test_missing_files),
		cmocka_unit_test(test_bound_to_v1),
		cmocka_unit_test(test_not_delegated),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_confirm),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests_name("cgroup-limits", tests, set_up, tear_down);
}
