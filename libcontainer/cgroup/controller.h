/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Controllers: which a cgroup has, made available from the top down, and why one is not to be had.  Private to
 * cgroup/.  Room: run. */
#ifndef CGROUP_CONTROLLER_H
#define CGROUP_CONTROLLER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cgroup/value.h"

struct controller_need {
	char name[CONTROLLER_ROOM];
	const char *where; /* JSON pointer of the limit that needs it */
};

/* Has the cgroup that fd holds the controller?  1, 0, -errno. */
int controller_is_here(int fd, const char *name);

/* Enables them in every cgroup above p (cgroup.subtree_control) where they are not.  They stay enabled whatever becomes
 * of the limits: others may count on them by then. */
int controllers_enable(const struct value_place *p, const struct controller_need *needs, size_t n, struct lct_err *err);
#endif
