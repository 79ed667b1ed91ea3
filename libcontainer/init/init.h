/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What init holds while it becomes the container, and one function per op.  Private to mid/ and init/.  Room: init. */
#ifndef INIT_INIT_H
#define INIT_INIT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "link/report.h"
#include "plan/plan.h"

enum { INIT_NS_SLOTS = 8, INIT_KEPT = 2 };

struct init {
	const void *plan; /* verified, mapped read-only */
	int op; /* index of the op at work */
	uint32_t seq; /* of our messages */
	int link; /* where reports go: the caller, then whoever sent START; -EBADF between the two */
	int turn; /* readable (end-of-file) once mid has sent SPAWNED: our messages come after it */
	int gate; /* listening socket for START */
	int target; /* exec: pidfd of the container's init */
	int ns[INIT_NS_SLOTS];
	int null; /* /dev/null of the host: char 1:3 */
	int proc; /* a procfs of our own, opened when first needed */
	int attributes; /* /proc of the host, for attributes of security modules; never beyond CHDIR */
	int root; /* the container's root, until it is "/" */
	const char *rootfs; /* its path on the host, for NO_PIVOT */
	int mask; /* the empty tmpfs, where it was first attached */
	int held[PLAN_SLOTS]; /* mounts that are not read-only yet */
	int kept[INIT_KEPT]; /* what was mounted on /proc and on /sys */
	int state; /* document for the hooks of the container, memfd */
	int hook_output[2]; /* where their standard output and error go; -EBADF: into our reports */
	int console; /* our end of the pty */
	int agent, agent_text; /* the seccomp agent's socket, and what to send there with the listener (memfd) */
	bool committed; /* the caller has recorded us: no longer bound to its life */
	bool entered; /* the program's directory is the current one */
	bool userns; /* ids seen here are not the host's */
	struct {
		int fd[PLAN_MAX_HELD]; /* by slot */
		bool attached[PLAN_MAX_HELD]; /* to be taken back, until COMMIT */
		bool on; /* a MOUNTS plan: the container lives */
	} live;
	uint64_t propagation; /* for the root once it is "/", 0: none */
	bool shared; /* "/" was made shared: pivot_root wants a private parent */
	uint64_t copied; /* the propagation that all mounts have that were copied from the host's; 0: as it was */
	char exe[PATH_MAX]; /* what LOOKUP found */
	char **argv, **envp; /* what EXEC executes with, from CLOSE */
};

void init_clear(struct init *in);
/* Dies with the caller, but for one who has mounts to take back first. */
void init_bound(const struct init *in);
_Noreturn void init_main(struct init *in);

typedef int init_op(struct init *in, const struct plan_op *op, struct report *r);

static inline const char *op_str(const struct init *in, const struct plan_op *op, unsigned i)
{
	return plan_has(op->s[i]) ? plan_data(in->plan, op->s[i]) : NULL;
}

/* talk.c: the conversation with the caller */
int talk_send(struct init *in, struct link_msg *m, const int *fds, unsigned n_fds);
int talk_tell(struct init *in, enum link_kind kind);
void talk_failed(struct init *in, int err, const struct report *r);
/* 0 or -errno; ends the process when the caller is gone. fds are the caller's to close. */
int talk_receive(struct init *in, enum link_kind kind, struct link_msg *m, int fds[LINK_FDS], struct report *r);
/* Asks and waits for the answer: its -err, or 0; *ret_fd (may be NULL) gets its descriptor or -EBADF. */
int talk_ask(struct init *in, enum link_ask what, int *ret_fd, struct report *r);
int talk_ask_two(struct init *in, enum link_ask what, int ret_fds[2], struct report *r); /* the same with two */

/* What a message brings for hooks, closing what was there before; takes all descriptors. */
void talk_take_hook(struct init *in, const struct link_msg *m, int fds[LINK_FDS]);
int talk_ask_state(struct init *in, struct report *r);
int talk_ask_with(struct init *in, enum link_ask what, const int fds[2], struct report *r); /* gives two, gets none */

/* ids.c */
init_op init_ask_idmap, init_become_root, init_cap_bound, init_user, init_caps;
/* namespace.c */
init_op init_ns_join, init_unshare, init_ns_join_cgroup, init_ns_join_target, init_loopback, init_ask_netdevices,
	init_hostname, init_domainname;
/* keyring.c */
init_op init_keyring;
/* live.c: mounts of a container that lives */
init_op init_attach, init_find, init_unmount, init_done;
int live_hold(struct init *in, const struct plan_op *op, int *tree, struct report *r); /* moves it into the op's slot */
int live_slot(const struct init *in, const struct plan_op *op, struct report *r); /* borrowed; -EBADMSG: empty */
void live_take_back(struct init *in);
/* root.c */
init_op init_propagation, init_root, init_exec_root, init_root_readonly;
/* pivot.c */
init_op init_pivot;
/* mount.c, bind.c, cgroup.c */
init_op init_mount_fs, init_mount_bind, init_mount_cgroup, init_remount;
/* device.c */
init_op init_host_fds, init_dev_node, init_symlink, init_mkdir;
/* mask.c */
init_op init_readonly_path, init_mask_path;
int keep_mount(struct init *in, const char *path, int tree); /* if it is one that paths are masked in */
void keep_none(struct init *in);
/* console.c, session.c */
init_op init_console, init_session, init_stdio;
/* sysctl.c */
init_op init_sysctl;
/* process.c */
init_op init_nondumpable, init_umask, init_rlimit, init_no_new_privs, init_chdir;
/* lsm.c */
init_op init_apparmor, init_selinux, init_file_label;
int lsm_label_keys(struct init *in, const char *label);
/* scheduling.c */
init_op init_cpu_affinity, init_scheduler, init_io_priority, init_personality, init_memory_policy;
/* seccomp.c */
init_op init_ask_agent, init_seccomp;
/* hook.c */
init_op init_ask_hooks, init_ask_state, init_hook;
/* gate.c */
init_op init_ready;
/* exec.c */
init_op init_lookup, init_close, init_exec;

/*
 * below.c: the only lookups of paths that the container's image controls.  Everything is resolved by the kernel
 * inside in->root (openat2, 5.6); symlinks cannot lead out, magic links are refused.  All return O_PATH descriptors.
 */
enum below_kind { BELOW_DIR, BELOW_FILE };
enum {
	BELOW_NOFOLLOW = 1 << 0, /* the last component must not be a symlink */
	BELOW_LINK = 1 << 1, /* if it is one, it is meant itself */
	BELOW_ON_PROC = 1 << 2, /* mount points: it may be on a proc file system */
};
int below_open(struct init *in, const char *path, unsigned flags);
int below_make(struct init *in, const char *path, enum below_kind kind, mode_t mode, unsigned flags);
/* The directory (made if missing) and the last component of path, which is a plain name. */
int below_parent(struct init *in, const char *path, char name[NAME_MAX + 1]);

/* tree.c: detached mounts */
struct attrs {
	uint64_t set, clear, rec_set, rec_clear, propagation;
};
int tree_attrs(int tree, const struct attrs *a);
int tree_attrs_or_why(int tree, const struct attrs *a, struct report *r); /* notes what is locked */
int tree_clone(int fd, bool recursive);
int tree_attach(struct init *in, int tree, int onto); /* not over the root of a container that lives: -EBUSY */
/* What is to be mounted on, made if missing; errors are noted in r. */
int mount_point(struct init *in, const char *path, enum below_kind kind, unsigned flags, struct report *r);
/* Attaches tree there. */
int tree_onto(struct init *in, int tree, const char *path, unsigned flags, struct report *r);

/* proc.c */
int proc_self_open(const char *name, int flags); /* of the host's /proc, verified */
int proc_open_host(void);

/* refused.c: notes which system call is not there, if that is what err (ENOSYS, EPERM) of the op came from */
void refused_note(int err, const struct plan_op *op, struct report *r);

/* oldmount.c: mount(2) of a MOUNT_FS; a detached tree */
int oldmount(struct init *in, const struct plan_op *op, struct report *r);

/* copy.c: for tmpcopyup; both are directories */
int copy_tree(int from, int to, bool owner); /* owner: of the directory itself as well */

/* strings.c: lists of the plan as pointer arrays, in pages of their own */
int strings_map(const char *list, size_t n, char ***ret);
bool is_device(int fd, mode_t type, unsigned major, unsigned minor);
#endif
