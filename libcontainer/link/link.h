/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every room: no heap, no stdio.  The wire between run/ (the caller), mid/ (the intermediate) and init/ (becomes the container): one
 * SOCK_SEQPACKET pair, whose far end mid inherits and init shares; fixed-size messages; every ASK is answered,
 * every change of state acknowledged.  End-of-file from the caller ends mid and init until COMMIT.
 *
 *   run                         mid                        init
 *    | SETUP [plan, cgroup?, target?, gate?]                |        sent before mid exists: no round trip
 *    |--------------------------->|                         |
 *    |                            |--clone3(CLONE_PARENT)-->|
 *    | <------- SPAWNED {pid} [pidfd]                       |
 *    |                          _exit                       |
 *    | <----------------------------------- ASK {what} -----|        idmap, tree, hooks, state, agent, priority
 *    |--- ANSWER {err} [fds?] ----------------------------->|
 *    | <----------------------------------- CONSOLE [ptmx] -|
 *    | <----------------------------------- READY ----------|        all done but the final exec
 *    |   (caller records pid, cgroup, phase)                |
 *    |--- COMMIT {start?} [state?] ------------------------>|        init no longer dies with the caller
 *    | <----------------------------------- COMMITTED ------|
 *   ... create ends here; `start` connects to the gate socket and goes on with the same messages on it ...
 *    |--- START [state?] ---------------------------------->|        run: COMMIT {start=1} is both, and neither
 *    |                                                      |        COMMITTED nor STARTING comes
 *    | <----------------------------------- STARTING -------|        START seen; startContainer hooks come next
 *    | <----------------------------------- EOF ------------|        execve worked (with pidfd not readable)
 *    | <----------------------------------- FAILED {op, err, text}   at any point instead; then _exit
 *
 * A MOUNTS plan (into a container that lives) ends so:
 *    | <----------------------------------- MOUNTED {id, slot} ...
 *    | <----------------------------------- READY ----------|        all of it is in sight of the container
 *    |   (caller records the ids)                           |
 *    |--- COMMIT ------------------------------------------>|        end-of-file instead: what was attached is taken back
 *    | <----------------------------------- COMMITTED ------|        then _exit
 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include <stddef.h>
#include <stdint.h>

#define LINK_MAGIC UINT32_C(0x6b4c4b31)
enum { LINK_TEXT = 256, LINK_FDS = 4 };

enum link_kind {
	LINK_SETUP =
		1, /* n0: LINK_SETUP_* bits say which fds follow, in this order; n1: 3+preserve (first fd to close);
			   n2: 1 when the far end of the vfork has a console to take etc. (reserved) */
	LINK_SPAWNED, /* n0 pid as mid sees it; fd: pidfd */
	LINK_ASK, /* n0 enum link_ask, op */
	LINK_ANSWER, /* err 0 or positive errno; fds by what was asked */
	LINK_CONSOLE, /* fd: pty master; text: its name */
	LINK_READY,
	LINK_COMMIT, /* n0 1: start at once; fds (optional): for startContainer hooks, see LINK_HOOK_* */
	LINK_COMMITTED,
	LINK_START, /* fds (optional): for startContainer hooks, see LINK_HOOK_* */
	LINK_STARTING,
	LINK_FAILED, /* op, err, stage, text */
	LINK_MOUNTED, /* MOUNTS plans, before READY: n0 the mount's id, n1 its slot */
};

enum link_ask {
	LINK_ASK_IDMAP = 1,
	LINK_ASK_TREE,
	LINK_ASK_HOOKS,
	LINK_ASK_STATE,
	LINK_ASK_AGENT,
	LINK_ASK_PRIORITY,
	LINK_ASK_NETDEVICES
};

enum { /* SETUP's n0 */
       LINK_SETUP_PLAN = 1 << 0, /* memfd with the plan: always */
       LINK_SETUP_CGROUP = 1 << 1, /* directory of the container's cgroup */
       LINK_SETUP_TARGET = 1 << 2, /* pidfd of the container's init (exec) */
       LINK_SETUP_GATE = 1 << 3, /* listening SOCK_SEQPACKET socket for START (create) */
};

/* What is given for hooks that init runs (ANSWER to ASK_STATE, COMMIT, START): the state document, then what n1 says, where
 * their output is to go. */
enum { LINK_HOOK_STDOUT = 1 << 0, LINK_HOOK_STDERR = 1 << 1 };

enum link_stage { /* FAILED's stage: what of the op failed, for ops with several steps */
		  LINK_STAGE_OP = 0,
		  LINK_STAGE_DEST, /* the destination could not be resolved or made */
		  LINK_STAGE_SOURCE, /* the source */
		  LINK_STAGE_OPTION, /* an option; text has it */
		  LINK_STAGE_ATTACH,
		  LINK_STAGE_ATTR,
		  LINK_STAGE_LOOKUP_PATH, /* LOOKUP: no such name in PATH */
		  LINK_STAGE_LOOKUP_FILE, /* LOOKUP: args[0] with a slash */
		  LINK_STAGE_HOOK_EXIT, /* HOOK: n0 = wait status; text = tail of its output */
		  LINK_STAGE_HOOK_TIMEOUT,
		  LINK_STAGE_HOOK_EXEC, /* HOOK: could not be executed */
		  LINK_STAGE_CWD_OUTSIDE, /* CHDIR: the directory is not inside the container */
		  LINK_STAGE_PLAN, /* the plan did not verify */
		  LINK_STAGE_LINK, /* the conversation itself: unexpected message */
};

struct link_msg {
	uint32_t magic;
	uint16_t kind; /* enum link_kind */
	uint16_t stage; /* enum link_stage */
	uint32_t seq; /* sender's own count, from 1; ANSWER carries the ASK's */
	int32_t op; /* index in plan_ops(), -1: none */
	int32_t err; /* positive errno, 0: none */
	uint32_t n_fds; /* as the sender meant; the receiver compares */
	uint64_t n[3];
	uint64_t ns; /* CLOCK_MONOTONIC at the sender: `--debug` shows where time goes */
	char text[LINK_TEXT]; /* NUL-terminated */
};

/* Sends one message with n_fds descriptors.  MSG_NOSIGNAL; blocking sockets; EINTR retried.  0 or -errno. */
int link_send(int sock, struct link_msg *m, const int *fds, unsigned n_fds);

/* Receives one message.  Returns 1, or 0 at end-of-file, or -errno; -EBADMSG for anything malformed (then all
 * received descriptors are closed).  fds[LINK_FDS] gets the descriptors (CLOEXEC), empty slots -EBADF.
 * flags: 0 or MSG_DONTWAIT. */
int link_recv(int sock, struct link_msg *m, int fds[LINK_FDS], int flags);
#endif
