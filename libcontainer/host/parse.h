/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Understanding what the kernel and /etc say, as text: separate from reading it, so that it can be tested. */
/* Private to host/.  Room: run (pure). */
#ifndef HOST_PARSE_H
#define HOST_PARSE_H

#include "host/host.h"

/* Of /proc/self/uid_map: "0 0 4294967295". */
bool host_is_initial_map(const char *text);

/* Of uid_map, gid_map: the ranges of ids that exist inside. -ENOMEM. */
int host_mapped(struct arena *a, const char *text, struct host_ids *ret);

/* Of /proc/self/cgroup: the path after "0::", cut out of text; NULL: not in the v2 hierarchy. */
const char *host_own_cgroup(struct arena *a, const char *text);

/* Of /proc/self/mountinfo (modified): the first cgroup2 mount, and whether there are v1 mounts. */
int host_cgroup_mounts(struct arena *a, char *text, struct host *h);

/* Of /etc/passwd: the name of uid; NULL: none. */
const char *host_user_name(struct arena *a, const char *text, uid_t uid);

/* Of /etc/subuid: the first usable range of the user, by name (may be NULL) or number, see subuid(5). */
struct host_subid host_subid(const char *text, const char *name, uid_t uid);
#endif
