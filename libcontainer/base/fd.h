/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors that close themselves: an empty slot is -EBADF, ownership moves only by TAKE_FD.  Every room. */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void fd_done(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -EBADF;
	errno = saved;
}
#define autofd __attribute__((cleanup(fd_done))) int

#define TAKE_FD(fd)                                                                                                    \
	({                                                                                                             \
		int fd_ = (fd);                                                                                        \
		(fd) = -EBADF;                                                                                         \
		fd_;                                                                                                   \
	})
#endif
