/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the small files of /proc and /etc.  Room: run. */
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "host/parts.h"
#include "sys/sys.h"

enum { FIRST = 4096, LARGEST = 16 * 1024 * 1024 };

int host_read(struct arena *a, const char *path, char **ret)
{
	autofd fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NOCTTY, 0);
	size_t size = FIRST, len = 0;
	char *text, *more;
	ssize_t n;

	if (fd < 0)
		return fd;
	text = arena_alloc(a, size);
	while (text) {
		n = sys_read(fd, text + len, size - len - 1);
		if (n < 0)
			return (int)n;
		if (n == 0) {
			*ret = text;
			return (int)len;
		}
		len += (size_t)n;
		if (len + 1 < size)
			continue;
		if (size >= LARGEST)
			return -EFBIG;
		/* Doubling: what is copied and left behind in the arena stays below twice the file. */
		more = arena_alloc(a, size * 2);
		if (more)
			memcpy(more, text, len);
		text = more;
		size *= 2;
	}
	return -ENOMEM;
}
