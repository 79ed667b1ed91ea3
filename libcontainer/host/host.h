/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this machine and this caller are, as a plain value: probed once, faked in tests.  Room: run. */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

struct host_subid {
	uint32_t start, count;
};

struct host_ids { /* of a user namespace: what is mapped, seen from inside */
	const struct host_subid *v;
	size_t n;
};

struct host {
	uid_t euid;
	gid_t egid;
	bool in_userns; /* not in the initial user namespace (uid_map is not 0 0 4294967295) */
	bool cap_sys_admin; /* effective, in the current user namespace */
	bool cap_setuid;
	bool cap_setgid;
	bool cap_sys_resource;
	bool cap_mknod;
	bool privileged; /* euid 0, cap_sys_admin: may make namespaces and mounts without a new user namespace */
	bool setgroups_denied; /* /proc/self/setgroups says "deny": in_userns only; inherited by what is made below */
	bool real_root; /* privileged and not in_userns: may mknod, attach device programs */
	uint64_t caps_effective; /* bit N: capability N, of the calling thread */
	uint64_t caps_bounding;
	int last_cap;
	struct host_ids uids, gids; /* in_userns only: ids that exist here */
	struct host_subid subuid, subgid; /* first range of /etc/subuid for euid; count 0: none */
	const char *newuidmap, *newgidmap; /* usable helpers: absolute, root-owned, suid or file caps; NULL: none */
	const char *cgroup_mount; /* mount point of cgroup2 ("/sys/fs/cgroup"), NULL: none */
	const char *cgroup_root; /* path of that mount's root inside the hierarchy, normally "/" */
	bool cgroup_unified; /* no v1 hierarchy is mounted: controllers are available */
	bool cgroup_v1_only; /* v1 hierarchies are mounted and no v2 */
	const char *cgroup_own; /* the caller's own cgroup ("0::" of /proc/self/cgroup) */
	unsigned kernel_major, kernel_minor;
	bool apparmor, selinux; /* enabled; only after host_probe_lsm */
};

/* Asks the kernel for capabilities, reads /proc/self/{uid_map,cgroup} and, where needed, gid_map, setgroups and
 * mountinfo; for ordinary users also /etc/passwd, /etc/subuid and /etc/subgid.  Fails only when /proc is unusable. */
int host_probe(struct arena *a, struct host *ret, struct lct_err *err);

/* Which security modules are at work: apart, because few configurations ask for them. */
void host_probe_lsm(struct host *h);

/* Whose a uid is, by /etc/passwd, "#UID" where it says nothing; NULL: no memory. */
const char *host_owner(struct arena *a, uid_t uid);
#endif
