/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a process has executed a program since it was forked, as the kernel has it.  Room: run. */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/sys.h"

/* include/linux/sched.h: forked and not executed yet; execve clears it before it closes descriptors. */
static const unsigned long PF_FORKNOEXEC = 0x40;

int exec_confirmed(pid_t pid)
{
	char path[32], text[1024], *p;
	autofd fd = -EBADF;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = sys_openat(AT_FDCWD, path, O_RDONLY, 0);
	if (fd < 0)
		return fd == -ENOENT ? -ESRCH : fd;
	n = sys_read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return n ? (int)n : -ESRCH;
	text[n] = '\0';
	/* proc(5): flags is field 9; the name before may hold anything, so count from its closing bracket. */
	p = strrchr(text, ')');
	for (int field = 2; p && field < 9; field++)
		p = strchr(p + 1, ' ');
	if (!p)
		return -EBADMSG;
	return strtoul(p + 1, NULL, 10) & PF_FORKNOEXEC ? 0 : 1;
}
