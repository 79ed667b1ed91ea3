/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The values of one cgroup's control files: by libcgroup where it has the controller, else by descriptor.  Private to
 * cgroup/.  Room: run.
 */
#ifndef CGROUP_VALUE_H
#define CGROUP_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { CONTROLLER_ROOM = 32, VALUE_ROOM = 4096 /* what the kernel takes in one write, and the NUL */ };

struct value_place {
	int fd;
	const char *dir; /* host path */
	const char *rel; /* the same below the mount of the hierarchy: "" or "/a/b" */
	bool by_path; /* libcgroup was given the path: value_confirm */
	char asked[CONTROLLER_ROOM]; /* the controller that libcgroup was asked for last, and what it said */
	bool known;
};

/* "memory.max" -> "memory"; empty for the core's own files ("cgroup.max.depth"); -EINVAL: no name of such a file. */
int value_controller(const char *file, char ret[CONTROLLER_ROOM]);

/* The file's content without the last newline: its length; -ENOENT: there is no such file. */
int value_read(struct value_place *p, const char *file, char text[VALUE_ROOM]);

/* Line by line; an empty text is an empty line, as cpuset.cpus wants it. */
int value_write(struct value_place *p, const char *file, const char *text);

/* After all writes: was `dir` this cgroup all along?  -ESTALE: another one has its name now. */
int value_confirm(const struct value_place *p);

/* What takes back that `text` was written to the file that held `before`.  In files with a line for each device or
 * other key only the lines of the keys that `text` has; a key that had no line gets the one that resets it.  NULL: no
 * memory. */
char *value_undo(struct arena *a, const char *file, const char *before, const char *text);

/* Bytes as the kernel reads them ("64M"); "max": UINT64_MAX; false: neither. */
bool value_bytes(const char *text, uint64_t *ret);
#endif
