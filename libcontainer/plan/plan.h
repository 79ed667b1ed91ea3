/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan: what kin-init executes, as one flat position-independent blob.  Offsets, no pointers; every length
 * is 32 bits and checked against the size of the blob (CVE-2021-43784's lesson).  An ABI between the compiler
 * (libcontainer) and the interpreter (kin-init) of the same build: the version must be equal.
 *
 *   struct plan_head | struct plan_op[n_mid] | struct plan_op[n_init] | data (strings, lists, blobs)
 *
 * A string is NUL-terminated inside the data, its length without the NUL.  A list is the concatenation of its
 * NUL-terminated strings; the number of strings is one of the op's numbers.  A blob is aligned to 8.
 * Every room.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/kernel.h"

#define PLAN_MAGIC UINT32_C(0x6e6b504c)
enum { PLAN_VERSION = 1, PLAN_STRS = 3, PLAN_NUMS = 6, PLAN_MAX_OPS = 65536 };

struct plan_ref {
	uint32_t off; /* from the start of the data; 0 with len 0: absent */
	uint32_t len;
};

struct plan_op {
	uint16_t code; /* enum plan_code */
	uint16_t flags; /* PLAN_F_*, per op */
	struct plan_ref where; /* JSON pointer this op came from, for errors */
	struct plan_ref s[PLAN_STRS];
	uint32_t how; /* PLAN_BIND_*, of MOUNT_BIND */
	uint64_t n[PLAN_NUMS];
};

struct plan_head {
	uint32_t magic;
	uint32_t version;
	uint64_t checksum; /* plan_checksum of everything after this member */
	uint32_t size; /* of the whole blob */
	uint32_t n_mid, n_init;
	uint32_t data_off, data_len;
	uint32_t kind; /* enum plan_kind */
};

/* MOUNTS: what a container that lives already gets or loses. */
enum plan_kind { PLAN_KIND_CREATE = 1, PLAN_KIND_EXEC = 2, PLAN_KIND_MOUNTS = 3 };
enum { PLAN_MAX_HELD = 256 }; /* mounts of a MOUNTS plan: each has a slot, where its descriptor is held */

/*
 * The operations, in the order in which a create plan has them.  In brackets: s = strings, n = numbers.
 * "fatal unless": the failure that is not one.
 */
enum plan_code {
	PLAN_NOP = 0,

	/* ---- mid: host namespaces, the caller's credentials ---- */
	PLAN_NONDUMPABLE, /* prctl(PR_SET_DUMPABLE, 0): before any namespace is joined (H9); also in init */
	PLAN_OOM_SCORE, /* n0 value (int64): written to /proc/self/oom_score_adj; inherited by init; flags: OPTIONAL
			    * (EACCES and EPERM are not fatal) */
	PLAN_CPU_AFFINITY, /* s0 blob of uint32 (bit N of the whole is CPU N), n0 their number; 0: all that the cgroup
			    * has; also in init; flags: OPTIONAL (no failure is fatal) */
	PLAN_HOLD_PROC, /* hold /proc of the host, verified: what KEYRING, APPARMOR and SELINUX write to is found in it */
	PLAN_RLIMIT_RAISE, /* n0 resource, n1 hard: raise the hard limit if it is lower; never lowers */
	PLAN_NS_OPEN, /* s0 path, n0 slot (0-7), n1 CLONE_NEW*: open and check the kind, before any join */
	PLAN_NS_JOIN, /* n0 slot, n1 CLONE_NEW*; also in init: the cgroup namespace, after being placed in the cgroup */
	PLAN_NS_JOIN_TARGET, /* n0 flags: setns(target pidfd, flags); exec, and MOUNTS, there also in init */
	PLAN_UNSHARE, /* n0 flags: mid: user and time, which must exist before SPAWN; init: ipc, when root there */
	PLAN_TIME_OFFSETS, /* s0 text for /proc/self/timens_offsets */
	PLAN_SPAWN, /* n0 CLONE_NEW* flags: clone3(CLONE_PARENT|CLONE_PIDFD|[CLONE_INTO_CGROUP]); last of mid */

	/* ---- init: the container's namespaces ---- */
	PLAN_ASK_IDMAP, /* the caller writes uid_map and gid_map; then become 0:0, no groups (n0 1: those it has); n1 n2 gid
			 * and uid instead where the namespace has no id 0 */
	PLAN_BECOME_ROOT, /* setgroups(0) setresgid(0) setresuid(0): joined user namespace; groups fatal unless EPERM; n0 as
			   * in ASK_IDMAP */
	PLAN_NS_JOIN_CGROUP, /* setns(target pidfd, CLONE_NEWCGROUP): exec, after being placed in the cgroup */
	PLAN_KEYRING, /* s0 name, s1 SELinux label for it (may be absent): new session keyring; fatal unless ENOSYS, EPERM or EDQUOT */
	PLAN_LOOPBACK, /* bring lo up in a new network namespace */
	PLAN_ASK_NETDEVICES, /* the caller moves network devices here; s0 list of "NAME=NAME IN THE CONTAINER", n0 their number */
	PLAN_PROPAGATION, /* n0 MS_* flags for "/" (recursive if MS_REC) */
	PLAN_HOST_FDS, /* hold what masks and devices come from: /dev/null verified (char 1:3), /proc verified */
	PLAN_ROOT, /* s0 rootfs path (absolute, host): clone the tree, attach it, hold it as the root */
	PLAN_MOUNT_FS, /* s0 fstype, s1 destination, s2 list of "key=value" or "flag" for fsconfig (the item
			    * "source=X" sets the source), n0 MOUNT_ATTR_* to set, n1 propagation MS_*, n2 number of items
			    * in s2, n3 MOUNT_ATTR_* recursive set, n4 slot (from 1) to hold it in for a REMOUNT, 0: none;
			    * flags: REALDIR, COPYUP, ON_PROC */
	PLAN_MOUNT_BIND, /* s0 source (absolute, host), s1 destination, n0 attrs to set, n1 propagation, n2 attrs to
			    * clear, n3 recursive set, n4 recursive clear, n5 index of the mount in config.json; flags:
			    * RECURSIVE, ASK (the caller opens the tree: source out of the container root's reach),
			    * OPTIONAL (source may be absent), REALDIR, ON_PROC; s2 the mappings of an idmapped mount as mount_idmap_text
			    * has them (absent: those of the container's user namespace); how: PLAN_BIND_* */
	PLAN_MOUNT_CGROUP, /* s1 destination, s0 host path of the container's own cgroup dir for the bind fallback
			    * (absent: tmpfs is the fallback), n0 attrs, n1 propagation; flags: NEWNS (own cgroup namespace: cgroup2 is
			    * mounted afresh) */
	PLAN_FILE_LABEL, /* s0 path in the container, s1 SELinux label: of what is mounted there */
	PLAN_REMOUNT, /* s1 destination, n0 attrs to set, n2 attrs to clear, n1 propagation, n3/n4 recursive, n5 slot (from
		       * 1): what MOUNT_FS holds there, wherever its destination leads by now; 0: look s1 up */
	PLAN_MKDIR, /* s0 path in the container: mkdir -p, n0 mode (process.cwd) */
	PLAN_DEV_NODE, /* s0 path in the container, n0 mode incl. type, n1 major, n2 minor, n3 uid, n4 gid; s1 host path
			    * for the bind; flags: BIND (no mknod: user namespace) */
	PLAN_SYMLINK, /* s0 target, s1 path in the container; flags: REPLACE (whatever is there goes first) */
	PLAN_ASK_HOOKS, /* the caller runs prestart and createRuntime hooks */
	PLAN_ASK_STATE, /* the caller sends a memfd with the state document, for HOOK before start */
	PLAN_HOOK, /* s0 path, s1 argv list, s2 env list, n0 timeout ms (0: none given), n1 argc, n2 envc, n3 index,
			    * n4 enum spec_hook_kind; flags: INHERIT_ENV (the env is the caller's; none in a plan to look at) */
	PLAN_CONSOLE, /* pty of the container's devpts; master goes to the caller; n0 rows n1 columns (0: leave), n2
			    * uid of the owner; flags: BIND_CONSOLE (/dev/console in the container) */
	PLAN_SYSCTL, /* s0 path below /proc/sys ("net/ipv4/ip_forward"), s1 value */
	PLAN_READONLY_PATH, /* s0: bind on itself, read-only; fatal unless ENOENT */
	PLAN_MASK_PATH, /* s0: file: /dev/null over it; directory: empty read-only tmpfs, with the option s1 (may be
			 * absent); fatal unless ENOENT */
	PLAN_ROOT_READONLY,
	PLAN_PIVOT, /* pivot_root and detach the old root; flags: NO_PIVOT; n0 propagation MS_* to set on the new
			    * root afterwards (0: none) */
	PLAN_EXEC_ROOT, /* exec and MOUNTS plans: hold "/" of the joined mount namespace as the root */
	PLAN_HOSTNAME, /* s0 */
	PLAN_DOMAINNAME, /* s0 */
	PLAN_SESSION, /* setsid; with a console: controlling terminal and 0-2 */
	PLAN_STDIO, /* 0-2 that are the host's /dev/null become the container's; fchown to n0 uid, n1 gid where it
			    * differs; fatal never */
	PLAN_UMASK, /* n0 */
	PLAN_RLIMIT, /* n0 resource, n1 soft, n2 hard */
	PLAN_SCHEDULER, /* n0 policy, n1 SCHED_FLAG_*, n2 priority for FIFO and RR, else nice (int32), n3 runtime, n4
			 * deadline, n5 period; flags: ASK (when it is EPERM here, the caller tries) */
	PLAN_IO_PRIORITY, /* n0 IOPRIO_CLASS_*, n1 priority; flags: ASK */
	PLAN_PERSONALITY, /* n0 PER_* */
	PLAN_MEMORY_POLICY, /* n0 MPOL_* and MPOL_F_*, s0 blob of uint32 (bit N of the whole is node N), n1 their number */
	PLAN_APPARMOR, /* s0 profile, from the next execve on */
	PLAN_SELINUX, /* s0 label of the process, from the next execve on */
	PLAN_ASK_AGENT, /* s0 path of the agent's socket, s1 metadata (may be absent): the caller connects, and writes the
			 * message that SECCOMP will send with the listener */
	PLAN_NO_NEW_PRIVS,
	PLAN_CAP_BOUND, /* n0 mask to keep, n1 last capability */
	PLAN_USER, /* n0 uid, n1 gid, s0 blob of uint32 groups, n2 their number; keeps capabilities over the
			    * change; flags: SETGROUPS (absent: leave the groups alone) */
	PLAN_CHDIR, /* s0; flags: EARLY (as root of the container: EACCES and EPERM are not fatal). The second one,
			    * as the user, does nothing where the EARLY one succeeded: root may enter what the user cannot
			    * reach. Both check getcwd */
	PLAN_CAPS, /* n0 effective, n1 permitted, n2 inheritable, n3 ambient (ambient is best effort); then
			    * KEEPCAPS off; reads back and compares */
	PLAN_SECCOMP, /* s0 blob of struct sock_filter, n0 SECCOMP_FILTER_FLAG_*; with NEW_LISTENER after ASK_AGENT */
	PLAN_LOOKUP, /* s0 argv[0], s1 value of PATH: finds the executable with the final credentials */
	PLAN_READY, /* report READY, wait for COMMIT, stop dying with the creator; flags: GATE (then wait for START) */
	PLAN_CLOSE, /* n0 first descriptor to close: 3 + preserved; also lays out the lists of EXEC, so that after a
		     * filter nothing but execve is needed */
	PLAN_EXEC, /* s0 argv list, s1 env list, n0 argc, n1 envc; last of init */

	/* ---- init: MOUNTS plans alone; there the n5 of MOUNT_*, REMOUNT and FILE_LABEL is a slot, too ---- */
	PLAN_ATTACH, /* s1 destination, n5 slot: what is held there; flags: REALDIR, ON_PROC; how: DEST_NOFOLLOW */
	PLAN_FIND, /* s1 destination, n0 id, n5 slot: hold what is mounted there; it must be the mount of that id;
		    * how: DEST_NOFOLLOW */
	PLAN_UNMOUNT, /* the same, and FIND's work where that has not been done: detached, with all below it */
	PLAN_DONE, /* report the ids of what was attached, then READY; at COMMIT it stays; last of init */
	PLAN_CODES
};

enum {
	PLAN_F_RECURSIVE = 1 << 0,
	PLAN_F_ASK = 1 << 1,
	PLAN_F_OPTIONAL = 1 << 2,
	PLAN_F_REALDIR = 1 << 3, /* the destination must be a real directory: proc, sysfs (CVE-2019-19921) */
	PLAN_F_COPYUP = 1 << 4,
	PLAN_F_NEWNS = 1 << 5,
	PLAN_F_BIND = 1 << 6,
	PLAN_F_REPLACE = 1 << 7,
	PLAN_F_INHERIT_ENV = 1 << 8,
	PLAN_F_BIND_CONSOLE = 1 << 9,
	PLAN_F_NO_PIVOT = 1 << 10,
	PLAN_F_SETGROUPS = 1 << 11,
	PLAN_F_EARLY = 1 << 12,
	PLAN_F_GATE = 1 << 13,
	PLAN_F_ON_PROC = 1 << 14, /* the destination is meant to be on a proc file system (CVE-2019-16884) */
	PLAN_F_HOLD = 1 << 15, /* MOUNT_*: into the slot, for ATTACH; REMOUNT, FILE_LABEL: of what is in the slot */
};

enum { PLAN_SLOTS = 32 }; /* mounts that are held for a later REMOUNT */

enum { /* MOUNT_BIND's how */
       PLAN_BIND_IDMAP = 1 << 0, /* ids are mapped; always with ASK */
       PLAN_BIND_RIDMAP = 1 << 1, /* in the whole tree */
       PLAN_BIND_SRC_NOFOLLOW = 1 << 2, /* a source that is a symlink is meant itself */
       PLAN_BIND_DEST_NOFOLLOW = 1 << 3, /* a destination that is one, too */
       PLAN_BIND_COPY_SYMLINK = 1 << 4, /* of a source that is a symlink an equal one is made, and nothing mounted */
};

/* ---- reading (no heap, no errno; both programs) ---- */

uint64_t plan_checksum(const void *data, size_t len);

/* Everything an interpreter relies on: sizes, codes, references, NULs, list counts, mid ends in SPAWN, init ends in
 * EXEC or, of a MOUNTS plan, in DONE.  0, or -EBADMSG with *ret_op (may be NULL) the index of the offending op (-1: the head). */
int plan_verify(const void *blob, size_t len, int *ret_op);

static inline const struct plan_op *plan_ops(const void *blob)
{
	return (const struct plan_op *)((const char *)blob + sizeof(struct plan_head));
}
static inline const char *plan_data(const void *blob, struct plan_ref r)
{
	return (const char *)blob + ((const struct plan_head *)blob)->data_off + r.off;
}
static inline bool plan_has(struct plan_ref r)
{
	return r.off != 0 || r.len != 0;
}
/* SCHEDULER's numbers as the kernel takes them. */
static inline void plan_sched_attr(const struct plan_op *op, struct ksched_attr *ret)
{
	bool realtime = op->n[0] == KSCHED_FIFO || op->n[0] == KSCHED_RR;

	*ret = (struct ksched_attr){
		.size = sizeof(*ret),
		.policy = (uint32_t)op->n[0],
		.flags = op->n[1],
		.nice = realtime ? 0 : (int32_t)op->n[2],
		.priority = realtime ? (uint32_t)op->n[2] : 0,
		.runtime = op->n[3],
		.deadline = op->n[4],
		.period = op->n[5],
	};
}
/* "mount_bind": for the text form and for tests. */
const char *plan_code_name(unsigned code);
/* Words for an error message: "bind mount", "mount", "create device". */
const char *plan_code_verb(unsigned code);
#endif
