/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* memory.max taken below what is in use, without an OOM kill.  Private to cgroup/.  Room: run. */
#ifndef CGROUP_SHRINK_H
#define CGROUP_SHRINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cgroup/value.h"

/* Writes `text`, which is `limit` bytes, to memory.max.  What is in use above it is reclaimed first; -EBUSY with both
 * numbers when that cannot be done, and memory.high is as it was.  check: no reclaim, -EBUSY at once. */
int shrink_memory(struct value_place *p, const char *where, const char *text, uint64_t limit, bool check,
		  int64_t deadline_ns, struct lct_err *err);

/* What is in use, in bytes: "memory.current"; 0 when it is not known. */
uint64_t shrink_in_use(struct value_place *p, const char *file);
#endif
