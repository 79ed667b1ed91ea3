/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From decoded config to plan.  Pure: no side effect, any user.  Room: run. */
#ifndef PLAN_COMPILE_H
#define PLAN_COMPILE_H

#include "base/buf.h"
#include "base/err.h"
#include "host/host.h"
#include "plan/plan.h"
#include "spec/spec.h"

struct plan_filter { /* a compiled seccomp filter; NULL code: none */
	const void *code;
	size_t len; /* bytes */
	uint64_t flags; /* SECCOMP_FILTER_FLAG_* */
	const char *agent, *metadata; /* with NEW_LISTENER: the socket of who gets it, and what it is told */
};

struct plan_create_opts {
	const char *id;
	const char *rootfs; /* absolute, symlinks resolved by the caller */
	const char *bundle; /* absolute: relative bind sources are below it */
	const char *cgroup_dir; /* host path of the container's cgroup directory, NULL: no cgroup */
	const char *home; /* HOME to set when the config does not; NULL: "/" */
	struct plan_filter filter;
	unsigned preserve_fds;
	int listen_fds; /* LISTEN_FDS passed on: adds to preserve_fds and sets LISTEN_FDS, LISTEN_PID=1 */
	const char *listen_fdnames;
	const char *notify_socket;
	bool no_pivot;
	bool no_new_keyring;
	char *const
		*environment; /* the caller's, NULL-terminated: of createContainer hooks that give no env; NULL: none */
	struct buf *problems; /* all that is wrong with the configuration, one line each, also one that spec_check has
			       * refused; NULL: *err alone, with the first of a checked one */
	bool gate; /* wait for START after COMMIT (create and run both: COMMIT and START may come together) */
};

/* What the caller must do beside the interpreter, derived by the same compile so that both agree. */
struct plan_needs {
	uint64_t new_ns; /* CLONE_NEW* made */
	uint64_t joined_ns; /* CLONE_NEW* joined by path */
	bool idmap; /* ASK_IDMAP will come: write these */
	struct spec_idmap *uid_mappings, *gid_mappings;
	size_t n_uid_mappings, n_gid_mappings;
	bool setgroups_deny;
	bool console; /* a pty master will come */
	bool ask_hooks, ask_state;
	bool delegate; /* the container may write its cgroup, so the host uid of its user is to own it (runtime-spec
			* config-linux.md, "Cgroup ownership") */
	uint32_t delegate_uid;
};

/* Appends a complete blob to *ret. */
int plan_compile_create(struct arena *a, const struct spec *s, const struct host *h, const struct plan_create_opts *o,
			struct buf *ret, struct plan_needs *needs, struct lct_err *err);

struct plan_exec_opts {
	const char *id;
	uint64_t target_ns; /* CLONE_NEW* in which the target differs from the caller, without cgroup */
	bool target_cgroup_ns;
	const char *home;
	struct plan_filter filter;
	unsigned preserve_fds;
	bool no_new_keyring;
	struct spec_personality personality; /* of the container */
	struct spec_memory_policy memory_policy;
	bool keep_groups; /* the caller's supplementary groups stay */
	bool setgroups_denied; /* the target's user namespace denies setgroups */
};
int plan_compile_exec(struct arena *a, const struct spec_process *p, const struct host *h,
		      const struct plan_exec_opts *o, struct buf *ret, struct plan_needs *needs, struct lct_err *err);

struct plan_mounts_opts {
	const struct spec_mount *mounts; /* in a document that is the list: JSON pointers begin with the index */
	size_t n;
	const uint64_t *ids; /* NULL: these are added; else they are removed, and are the mounts of these ids */
	uint64_t new_ns; /* CLONE_NEW* that was made for the container */
	uint64_t ns; /* and all that is not the caller's */
	uint64_t propagation; /* as in the container's own PROPAGATION */
	const char *bundle, *cgroup_dir; /* as in plan_create_opts */
	const char *mount_label, *mount_context; /* as in struct spec */
	const struct spec_idmap *uid_mappings, *gid_mappings; /* of its user namespace */
	size_t n_uid_mappings, n_gid_mappings;
	bool keep_groups;
};
int plan_compile_mounts(struct arena *a, const struct host *h, const struct plan_mounts_opts *o, struct buf *ret,
			struct plan_needs *needs, struct lct_err *err);

/* The readable form: one op a line, "NAME key=value ...", for `kin plan` and the goldens. Appends to *ret. */
int plan_text(const void *blob, size_t len, struct buf *ret);

/* ---- mount options: one table for compile, check and `features` ---- */
struct mount_opts {
	uint64_t attr_set, attr_clr; /* MOUNT_ATTR_* */
	uint64_t rec_set, rec_clr; /* the same, recursive (rro, ...) */
	uint64_t propagation; /* MS_SHARED.. | MS_REC, 0: none asked */
	bool bind, rbind, remount, copyup;
	uint32_t how; /* PLAN_BIND_* */
	const char *idmap; /* the option "idmap=..." or "ridmap=..." */
	char **super; /* super block words ("sync", "iversion"): they mean nothing to a bind */
	size_t n_super;
	char **data; /* what is left for the file system: pointers into the options; NULL-terminated */
	size_t n_data;
};
/* 0 or -ENOMEM: a word that is not known is the file system's. */
int mount_opts_parse(struct arena *a, char *const *options, size_t n, struct mount_opts *ret);
const char *mount_opts_word(size_t i); /* i-th known word, sorted; NULL at the end */
#endif
