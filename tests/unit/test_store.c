/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state root and a container's directory: who may have it, one winner, locks, and removal of anything. */
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
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "store/store.h"

static char base[] = "/tmp/kin-store-XXXXXX";
static char root_path[64];
static int root = -EBADF;

#define SECOND INT64_C(1000000000)

static const char *below(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	return path;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* ---- root ---- */

static void test_root_is_made(void **unused)
{
	struct lct_err err;
	int fd;

	(void)unused;
	assert_int_equal(store_open_root(below("a/b/c"), false, &err), -ENOENT);
	assert_int_equal(access(below("a"), F_OK), -1);
	fd = store_open_root(below("a/b/c//"), true, &err);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	assert_int_equal(mode_of(below("a/b/c")), 01700);
	assert_int_equal(mode_of(below("a/b")), 0755);
	fd = store_open_root(below("a/b/c"), true, NULL);
	assert_true(fd >= 0);
	close(fd);
	rmdir(below("a/b/c"));
	rmdir(below("a/b"));
	rmdir(below("a"));
}

static void refused(const char *path, int error)
{
	struct lct_err err = { 0 };
	int fd = store_open_root(path, false, &err);

	if (fd != error)
		fail_msg("%s: %d, not %d", path ? path : "NULL", fd, error);
	assert_true(err.text[0]);
}

static void test_root_is_refused(void **unused)
{
	char link[300];
	int fd;

	(void)unused;
	refused(NULL, -EINVAL);
	refused("", -EINVAL);
	refused("/", -EINVAL);
	refused("///", -EINVAL);
	refused("relative", -EINVAL);

	assert_int_equal(mkdir(below("real"), 0700), 0);
	fd = store_open_root(below("real"), false, NULL);
	assert_true(fd >= 0); /* made by somebody else, but well */
	close(fd);
	assert_int_equal(symlink("real", below("link")), 0);
	refused(below("link"), -ENOTDIR);
	snprintf(link, sizeof(link), "%s/", below("link"));
	refused(link, -ENOTDIR);
	unlink(below("link"));

	static const mode_t open_modes[] = { 0755, 0710, 0701, 0770, 01777 };

	for (size_t i = 0; i < sizeof(open_modes) / sizeof(open_modes[0]); i++) {
		assert_int_equal(chmod(below("real"), open_modes[i]), 0);
		refused(below("real"), -EPERM);
	}
	assert_int_equal(chmod(below("real"), 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(below("real"), 65534, 0), 0);
		refused(below("real"), -EPERM);
	}
	rmdir(below("real"));
	fd = open(below("file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	refused(below("file"), -ENOTDIR);
	unlink(below("file"));
}

static void test_ids(void **unused)
{
	static const char *const good[] = { "a", "A.b_c+d-9", "0", "_", "+" };
	static const char *const bad[] = { "", ".", "..", "-x", ".x", "a/b", "/", "a b", "a\n", "\xc3\xa4", "a:b" };
	char name[242];
	struct lct_err err;

	(void)unused;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(store_check_id(good[i], &err), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(store_check_id(bad[i], &err), -EINVAL);
		assert_string_equal(err.text, "invalid container ID format");
	}
	assert_int_equal(store_check_id(NULL, &err), -EINVAL);
	memset(name, 'a', sizeof(name));
	name[240] = '\0';
	assert_int_equal(store_check_id(name, &err), 0);
	name[240] = 'a';
	name[241] = '\0';
	assert_int_equal(store_check_id(name, &err), -EINVAL);
}

static void test_list(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	char **ids, name[16];
	size_t n;

	(void)unused;
	assert_int_equal(store_ids(root, &a, &ids, &n, NULL), 0);
	assert_int_equal(n, 0);
	assert_null(ids[0]);
	for (int i = 99; i >= 0; i--) {
		snprintf(name, sizeof(name), "c%02d", i);
		assert_int_equal(mkdirat(root, name, 0700), 0);
	}
	assert_int_equal(mkdirat(root, ".hidden", 0700), 0);
	assert_int_equal(mkdirat(root, "no id", 0700), 0);
	assert_int_equal(store_ids(root, &a, &ids, &n, NULL), 0);
	assert_int_equal(n, 100);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "c%02d", i);
		assert_string_equal(ids[i], name);
		assert_int_equal(unlinkat(root, name, AT_REMOVEDIR), 0);
	}
	assert_null(ids[100]);
	unlinkat(root, ".hidden", AT_REMOVEDIR);
	unlinkat(root, "no id", AT_REMOVEDIR);
}

/* ---- claim and lock ---- */

static void test_claim(void **unused)
{
	struct lct_err err;
	int fd = store_claim(root, "c1", &err), other;

	(void)unused;
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(store_claim(root, "c1", &err), -EEXIST);
	assert_int_equal(err.code, LCT_E_EXISTS);
	assert_string_equal(err.text, "container with given ID already exists");
	assert_int_equal(store_claim(root, "../x", &err), -EINVAL);

	/* It comes locked, and the lock ends with the descriptor. */
	other = store_open(root, "c1", &err);
	assert_true(other >= 0);
	assert_int_equal(store_lock(root, "c1", other, clock_now_ns() + SECOND / 20, &err), -ETIMEDOUT);
	assert_int_equal(err.code, LCT_E_TIMEOUT);
	close(fd);
	assert_int_equal(store_lock(root, "c1", other, clock_now_ns(), &err), 0);
	assert_int_equal(store_remove(root, "c1", other, &err), 0);
	close(other);
	assert_int_equal(store_open(root, "c1", &err), -ENOENT);
	assert_string_equal(err.text, "container does not exist");
}

static void test_lock_waits(void **unused)
{
	int fd = store_claim(root, "c1", NULL), status;
	int64_t t = clock_now_ns();
	pid_t pid = fork();

	(void)unused;
	if (pid == 0) {
		int mine = store_open(root, "c1", NULL);

		_exit(store_lock(root, "c1", mine, clock_now_ns() + 20 * SECOND, NULL) == 0 ? 0 : 1);
	}
	usleep(60000);
	flock(fd, LOCK_UN);
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(clock_now_ns() - t >= SECOND / 20);
	assert_int_equal(store_remove(root, "c1", fd, NULL), 0);
	close(fd);
}

/* Had the lock, but of a container that is gone: also when another has its name now. */
static void test_lock_of_deleted(void **unused)
{
	struct lct_err err;
	int first, second, late;

	(void)unused;
	first = store_claim(root, "c1", NULL);
	late = store_open(root, "c1", NULL);
	assert_int_equal(store_remove(root, "c1", first, NULL), 0);
	close(first);
	assert_int_equal(store_lock(root, "c1", late, clock_now_ns() + SECOND, &err), -ENOENT);
	assert_string_equal(err.text, "container does not exist");
	second = store_claim(root, "c1", NULL);
	assert_true(second >= 0);
	assert_int_equal(store_lock(root, "c1", late, clock_now_ns() + SECOND, &err), -ENOENT);

	/* The late one may empty what it holds, never what has the name now. */
	assert_int_equal(store_put(second, "record", "x", 1, NULL), 0);
	assert_int_equal(store_remove(root, "c1", late, NULL), 0);
	assert_int_equal(faccessat(second, "record", F_OK, 0), 0);
	assert_int_equal(faccessat(root, "c1", F_OK, 0), 0);
	close(late);
	assert_int_equal(store_remove(root, "c1", second, NULL), 0);
	close(second);
}

/* Many at once: one wins each round, also while another keeps deleting what it finds. */
static void race(bool with_deleter)
{
	enum { CLAIMERS = 8, ROUNDS = 40 };

	for (int round = 0; round < ROUNDS; round++) {
		pid_t pids[CLAIMERS], deleter = 0;
		int go[2], winners = 0, status;

		assert_int_equal(pipe(go), 0);
		for (int i = 0; i < CLAIMERS; i++) {
			pids[i] = fork();
			if (pids[i] == 0) {
				char c;
				int fd;

				close(go[1]);
				(void)!read(go[0], &c, 1);
				fd = store_claim(root, "c1", NULL);
				_exit(fd >= 0 && store_put(fd, "record", "x", 1, NULL) == 0 ? 0
				      : fd == -EEXIST					    ? 1
											    : 2);
			}
		}
		if (with_deleter) {
			deleter = fork();
			if (deleter == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				close(go[0]);
				close(go[1]);
				for (;;) {
					int fd = store_open(root, "c1", NULL);

					if (fd >= 0 && store_lock(root, "c1", fd, clock_now_ns() + SECOND, NULL) == 0)
						store_remove(root, "c1", fd, NULL);
					if (fd >= 0)
						close(fd);
				}
			}
		}
		close(go[0]);
		close(go[1]);
		for (int i = 0; i < CLAIMERS; i++) {
			waitpid(pids[i], &status, 0);
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
			winners += WEXITSTATUS(status) == 0;
		}
		if (with_deleter) {
			kill(deleter, SIGKILL);
			waitpid(deleter, NULL, 0);
			assert_true(winners >= 1);
		} else {
			assert_int_equal(winners, 1);
		}
		int fd = store_open(root, "c1", NULL);

		if (fd >= 0) {
			assert_int_equal(store_remove(root, "c1", fd, NULL), 0);
			close(fd);
		}
	}
}

static void test_one_winner(void **unused)
{
	(void)unused;
	race(false);
	race(true);
}

static void test_no_descriptors(void **unused)
{
	struct rlimit old, few;
	struct lct_err err;
	int next, r, last = -1;

	(void)unused;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	next = dup(0);
	close(next);
	/* With 0 .. 2 descriptors left: refused with nothing left behind, or done. */
	for (int left = 0; left < 3; left++) {
		few = old;
		few.rlim_cur = (rlim_t)(next + left);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		r = store_claim(root, "c1", &err);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
		if (r < 0) {
			assert_int_equal(r, -EMFILE);
			assert_int_equal(faccessat(root, "c1", F_OK, 0), -1);
		} else {
			assert_int_equal(store_remove(root, "c1", r, NULL), 0);
			close(r);
		}
		last = r;
	}
	assert_true(last >= 0);
}

static void test_garbage_for_a_container(void **unused)
{
	struct lct_err err;
	int fd;

	(void)unused;
	fd = openat(root, "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	assert_int_equal(symlinkat("/etc", root, "l"), 0);
	assert_int_equal(mkfifoat(root, "p", 0600), 0);
	assert_int_equal(store_open(root, "f", &err), -EBADMSG);
	assert_int_equal(err.code, LCT_E_DAMAGED);
	assert_int_equal(store_open(root, "l", &err), -EBADMSG);
	assert_int_equal(store_open(root, "p", &err), -EBADMSG);
	assert_int_equal(store_claim(root, "l", &err), -EEXIST);
	assert_int_equal(store_remove(root, "f", -EBADF, &err), 0);
	assert_int_equal(store_remove(root, "l", -EBADF, &err), 0);
	assert_int_equal(store_remove(root, "p", -EBADF, &err), 0);
	assert_int_equal(store_remove(root, "p", -EBADF, &err), 0);
	assert_int_equal(access("/etc", F_OK), 0);
}

/* ---- files ---- */

static void test_files(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	char *text, big[5000];
	size_t len;
	struct lct_err err;
	int fd = store_claim(root, "c1", NULL);

	(void)unused;
	memset(big, 7, sizeof(big));
	assert_int_equal(store_get(fd, "f", 10, &a, &text, &len, &err), -ENOENT);
	assert_int_equal(store_put(fd, "f", "", 0, &err), 0);
	assert_int_equal(store_get(fd, "f", 10, &a, &text, &len, &err), 0);
	assert_int_equal(len, 0);
	assert_int_equal(store_put(fd, "f", big, sizeof(big), &err), 0);
	assert_int_equal(store_get(fd, "f", sizeof(big), &a, &text, &len, &err), 0);
	assert_int_equal(len, sizeof(big));
	assert_memory_equal(text, big, len);
	assert_int_equal(text[len], 0);
	assert_int_equal(store_get(fd, "f", sizeof(big) - 1, &a, &text, &len, &err), -EBADMSG);
	/* A directory of that name cannot be replaced, and no temporary file stays. */
	assert_int_equal(mkdirat(fd, "d", 0700), 0);
	assert_int_equal(mkdirat(fd, "d/x", 0700), 0);
	assert_true(store_put(fd, "d", "x", 1, &err) < 0);
	assert_int_equal(unlinkat(fd, "d/x", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(fd, "d", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(fd, "f", 0), 0);
	assert_int_equal(unlinkat(root, "c1", AT_REMOVEDIR), 0);
	close(fd);
}

/* ---- removal ---- */

static void touch(int at, const char *name)
{
	int fd = openat(at, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0);

	assert_true(fd >= 0);
	close(fd);
}

static void test_remove_anything(void **unused)
{
	struct lct_err err;
	char name[16];
	int fd = store_claim(root, "c1", NULL), out;

	(void)unused;
	assert_int_equal(mkdir(below("out"), 0700), 0);
	out = open(below("out"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	touch(out, "keep");
	assert_int_equal(symlinkat(below("out"), fd, "link"), 0);
	assert_int_equal(mkdirat(fd, "d", 0700), 0);
	assert_int_equal(mkdirat(fd, "d/e", 0700), 0);
	assert_int_equal(symlinkat(below("out"), fd, "d/e/link"), 0);
	assert_int_equal(mkfifoat(fd, "d/fifo", 0600), 0);
	touch(fd, "record");
	touch(fd, ".record.1.abc");
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "d/e/%d", i);
		touch(fd, name);
	}
	assert_int_equal(store_remove(root, "c1", fd, &err), 0);
	assert_int_equal(faccessat(root, "c1", F_OK, 0), -1);
	assert_int_equal(faccessat(out, "keep", F_OK, 0), 0);
	/* Again, with the name gone: nothing to do. */
	assert_int_equal(store_remove(root, "c1", fd, &err), 0);
	assert_int_equal(store_remove(root, "c1", -EBADF, &err), 0);
	close(fd);
	unlinkat(out, "keep", 0);
	close(out);
	rmdir(below("out"));
}

static void test_remove_is_bounded(void **unused)
{
	struct lct_err err;
	char path[256] = "x";
	int fd = store_claim(root, "c1", NULL);

	(void)unused;
	for (int i = 0; i < 40; i++) {
		assert_int_equal(mkdirat(fd, path, 0700), 0);
		strcat(path, "/x");
	}
	assert_int_equal(store_remove(root, "c1", fd, &err), -ELOOP);
	assert_non_null(strstr(err.text, "remove state directory"));
	for (size_t n = strlen(path); n > 1; n -= 2) {
		path[n - 2] = '\0';
		unlinkat(fd, path, AT_REMOVEDIR);
	}
	assert_int_equal(store_remove(root, "c1", fd, &err), 0);
	close(fd);
}

/* What cannot be removed (here: a mount point) leaves the record, so that the delete can be taken up again. */
static int record_goes_last(void)
{
	char path[256];
	int fd = store_claim(root, "c1", NULL);

	if (unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return 255;
	snprintf(path, sizeof(path), "%s/c1/busy", root_path);
	if (mkdir(path, 0700) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", path, "tmpfs", 0, NULL) < 0)
		return 255;
	touch(fd, "record");
	touch(fd, "busy/kept");
	touch(fd, "zzz");
	if (store_remove(root, "c1", fd, NULL) != -EBUSY)
		return 1;
	if (faccessat(fd, "record", F_OK, 0) < 0 || faccessat(fd, "busy", F_OK, 0) < 0)
		return 2;
	umount2(path, MNT_DETACH);
	return store_remove(root, "c1", fd, NULL) == 0 && faccessat(root, "c1", F_OK, 0) < 0 ? 0 : 3;
}

static void test_record_goes_last(void **unused)
{
	int status, fd;
	pid_t pid = fork();

	(void)unused;
	if (pid == 0)
		_exit(record_goes_last());
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 255) {
		fd = store_open(root, "c1", NULL);
		store_remove(root, "c1", fd, NULL);
		close(fd);
		print_message("skipped: no mount namespace can be made here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int set_up(void **unused)
{
	(void)unused;
	if (!mkdtemp(base))
		return -1;
	snprintf(root_path, sizeof(root_path), "%s/root", base);
	root = store_open_root(root_path, true, NULL);
	return root < 0 ? -1 : 0;
}

static int tear_down(void **unused)
{
	(void)unused;
	close(root);
	return rmdir(root_path) | rmdir(base); /* fails when something is left */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_is_made),
		cmocka_unit_test(test_root_is_refused),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_claim),
		cmocka_unit_test(test_lock_waits),
		cmocka_unit_test(test_lock_of_deleted),
		cmocka_unit_test(test_one_winner),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_garbage_for_a_container),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_remove_anything),
		cmocka_unit_test(test_remove_is_bounded),
		cmocka_unit_test(test_record_goes_last),
	};

	return cmocka_run_group_tests_name("store", tests, set_up, tear_down);
}
