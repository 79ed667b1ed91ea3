/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.json decoded: plain values, no behaviour.  Strings and arrays live in the arena given to spec_decode.
 * Names are the runtime-spec's (1.3).  Room: run (pure).
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct spec_idmap {
	uint32_t container_id, host_id, size;
};

struct spec_user {
	uint32_t uid, gid;
	bool has_umask;
	uint32_t umask;
	uint32_t *additional_gids;
	size_t n_additional_gids;
};

struct spec_caps { /* bit N is capability N */
	bool present;
	uint64_t bounding, effective, inheritable, permitted, ambient;
};

struct spec_rlimit {
	int resource; /* RLIMIT_* */
	uint64_t soft, hard;
};

struct spec_set { /* of numbers: bit N of the mask is N */
	uint32_t *words; /* bit N is bit N % 32 of word N / 32 */
	size_t n; /* words up to the last that is not zero; 0: empty */
};

struct spec_scheduler {
	bool present;
	uint32_t policy; /* SCHED_* */
	int32_t nice, priority;
	uint64_t flags; /* SCHED_FLAG_* */
	uint64_t runtime, deadline, period; /* ns */
};

struct spec_io_priority {
	bool present;
	uint32_t class; /* IOPRIO_CLASS_*; 0: none given */
	int priority;
};

struct spec_personality {
	bool present;
	uint32_t domain; /* PER_* */
};

struct spec_memory_policy {
	bool present;
	uint32_t mode; /* MPOL_* */
	uint32_t flags; /* MPOL_F_* */
	struct spec_set nodes;
};

struct spec_process {
	bool present;
	bool terminal;
	bool has_console_size;
	uint16_t console_height, console_width;
	struct spec_user user;
	char **args; /* NULL-terminated */
	size_t n_args;
	char **env; /* NULL-terminated */
	size_t n_env;
	const char *cwd;
	struct spec_caps caps;
	struct spec_rlimit *rlimits;
	size_t n_rlimits;
	bool no_new_privileges;
	bool has_oom_score_adj;
	int oom_score_adj;
	struct spec_scheduler scheduler;
	struct spec_io_priority io_priority;
	struct spec_set exec_cpus_initial, exec_cpus_final; /* execCPUAffinity: of exec only */
	const char *apparmor_profile, *selinux_label; /* NULL: absent */
};

struct spec_mount {
	const char *destination;
	const char *type; /* NULL: absent */
	const char *source; /* NULL: absent */
	char **options; /* NULL-terminated; the words as written */
	size_t n_options;
	struct spec_idmap *uid_mappings, *gid_mappings; /* of the mount: container_id is the file system's id */
	size_t n_uid_mappings, n_gid_mappings;
};

enum spec_hook_kind {
	SPEC_HOOK_PRESTART,
	SPEC_HOOK_CREATE_RUNTIME,
	SPEC_HOOK_CREATE_CONTAINER,
	SPEC_HOOK_START_CONTAINER,
	SPEC_HOOK_POSTSTART,
	SPEC_HOOK_POSTSTOP,
	SPEC_HOOK_KINDS
};

struct spec_hook {
	const char *path;
	char **args; /* NULL-terminated; n_args 0 means {path} */
	size_t n_args;
	bool has_env; /* absent: the runtime's environment */
	char **env;
	size_t n_env;
	int timeout_s; /* 0: none given */
};

struct spec_hooks {
	struct spec_hook *v;
	size_t n;
};

enum spec_ns_kind {
	SPEC_NS_MOUNT,
	SPEC_NS_PID,
	SPEC_NS_NETWORK,
	SPEC_NS_IPC,
	SPEC_NS_UTS,
	SPEC_NS_USER,
	SPEC_NS_CGROUP,
	SPEC_NS_TIME,
	SPEC_NS_KINDS
};

struct spec_ns {
	bool listed; /* false: the caller's namespace is kept */
	const char *path; /* NULL: a new one */
	size_t index; /* in /linux/namespaces, for messages */
};

struct spec_device {
	const char *path;
	char type; /* 'c', 'b', 'u', 'p' */
	uint32_t major, minor;
	bool has_mode;
	uint32_t mode;
	uint32_t uid, gid;
};

struct spec_device_rule {
	bool allow;
	char type; /* 'a', 'b', 'c' */
	int64_t major, minor; /* -1: all */
	unsigned access; /* 1 read, 2 write, 4 mknod */
};

struct spec_sysctl {
	const char *key, *value;
};

struct spec_net_device {
	const char *name, *container_name; /* NULL: the same */
};

struct spec_annotation {
	const char *key, *value;
};

struct spec_seccomp_arg {
	uint32_t index;
	uint64_t value, value_two;
	const char *op; /* "SCMP_CMP_..." checked */
};

struct spec_seccomp_rule {
	char **names;
	size_t n_names;
	const char *action;
	bool has_errno;
	uint32_t errno_ret;
	struct spec_seccomp_arg *args;
	size_t n_args;
};

struct spec_seccomp {
	bool present;
	const char *default_action;
	bool has_default_errno;
	uint32_t default_errno;
	char **architectures; /* "SCMP_ARCH_..." */
	size_t n_architectures;
	char **flags; /* "SECCOMP_FILTER_FLAG_..." */
	size_t n_flags;
	bool has_flags; /* absent flags and an empty list differ, see seccomp.h */
	struct spec_seccomp_rule *rules;
	size_t n_rules;
	const char *listener_path, *listener_metadata; /* NULL: absent */
	bool fail_unknown; /* a system call that nobody knows is an error (annotation) */
	const uint8_t *raw; /* a program to load instead of all this, NULL: none (annotation) */
	size_t raw_len; /* bytes */
};

struct spec_rdt {
	bool present;
	const char *clos_id; /* NULL: a class of the container's own */
	const char *l3_cache_schema, *mem_bw_schema; /* NULL: absent */
	char **schemata;
	size_t n_schemata;
	bool enable_monitoring;
};

/* One resource limit that asks for something, already in the words of cgroup v2.  In a config.json zero, empty and
 * "unlimited" values ask for nothing and never get here, but for those of "unified"; these, and in an update all, may
 * take a limit away (`reset`). */
struct spec_limit {
	const char *where; /* JSON pointer */
	const char *file; /* "memory.max" */
	const char *value; /* what to write; several lines (io.max, rdma.max, unified) are written one by one */
	const char *or_file,
		*or_value; /* instead, where `file` does not exist: io.weight for io.bfq.weight; NULL: none */
	bool optional; /* where it does not exist, nothing: "hugetlb.2MB.rsvd.max" on kernels before 5.7 */
	bool reset; /* takes a limit away: without its controller there is none to take */
};

struct spec_resources {
	struct spec_limit *limits; /* in the order in which they are written */
	size_t n_limits;
	struct spec_device_rule *device_rules;
	size_t n_device_rules;
	bool has_device_rules; /* "devices" was given (an update without it leaves them alone) */
	bool check_before_update; /* memory.checkBeforeUpdate */
};

/* The first that needs a cgroup and its controller: one that takes nothing away.  NULL: none. */
const struct spec_limit *spec_limit_asked(const struct spec_resources *res);

/* What an update is relative to; -1: "max" or not to be had. */
struct spec_in_force {
	int64_t memory_max, memory_swap_max; /* bytes */
	int64_t cpu_quota, cpu_period; /* us */
};

struct spec {
	const char *oci_version;
	const char *hostname, *domainname; /* NULL: absent */
	struct {
		const char *path;
		bool readonly;
	} root;
	struct spec_process process;
	/* process as text, a slice of the input: kept for later exec */
	const char *process_json;
	size_t process_json_len;
	struct spec_mount *mounts;
	size_t n_mounts;
	struct spec_hooks hooks[SPEC_HOOK_KINDS];
	/* the hooks object as text, a slice of the input (NULL: absent): kept for start and delete */
	const char *hooks_json;
	size_t hooks_json_len;
	struct spec_annotation *annotations; /* sorted by key */
	size_t n_annotations;

	bool has_linux;
	struct spec_ns ns[SPEC_NS_KINDS];
	struct spec_idmap *uid_mappings, *gid_mappings;
	size_t n_uid_mappings, n_gid_mappings;
	int64_t time_offset_monotonic_s, time_offset_boottime_s;
	uint32_t time_offset_monotonic_ns, time_offset_boottime_ns;
	bool has_time_offsets;
	struct spec_device *devices;
	size_t n_devices;
	const char *cgroups_path; /* NULL: absent */
	struct spec_resources resources;
	const char *rootfs_propagation; /* NULL: absent */
	struct spec_seccomp seccomp;
	struct spec_sysctl *sysctl;
	size_t n_sysctl;
	char **masked_paths, **readonly_paths; /* NULL-terminated */
	size_t n_masked_paths, n_readonly_paths;
	struct spec_personality personality;
	struct spec_memory_policy memory_policy;
	struct spec_net_device *net_devices;
	size_t n_net_devices;
	const char *pidfd_receiver; /* socket that gets init's pidfd (annotation); NULL: none */
	const char *subgroup, *delegate_cgroup; /* paths below the container's cgroup (annotations); NULL: none */
	bool keep_groups; /* the supplementary groups of the caller stay (annotation) */
	struct spec_rdt rdt;
	const char *mount_label; /* NULL: absent */
	const char *mount_context; /* which option it is: NULL: "context" */
};

/*
 * Decodes a whole config.json.  Structure, types, ranges, enumerations and required members are checked here;
 * unknown members are ignored.  All problems are appended to *problems (one line each, "\n" separated, when non-NULL);
 * *err gets the first.  Returns 0 or -errno.  The result points into `text` for the two slices, and into `a`.
 */
struct buf;
int spec_decode(struct arena *a, const char *text, size_t len, struct spec *ret, struct buf *problems,
		struct lct_err *err);

/* Decodes an OCI process object alone (kin exec --process). Pointers in messages are relative to it ("/cwd"). */
int spec_decode_process(struct arena *a, const char *text, size_t len, struct spec_process *ret, struct lct_err *err);

/* Decodes and checks a list of mounts alone (kin mounts).  Pointers begin with the index ("/0/destination"). */
int spec_decode_mounts(struct arena *a, const char *text, size_t len, struct spec_mount **ret, size_t *ret_n,
		       struct lct_err *err);

/* Decodes a hooks object alone (from the record of a container). */
int spec_decode_hooks(struct arena *a, const char *text, size_t len, struct spec_hooks ret[SPEC_HOOK_KINDS],
		      struct lct_err *err);

/* Decodes a LinuxResources object alone (kin update), relative to what is in force: -1 takes a limit away, a period
 * without a quota keeps the quota, a swap limit without a memory limit counts from the one in force.  Pointers in
 * messages are relative to it ("/memory/limit"). */
int spec_decode_resources(struct arena *a, const char *text, size_t len, const struct spec_in_force *now,
			  struct spec_resources *ret, struct lct_err *err);

/*
 * The constraints between members (and of values' forms): cwd absolute, args non-empty, hostname needs a uts
 * namespace, mappings need a user namespace, sysctl needs its namespace, masked paths need a mount namespace,
 * duplicate namespaces and rlimits, ociVersion we cannot run, ...  Pure.  Same reporting as spec_decode; after a failed
 * spec_decode, with its *problems, it adds what that has not named (but *err is then the first of these).
 */
int spec_check(struct arena *a, const struct spec *s, struct buf *problems, struct lct_err *err);

/* "net.ipv4.ip_forward" and "net/ipv4/ip_forward" -> "net/ipv4/ip_forward", the file below /proc/sys; as sysctl(8),
 * the first separator decides: where it is a dot, dots and slashes change places ("net.ipv4.conf.eth0/1.mtu" names
 * eth0.1).  NULL: out of memory. */
char *spec_sysctl_path(struct arena *a, const char *key);

/* Does the profile ask an agent about anything?  Only then its listener means something. */
bool spec_seccomp_notifies(const struct spec_seccomp *s);

/* The namespace that it belongs to; SPEC_NS_KINDS: none of a container's. */
enum spec_ns_kind spec_sysctl_ns(const char *path);
/* Exec looks at it, too, in the record. */
#define SPEC_KEEP_GROUPS "run.oci.keep_original_groups"
/* Sub-cgroups for the container's processes. */
#define SPEC_SUBGROUP	     "run.oci.systemd.subgroup"
#define SPEC_DELEGATE_CGROUP "run.oci.delegate-cgroup"
/* Files of the host's for what hooks print; looked at in the record. */
#define SPEC_HOOKS_STDOUT "run.oci.hooks.stdout"
#define SPEC_HOOKS_STDERR "run.oci.hooks.stderr"

/* Is there a label or profile of a security module? */
static inline bool spec_asks_lsm(const struct spec_process *p, const char *mount_label)
{
	return p->apparmor_profile || p->selinux_label || mount_label;
}

/* Spec spellings. */
const char *spec_hook_name(enum spec_hook_kind kind); /* "createRuntime" */
const char *spec_ns_name(enum spec_ns_kind kind); /* "network" */
uint64_t spec_ns_flag(enum spec_ns_kind kind); /* CLONE_NEWNET */
const char *spec_ns_file(enum spec_ns_kind kind); /* "net", below /proc/PID/ns */
int spec_capability(const char *name); /* "CAP_KILL" -> 5, -ENOENT */
const char *spec_capability_name(int cap); /* 5 -> "CAP_KILL", NULL past the last */
int spec_rlimit_resource(const char *name); /* "RLIMIT_NOFILE" -> 7, -ENOENT */
const char *spec_rlimit_name(int resource);
const char *spec_scheduler_policy(uint32_t policy); /* 1 -> "SCHED_FIFO", NULL for one that is none */
/* The i-th word of memoryPolicy, for `features`; NULL past the last. */
const char *spec_memory_mode_name(size_t i);
const char *spec_memory_flag_name(size_t i);
#endif
