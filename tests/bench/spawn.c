/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts a program and takes the time until it has ended.  posix_spawn is vfork underneath, so the size of this
 * process does not count.  We are subreaper, as the runtimes' callers are, and reap while we wait: a runtime that
 * waits for a container's init to disappear would otherwise wait for us.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

enum { MAX_WIDTH = 16, MAX_ARGS = 32 };

static posix_spawn_file_actions_t actions;
static int error_fd;
extern char **environ;

double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

void spawn_init(const char *error_file)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	error_fd = open(error_file, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (null < 0 || error_fd < 0)
		die(error_file);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		die("subreaper");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, null, 0);
	posix_spawn_file_actions_adddup2(&actions, null, 1);
	posix_spawn_file_actions_adddup2(&actions, error_fd, 2);
}

void spawn_last_error(char *out, size_t size)
{
	char text[4096];
	ssize_t n = pread(error_fd, text, sizeof(text) - 1, 0);
	char *line;

	text[n > 0 ? n : 0] = '\0';
	while (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	line = strrchr(text, '\n');
	snprintf(out, size, "%s", line ? line + 1 : text);
}

static int code_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The next process that ended, ours or left to us. */
static pid_t reap(int *ret_code, int flags)
{
	int status = 0;
	pid_t pid;

	do {
		pid = waitpid(-1, &status, __WALL | flags);
	} while (pid < 0 && errno == EINTR);
	*ret_code = code_of(status);
	return pid;
}

struct outcome spawn_wait(char *const argv[])
{
	struct outcome out = { .status = -1 };
	double start;
	pid_t pid, ended;

	if (ftruncate(error_fd, 0) < 0)
		die("ftruncate");
	start = now_ms();
	if (posix_spawn(&pid, argv[0], &actions, NULL, argv, environ) != 0)
		return out;
	do {
		ended = reap(&out.status, 0);
	} while (ended != pid && ended > 0);
	out.ms = now_ms() - start;
	return out;
}

void spawn_reap(pid_t pid)
{
	int code;

	while (pid > 0 && waitpid(pid, &code, __WALL) < 0 && errno == EINTR)
		;
	while (reap(&code, WNOHANG) > 0)
		;
}

static bool start_one(size_t i, pid_t *ret, bool (*prepare)(size_t i, char *argv[], void *arg), void *arg)
{
	char *argv[MAX_ARGS];

	return prepare(i, argv, arg) && posix_spawn(ret, argv[0], &actions, NULL, argv, environ) == 0;
}

double spawn_many(size_t count, size_t width, bool (*prepare)(size_t i, char *argv[], void *arg), void *arg)
{
	pid_t running[MAX_WIDTH] = { 0 };
	size_t started = 0, done = 0;
	double start;
	bool ok = true;

	if (ftruncate(error_fd, 0) < 0)
		die("ftruncate");
	start = now_ms();
	while (ok && started < width)
		ok = start_one(started, &running[started], prepare, arg), started++;
	while (ok && done < count) {
		int code;
		pid_t pid = reap(&code, 0);

		for (size_t i = 0; i < width; i++) {
			if (pid <= 0 || running[i] != pid)
				continue;
			done++;
			ok = code == 0;
			running[i] = 0;
			if (ok && started < count)
				ok = start_one(started++, &running[i], prepare, arg);
		}
	}
	start = now_ms() - start;
	for (size_t i = 0; i < width; i++)
		if (running[i] > 0)
			spawn_reap(running[i]);
	return ok ? start : -1;
}
