/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for a cgroup to become what it shall be.  Private to cgroup/.  Room: run. */
#ifndef CGROUP_EVENTS_H
#define CGROUP_EVENTS_H

#include <stdint.h>

/* f: cgroup.events, open.  1 once `key` has the value, 0 when the deadline has passed; -ENODEV: the cgroup is gone,
 * -ENODATA: this kernel has no such key. */
int events_wait(int f, const char *key, int value, int64_t deadline_ns);
#endif
