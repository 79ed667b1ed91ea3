/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories as streams of entries, with errors as values.  Room: run. */
#ifndef BASE_DIR_H
#define BASE_DIR_H

#include <dirent.h>

#define autodir __attribute__((cleanup(dir_done))) DIR

/* A stream of its own over the directory that fd holds (which stays the caller's): 0 or -errno. */
int dir_open(int fd, DIR **ret);
/* 1: the next entry, "." and ".." left out; 0: no more; -errno. */
int dir_next(DIR *d, struct dirent **ret);

static inline void dir_done(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}
#endif
