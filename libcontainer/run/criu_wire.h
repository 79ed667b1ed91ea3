/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is said to `criu swrk` and what it answers: messages of criu's rpc.proto, one to a SOCK_SEQPACKET datagram.
 *
 *   kin                                     criu swrk
 *    | -- VERSION, keep open ----------------> |
 *    | <- VERSION: major, minor, sublevel ---- |
 *    | -- DUMP | PRE_DUMP | RESTORE, options -> |
 *    | <- NOTIFY: script [, pid] [+ fd] ------ |   as often as there is something
 *    | -- NOTIFY: success -------------------> |   it goes on only now
 *    | <- DUMP | RESTORE: success [, pid] ---- |   and exits
 *
 * The few messages needed are written and read by hand, in protobuf's wire format (varints and length-delimited fields).
 * Room: run (pure).
 */
#ifndef RUN_CRIU_WIRE_H
#define RUN_CRIU_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

enum criu_type { CRIU_DUMP = 1, CRIU_RESTORE = 2, CRIU_PRE_DUMP = 4, CRIU_NOTIFY = 6, CRIU_VERSION = 10 };
/* rpc.proto; NFTABLES 3.16, SKIP 3.19 */
enum criu_network_lock { CRIU_LOCK_DEFAULT, CRIU_LOCK_IPTABLES = 1, CRIU_LOCK_NFTABLES = 2, CRIU_LOCK_SKIP = 3 };
enum criu_cgroup_mode { CRIU_CG_IGNORE = 0, CRIU_CG_SOFT = 3, CRIU_CG_FULL = 4, CRIU_CG_STRICT = 5 };

struct criu_pair {
	const char *key, *value;
};
struct criu_inherited {
	const char *key;
	int fd; /* in criu */
};

struct criu_request {
	enum criu_type type;
	int images, work; /* directories: descriptors of ours */
	pid_t pid; /* 0: none */
	const char *root, *log_file, *parent, *freeze_cgroup, *config_file, *lsm_profile, *lsm_mount_context;
	const char *page_server; /* address; NULL: none */
	int page_server_port;
	int status_fd; /* 0: none */
	unsigned flags; /* LCT_CRIU_* */
	enum criu_cgroup_mode cgroup_mode;
	enum criu_network_lock network_lock;
	const char *cgroup_root; /* of the default (v2) hierarchy; NULL: as it was */
	const char *cgroup_yard; /* an empty directory in which criu may mount it; NULL: in `work` */
	const struct criu_pair *mounts; /* dump: mount point, name; restore: name, source */
	size_t n_mounts;
	char *const *external; /* "net[4026531840]:name" */
	size_t n_external;
	const struct criu_inherited *inherited;
	size_t n_inherited;
	const struct criu_pair *join; /* namespace, file */
	size_t n_join;
};

void criu_encode(const struct criu_request *q, struct buf *ret);
void criu_encode_version(struct buf *ret); /* the question */
void criu_encode_notified(bool success, struct buf *ret);

struct criu_reply {
	uint64_t type;
	bool success;
	pid_t pid; /* RESTORE, NOTIFY; 0: none */
	char script[64]; /* NOTIFY */
	int32_t error; /* cr_errno */
	char message[256]; /* cr_errmsg: 3.12 and newer, for some errors */
	uint32_t major, minor, sublevel; /* VERSION */
};
/* 0, -EBADMSG */
int criu_decode(const void *data, size_t len, struct criu_reply *ret);
#endif
