/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * snoop SECONDS: looks at every process there is, for so long, as a process of a container would at a runtime that comes
 * in: its descriptors, directory, root, program, memory, and attaches to it.  Prints "seen COMM" for each name and
 * "got COMM WHAT" for everything that could be had of a process that was not its own kind before and after.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 600 };
static char lines[256][LINE];
static unsigned n_lines;

static void comm_of(int pid, char comm[32])
{
	char path[64];
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? 0 : read(fd, comm, 31);
	if (fd >= 0)
		close(fd);
	comm[n > 0 ? n : 0] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
}

/* Each line once. */
static void note(const char *line)
{
	for (unsigned i = 0; i < n_lines; i++)
		if (!strcmp(lines[i], line))
			return;
	if (n_lines == sizeof(lines) / sizeof(lines[0]))
		return;
	strcpy(lines[n_lines++], line);
	puts(line);
	fflush(stdout);
}

/* What could be had: a word, or NULL. */
static const char *try(int pid)
{
	static char word[512];
	static const char *const links[] = { "cwd", "root", "exe" };
	char path[64], target[256];
	ssize_t n;
	int fd;

	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", pid, links[i]);
		n = readlink(path, target, sizeof(target) - 1);
		if (n > 0) {
			target[n] = '\0';
			snprintf(word, sizeof(word), "%s %s", links[i], target);
			return word;
		}
	}
	/* Root may list the numbers; what they are is what counts. */
	for (int n_fd = 0; n_fd < 32; n_fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, n_fd);
		n = readlink(path, target, sizeof(target) - 1);
		if (n > 0)
			return "descriptor";
	}
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		close(fd);
		return "mem";
	}
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0)
		return "ptrace";
	return NULL;
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
	char before[32], after[32], line[LINE];
	const char *got;

	while (time(NULL) < end) {
		DIR *proc = opendir("/proc");
		struct dirent *e;

		while (proc && (e = readdir(proc))) {
			int pid = atoi(e->d_name);

			if (pid <= 1 || pid == getpid())
				continue;
			comm_of(pid, before);
			got = try(pid);
			comm_of(pid, after);
			if (!*before || strcmp(before, after))
				continue;
			snprintf(line, sizeof(line), "seen %s", before);
			note(line);
			snprintf(line, sizeof(line), "got %s %s", before, got ? got : "");
			if (got)
				note(line);
		}
		if (proc)
			closedir(proc);
		while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
			;
	}
	puts("end");
	return 0;
}
