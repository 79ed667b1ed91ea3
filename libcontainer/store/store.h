/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state directory: <root>/<id>/ holds
 *   record       what is known (see struct record): replaced by rename, never in place; readers need no lock
 *   process.json the process object of config.json (defaults for exec)
 *   plan         what kin-init executed: the filter for exec, the words for errors of start
 *   gate         the socket at which a created init waits for START
 *   mounts       what `mounts add` has mounted: see run/mounted.c
 *   spare        a second record, where no cgroup leads to init
 * mkdir of <id> is the atomic claim.  Writers hold one flock on the directory; death releases it.
 * Everything is reached by dirfd and O_NOFOLLOW; root must be owned by the effective user, mode & 077 == 0.
 * Room: run.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <libcontainer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/identity.h"
#include "store/states.h"

struct record {
	/* intent, written before the first side effect */
	enum state phase;
	const char *id, *oci_version, *bundle, *rootfs;
	const char *created; /* RFC 3339 with ns, UTC */
	const char *cgroup; /* host path of the cgroup directory; NULL: none */
	unsigned cgroup_made; /* how many trailing components of it kin makes (delete removes as many) */
	const char *cgroup_manager; /* "cgroupfs", "systemd", "disabled" */
	const char *unit; /* of systemd, "kin-c1.scope"; NULL: none */
	/* where below `cgroup` the container is: run/inside.c; NULL: there itself */
	const char *cgroup_sub, *cgroup_delegate;
	bool user_unit; /* of the user's systemd, not the system's */
	char boot_id[37];
	uint32_t owner_uid;
	struct identity creator;
	/* before COMMIT */
	struct identity init;
	uint64_t new_ns, joined_ns; /* CLONE_NEW* */
	bool no_new_keyring;
	bool has_seccomp;
	uint64_t seccomp_flags;
	const char *rdt_clos, *rdt_monitor; /* resctrl groups, relative to its root; NULL: none */
	bool rdt_owns; /* the class goes with the container; the monitoring group always does */
	const char *mount_label, *mount_context; /* linux.mountLabel, and the option that it is given as */
	bool has_attributes; /* the plan has more that exec takes from it: personality, memory policy */
	/* snapshots of config.json */
	const char *hooks_json; /* NULL: none */
	const char **annotations; /* key, value, key, value ...; NULL-terminated */
	size_t n_annotations; /* pairs */
	/* observed end */
	bool exited;
	int exit_how; /* enum lct_exit */
	int exit_status;
	struct lct_usage usage; /* with `exited`; all LCT_UNKNOWN where there was no cgroup */
};

/* Opens (and with make: creates 0700, parents as needed) the state root.  Returns a directory fd.
 * -ENOENT without make.  Refuses a root that is a symlink, foreign or accessible for others. */
int store_open_root(const char *path, bool make, struct lct_err *err);

/* [A-Za-z0-9_.+-]{1,240}, not starting with '.' or '-': 0 or -EINVAL "invalid container ID format". */
int store_check_id(const char *id, struct lct_err *err);

/* Claims the id: mkdirat + flock.  Returns the locked directory fd.  -EEXIST: "container with given ID already
 * exists". */
int store_claim(int rootfd, const char *id, struct lct_err *err);

/* Opens an existing container's directory (-ENOENT "container does not exist"). No lock. */
int store_open(int rootfd, const char *id, struct lct_err *err);

/* Locks it exclusively until deadline (CLOCK_MONOTONIC ns): -ETIMEDOUT.  After the lock is had, checks that the
 * directory is still the one of that name (-ENOENT: deleted meanwhile). */
int store_lock(int rootfd, const char *id, int dirfd, int64_t deadline_ns, struct lct_err *err);

/* One file with length and checksum; written to a fresh name (O_EXCL) and renamed. */
int record_write(int dirfd, const struct record *r, struct lct_err *err);
/* Bounded, strict: -ENOENT no record, -EBADMSG damaged (whatever it is: FIFO, directory, foreign owner, ...);
 * never blocks.  Strings live in the arena. */
int record_read(int dirfd, struct arena *a, struct record *ret, struct lct_err *err);

/* The record as text and back; pure.  record_decode takes whatever bytes: -EBADMSG when they are no record. */
struct buf;
int record_encode(const struct record *r, struct buf *ret, struct lct_err *err);
int record_decode(struct arena *a, const char *text, size_t len, struct record *ret, struct lct_err *err);

/* A file of a state directory that was just claimed and has none of that name. */
int store_add(int dirfd, const char *name, const void *data, size_t len, struct lct_err *err);

/* A small file of the state directory, replaced by rename. */
int store_put(int dirfd, const char *name, const void *data, size_t len, struct lct_err *err);
int store_get(int dirfd, const char *name, size_t max, struct arena *a, char **ret, size_t *ret_len,
	      struct lct_err *err);

/* Removes everything in the directory (one level; refuses nothing that kin could have put there, and whatever a
 * stranger put there too, recursively without following) and the directory itself.  Idempotent. */
int store_remove(int rootfd, const char *id, int dirfd, struct lct_err *err);

/* Ids in the root, sorted, NULL-terminated; names that are no ids are skipped. */
int store_ids(int rootfd, struct arena *a, char ***ret, size_t *ret_n, struct lct_err *err);
#endif
