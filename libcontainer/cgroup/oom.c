/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whom the kernel killed in a cgroup for want of memory.  Room: run. */
#include "cgroup/usage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cgroup/usage_text.h"
#include "sys/sys.h"

enum { EVENTS_ROOM = 512 };

int oom_open(int fd)
{
	return sys_openat(fd, "memory.events", O_RDONLY | O_NOFOLLOW, 0);
}

uint64_t oom_kills(int events)
{
	char text[EVENTS_ROOM];
	ssize_t n = sys_pread(events, text, sizeof(text) - 1, 0);

	if (n < 0)
		return USAGE_NONE;
	text[n] = '\0';
	for (const char *line = text; line; line = strchr(line, '\n')) {
		uint64_t v;

		line += *line == '\n';
		if (usage_pair(line, &v) == 8 && !memcmp(line, "oom_kill", 8))
			return v;
	}
	return USAGE_NONE;
}
