/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories as streams of entries.  Room: run. */
#include "base/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"

int dir_open(int fd, DIR **ret)
{
	/* Not dup: a duplicate shares its position with the original. */
	autofd again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (again < 0)
		return -errno;
	*ret = fdopendir(again);
	if (!*ret)
		return -errno;
	(void)TAKE_FD(again);
	return 0;
}

int dir_next(DIR *d, struct dirent **ret)
{
	do {
		errno = 0;
		*ret = readdir(d);
		if (!*ret)
			return -errno;
	} while (!strcmp((*ret)->d_name, ".") || !strcmp((*ret)->d_name, ".."));
	return 1;
}
