/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stand-in for a process on a terminal: a real pty, a real child, and on the caller's side the pipes, files and
 * terminals that kin is called with.  The stand-in runs in a process of its own, whose CPU time is looked at: a
 * relay that spins would pass every other test.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

/* The CLI is no library. */
#include "../../src/foreground.c"
#include "../../src/relay.c"
#include "../../src/tty.c"

/* Nobody waits for the program to be ready here: notify.bats. */
int notify_pass(int socket, struct lct_err *err)
{
	(void)socket, (void)err;
	abort();
}

void log_notice(const char *fmt, ...)
{
	(void)fmt;
	abort();
}

enum { LIMIT_S = 20 }; /* of a test; a hang is a failure */

/* As the library hands a console over: ONLCR is off. */
static int new_pty(int *ret_slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (master < 0 || unlockpt(master) < 0 || tcgetattr(master, &t) < 0)
		return -1;
	t.c_oflag &= ~(tcflag_t)ONLCR;
	if (tcsetattr(master, TCSANOW, &t) < 0)
		return -1;
	*ret_slave = sys_pty_peer(master);
	return master;
}

static void on_terminal(int tty, const char *script)
{
	setsid();
	ioctl(tty, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(tty, fd);
	execl("/bin/sh", "sh", "-c", script, NULL);
	_exit(127);
}

/* What `kin run` does, with sh as the container: exits as the script does. */
static void stand_in(const char *script)
{
	struct foreground f = { 0 };
	siginfo_t info;
	int slave = -1, master, pidfd;
	pid_t pid;

	alarm(LIMIT_S);
	if (foreground_begin(&f, NULL) < 0)
		_exit(100);
	sigdelset(&f.mask, SIGALRM);
	master = new_pty(&slave);
	pid = fork();
	if (!pid) {
		sigprocmask(SIG_SETMASK, &f.mask, NULL);
		on_terminal(slave, script);
	}
	close(slave);
	pidfd = sys_pidfd_open(pid);
	if (master < 0 || pidfd < 0 || foreground_wait(&f, pidfd, master, NULL, NULL) < 0)
		_exit(101);
	foreground_end(&f);
	if (sys_waitid_pidfd(pidfd, &info, WEXITED | WNOHANG) < 0 || !info.si_pid)
		_exit(102); /* came back before the end */
	_exit(info.si_status);
}

static pid_t start(const char *script, int in, int out)
{
	pid_t pid = fork();

	if (!pid) {
		dup2(in, 0);
		dup2(out, 1);
		sys_close_range(3, ~0U, 0); /* the other ends of our pipes */
		stand_in(script);
	}
	assert_true(pid > 0);
	return pid;
}

/* Exit status, or 1000 + signal; *ret_ms: CPU time spent, children's too. */
static int finish(pid_t pid, long *ret_ms)
{
	struct rusage used;
	int status;

	/* SIGALRM is blocked there and would be passed on: the deadline is ours. */
	for (int i = 0; i < LIMIT_S * 100; i++) {
		if (wait4(pid, &status, WNOHANG, &used) == pid) {
			if (ret_ms)
				*ret_ms = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
					  (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
		}
		nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return 2000;
}

static void make_pipe(int fds[2])
{
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
}

static size_t read_to_end(int fd, char *text, size_t size, unsigned pause_us)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(fd, text + n, size - 1 - n)) > 0) {
		n += (size_t)got;
		if (pause_us)
			nanosleep(&(struct timespec){ .tv_nsec = pause_us * 1000L }, NULL);
	}
	text[n] = '\0';
	return n;
}

/* Reads until word has come; what came is in text. */
static void await(int fd, const char *word, char text[static 4096])
{
	size_t n = 0;

	text[0] = '\0';

	while (!strstr(text, word)) {
		ssize_t got = read(fd, text + n, 4095 - n);

		assert_true(got > 0);
		n += (size_t)got;
		text[n] = '\0';
	}
}

static void await_text(int fd, const char *word)
{
	char text[4096];

	await(fd, word, text);
}

static void test_output_and_status(void **state)
{
	int out[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char text[256];
	pid_t pid;

	(void)state;
	make_pipe(out);
	pid = start("printf 'a\\nb\\n'; exit 42", null, out[1]);
	close(out[1]);
	read_to_end(out[0], text, sizeof(text), 0);
	assert_string_equal(text, "a\nb\n"); /* no carriage returns in a pipe */
	assert_int_equal(finish(pid, NULL), 42);
	close(out[0]);
	close(null);
}

/* Everything arrives although the reader is slow and the program ends long before it is done. */
static void test_slow_reader(void **state)
{
	enum { BYTES = 300000 };
	int out[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char *text = malloc(BYTES + 100);
	pid_t pid;

	(void)state;
	make_pipe(out);
	fcntl(out[1], F_SETPIPE_SZ, 4096);
	pid = start("head -c 300000 /dev/zero | tr '\\0' x; echo end", null, out[1]);
	close(out[1]);
	assert_int_equal(read_to_end(out[0], text, BYTES + 100, 200), BYTES + 4);
	assert_string_equal(text + BYTES, "end\n");
	assert_int_equal(strspn(text, "x"), BYTES);
	assert_int_equal(finish(pid, NULL), 0);
	free(text);
	close(out[0]);
	close(null);
}

static void test_end_of_input(void **state)
{
	int in[2], out[2];
	char text[256];
	pid_t pid;

	(void)state;
	make_pipe(in);
	make_pipe(out);
	pid = start("stty -echo; echo ready; cat; echo done", in[0], out[1]);
	close(in[0]);
	close(out[1]);
	await_text(out[0], "ready\n");
	assert_int_equal(write(in[1], "one\ntwo", 7), 7); /* the last line is not complete */
	close(in[1]);
	read_to_end(out[0], text, sizeof(text), 0);
	assert_string_equal(text, "one\ntwodone\n");
	assert_int_equal(finish(pid, NULL), 0);
	close(out[0]);
}

/* A line editor changes the mode of the terminal before each line; no input at all must end it nevertheless. */
static void test_end_of_input_for_an_editor(void **state)
{
	int out[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char text[256];
	pid_t pid;

	(void)state;
	make_pipe(out);
	pid = start("sleep 0.2; stty raw -echo; printf prompt; "
		    "while :; do [ \"$(head -c 1 | od -An -tx1)\" = ' 04' ] && exit 8; done",
		    null, out[1]);
	close(out[1]);
	read_to_end(out[0], text, sizeof(text), 0);
	assert_non_null(strstr(text, "prompt"));
	assert_int_equal(finish(pid, NULL), 8);
	close(out[0]);
	close(null);
}

/* The caller has read a part of it: the rest is ours, and nothing but the rest. */
static void test_input_file(void **state)
{
	FILE *file = tmpfile();
	int out[2];
	char text[256];
	pid_t pid;

	(void)state;
	assert_non_null(file);
	make_pipe(out);
	assert_int_equal(write(fileno(file), "old\nnew\n", 8), 8);
	lseek(fileno(file), 4, SEEK_SET);
	pid = start("stty -echo; cat", fileno(file), out[1]);
	close(out[1]);
	read_to_end(out[0], text, sizeof(text), 0);
	assert_non_null(strstr(text, "new\n"));
	assert_null(strstr(text, "old"));
	assert_int_equal(finish(pid, NULL), 0);
	fclose(file);
	close(out[0]);
}

/* Nobody reads any more: the program runs to its end and is not held up. */
static void test_reader_gone(void **state)
{
	int out[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	long ms;
	pid_t pid;

	(void)state;
	make_pipe(out);
	pid = start("head -c 400000 /dev/zero; sleep 0.2; echo x; sleep 0.5; exit 7", null, out[1]);
	close(out[1]);
	close(out[0]);
	assert_int_equal(finish(pid, &ms), 7);
	assert_true(ms < 300);
	close(null);
}

/* No descriptor in the container has the terminal open for a while: poll must not return all the time. */
static void test_terminal_not_open(void **state)
{
	int out[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char text[64];
	long ms;
	pid_t pid;

	(void)state;
	make_pipe(out);
	pid = start("exec 3</dev/tty; exec </dev/null >/dev/null 2>&1 3<&-; sleep 1; echo back >/dev/tty; exit 3", null,
		    out[1]);
	close(out[1]);
	read_to_end(out[0], text, sizeof(text), 0);
	assert_string_equal(text, "back\n");
	assert_int_equal(finish(pid, &ms), 3);
	assert_true(ms < 200);
	close(out[0]);
	close(null);
}

/* A process that outlives the one we wait for keeps the terminal open and goes on writing. */
static void test_survivor(void **state)
{
	int out[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct timespec begin, end;
	char text[256];
	pid_t pid;

	(void)state;
	make_pipe(out);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	pid = start("setsid sleep 5 & sleep 0.1; echo last; exit 4", null, out[1]);
	close(out[1]);
	await_text(out[0], "last\n");
	assert_int_equal(finish(pid, NULL), 4);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true(end.tv_sec - begin.tv_sec < 4);
	(void)text;
	close(out[0]);
	close(null);
}

static void test_signals(void **state)
{
	static const struct {
		int sig;
		const char *name;
	} cases[] = {
		{ SIGTERM, "TERM" }, { SIGINT, "INT" }, { SIGUSR1, "USR1" }, { SIGHUP, "HUP" }, { SIGTSTP, "TSTP" }
	};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char script[128];
		int out[2];
		pid_t pid;

		make_pipe(out);
		snprintf(script, sizeof(script), "trap 'exit %d' %s; echo ready; while :; do sleep 0.02; done",
			 50 + (int)i, cases[i].name);
		pid = start(script, null, out[1]);
		close(out[1]);
		await_text(out[0], "ready\n");
		kill(pid, SIGPIPE); /* not passed on, and deadly to nobody */
		kill(pid, cases[i].sig);
		assert_int_equal(finish(pid, NULL), 50 + (int)i);
		close(out[0]);
	}
	close(null);
}

/* Called on a terminal: its size is the container's, from the start and when it changes; raw meanwhile, and after the
 * end as it was. */
static void test_on_a_terminal(void **state)
{
	int slave = -1, master = new_pty(&slave);
	struct winsize size = { .ws_row = 33, .ws_col = 77 };
	struct termios before, during, after;
	char text[4096];
	pid_t pid;

	(void)state;
	assert_true(master >= 0);
	ioctl(master, TIOCSWINSZ, &size);
	assert_int_equal(tcgetattr(master, &before), 0);
	pid = fork();
	if (!pid) {
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		for (int fd = 0; fd < 3; fd++)
			dup2(slave, fd);
		stand_in("sleep 0.2; stty size; trap 'stty size; exit 9' WINCH; echo ready; while :; do sleep 0.02; "
			 "done");
	}
	await(master, "ready", text);
	assert_non_null(strstr(text, "33 77"));
	tcgetattr(master, &during);
	assert_int_equal(during.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_true(during.c_oflag & OPOST);
	size.ws_row = 44;
	ioctl(master, TIOCSWINSZ, &size);
	await_text(master, "44 77");
	assert_int_equal(finish(pid, NULL), 9);
	tcgetattr(master, &after);
	assert_int_equal(after.c_lflag, before.c_lflag);
	assert_int_equal(after.c_iflag, before.c_iflag);
	assert_int_equal(after.c_oflag, before.c_oflag);
	close(slave);
	close(master);
}

/* Keys reach the program at once, and ^C is a byte to us and a signal to the program. */
static void test_keys(void **state)
{
	int slave = -1, master = new_pty(&slave);
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		for (int fd = 0; fd < 3; fd++)
			dup2(slave, fd);
		stand_in("trap 'exit 11' INT; echo ready; while :; do sleep 0.02; done");
	}
	await_text(master, "ready");
	assert_int_equal(write(master, "\x03", 1), 1);
	assert_int_equal(finish(pid, NULL), 11);
	close(slave);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_and_status),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_end_of_input),
		cmocka_unit_test(test_end_of_input_for_an_editor),
		cmocka_unit_test(test_input_file),
		cmocka_unit_test(test_reader_gone),
		cmocka_unit_test(test_terminal_not_open),
		cmocka_unit_test(test_survivor),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_on_a_terminal),
		cmocka_unit_test(test_keys),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
