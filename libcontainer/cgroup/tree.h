/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cgroup v2 tree as directories and small files, reached by descriptor only.  Room: run. */
#ifndef CGROUP_TREE_H
#define CGROUP_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dir.h"

enum {
	TREE_COMPONENTS = 64, /* of a path that kin makes or records */
	TREE_DEPTH = 128, /* of what a container made below its own */
};

/* The extended attribute that names a cgroup's container: cgroup2 takes user.* since 5.7. */
#define TREE_MARK "user.kin.state"

/* Absolute, no empty, "." or ".." component, not too deep: the number of components, or -EINVAL. */
int tree_components(const char *path);

/* Opens an absolute host path that must be on a cgroup2 file system: no symbolic link on the way. */
int tree_open(const char *path);

/* Opens a directory below fd, "" and "." being fd itself; flags: O_PATH or O_RDONLY. */
int tree_open_below(int fd, const char *rel, int flags);

/* Reads a whole control file into text (size - 1 bytes at most), NUL-terminated: its length. */
int tree_read(int fd, const char *file, char *text, size_t size);
int tree_write(int fd, const char *file, const char *text);

/* The number behind `key` in a flat-keyed text ("populated 1\n"): -ENODATA when there is none. */
int tree_flag(const char *text, const char *key);
/* Is the word one of a space-separated list? */
bool tree_has_word(const char *list, const char *word);

/* The directory's mark, NUL-terminated: its length, 0 unmarked, -EOPNOTSUPP: marks are not to be had. */
int tree_mark(int fd, char *text, size_t size);
/* Where marks are not to be had (before 5.7, or forbidden): 0, the record and the name remain to find it by. */
int tree_set_mark(int fd, const char *state_dir);

/* The stream's next sub-directory: 1, 0 at the end, -errno. */
int tree_next(DIR *d, const char **ret_name);

/* Calls fn for fd and everything below it, parents first; what vanishes or may not be read is passed over.  fn returns
 * 0 to go on, TREE_NOT_BELOW to pass over what is below, -errno to stop.  -ELOOP below TREE_DEPTH. */
enum { TREE_NOT_BELOW = 1 };
typedef int tree_visit(int fd, const char *path, unsigned depth, void *arg);
int tree_walk(int fd, const char *path, tree_visit *fn, void *arg);
#endif
