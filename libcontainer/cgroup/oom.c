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

int oom_read(int events, struct oom_counts *ret)
{
	char text[EVENTS_ROOM];
	ssize_t n = sys_pread(events, text, sizeof(text) - 1, 0);

	*ret = (struct oom_counts){ USAGE_NONE, USAGE_NONE };
	if (n < 0)
		return (int)n;
	text[n] = '\0';
	for (const char *line = text; line; line = strchr(line, '\n')) {
		uint64_t v;
		size_t len;

		line += *line == '\n';
		len = usage_pair(line, &v);
		if (len == 3 && !memcmp(line, "max", 3))
			ret->hits = v;
		else if (len == 8 && !memcmp(line, "oom_kill", 8))
			ret->kills = v;
	}
	return 0;
}
