/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says of a process in /proc/PID/stat (proc(5)): has it executed, how did it end.  Room: run. */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/sys.h"

/* include/linux/sched.h: forked and not executed yet; execve clears it before it closes descriptors. */
static const unsigned long PF_FORKNOEXEC = 0x40;

enum { FIELD_STATE = 3, FIELD_FLAGS = 9, FIELD_EXIT_CODE = 52 };

/* Reads the file; *ret points at the field's text in buf. */
static int stat_field(pid_t pid, int field, char *buf, size_t size, char **ret)
{
	char path[32], *p;
	autofd fd = -EBADF;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = sys_openat(AT_FDCWD, path, O_RDONLY, 0);
	if (fd < 0)
		return fd == -ENOENT ? -ESRCH : fd;
	n = sys_read(fd, buf, size - 1);
	if (n <= 0)
		return n ? (int)n : -ESRCH;
	buf[n] = '\0';
	/* The name, field 2, may hold anything: count from its closing bracket. */
	p = strrchr(buf, ')');
	for (int i = 2; p && i < field; i++)
		p = strchr(p + 1, ' ');
	if (!p)
		return -EBADMSG;
	*ret = p + 1;
	return 0;
}

int exec_confirmed(pid_t pid)
{
	char buf[1024], *flags;
	int r = stat_field(pid, FIELD_FLAGS, buf, sizeof(buf), &flags);

	return r < 0 ? r : strtoul(flags, NULL, 10) & PF_FORKNOEXEC ? 0 : 1;
}

int zombie_status(pid_t pid, int *ret)
{
	char buf[1024], *state, *code;
	int r = stat_field(pid, FIELD_STATE, buf, sizeof(buf), &state);

	if (r < 0)
		return r;
	if (*state != 'Z')
		return -EAGAIN;
	r = stat_field(pid, FIELD_EXIT_CODE, buf, sizeof(buf), &code);
	if (r == 0)
		*ret = (int)strtol(code, NULL, 10);
	return r;
}
