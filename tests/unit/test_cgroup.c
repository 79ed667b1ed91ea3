/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a container's cgroup goes; made, marked, opened. */
#include <sched.h>

#include "cgroup_tree.h"

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

/* ---- place ---- */

static int place(struct arena *a, const struct host *h, const char *asked, const char *manager, struct cgroup_place *p)
{
	struct spec s = { .cgroups_path = asked };
	struct lct_err err;

	return cgroup_place(a, h, &s, "c1", manager, p, &err);
}

static void test_place_refuses(void **unused)
{
	static const char *const bad[] = { "/", "//", "/a/../b", "..", "/..", "/a/.", ".", "a/./b" };
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

/* As callers put it together. */
static void test_place_slashes(void **unused)
{
	static const char *const same[] = { "/a/b", "//a/b", "/a//b", "/a/b/", "/a/b//", "a/b", "a//b/" };
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p, want;
	int r = place(&a, &host, same[0], "cgroupfs", &want);

	(void)unused;
	for (size_t i = 1; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(place(&a, &host, same[i], "cgroupfs", &p), r);
		assert_int_equal(!p.dir, !want.dir);
		if (p.dir)
			assert_string_equal(p.dir, want.dir);
	}
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
	/* Only v1: not a word of going without, but for who said so. */
	none.cgroup_v1_only = true;
	assert_int_equal(place(&a, &none, NULL, "cgroupfs", &p), -EOPNOTSUPP);
	assert_null(p.dir);
	assert_int_equal(place(&a, &none, NULL, "disabled", &p), 0);
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
	/* A relative path is from the hierarchy's root, too. */
	assert_int_equal(place(&a, &host, arena_printf(&a, "%s/x/y", top + 1), "cgroupfs", &p), 0);
	assert_string_equal(p.dir, arena_printf(&a, "%s%s/x/y", mount_point, top));
	assert_int_equal(p.make, 2);
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

/* What systemd made is marked as the container's; another container's is refused, and a frozen one. */
static void test_adopt(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/unit.scope", 1);
	struct lct_err err;
	char text[64];
	int fd, other;

	(void)unused;
	need_cgroups();
	assert_int_equal(cgroup_adopt(p.dir, "/s/c1", &err), -ENOENT);
	assert_int_equal(mkdir(p.dir, 0755), 0);
	fd = cgroup_adopt(p.dir, "/s/c1", &err);
	assert_true(fd >= 0);
	assert_int_equal(tree_mark(fd, text, sizeof(text)), 5);
	assert_string_equal(text, "/s/c1");
	assert_int_equal(cgroup_adopt(p.dir, "/s/c2", &err), -ESTALE);
	assert_int_equal(tree_write(fd, "cgroup.freeze", "1"), 0);
	for (int i = 0; i < 1000 && cgroup_frozen(fd) != 1; i++)
		usleep(1000);
	other = cgroup_adopt(p.dir, "/s/c1", &err);
	assert_int_equal(other, -EBUSY);
	assert_int_equal(cgroup_adopt("/proc", "/s/c1", &err), -EXDEV);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, &err), 0);
	close(fd);
}

static uid_t owner_of(int fd, const char *file)
{
	struct stat st;

	assert_int_equal(fstatat(fd, file, &st, 0), 0);
	return st.st_uid;
}

/* The directory and the files of the kernel's list, no others. */
static void test_delegate(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/delegate", 1);
	struct lct_err err;
	pid_t pid;
	int fd;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/delegate", "/s/c1");
	assert_true(fd >= 0);
	assert_int_equal(cgroup_delegate(fd, 65534, &err), 0);
	assert_int_equal(owner_of(fd, "."), 65534);
	assert_int_equal(owner_of(fd, "cgroup.procs"), 65534);
	assert_int_equal(owner_of(fd, "cgroup.threads"), 65534);
	assert_int_equal(owner_of(fd, "cgroup.subtree_control"), 65534);
	assert_int_equal(owner_of(fd, "cgroup.max.depth"), 0);
	assert_int_equal(owner_of(fd, "cgroup.freeze"), 0);
	/* Its owner may do it again, for nothing; to another it may not be given. */
	pid = fork();
	if (pid == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(100);
		if (cgroup_delegate(fd, 65534, &err) != 0)
			_exit(1);
		_exit(cgroup_delegate(fd, 12345, &err) == -EPERM && strstr(err.text, "12345") ? 0 : 2);
	}
	assert_int_equal(exit_of(pid), 0);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, &err), 0);
	close(fd);
}

/* The files of a directory that is no cgroup: what the kernel would say there. */
static void test_in_force(void **unused)
{
	static const struct {
		const char *max, *swap, *cpu;
		struct spec_in_force want;
	} cases[] = {
		{ NULL, NULL, NULL, { -1, -1, -1, -1 } },
		{ "max\n", "max\n", "max 100000\n", { -1, -1, -1, 100000 } },
		{ "1048576\n", "0\n", "50000 200000\n", { 1048576, 0, 50000, 200000 } },
		{ "9223372036854771712\n", NULL, "50000\n", { 9223372036854771712, -1, 50000, -1 } },
	};
	char dir[] = "/tmp/kin-cgroup-XXXXXX";
	struct spec_in_force now;

	(void)unused;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *files[] = { "memory.max", "memory.swap.max", "cpu.max" };
		const char *texts[] = { cases[i].max, cases[i].swap, cases[i].cpu };
		int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		for (int k = 0; k < 3; k++) {
			int f = texts[k] ? openat(fd, files[k], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

			if (texts[k])
				assert_int_equal(write(f, texts[k], strlen(texts[k])), strlen(texts[k]));
			else
				unlinkat(fd, files[k], 0);
			close(f);
		}
		assert_int_equal(cgroup_in_force(fd, &now), 0);
		assert_memory_equal(&now, &cases[i].want, sizeof(now));
		for (int k = 0; k < 3; k++)
			unlinkat(fd, files[k], 0);
		close(fd);
	}
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),		cmocka_unit_test(test_place_refuses),
		cmocka_unit_test(test_place_slashes),	cmocka_unit_test(test_place_without),
		cmocka_unit_test(test_place_root),	cmocka_unit_test(test_place_user),
		cmocka_unit_test(test_make_and_remove), cmocka_unit_test(test_open_refuses),
		cmocka_unit_test(test_shared_parent),	cmocka_unit_test(test_existing_leaf),
		cmocka_unit_test(test_adopt),		cmocka_unit_test(test_delegate),
		cmocka_unit_test(test_in_force),
	};

	return cmocka_run_group_tests_name("cgroup", tests, set_up, tear_down);
}
