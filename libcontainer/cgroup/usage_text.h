/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of a cgroup's files (cgroup-v2.rst), understood: separate from reading them, so that it can be tested.
 * Numbers are digits and nothing else; what does not fit is -EINVAL, and nothing was changed.  Private to cgroup/.
 * Room: run (pure). */
#ifndef CGROUP_USAGE_TEXT_H
#define CGROUP_USAGE_TEXT_H

#include "cgroup/usage.h"

/* A file of one value: "12" or "max"; USAGE_NONE when it is neither. */
uint64_t usage_number(const char *line);

/* "oom_kill 12": the name's length. */
int usage_pair(const char *line, uint64_t *ret);

/* "some avg10=0.31 avg60=0.00 avg300=0.00 total=1234" */
int usage_psi_line(const char *line, struct usage_psi *ret);

/* "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6": what is not named is USAGE_NONE; of a device's other counters
 * nothing is known here.  Before 5.17 devices without numbers stood in the next one's line: "7:0 8:0 rbytes=...". */
int usage_io_line(const char *line, struct usage_io *ret);

/* A list of cpus or memory nodes, "0-3,8": calls fn for each, up to its first non-zero, which is returned.  Bounded:
 * numbers above 65535 are -EINVAL. */
int usage_cpu_list(const char *text, int (*fn)(unsigned cpu, void *arg), void *arg);
#endif
