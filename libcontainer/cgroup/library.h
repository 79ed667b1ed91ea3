/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcgroup, all that kin uses of it: where a controller's hierarchy is, one value read, one value written, which is
 * also how controllers are enabled.  Room: run.
 *
 * It is called only where values are to be set: cgroup_init() takes 0.7 ms.  It goes by path, so each path is held
 * against the descriptor of the cgroup that is meant, before; and after, which proves it for the time between: v2 has
 * no rename, and a removed cgroup does not come back.
 *
 * What it is not used for (2.0.2 tried under strace):
 *  - cgroup_create_cgroup() makes all directories of the path that are missing, after the umask, and does not say
 *    which, nor whether the last one was there before; kin must know, to remove what it made and to refuse what is
 *    another's.
 *  - cgroup_delete_cgroup() moves the processes that are left to the parent, out of all limits, instead of saying that
 *    there are some.
 *  - its "cgroup" pseudo controller does not say in which hierarchy it writes; the core's own files go by descriptor.
 *  - it skips empty lines, which is what resets cpuset.cpus, and opens files for reading and writing, which
 *    memory.reclaim does not allow to its owner.
 */
#ifndef CGROUP_LIBRARY_H
#define CGROUP_LIBRARY_H

#include <stddef.h>

/* 0: libcgroup has the controller in a hierarchy in which `rel` (below the mount, "" being the mount itself) is the
 * cgroup that fd holds.  -EXDEV: it has not (the controller is bound to v1, there are two mounts of v2, no
 * /proc/cgroups): do without. */
int library_knows(const char *controller, const char *rel, int fd);

/* Both after library_knows() only.  Text of several lines is written line by line. */
int library_set(const char *controller, const char *rel, const char *file, const char *text);
/* The whole file, NUL-terminated: its length; -ENOENT: no such file; -EFBIG: more than size - 1 bytes. */
int library_get(const char *controller, const char *rel, const char *file, char *text, size_t size);
#endif
