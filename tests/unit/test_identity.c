/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process is recognised, and no other is taken for it: zombies, reaped ones, reused pids, lying names. */
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
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "store/identity.h"
#include "sys/sys.h"

/* A child that sleeps; it dies with us, so that a failing test leaves nothing. */
static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	assert_true(pid > 0);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static ino_t inode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static void identify(pid_t pid, struct identity *ret)
{
	autofd fd = sys_pidfd_open(pid);

	assert_true(fd >= 0);
	assert_int_equal(identity_of(fd, pid, ret), 0);
}

/* The three ways to know a process, each alone. */
static struct identity only_handle(struct identity id)
{
	id.start_time = id.pidfs_inode = 0;
	return id;
}

static struct identity only_inode(struct identity id)
{
	id.start_time = id.handle_len = 0;
	return id;
}

static struct identity only_time(struct identity id)
{
	id.pidfs_inode = id.handle_len = 0;
	return id;
}

static void test_boot_id(void **unused)
{
	char a[37], b[37];

	(void)unused;
	assert_int_equal(identity_boot_id(a), 0);
	assert_int_equal(identity_boot_id(b), 0);
	assert_int_equal(strlen(a), 36);
	assert_int_equal(strspn(a, "0123456789abcdef-"), 36);
	assert_string_equal(a, b);
}

static void open_and_kill(const struct identity *id)
{
	autofd fd = identity_open(id);
	int r;

	assert_true(fd >= 0);
	r = fcntl(fd, F_GETFD);
	assert_true(r & FD_CLOEXEC);
	assert_int_equal(pidfd_ended(fd), 0);
	assert_int_equal(sys_pidfd_send_signal(fd, SIGKILL), 0);
	assert_int_equal(pidfd_wait_until(fd, clock_now_ns() + 10 * INT64_C(1000000000)), 1);
	assert_int_equal(pidfd_ended(fd), 1);
}

static void test_open_each_way(void **unused)
{
	(void)unused;
	for (int way = 0; way < 4; way++) {
		pid_t pid = sleeper();
		struct identity id;

		identify(pid, &id);
		assert_int_equal(id.pid, pid);
		assert_true(id.start_time > 0);
		if (way == 1 && id.handle_len)
			id = only_handle(id);
		if (way == 2 && id.pidfs_inode)
			id = only_inode(id);
		if (way == 3)
			id = only_time(id);
		open_and_kill(&id);
		end(pid);
	}
}

static void test_zombie_and_reaped(void **unused)
{
	pid_t pid = sleeper();
	struct identity id, again;
	int fd;

	(void)unused;
	identify(pid, &id);
	fd = sys_pidfd_open(pid);
	kill(pid, SIGKILL);
	assert_int_equal(pidfd_wait_until(fd, clock_now_ns() + 10 * INT64_C(1000000000)), 1);

	/* A zombie still has its identity. */
	int z = identity_open(&id);

	assert_true(z >= 0);
	assert_int_equal(pidfd_ended(z), 1);
	close(z);
	assert_int_equal(identity_of(fd, pid, &again), 0);
	assert_int_equal(again.start_time, id.start_time);

	waitpid(pid, NULL, 0);
	assert_int_equal(pidfd_ended(fd), 1);
	assert_int_equal(identity_of(fd, pid, &again), -ESRCH);
	assert_int_equal(identity_open(&id), -ESRCH);
	id = only_time(id);
	assert_int_equal(identity_open(&id), -ESRCH);
	close(fd);
}

/* The name is the process's own choice: field 22 must be counted from the last parenthesis. */
static void test_lying_name(void **unused)
{
	int ready[2];
	struct identity before, after;
	char c;
	pid_t pid;

	(void)unused;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		raise(SIGSTOP);
		prctl(PR_SET_NAME, ") R 1 1 1 1 1 (");
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	waitpid(pid, NULL, WUNTRACED);
	identify(pid, &before);
	kill(pid, SIGCONT);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	identify(pid, &after);
	assert_int_equal(before.start_time, after.start_time);
	before = only_time(before);
	open_and_kill(&before);
	end(pid);
}

static void test_wrong_descriptions(void **unused)
{
	pid_t pid = sleeper();
	struct identity id, bad;

	(void)unused;
	identify(pid, &id);
	bad = only_time(id);
	bad.start_time++;
	assert_int_equal(identity_open(&bad), -ESRCH);
	bad = id;
	bad.handle_len = 0;
	if (id.pidfs_inode) {
		bad.pidfs_inode++;
		assert_int_equal(identity_open(&bad), -ESRCH);
	}
	if (id.handle_len) {
		bad = id;
		bad.handle[0] ^= 0x5a; /* of no process, or of another one: never of ours */
		assert_int_equal(identity_open(&bad), -ESRCH);
		bad = id;
		bad.handle_type ^= 0x11;
		assert_int_equal(identity_open(&bad), -ESRCH);
		bad = id;
		bad.pidfs_inode++; /* handle and inode of two processes */
		assert_int_equal(identity_open(&bad), -ESRCH);
		bad = id;
		bad.handle_len = IDENTITY_HANDLE + 1; /* no handle: then by number */
		int fd = identity_open(&bad);

		assert_true(fd >= 0);
		assert_int_equal(inode_of(fd), id.pidfs_inode);
		close(fd);
	}
	bad = (struct identity){ .pid = pid }; /* nothing to compare with: not to be believed */
	assert_int_equal(identity_open(&bad), -EINVAL);
	bad = (struct identity){ 0 };
	assert_int_equal(identity_open(&bad), -ESRCH);
	bad.pid = -1;
	assert_int_equal(identity_open(&bad), -EINVAL);
	end(pid);
}

/* ---- the same pid for another process ---- */

static pid_t fork_as(pid_t want)
{
	struct kclone_args args = { .exit_signal = SIGCHLD, .set_tid = (uint64_t)(uintptr_t)&want, .set_tid_size = 1 };
	int r = sys_clone3(&args);

	if (r == 0)
		for (;;)
			pause();
	return r;
}

/* Runs as pid 1 of its own pid namespace with its own /proc; the result is the number of the line that failed. */
#define CHECK(c)                                                                                                       \
	do {                                                                                                           \
		if (!(c))                                                                                              \
			_exit(__LINE__ % 200 + 1);                                                                     \
	} while (0)

static void reuse_in_namespace(void)
{
	enum { PID = 77 };
	struct identity first, second, way;
	int fd;

	CHECK(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
	CHECK(fork_as(PID) == PID);
	fd = sys_pidfd_open(PID);
	CHECK(fd >= 0 && identity_of(fd, PID, &first) == 0);
	close(fd);
	kill(PID, SIGKILL);
	CHECK(waitpid(PID, NULL, 0) == PID);
	usleep(30000); /* the start time counts in ticks of 10 ms */
	CHECK(fork_as(PID) == PID);
	fd = sys_pidfd_open(PID);
	CHECK(fd >= 0 && identity_of(fd, PID, &second) == 0);

	CHECK(identity_open(&first) == -ESRCH);
	if (first.handle_len) {
		way = only_handle(first);
		CHECK(identity_open(&way) == -ESRCH);
	}
	if (first.pidfs_inode) {
		way = only_inode(first);
		CHECK(identity_open(&way) == -ESRCH);
	}
	way = only_time(first);
	CHECK(identity_open(&way) == -ESRCH);
	CHECK(first.start_time != second.start_time);
	CHECK(pidfd_ended(fd) == 0); /* the innocent one lives */
	way = only_time(second);
	CHECK(identity_open(&way) >= 0);

	/* The number as a thread's of another process, or of nobody. */
	kill(PID, SIGKILL);
	CHECK(waitpid(PID, NULL, 0) == PID);
	CHECK(identity_open(&second) == -ESRCH);
	_exit(0);
}

static void test_reused_pid(void **unused)
{
	int status;
	pid_t pid = fork();

	(void)unused;
	if (pid == 0) {
		pid_t inner;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS) < 0)
			_exit(255);
		inner = fork();
		if (inner == 0)
			reuse_in_namespace();
		waitpid(inner, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 254);
	}
	assert_true(pid > 0);
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 255) {
		print_message("skipped: no pid namespace can be made here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- other users ---- */

static int open_as(const struct identity *id, bool userns)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int fd;

		if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(10);
		if (userns && unshare(CLONE_NEWUSER) < 0)
			_exit(255);
		fd = identity_open(id);
		_exit(fd >= 0 && inode_of(fd) == id->pidfs_inode ? 0 : fd < 0 ? -fd : 11);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 254;
}

static void test_other_user(void **unused)
{
	pid_t pid = sleeper();
	struct identity id;
	int r;

	(void)unused;
	identify(pid, &id);
	assert_int_equal(open_as(&id, false), 0);
	r = open_as(&id, true);
	end(pid);
	if (r == 255) {
		print_message("skipped: no user namespace can be made here\n");
		skip();
	}
	assert_int_equal(r, 0);
}

/* Running out of descriptors is that, not the end of a process. */
static void test_no_descriptors(void **unused)
{
	pid_t pid = sleeper();
	struct identity id;
	struct rlimit old, few;
	int r;

	(void)unused;
	identify(pid, &id);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	r = identity_open(&id);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(r, -EMFILE);
	end(pid);
}

static void test_deadlines(void **unused)
{
	pid_t pid = sleeper();
	int fd = sys_pidfd_open(pid);
	int64_t t = clock_now_ns();

	(void)unused;
	assert_int_equal(pidfd_wait_until(fd, t - 1), 0);
	assert_int_equal(pidfd_wait_until(fd, t + 30000000), 0);
	assert_true(clock_now_ns() - t >= 30000000);
	assert_true(clock_now_ns() - t < 10 * INT64_C(1000000000));
	end(pid);
	assert_int_equal(pidfd_wait_until(fd, 0), 1);
	close(fd);
	assert_int_equal(pidfd_ended(fd), -EBADF);
	assert_int_equal(pidfd_wait_until(fd, clock_now_ns() + 1000000000), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boot_id),
		cmocka_unit_test(test_open_each_way),
		cmocka_unit_test(test_zombie_and_reaped),
		cmocka_unit_test(test_lying_name),
		cmocka_unit_test(test_wrong_descriptions),
		cmocka_unit_test(test_reused_pid),
		cmocka_unit_test(test_other_user),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_deadlines),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
