/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcontainer: run OCI bundles from any program, threaded or not.
 *
 * Conventions
 *  - Every call returns >= 0 on success and -errno on failure; the optional
 *    struct lct_err (last argument, may be NULL) then holds one line for a person.
 *  - Option structs begin with `size_t size`, to be set to sizeof the struct; a
 *    NULL options pointer means all defaults.  New members are only ever appended.
 *  - A runtime handle is immutable and may be shared between threads.  A
 *    container handle belongs to one thread at a time.
 *  - The library never changes the calling process: no umask, chdir, environment,
 *    signal disposition, rlimit, subreaper, no SIGCHLD handler, no wait for
 *    children it did not make, and it never exits.  It reads no environment.
 *  - No call but lct_checkpoint and lct_restore waits without a deadline; -ETIMEDOUT means "not known yet", never
 *    "failed" and never "done".
 *  - Every descriptor the library opens or returns is close-on-exec.
 */
#ifndef LIBCONTAINER_H
#define LIBCONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LCT_API __attribute__((visibility("default")))

/* ---- errors -------------------------------------------------------------- */

enum lct_code {
	LCT_E_NONE = 0,
	LCT_E_CONFIG, /* config.json or process.json is wrong: `where` is a JSON pointer */
	LCT_E_USAGE, /* the call's arguments are wrong */
	LCT_E_EXISTS, /* the id is taken */
	LCT_E_NOT_FOUND, /* no such container */
	LCT_E_STATE, /* the container's state does not allow the operation */
	LCT_E_DAMAGED, /* the record of the container is unreadable */
	LCT_E_PROGRAM, /* the user's program cannot be executed */
	LCT_E_HOOK, /* a hook failed */
	LCT_E_SYSTEM, /* the kernel refused; errnum says how */
	LCT_E_TIMEOUT, /* not known in time; nothing was decided */
	LCT_E_DIED, /* a process of the start path ended before its report */
};

struct lct_err {
	int code; /* enum lct_code */
	int errnum; /* positive errno, or 0 */
	char where[192]; /* JSON pointer or path; may be empty */
	char text[832]; /* one line, no newline; contains `where` when that is set */
};

/* ---- runtime ------------------------------------------------------------- */

typedef struct lct_runtime lct_runtime;
typedef struct lct_container lct_container;

struct lct_runtime_opts {
	size_t size;
	const char *root; /* state directory, absolute; required */
	const char *cache_dir; /* directory for compiled seccomp filters, made 0700; NULL: no cache */
	const char
		*cgroup_manager; /* of containers to be created: "cgroupfs" (default), "systemd", "disabled".  It is on
				     * record for each container: later calls need not repeat it */
	int timeout_ms; /* deadline of each operation; 0: 60000; -1 is refused */
	char *const *environment; /* NULL-terminated, for hooks that give no env of their own; NULL: empty.
				   * Borrowed: must outlive the runtime */
	const char
		*runtime_dir; /* XDG_RUNTIME_DIR, for the user's systemd (runtime_dir/bus, runtime_dir/systemd/private);
				  * NULL: /run/user/UID */
};

/* Opens a runtime.  The state directory is made (0700) by the first call that writes to it,
 * so a runtime can be opened without any privilege.  Thread-safe.
 * Errors: -EINVAL (root missing, relative or "/"), -ENOMEM. */
LCT_API int lct_open(const struct lct_runtime_opts *opts, lct_runtime **ret, struct lct_err *err);
LCT_API void lct_close(lct_runtime *rt);

/* ---- life of a container ------------------------------------------------- */

enum {
	LCT_NO_PIVOT = 1u << 0, /* chroot instead of pivot_root (root on ramfs) */
	LCT_NO_NEW_KEYRING = 1u << 1, /* keep the caller's session keyring */
	LCT_KEEP = 1u << 2, /* (callers' bookkeeping) keep state and cgroup after exit */
	LCT_DETACHED = 1u << 3, /* nobody will take the pty master from the handle: terminal:true without a
				       * console_socket is refused before anything is made */
	LCT_NOTIFY = 1u << 4, /* the program can tell by sd_notify(3) that it is ready: see lct_notify_socket */
};

struct lct_create_opts {
	size_t size;
	const char *bundle; /* directory with config.json; NULL: "." */
	const char *config; /* file instead of <bundle>/config.json; NULL: that */
	const char *console_socket; /* AF_UNIX stream socket that gets the pty master; NULL: none */
	const char *pid_file; /* written atomically, digits only, before success; NULL: none */
	unsigned flags; /* LCT_NO_PIVOT, ... */
	unsigned preserve_fds; /* descriptors 3 .. 3+n-1 stay open in the container */
	const int *stdio; /* three descriptors for 0, 1, 2; NULL: the caller's own 0, 1, 2 */
	int timeout_ms; /* 0: the runtime's */
	unsigned listen_fds; /* sockets of socket activation, sd_listen_fds(3): descriptors 3 .. 3+n-1, before those of
			      * preserve_fds; the program is told by LISTEN_FDS and LISTEN_PID=1 */
	const char *listen_fdnames; /* its LISTEN_FDNAMES; NULL: none */
	const char *
		pidfd_socket; /* AF_UNIX stream socket that gets init's pidfd and the word "standard", before the program is
				   * executed; NULL: none */
};

/* Creates a container: returns when its init has done everything but the final exec
 * (the program was found and is executable).  runtime-spec "create".
 * On failure nothing is left: no process, mount, cgroup, state directory.
 * *ret is owned by the caller (lct_free).  If config has terminal:true and no console_socket is
 * given, the pty master is kept in the handle: see lct_console. */
LCT_API int lct_create(lct_runtime *rt, const char *id, const struct lct_create_opts *opts, lct_container **ret,
		       struct lct_err *err);

/* create and start in one go: cheaper than the two calls, and never visible as "created". */
LCT_API int lct_run(lct_runtime *rt, const char *id, const struct lct_create_opts *opts, lct_container **ret,
		    struct lct_err *err);

/* Finds an existing container.  Errors: -ENOENT, -EBADMSG (record damaged), -EINVAL (id). */
LCT_API int lct_find(lct_runtime *rt, const char *id, lct_container **ret, struct lct_err *err);

/* Frees the handle and its descriptors; the container itself is not touched. NULL is allowed. */
LCT_API void lct_free(lct_container *ct);

/* Starts the user's program; returns 0 only after the kernel has executed it (double confirmation:
 * end-of-file on the close-on-exec channel and a pidfd that is not readable).  A failing
 * startContainer hook or execve is an error and stops the container. */
LCT_API int lct_start(lct_container *ct, struct lct_err *err);

struct lct_exec_opts {
	size_t size;
	const char *process_json; /* an OCI process object as text; NULL: from the members below */
	size_t process_json_len;
	char *const *args; /* NULL-terminated; required without process_json */
	char *const *env; /* NULL-terminated KEY=VALUE to add to the container's; NULL: none */
	const char *cwd; /* NULL: the container's */
	const char *user; /* "uid[:gid]", numbers only; NULL: the container's */
	const uint32_t *additional_gids; /* groups to add to the container's */
	size_t n_additional_gids;
	char *const *caps; /* NULL-terminated capability names to add, unknown ones left out; NULL: none */
	int no_new_privs; /* 1: set; 0: as the container */
	bool terminal; /* allocate a pty */
	const char *console_socket;
	const char *pid_file;
	unsigned flags;
	unsigned preserve_fds;
	const int *stdio;
	int timeout_ms;
	bool ignore_paused;
	const char
		*cgroup; /* sub-cgroup of the container's to put it in, "/" being the container's own; it must exist */
	unsigned short console_height, console_width; /* of the pty, unless process_json says; 0, 0: the kernel's */
	const char *pidfd_socket; /* as in lct_create_opts; the word is "setns" */
	const char *apparmor, *process_label; /* of the process; NULL or "": the container's */
};

struct lct_process {
	pid_t pid; /* in the caller's pid namespace */
	int pidfd; /* owned by the caller */
	int console; /* pty master or -1, owned by the caller */
};

/* Executes one more process in a created or running container; it is a child of the caller. */
LCT_API int lct_exec(lct_container *ct, const struct lct_exec_opts *opts, struct lct_process *ret, struct lct_err *err);

enum lct_exit {
	LCT_EXIT_UNKNOWN = 0, /* ended, but nobody can say how */
	LCT_EXIT_CODE, /* exited; status is its code */
	LCT_EXIT_SIGNAL, /* killed; status is the signal */
};

#define LCT_UNKNOWN UINT64_MAX

/* What a container used, from its cgroup (cgroup-v2.rst): LCT_UNKNOWN where the kernel does not say, be it for want of a
 * controller, of a newer kernel, or of a cgroup. */
struct lct_usage {
	uint64_t cpu_usec, cpu_user_usec, cpu_system_usec, cpu_throttled_usec; /* cpu.stat */
	uint64_t memory_peak; /* bytes, memory.peak (5.19) */
	uint64_t memory_oom, memory_oom_kill, memory_max_hits; /* memory.events: oom, oom_kill, max */
	uint64_t pids_peak, pids_max_hits; /* pids.peak (6.1), pids.events: max */
	uint64_t io_read_bytes, io_write_bytes, io_reads, io_writes; /* io.stat, all devices */
	uint64_t cpu_pressure_usec, memory_pressure_usec, io_pressure_usec; /* *.pressure: total of "some" */
};

/* What was observed. A timeout is not an outcome: the call returns -ETIMEDOUT then. */
struct lct_outcome {
	size_t size;
	enum lct_exit how;
	int status;
	bool core;
	bool oom; /* the kernel killed a process of the container for want of memory (memory.events: oom_kill) */
	int64_t elapsed_ns; /* of the call */
	struct lct_usage usage; /* lct_wait only: what the container had used in all when its init ended */
};

/* Waits until the container's init is gone. timeout_ms -1: for ever is refused; use INT_MAX.
 * Works for anybody who may read the state directory, not only the parent. */
LCT_API int lct_wait(lct_container *ct, int timeout_ms, struct lct_outcome *ret, struct lct_err *err);

/* The same for a process of the caller's own lct_exec. Reaps it. */
LCT_API int lct_wait_process(struct lct_process *p, int timeout_ms, struct lct_outcome *ret, struct lct_err *err);

/* Sends sig to init (all: to every process of the container) through its pidfd.
 * Success means delivered, not ended: use lct_wait. */
LCT_API int lct_kill(lct_container *ct, int sig, bool all, struct lct_err *err);

/* Freezes (cgroup.freeze) all processes of a created or running container, or lets them go on; returns when the kernel
 * has confirmed it.  -ETIMEDOUT: not confirmed in time; it was taken back.  timeout_ms 0: the runtime's. */
LCT_API int lct_pause(lct_container *ct, int timeout_ms, struct lct_err *err);
LCT_API int lct_resume(lct_container *ct, int timeout_ms, struct lct_err *err);

/*
 * Changes the limits of a created, running or paused container.  resources: a runtime-spec LinuxResources object as text; members
 * that are absent stay as they are, -1 takes a limit away, "devices" replaces all device rules in one step.
 * All or nothing: on an error the limits are as before.  A memory limit below what is in use and cannot be reclaimed is
 * -EBUSY; nobody is OOM-killed by an update.  timeout_ms 0: the runtime's.
 */
LCT_API int lct_update(lct_container *ct, const char *resources, size_t len, int timeout_ms, struct lct_err *err);

/* Writes other schemata to the container's class of service (linux.intelRdt); NULL: none of that kind. */
LCT_API int lct_update_rdt(lct_container *ct, const char *l3_cache_schema, const char *mem_bw_schema,
			   struct lct_err *err);

/*
 * Mounts into a created, running or paused container, or unmounts from it: its processes and those of later lct_exec see
 * it, its config.json does not change, and with its mount namespace it is gone.  mounts: a JSON array of mount objects of
 * the runtime-spec, as in config.json, of 256 at most; relative sources are below the bundle, and are opened outside, with
 * the caller's eyes; a destination is resolved beneath the container's root, and made if missing (it stays).  `where` of an
 * error begins with the index: "/0/source".
 * add: all or nothing, in the order of the list, also when the caller dies.  Neither "remount" nor "copy-symlink", and nothing
 * over "/" and /proc.
 * remove: in the reverse order; of each object the destination and dest-nofollow count.  Only what was added is removed, and only if it is
 * that very mount which is to be found there: -EINVAL or -ESTALE, and nothing is changed.  It is detached with all that
 * is mounted below it (MNT_DETACH); who has it open may go on.
 * timeout_ms 0: the runtime's.  -ETIMEDOUT: what was added is taken back, as far as the kernel lets go of it.
 */
LCT_API int lct_mounts_add(lct_container *ct, const char *mounts, size_t len, int timeout_ms, struct lct_err *err);
LCT_API int lct_mounts_remove(lct_container *ct, const char *mounts, size_t len, int timeout_ms, struct lct_err *err);

/* Removes what lct_create made.  A container that is neither stopped nor created is refused unless force.
 * force: kills, and also recovers from a create that was killed at any point and from a damaged
 * record; 0 only when nothing is left.  An unknown id is -ENOENT, with force 0. */
LCT_API int lct_delete(lct_runtime *rt, const char *id, bool force, struct lct_err *err);
/* The same for this very container: 0 also when somebody else has deleted it, and never another one that has its id by now.
 * The handle remains the caller's, for lct_free. */
LCT_API int lct_remove(lct_container *ct, bool force, struct lct_err *err);

/* ---- checkpoint and restore, by the program criu --------------------------- */

enum {
	LCT_CRIU_LEAVE_RUNNING = 1u << 0, /* checkpoint: the container goes on */
	LCT_CRIU_PRE_DUMP = 1u << 1, /* checkpoint: its memory alone, ahead of time; the container goes on */
	LCT_CRIU_TCP_ESTABLISHED = 1u << 2, /* with established TCP connections */
	LCT_CRIU_TCP_SKIP_IN_FLIGHT = 1u << 3, /* without those that are being made */
	LCT_CRIU_LINK_REMAP = 1u << 4, /* with files that are deleted but open */
	LCT_CRIU_EXT_UNIX_SK = 1u << 5, /* with UNIX sockets whose other end is outside */
	LCT_CRIU_SHELL_JOB = 1u << 6, /* with a terminal of the caller's */
	LCT_CRIU_FILE_LOCKS = 1u << 7, /* with file locks */
	LCT_CRIU_AUTO_DEDUP = 1u << 8, /* parts of the parent's images that are superseded are freed */
	LCT_CRIU_LAZY_PAGES = 1u << 9, /* memory is handed over page by page, through userfaultfd(2) */
	LCT_CRIU_EMPTY_NETWORK = 1u << 10, /* a network namespace without its devices */
	LCT_CRIU_TCP_CLOSE = 1u << 11, /* restore: established TCP connections are closed ones */
};

struct lct_criu_opts {
	size_t size;
	const char *criu; /* the program, absolute, 3.14 or newer; required */
	const char *image_dir; /* required; a checkpoint makes it (0700) where it is absent */
	const char *work_dir; /* logs and statistics; the same; NULL: image_dir */
	const char *
		parent_dir; /* images of the pre-dump that this checkpoint adds to, relative to image_dir; NULL: none */
	const char
		*manage_cgroups; /* what criu does with cgroups: "ignore", "soft", "full", "strict"; NULL: "soft", which
				     * makes the sub-cgroups that the container had; its own one is as create makes it */
	const char *page_server; /* ADDRESS:PORT that memory is sent to (checkpoint) or, with LAZY_PAGES, served at */
	int status_fd; /* criu writes a NUL byte to it when lazy pages can be asked for; 0: none */
	const char *lsm_profile; /* restore: "apparmor:NAME" or "selinux:LABEL" instead of that of the checkpoint */
	const char *lsm_mount_context; /* restore: SELinux's context= of mounts, instead */
	unsigned flags; /* LCT_CRIU_* */
	const char *
		network_lock; /* how criu keeps packets away meanwhile: "iptables", "nftables", "skip"; NULL: criu's way */
};

/*
 * Writes a running or paused container to files.  Without LEAVE_RUNNING and PRE_DUMP it has ended after that, which is
 * observed and on record (lct_wait: signal 9), and wants lct_remove; on failure it goes on.  It takes as long as criu does:
 * there is no deadline.  Errors: -ENOENT without the program, -EOPNOTSUPP where it or the container is not up to it; what
 * criu complained about is in the text, with the path of its log.
 */
LCT_API int lct_checkpoint(lct_container *ct, const struct lct_criu_opts *opts, struct lct_err *err);

/* Makes a container of such files; like lct_run in everything else: it is a child of the caller, on failure nothing is left,
 * and bundle, console_socket, pid_file, pidfd_socket, stdio and flags mean what they mean there.  What the checkpoint
 * had as external (bind mounts, namespaces by path, pipes as standard streams) comes from the bundle and from stdio. */
LCT_API int lct_restore(lct_runtime *rt, const char *id, const struct lct_create_opts *create,
			const struct lct_criu_opts *opts, lct_container **ret, struct lct_err *err);

/* ---- questions ----------------------------------------------------------- */

enum lct_status { LCT_CREATING, LCT_CREATED, LCT_RUNNING, LCT_PAUSED, LCT_STOPPED };

struct lct_info {
	size_t size;
	enum lct_status status;
	pid_t pid; /* 0 when stopped */
	const char *id, *bundle, *rootfs, *created; /* owned by the handle, as is: */
	const char *owner; /* who created it: the name in /etc/passwd, or "#UID" */
	bool damaged; /* the record cannot be read; only id is valid */
};

LCT_API const char *lct_status_name(enum lct_status status);
LCT_API int lct_info(lct_container *ct, struct lct_info *ret, struct lct_err *err);

/* The runtime-spec state document, as runc prints it.  *ret is malloc'ed. */
LCT_API int lct_state_json(lct_container *ct, char **ret, struct lct_err *err);

/* Calls fn for each container, sorted by id, until it returns non-zero, which is then returned. */
LCT_API int lct_list(lct_runtime *rt, int (*fn)(const struct lct_info *info, const char *state_json, void *arg),
		     void *arg, struct lct_err *err);

/* Pids of the container's processes in the caller's pid namespace. *ret is malloc'ed. */
LCT_API int lct_pids(lct_container *ct, pid_t **ret, size_t *ret_n, struct lct_err *err);

/* Statistics of a created, running or paused container, as runc's `events --stats` has them under "data" (field names and
 * units; nanoseconds, bytes). *ret is malloc'ed. */
LCT_API int lct_stats_json(lct_container *ct, char **ret, struct lct_err *err);

/* The same in numbers, for tables; LCT_UNKNOWN as in lct_usage, a limit of "max" is LCT_UNLIMITED. */
#define LCT_UNLIMITED (UINT64_MAX - 1)
struct lct_stats {
	size_t size;
	int64_t taken_ns; /* CLOCK_MONOTONIC */
	struct lct_usage usage;
	uint64_t memory, memory_max; /* bytes */
	uint64_t pids, pids_max;
};
LCT_API int lct_stats(lct_container *ct, struct lct_stats *ret, struct lct_err *err);

enum lct_event {
	LCT_EVENT_OOM = 1, /* the kernel killed a process of the container for want of memory, since the last call */
	LCT_EVENT_END, /* init has ended */
};
/* Waits for what happens next; what happened between two calls on one handle is not lost.  -ETIMEDOUT: nothing.
 * OOM kills count from the container's creation on for a handle of lct_create or lct_run, from the first call on for one
 * of lct_find; several at once are one event.  Once LCT_EVENT_END was told, so it is by each further call. */
LCT_API int lct_watch(lct_container *ct, int timeout_ms, enum lct_event *ret, struct lct_err *err);

/* For a poll(2) of the caller's own beside lct_pidfd: on POLLPRI there is something for lct_watch (timeout_ms 0) to look at.
 * Who has a container in a systemd unit should: its cgroup, and with it all that tells of an OOM kill, is gone as soon as
 * it has ended.  Borrowed, ask for it anew after each look; -ENOENT: none (any more). */
LCT_API int lct_events_fd(lct_container *ct);

LCT_API int lct_pidfd(lct_container *ct); /* borrowed, -ESRCH when init is gone */

/* Where the messages of sd_notify(3) arrive in a container that was created with LCT_NOTIFY: a datagram socket that does not
 * block, owned by the handle.  After lct_run it is there; of a created container it is made by the first call, which is
 * to come before lct_start.  The program's NOTIFY_SOCKET leads to it, whatever its environment said; nothing is
 * passed on to anybody by the library.  Who the sender was cannot be relied on.  Errors: -ENOENT: without LCT_NOTIFY. */
LCT_API int lct_notify_socket(lct_container *ct, struct lct_err *err);
LCT_API int lct_console(lct_container *ct); /* takes the pty master out of the handle (ONLCR is off);
					     * -ENOENT: none */

/* The compiled plan as text; needs no privilege.  opts as for lct_create. *ret is malloc'ed.
 * When the configuration is wrong *ret may have all that is, one line each, mostly with the one in *err first. */
LCT_API int lct_plan_text(lct_runtime *rt, const struct lct_create_opts *opts, char **ret, struct lct_err *err);

/* The runtime-spec features document. *ret is malloc'ed. Needs no runtime and no privilege. */
LCT_API int lct_features(char **ret, struct lct_err *err);

LCT_API const char *lct_version(void); /* "1.2.3" */
LCT_API const char *lct_commit(void); /* git commit, or "unknown" */
LCT_API const char *lct_spec_version(void); /* "1.3.0" */

#ifdef __cplusplus
}
#endif
#endif
