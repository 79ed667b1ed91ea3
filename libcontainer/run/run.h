/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the verbs of run/ share.  run/ executes in the caller's process, on any of its threads: it may allocate,
 * open, write id maps and cgroups and put errors into words; it never changes the process.  Room: run.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <libcontainer.h>
#include <signal.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "cgroup/usage.h"
#include "host/host.h"
#include "link/link.h"
#include "plan/compile.h"
#include "seccomp/seccomp.h"
#include "spec/spec.h"
#include "store/store.h"
#include "systemd/systemd.h"

struct lct_runtime {
	char *root, *cache_dir, *cgroup_manager, *runtime_dir;
	char *const *environment; /* borrowed: for hooks without env */
	int timeout_ms;
};

struct lct_container {
	lct_runtime *rt; /* borrowed */
	char *id;
	struct arena arena; /* of the record's strings */
	struct record rec;
	bool damaged;
	int dirfd;
	int pidfd; /* of init; -EBADF unknown, -ESRCH gone */
	int console; /* pty master or -EBADF */
	bool found; /* by lct_find: what was before is not lct_watch's to tell */
	int notify; /* its sd_notify(3) arrives here; -EBADF: not asked for */
	int events; /* memory.events, open from the first look on; -EBADF: not looked yet, -ENOENT: none (any more) */
	struct oom_counts oom; /* what it said last: it goes with the cgroup, which systemd removes when it is empty */
	uint64_t oom_seen; /* as lct_watch told it last */
	struct lct_usage last; /* in a unit only: what was seen while waiting, should the cgroup be gone at the end */
};

/* ---- runtime.c, container.c ---- */
int run_timeout(const lct_runtime *rt, int asked_ms);
int64_t run_deadline(int timeout_ms);
const char *run_state_dir(struct arena *a, const lct_runtime *rt, const char *id);
int container_new(lct_runtime *rt, const char *id, lct_container **ret, struct lct_err *err);
int container_load(lct_container *ct, struct lct_err *err); /* (re)reads the record and opens init */
int container_open_init(const struct record *r); /* a pidfd, owned by the caller of this; -ESRCH: gone */
/* The record corrected by the kernel. */
enum state container_state(lct_container *ct);
/* Refuses what the table of states refuses. */
int container_allows(lct_container *ct, enum operation op, struct lct_err *err);
int container_cgroup(lct_container *ct); /* directory fd, owned by the caller of this; -errno */
/* For who changes something: takes the container's lock and loads it anew.  The lock's fd, owned by the caller of this. */
int container_lock(lct_container *ct, int64_t deadline_ns, struct lct_err *err);

/* ---- bundle.c ---- */
struct bundle {
	struct spec spec;
	const char *path, *rootfs; /* absolute */
};
int bundle_load(struct arena *a, const char *path, const char *config, struct bundle *ret, struct lct_err *err);
/* A bundle that bundle_load has refused: all that is wrong with it, one line each; what is right is in *ret. */
int bundle_survey(struct arena *a, const char *path, const char *config, struct buf *problems, struct bundle *ret);
/* ---- survey.c: all that create would refuse a configuration for, not only the first; no side effect ---- */
int survey(lct_runtime *rt, const struct lct_create_opts *o, struct buf *problems);
const char *bundle_home(struct arena *a, int root, uint32_t uid); /* from etc/passwd below root; NULL */

/* ---- target.c: a container that is entered ---- */
/* Its init's directory in /proc, owned by the caller of this.  *ret_ns: the CLONE_NEW* that differ from ours. */
int target_open(lct_container *ct, uint64_t *ret_ns, struct lct_err *err);
bool target_keeps_groups(const struct record *r); /* whoever enters keeps the groups of ours */

/* ---- mounted.c: what was mounted into a container that lives, on record for who takes it off ---- */
struct mounted {
	const char *destination; /* clean */
	uint64_t id; /* sys_statx_mount_unique */
	bool gone; /* not to be written any more */
};
struct mounted_list {
	struct mounted *v; /* oldest first */
	size_t n;
};
/* With room for `more`. */
int mounted_read(int dirfd, struct arena *a, size_t more, struct mounted_list *ret, struct lct_err *err);
int mounted_write(int dirfd, const struct mounted_list *list, struct lct_err *err);

/* ---- intent.c: the record of a container to be ---- */
struct intent {
	const char *id;
	const struct host *host;
	const struct bundle *bundle;
	const struct cgroup_place *place;
	const char *cgroup_manager;
	const char *unit; /* NULL: none */
	const struct plan_needs *needs;
	const struct seccomp_program *filter;
	bool no_new_keyring;
};
int intent_record(struct arena *a, const struct intent *in, struct record *ret, struct lct_err *err);

/* ---- notify.c ---- */
#define NOTIFY_INSIDE	     "/run/notify" /* as with runc */
#define NOTIFY_SOCKET_INSIDE NOTIFY_INSIDE "/notify.sock"
int notify_intend(struct arena *a, struct spec *s, const char *state_dir, struct lct_err *err); /* one mount more */
int notify_make(int dirfd, struct lct_err *err);
int notify_listen(int dirfd, struct lct_err *err);

/* ---- rdt.c: all of them do nothing for a container without intelRdt ---- */
int rdt_check(const struct spec_rdt *s, struct lct_err *err); /* is there a resctrl? */
int rdt_intend(struct arena *a, const struct spec_rdt *s, struct record *rec, struct lct_err *err);
/* *ret_made: there may be something to undo, by rdt_end */
int rdt_begin(const struct spec_rdt *s, const struct record *rec, bool *ret_made, struct lct_err *err);
/* Before it makes others, which inherit it. */
int rdt_enter(const struct record *rec, pid_t pid, bool optional, struct lct_err *err);
int rdt_end(const struct record *rec, struct lct_err *err);

/* ---- memfd.c ---- */
int memfd_sealed(const char *name, const void *data, size_t len, bool exec);

/* ---- child.c: programs of the host (hooks, newuidmap, kin-init) ---- */
struct child {
	const char *path; /* or NULL with exec_fd */
	int exec_fd;
	char *const *argv, *const *envp;
	int stdio[3]; /* -EBADF: the caller's own */
	int cwd; /* -EBADF: the caller's own */
	int keep; /* one more descriptor to inherit, -EBADF: none */
	unsigned preserve; /* 3 .. 3+preserve-1 stay as they are; all others are closed */
	bool group; /* a process group of its own */
	const int *also; /* more descriptors to inherit; NULL: none */
	size_t n_also;
	const int *procs; /* cgroup.procs of the cgroup to be in; NULL: the caller's own */
	bool cgroup_ns; /* a cgroup namespace of its own, rooted there */
	/* a mount namespace of its own, to which mounts come from ours and not back, with these in it; n 0: ours */
	const struct child_bind {
		const char *from, *at;
	} * binds;
	size_t n_binds;
};
/* Executes it as a child of the caller.  Returns the pid; -errno when it could not be executed. */
pid_t child_spawn(const struct child *c, int *ret_pidfd);
/* Waits (with SIGKILL to it and its group at the deadline: -ETIMEDOUT) and collects the tail of what it writes to
 * `output` (-EBADF: none). */
int child_wait(int pidfd, pid_t pid, bool group, int output, int64_t deadline_ns, char *tail, size_t tail_size,
	       struct lct_outcome *ret);

/* ---- remount.c: "/" of that process's mount namespace, read-only from now on ---- */
int remount_readonly(int pidfd);

/* ---- inside.c: sub-cgroups by annotation, on record ---- */
/* The host path of the root of a container's cgroup namespace; NULL: no cgroup, or no memory. */
const char *inside_namespace(struct arena *a, const struct cgroup_place *p, const char *sub);
/* Where processes go, below the container's own (which is it without sub-cgroups): a directory fd or -errno. */
int inside_open(const struct record *rec, int own);
/* The limits of the container's own again, where they are to be seen inside. */
int inside_update(const struct record *rec, int own, const struct host *h, const struct spec_resources *res,
		  int64_t deadline_ns, struct lct_err *err);

/* ---- hook_output.c: files that annotations name for what hooks print: standard output and standard error ---- */
struct hook_output {
	int fd[2]; /* owned; -EBADF: none, what they print is for the error's words */
};
#define HOOK_OUTPUT_NONE ((struct hook_output){ { -EBADF, -EBADF } })
int hook_output_open(const struct record *rec, struct hook_output *ret, struct lct_err *err);
void hook_output_close(struct hook_output *o);
/* For a message that gives init the state document (-EBADF: nothing) for hooks: how many descriptors, in fds and n1.
 * o NULL: none. */
unsigned hook_output_give(const struct hook_output *o, int state, struct link_msg *m, int fds[LINK_FDS]);
/* " (its output is in /PATH)" or "" */
const char *hook_output_words(const struct record *rec, char *buf, size_t size);

/* ---- hooks.c ---- */
/* One kind of hooks, in the runtime's namespaces. */
struct hooks_order {
	const struct spec_hooks *hooks; /* of all kinds */
	const struct record *rec;
	const char *state_json;
	char *const *environment;
	const struct hook_output *output; /* NULL: none */
};
/* How long they may take; an hour for each without a timeout. */
enum { MAX_PATIENCE_MS = 1000000000 };
int64_t hooks_patience_ms(const struct spec_hooks *hooks);
int hooks_run(const struct hooks_order *o, enum spec_hook_kind kind, struct lct_err *err);

/* ---- idmap.c ---- */
struct idmap_order {
	const struct spec_idmap *uids, *gids;
	size_t n_uids, n_gids;
	const char *uids_at, *gids_at; /* JSON pointers, for errors */
	bool setgroups_deny;
};
int idmap_write_maps(const struct host *h, const struct idmap_order *o, pid_t pid, int64_t deadline_ns,
		     struct lct_err *err);
int idmap_write(const struct host *h, const struct plan_needs *needs, pid_t pid, int64_t deadline_ns,
		struct lct_err *err);

/* ---- userns.c: a user namespace with these mappings that nobody lives in: its descriptor ---- */
int userns_make(const struct host *h, const struct idmap_order *o, int64_t deadline_ns, struct lct_err *err);

/* ---- source.c: the sources of bind mounts that the caller opens ---- */
struct talk;
/* A detached tree, idmapped if the op says so; -errno with *err. */
int source_open(struct talk *t, const struct plan_op *op, struct lct_err *err);

/* ---- talk.c: the caller's side of the link ---- */
struct netdevices;
struct talk {
	/* the request */
	const void *plan;
	size_t plan_len;
	const struct plan_needs *needs;
	const struct host *host;
	const struct spec *spec; /* hooks; NULL for exec */
	const char *id, *bundle, *oci_version;
	const struct record *rec; /* for state documents */
	enum state state; /* the container's */
	const char *console_socket;
	char *const *environment;
	const struct hook_output *output; /* for hooks; NULL: none */
	struct arena *arena; /* create: the call's */
	struct netdevices *devices; /* create: what was moved */
	int timeout_ms;
	int64_t deadline;
	/* the conversation */
	int link;
	int mid, init; /* pidfds */
	pid_t mid_pid, init_pid;
	int console; /* master, when there is no console socket */
	int userns; /* the latest made for an idmapped mount, and the mappings it has: several mounts can share it */
	const char *userns_map; /* a string of the plan */
	uint64_t *mounted; /* MOUNTS plans: PLAN_MAX_HELD ids by slot, 0: none; NULL for others */
	bool eof;
	bool hooked; /* hooks have begun to run */
	int (*before_hooks)(void *arg, struct lct_err *err); /* called once; NULL: nothing to do */
	int (*after_spawn)(void *arg,
			   struct lct_err *err); /* init is there, and has no answer yet; NULL: nothing to do */
	void *arg;
};
struct talk_setup {
	const int *stdio;
	unsigned preserve;
	int cgroup, target, gate; /* -EBADF: none */
	bool hold; /* the intermediate is started but told nothing: talk_setup does, once it has been put where it belongs */
};
int talk_setup(struct talk *t, const struct talk_setup *s, struct lct_err *err);
int talk_open(struct talk *t, const struct talk_setup *s, struct lct_err *err);
int talk_until_ready(struct talk *t, struct lct_err *err);
int talk_commit(struct talk *t, bool start, int state, struct lct_err *err);
/* After START: the double confirmation.  starting: init is known to have taken it, as COMMIT says it to a run; hooks:
 * startContainer hooks run before the exec. */
int talk_until_exec(struct talk *t, bool starting, bool hooks, struct lct_err *err);
void talk_abort(struct talk *t); /* kills and reaps what there is */
void talk_dismiss(struct talk *t); /* ends the intermediate, and leaves init alone */
void talk_close(struct talk *t);

/* ---- words.c ---- */
int words_failed(const struct talk *t, const struct link_msg *m, struct lct_err *err);
int words_died(const char *who, const struct lct_outcome *how, struct lct_err *err);
/* To an error of the start path (r; 0 or more: nothing happens), before the cgroup is removed: says so when the kernel
 * killed somebody in it for want of memory.  Returns r. */
int words_oom(int r, int cgroup, struct lct_err *err);

/* ---- systemd_ask.c: one request, see systemd/request.h.  what, unit: for the error's words ---- */
int systemd_ask(const struct buf *request, const char *what, const char *unit, int64_t deadline_ns,
		struct lct_err *err);

/* ---- systemd.c: the driver; each call is one run of the helper program, ended by the deadline (-ETIMEDOUT) ---- */
/* Which manager is the caller's: the user's for everybody but the machine's root.  Where the unit's cgroup will be. */
int systemd_place(struct arena *a, const lct_runtime *rt, const struct host *h, const struct spec *s, const char *id,
		  struct systemd_unit *ret, struct cgroup_place *ret_place, struct lct_err *err);
/* Makes the unit with process `pid` in it and waits for the job.  *ret_dir: the host path of its cgroup, as the kernel
 * says it of the process. A unit of that name left over in a failed state is reset first; a living one is -EEXIST. */
int systemd_start(struct arena *a, const lct_runtime *rt, const struct host *h, const struct systemd_unit *u,
		  const struct spec *s, const char *id, pid_t pid, int64_t deadline_ns, const char **ret_dir,
		  struct lct_err *err);
int systemd_update(const lct_runtime *rt, const struct record *rec, const struct spec_resources *res,
		   int64_t deadline_ns, struct lct_err *err);
int systemd_attach(const lct_runtime *rt, const struct record *rec, pid_t pid, int64_t deadline_ns,
		   struct lct_err *err);
/* Stops and forgets the unit: 0 also when there is none (any more), when the unit of that name is not this container's,
 * and when there is no systemd. */
int systemd_stop(const lct_runtime *rt, const struct record *rec, int64_t deadline_ns, struct lct_err *err);

/* ---- usage.c: the exit record ---- */
void usage_unknown(struct lct_usage *ret); /* all LCT_UNKNOWN */
void usage_observe(lct_container *ct, struct lct_usage *ret); /* from the cgroup, as it is now */
bool usage_oom(const struct lct_usage *u);
/* memory.events: oom_kill, by now; LCT_UNKNOWN: no memory controller.  The first call opens it and it stays open. */
uint64_t usage_oom_kills(lct_container *ct);
/* 1: init has ended, 2: something was written to memory.events (usage_oom_kills has it), 0: deadline, -errno. */
int usage_wait(lct_container *ct, int64_t deadline_ns);

/* ---- wait.c ---- */
/* How the process behind a readable pidfd ended; reaps it if it is the caller's child.  pid 0: not known. */
void run_observe(int pidfd, pid_t pid, struct lct_outcome *ret);

/* ---- state.c ---- */
char *state_document(const struct record *r, enum state s, pid_t pid, bool indent); /* malloc'ed; NULL: no memory */
int state_memfd(const struct record *r, enum state s, pid_t pid);

/* ---- socket.c: AF_UNIX stream sockets of the caller's, by path ---- */
int socket_connect(const char *path, int64_t deadline_ns); /* not blocking; -errno */
/* runc's protocol of --pidfd-socket */
int socket_send_pidfd(const char *path, int pidfd, const char *word, int64_t deadline_ns, struct lct_err *err);
int socket_send(int sock, const void *data, size_t len, int fd, int64_t deadline_ns); /* fd -EBADF: none */

/* ---- agent.c: the answer to ASK_AGENT: the connection, and what to send there.  Owned by the caller of this ---- */
int agent_ask(const struct talk *t, const struct plan_op *op, int ret_fds[2], struct lct_err *err);

/* ---- netdevices.c ---- */
struct netdevice {
	int index; /* in the container */
	const char *name; /* as it was */
};
struct netdevices {
	int there, ns; /* a netlink socket in the container's network namespace, and the namespace; owned */
	struct netdevice *moved;
	size_t n_moved;
};
/* Takes the two descriptors. */
int netdevices_move(struct netdevices *n, struct arena *a, const struct spec *s, int there, int ns,
		    struct lct_err *err);
void netdevices_return(struct netdevices *n); /* as far as possible, with their old names */
void netdevices_done(struct netdevices *n);

/* ---- small verbs of the file system ---- */
int pid_file_write(const char *path, pid_t pid, struct lct_err *err); /* pidfile.c */
int console_send(const char *socket, int master, const char *name, int64_t deadline_ns,
		 struct lct_err *err); /* console.c */
void console_plain(int master);
int gate_listen(int dirfd, struct lct_err *err); /* gate.c */
int gate_connect(int dirfd, int64_t deadline_ns, struct lct_err *err);

/* ---- exec_process.c ---- */
/* What exec is asked for, on top of the process object in the state directory; its strings are the arena's and o's. */
int exec_process(struct arena *a, int dirfd, const struct lct_exec_opts *o, struct spec_process *ret,
		 struct lct_err *err);

/* ---- confirm.c ---- */
int exec_confirmed(pid_t pid); /* 1: executed, 0: still kin-init, -ESRCH */
int zombie_status(pid_t pid, int *ret); /* as from waitpid; -EAGAIN: not a zombie */
#endif
