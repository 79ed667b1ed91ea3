/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's cgroup (v2): where it goes, made, marked, killed, removed.  All through directory fds beneath a
 * verified CGROUP2 mount (openat2 RESOLVE_BENEATH|NO_SYMLINKS).  Room: run.
 */
#ifndef CGROUP_CGROUP_H
#define CGROUP_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/host.h"
#include "spec/spec.h"

struct cgroup_place {
	const char *dir; /* host path, "/sys/fs/cgroup/kin-c1"; NULL: the container gets no cgroup of its own. With the
			  * systemd driver where the unit is expected to be */
	unsigned make; /* trailing components that do not exist yet, at least 1: the leaf is removed with its
			     * container even if it was there before (empty), as runc does */
	const char *why; /* dir NULL: why, for the error when a limit was asked for */
};

/* Decides where, changing nothing.  cgroupsPath absolute: from the hierarchy's root (below the caller's own
 * cgroup subtree where only that is writable); absent: "/kin-<id>" for root, "<own cgroup>/kin-<id>" otherwise.
 * ".." and empty components are refused.  Not available (no v2 mount, not writable, manager "disabled"): dir NULL.  Only
 * v1: -EOPNOTSUPP, but for "disabled". */
int cgroup_place(struct arena *a, const struct host *h, const struct spec *s, const char *id, const char *manager,
		 struct cgroup_place *ret, struct lct_err *err);

/* mkdir of what is missing, mark (xattr user.kin.state = state_dir, "<state root>/<id>") and open: returns the directory fd for
 * CLONE_INTO_CGROUP.  An existing leaf that is not empty of processes or is frozen is refused.  A directory that
 * could not be written is -EACCES etc.  Undoes itself on failure. */
int cgroup_make(const struct host *h, const struct cgroup_place *p, const char *state_dir, struct lct_err *err);

/* Opens the directory of a record: verified to be on cgroup2, and (if marked at all) marked with state_dir.
 * Returns the directory fd; -ESTALE: the name is another container's now. */
int cgroup_open(const char *dir, const char *state_dir, struct lct_err *err);

/* Has it a mark, whosever?  No: nothing but its path says that it is a container's. */
bool cgroup_is_marked(int fd);

/* A cgroup that somebody else (systemd) made for this container: verified, marked and opened. */
int cgroup_adopt(const char *dir, const char *state_dir, struct lct_err *err);

/* Gives the cgroup to the container's root (runtime-spec config-linux.md, "Cgroup ownership"): the directory and the files
 * that /sys/kernel/cgroup/delegate lists, which are cgroup.procs, cgroup.threads and cgroup.subtree_control without it. */
int cgroup_delegate(int fd, uid_t uid, struct lct_err *err);

/* Sub-cgroups of the one that fd holds, by a path below it (no "." or ".."; NULL or "" is itself): a directory fd or
 * -errno.  make: mkdir of what is missing. */
int cgroup_sub_open(int fd, const char *rel);
int cgroup_sub_make(int fd, const char *rel);
int cgroup_enter(int fd, pid_t pid);
/* Everything that fd has of controllers, for the one at rel: enabled in fd and in what is between, which must be empty of
 * processes (-EBUSY). */
int cgroup_pass_on(int fd, const char *rel);

/* Device rules (BPF_PROG_TYPE_CGROUP_DEVICE): default deny plus the rules plus the default devices.  A second call
 * replaces the first one's program in one step: at no moment is there none, or are there two. */
int cgroup_apply_devices(int fd, const struct spec_resources *res, const struct host *h, struct lct_err *err);

/* The program that such a call would replace, held by a descriptor; -ENOENT: there is none.  With it, or with that
 * -ENOENT, the second function undoes the call. */
int cgroup_devices_in_force(int fd);
int cgroup_devices_put_back(int fd, int before);

/*
 * Writes res->limits to the cgroup `dir` (fd), enabling controllers in its parents (cgroup.subtree_control) as needed.
 * All or none: when one cannot be written, those before it are put back and *err names the place in the config, the
 * file, and the missing controller with the way to get it.  memory.max is never set below what is in use: what is above
 * is reclaimed first (memory.high, memory.reclaim), until the deadline (CLOCK_MONOTONIC ns); what cannot be reclaimed is
 * -EBUSY and nothing is changed.  check_before_update: -EBUSY at once.
 */
int cgroup_apply_limits(int fd, const char *dir, const struct host *h, const struct spec_resources *res,
			int64_t deadline_ns, struct lct_err *err);

/* Before such a call: the limits that would undo it, in their order.  They never enable a controller. */
int cgroup_limits_undo(struct arena *a, int fd, const struct spec_resources *res, struct spec_resources *ret,
		       struct lct_err *err);

/* What an update counts from. */
int cgroup_in_force(int fd, struct spec_in_force *ret);

/* Freezes or thaws the whole subtree and waits until the kernel says so: 0, -ETIMEDOUT (a process in an uninterruptible
 * sleep cannot be frozen; a freeze that was not confirmed is taken back). */
int cgroup_freeze(int fd, bool frozen, int64_t deadline_ns, struct lct_err *err);

int cgroup_kill(int fd); /* cgroup.kill; -ENOENT: already gone */
int cgroup_populated(int fd); /* 1, 0, -errno */
int cgroup_wait_empty(int fd, int64_t deadline_ns); /* 1 empty, 0 deadline; polls cgroup.events, no blind sleep */
int cgroup_frozen(int fd); /* 1, 0, -errno */
/* Pids of the whole subtree, malloc'ed. */
int cgroup_pids(int fd, pid_t **ret, size_t *ret_n);

/* Kills, waits for populated 0, removes sub-cgroups, the leaf and up to make-1 empty parents.  Gone already: 0.
 * A negative fd is the error of cgroup_open: -ESTALE is left alone (0); with another one nobody is killed, for nothing
 * proves that the cgroup is ours, and it is removed if it is empty. */
int cgroup_remove(const char *dir, unsigned make, int fd, int64_t deadline_ns, struct lct_err *err);

/* For lost records: directories marked with state_dir, anywhere in the hierarchy the caller can read.
 * *ret: NULL-terminated array of host paths in the arena. */
int cgroup_find(struct arena *a, const struct host *h, const char *state_dir, char ***ret, struct lct_err *err);
#endif
