/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * killsweep: kills a command with SIGKILL at an exact place.  Only the command's own process is traced and counted;
 * what it starts goes on undisturbed, as it would when an administrator kills the command.
 *
 *   killsweep count COMMAND...       prints how many system calls the command makes
 *   killsweep call N COMMAND...      kills it when it is about to make its N-th system call
 *   killsweep time USEC COMMAND...   kills it after that many microseconds
 *
 * Exit status: 0 killed (or counted), 3 the command ended before, 1 trouble of killsweep's own.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLED = 0, TROUBLE = 1, ENDED = 3 };

static int trouble(const char *what)
{
	fprintf(stderr, "killsweep: %s: %s\n", what, strerror(errno));
	return TROUBLE;
}

static pid_t begin(char **argv, int traced)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static int finish(pid_t pid)
{
	int status;

	(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return trouble("waitpid");
	return KILLED;
}

/* Runs to the n-th system call's entry; n 0: to the end, counting. */
static int by_call(unsigned long n, char **argv)
{
	unsigned long calls = 0;
	int status, entering = 1, deliver = 0;
	pid_t pid = begin(argv, 1);

	if (pid < 0)
		return trouble("fork");
	/* The stop at the end of execve. */
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return trouble("the command did not stop after execve");
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(uintptr_t)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) < 0)
		return trouble("PTRACE_SETOPTIONS");
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)deliver) < 0 && errno != ESRCH)
			return trouble("PTRACE_SYSCALL");
		deliver = 0;
		if (waitpid(pid, &status, __WALL) != pid)
			return trouble("waitpid");
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			if (n == 0)
				printf("%lu\n", calls);
			return n == 0 ? KILLED : ENDED;
		}
		if (!WIFSTOPPED(status))
			continue;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			/* A signal on its way, or a group stop; execve's own SIGTRAP is not for the command. */
			deliver = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
			continue;
		}
		if (entering && ++calls == n)
			return finish(pid);
		entering = !entering;
	}
}

static int by_time(unsigned long usec, char **argv)
{
	struct timespec ts = { .tv_sec = (time_t)(usec / 1000000), .tv_nsec = (long)(usec % 1000000) * 1000 };
	siginfo_t info = { 0 };
	pid_t pid = begin(argv, 0);

	if (pid < 0)
		return trouble("fork");
	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return trouble("waitid");
	if (info.si_pid == pid) {
		(void)waitpid(pid, NULL, 0);
		return ENDED;
	}
	return finish(pid);
}

int main(int argc, char **argv)
{
	char *end = NULL;
	unsigned long n;

	if (argc >= 3 && !strcmp(argv[1], "count"))
		return by_call(0, argv + 2);
	if (argc < 4)
		return fprintf(stderr, "usage: killsweep count|call N|time USEC COMMAND...\n"), TROUBLE;
	errno = 0;
	n = strtoul(argv[2], &end, 10);
	if (errno || *end || (n == 0 && strcmp(argv[1], "time")))
		return fprintf(stderr, "killsweep: what number is %s?\n", argv[2]), TROUBLE;
	if (!strcmp(argv[1], "call"))
		return by_call(n, argv + 3);
	if (!strcmp(argv[1], "time"))
		return by_time(n, argv + 3);
	return fprintf(stderr, "killsweep: what is %s?\n", argv[1]), TROUBLE;
}
