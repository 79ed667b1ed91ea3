/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plan being compiled: the inputs, what was decided from them, and the blob so far.  Its first error sticks, as a
 * buf's does, so that the order of container start can be a straight list of calls.  Private to plan/.
 * Room: run (pure).
 */
#ifndef PLAN_DRAFT_H
#define PLAN_DRAFT_H

#include "base/arena.h"
#include "plan/compile.h"

/* A mount with its options understood. */
struct draft_mount {
	const struct spec_mount *m;
	size_t index;
	const char *at; /* JSON pointer */
	struct mount_opts opts;
	const char *dest; /* clean: for decisions */
	const char *type; /* never NULL */
	bool on_proc; /* may lie on a proc file system */
	unsigned slot; /* where it is held until it becomes read-only, 0: nowhere */
};

struct draft {
	/* given */
	struct arena *a;
	const struct host *h;
	const struct spec *s; /* NULL: exec; MOUNTS: what of it is known */
	const struct plan_create_opts *o; /* NULL: exec; MOUNTS: the paths in it */
	const struct plan_exec_opts *x; /* exec alone, else NULL */
	const struct plan_mounts_opts *l; /* MOUNTS alone, else NULL */
	const struct spec_process *p;
	const char *at; /* JSON pointer of the process object: "/process", or "" where it is the whole document */
	const char *id, *home;
	const struct plan_filter *filter;
	unsigned first_closed; /* descriptors from here on are not the user's */
	/* decided */
	struct plan_needs *needs;
	bool userns; /* a user namespace is made or joined */
	bool setgroups; /* setgroups(2) is allowed in the container */
	bool keep_groups; /* and not wanted */
	bool no_mknod; /* devices come by bind from the host */
	uint64_t caps; /* capabilities that can be given */
	struct draft_mount *mounts;
	unsigned n_held; /* slots in use */
	char **env; /* NULL-terminated */
	size_t n_env;
	const char *path; /* value of PATH in env, or the default */
	/* the blob */
	struct buf ops, data;
	uint32_t n_ops, n_mid;
	struct plan_op scratch; /* where an op goes once there is no memory */
	struct lct_err *err;
	int rc;
	/* for a list of all that is wrong; NULL: the first is the end */
	struct buf *problems;
	bool has_problems;
};

void draft_init(struct draft *d);
void draft_done(struct draft *d);

/* Appends an op; the pointer is good until the next one.  `where` is a JSON pointer; NULL: none. */
struct plan_op *draft_op(struct draft *d, enum plan_code code, const char *where, ...)
	__attribute__((format(printf, 3, 4)));
struct plan_ref draft_str(struct draft *d, const char *s); /* NULL: absent */
struct plan_ref draft_list(struct draft *d, char *const *v, size_t n);
struct plan_ref draft_blob(struct draft *d, const void *data, size_t len);
void draft_end_mid(struct draft *d);
/* Completes the blob and appends it to *ret; 0 or the first error. */
int draft_finish(struct draft *d, enum plan_kind kind, struct buf *ret);

void draft_nomem(struct draft *d);
/* The configuration is wrong: the end, or one more for the list where that is asked for. */
void draft_fail(struct draft *d, const char *where, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* ---- the parts, each a file ---- */
/* idmap.c: which user namespace, with what mappings */
void draft_idmap(struct draft *d);
/* The host's id of one of the container's; false: it has none, or a joined namespace decides. */
bool draft_host_uid(const struct draft *d, uint32_t uid, uint32_t *ret);
bool draft_uid_mapped(const struct draft *d, uint32_t uid); /* in the container, as far as that can be known */
bool draft_gid_mapped(const struct draft *d, uint32_t gid);
void draft_user_check(struct draft *d);
/* namespaces.c */
void draft_ns_facts(struct draft *d);
void draft_ns_open(struct draft *d);
void draft_ns_join(struct draft *d);
void draft_time(struct draft *d);
void draft_spawn(struct draft *d);
void draft_root_ids(struct draft *d);
void draft_ns_setup(struct draft *d); /* loopback, hostname, domainname */
/* mounts.c */
void draft_propagation(struct draft *d);
void draft_mounts_read(struct draft *d);
void draft_mounts(struct draft *d);
void draft_mounts_readonly(struct draft *d);
void draft_mount(struct draft *d, struct draft_mount *m);
struct plan_ref draft_destination(struct draft *d, const struct draft_mount *m);
void draft_check_proc(struct draft *d, struct draft_mount *m);
bool draft_is_bind(const struct draft_mount *m);
bool draft_sysfs_is_bound(const struct draft *d);
bool draft_dev_is_ours(const struct draft *d);
bool draft_is_mounted(const struct draft *d, const char *path);
/* live.c: mounts of a container that lives */
void draft_live_facts(struct draft *d);
void draft_live_join(struct draft *d); /* all but the mount namespace */
void draft_live_make(struct draft *d);
void draft_live_enter(struct draft *d); /* that one */
void draft_live_attach(struct draft *d);
void draft_live_find(struct draft *d);
void draft_live_unmount(struct draft *d);
/* idmapped.c: completes a MOUNT_BIND whose ids are mapped; where the configuration asks for that */
void draft_idmapped(struct draft *d, const struct draft_mount *m, struct plan_op *op);
const char *draft_idmap_place(struct draft *d, const struct draft_mount *m);
/* devices.c */
void draft_devices(struct draft *d);
/* protect.c: sysctl, read-only and masked paths */
void draft_sysctl(struct draft *d);
void draft_protect(struct draft *d);
void draft_pivot(struct draft *d);
/* hooks.c */
void draft_hooks_ask(struct draft *d);
void draft_hooks(struct draft *d, enum spec_hook_kind kind);
/* process.c */
void draft_oom_score(struct draft *d);
void draft_rlimits_raise(struct draft *d);
void draft_keyring(struct draft *d);
void draft_cwd_make(struct draft *d);
void draft_console(struct draft *d);
void draft_session(struct draft *d); /* setsid, umask */
void draft_rlimits(struct draft *d, bool late);
/* lsm.c */
void draft_labels_check(struct draft *d); /* asked for, but not to be had here */
void draft_hold_proc(struct draft *d);
void draft_labels(struct draft *d); /* of the process */
/* "context=LABEL" for a file system of that type; NULL: none. */
char *draft_mount_label(struct draft *d, const char *type);
void draft_file_label(struct draft *d, const struct draft_mount *m, struct plan_ref path);
/* scheduling.c */
void draft_first_cpus(struct draft *d);
void draft_scheduling(struct draft *d); /* CPUs, scheduler, io priority, personality, memory policy */
void draft_no_new_privs(struct draft *d);
void draft_agent(struct draft *d);
void draft_seccomp(struct draft *d, bool with_no_new_privs);
void draft_become_user(struct draft *d);
void draft_lookup(struct draft *d);
void draft_ready(struct draft *d, bool gate);
void draft_close(struct draft *d);
void draft_exec(struct draft *d);
/* env.c: what the program's environment becomes */
void draft_env(struct draft *d);
#endif
