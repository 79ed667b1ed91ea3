/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A test program in the place of kin-init's caller, with plans written by hand: it can also lie, go away and talk
 * nonsense.  No privilege is needed: where namespaces are, a user namespace is with them.
 */
#ifndef INIT_CALLER_H
#define INIT_CALLER_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hand_plan.h"
#include "link/link.h"
#include "sys/sys.h"

extern const char kin_init_start[] __attribute__((visibility("hidden")));
extern const uint64_t kin_init_size __attribute__((visibility("hidden")));

enum { SOON_MS = 5000, SEALS = KF_SEAL_WRITE | KF_SEAL_GROW | KF_SEAL_SHRINK | KF_SEAL_SEAL };

struct talk {
	int link, mid, init;
	pid_t init_pid;
	struct link_msg m;
	int fds[LINK_FDS];
	char gate[64];
};

static struct hand_plan plan;

/* ---- being the caller ---- */

static inline int memfd_of(const void *data, size_t len, int seals)
{
	int fd = sys_memfd("test", KMFD_CLOEXEC | KMFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(sys_write_all(fd, data, len), 0);
	assert_int_equal(sys_seal(fd, seals), 0);
	return fd;
}

static inline void start(struct talk *t)
{
	int program = memfd_of(kin_init_start, (size_t)kin_init_size, SEALS), pair[2];
	struct kclone_args args = { .flags = KCLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)&t->mid };
	pid_t pid;

	memset(t, 0, sizeof(*t));
	t->mid = t->init = -1;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid = sys_clone3(&args);
	assert_true(pid >= 0);
	if (pid == 0) {
		char number[16], *argv[] = { (char *)"kin-init", number, NULL }, *envp[] = { NULL };
		sigset_t all;

		snprintf(number, sizeof(number), "%d", pair[1]);
		fcntl(pair[1], F_SETFD, 0);
		/* As a caller's thread may be. */
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		signal(SIGPIPE, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		syscall(SYS_execveat, program, "", argv, envp, KAT_EMPTY_PATH);
		_exit(126);
	}
	close(pair[1]);
	close(program);
	t->link = pair[0];
}

static inline void setup(struct talk *t, int plan_fd, uint64_t bits, int gate, unsigned first)
{
	struct link_msg m = { .kind = LINK_SETUP, .op = -1, .n = { bits, first } };
	int fds[2] = { plan_fd, gate };

	assert_int_equal(link_send(t->link, &m, fds, (plan_fd >= 0) + (gate >= 0)), 0);
	if (plan_fd >= 0)
		close(plan_fd);
	if (gate >= 0)
		close(gate);
}

static inline void say(struct talk *t, enum link_kind kind, uint64_t n0, int fd)
{
	struct link_msg m = { .kind = (uint16_t)kind, .op = -1, .n = { n0 } };

	assert_int_equal(link_send(t->link, &m, &fd, fd >= 0), 0);
}

/* The kind of the next message, 0 at the end, -1 when there is none in time. */
static inline int hear(struct talk *t)
{
	struct pollfd p = { .fd = t->link, .events = POLLIN };
	int r;

	if (poll(&p, 1, SOON_MS) != 1)
		return -1;
	r = link_recv(t->link, &t->m, t->fds, 0);
	return r <= 0 ? r : t->m.kind;
}

static inline int ended(int pidfd, siginfo_t *si)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	memset(si, 0, sizeof(*si));
	if (poll(&p, 1, SOON_MS) != 1)
		return 0;
	return sys_waitid_pidfd(pidfd, si, WEXITED) == 0;
}

static inline void mid_gone(struct talk *t, int status)
{
	siginfo_t si;

	assert_true(ended(t->mid, &si));
	assert_int_equal(si.si_code, CLD_EXITED);
	assert_int_equal(si.si_status, status);
	close(t->mid);
}

static inline void init_gone(struct talk *t, int status)
{
	siginfo_t si;

	assert_true(ended(t->init, &si));
	assert_int_equal(si.si_code, CLD_EXITED);
	assert_int_equal(si.si_status, status);
	close(t->init);
	if (t->link >= 0)
		close(t->link);
}

static inline void spawned(struct talk *t)
{
	assert_int_equal(hear(t), LINK_SPAWNED);
	assert_int_equal(t->m.n_fds, 1);
	t->init = t->fds[0];
	t->init_pid = (pid_t)t->m.n[0];
	mid_gone(t, 0);
}

static inline int listen_at(struct talk *t)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	/* Abstract: gone with its last descriptor. */
	snprintf(t->gate, sizeof(t->gate), "kin-test-%d-%d", getpid(), s);
	memcpy(un.sun_path + 1, t->gate, strlen(t->gate) + 1);
	assert_int_equal(bind(s, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(s, 4), 0);
	return s;
}

static inline int connect_to(const struct talk *t)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	memcpy(un.sun_path + 1, t->gate, strlen(t->gate) + 1);
	assert_int_equal(connect(s, (struct sockaddr *)&un, sizeof(un)), 0);
	return s;
}

/* ---- plans ---- */

static inline void lookup(const char *name, const char *path)
{
	struct plan_op *op = hand_op(&plan, PLAN_LOOKUP);

	op->s[0] = hand_str(&plan, name);
	op->s[1] = hand_str(&plan, path);
}

static inline void ready(void)
{
	hand_op(&plan, PLAN_READY)->flags = PLAN_F_GATE;
}

/* sh -c SCRIPT; the script sees init's own descriptors, signals, ids. */
static inline void sh(const char *script)
{
	struct plan_op *op;

	hand_op(&plan, PLAN_CLOSE)->n[0] = 3;
	op = hand_op(&plan, PLAN_EXEC);
	op->s[0] = hand_list(&plan, &op->n[0], "sh", "-c", script, NULL);
	op->s[1] = hand_list(&plan, &op->n[1], "PATH=/bin:/usr/bin", NULL);
	hand_finish(&plan);
}

static inline void hook(const char *script, uint64_t timeout_ms)
{
	struct plan_op *op = hand_op(&plan, PLAN_HOOK);

	op->s[0] = hand_str(&plan, "/bin/sh");
	op->s[1] = hand_list(&plan, &op->n[1], "sh", "-c", script, NULL);
	op->n[0] = timeout_ms;
}

static inline int sealed_plan(void)
{
	return memfd_of(plan.blob, plan.size, SEALS);
}

static inline void start_plan(struct talk *t)
{
	start(t);
	setup(t, sealed_plan(), LINK_SETUP_PLAN, -1, 3);
}

static inline void simple(const char *script)
{
	hand_start(&plan);
	hand_spawn(&plan, 0);
	lookup("sh", "/nonexistent:/bin");
	ready();
	sh(script);
}

/* Runs the plan to its end: the exit status of the program. */
static inline void runs(struct talk *t, int status)
{
	start_plan(t);
	spawned(t);
	assert_int_equal(hear(t), LINK_READY);
	say(t, LINK_COMMIT, 1, -1);
	assert_int_equal(hear(t), 0);
	init_gone(t, status);
}

static inline void fails(struct talk *t, enum plan_code code, int err, enum link_stage stage)
{
	start_plan(t);
	spawned(t);
	assert_int_equal(hear(t), LINK_FAILED);
	assert_int_equal(t->m.err, err);
	assert_int_equal(t->m.stage, stage);
	assert_true(t->m.op >= 0 && (unsigned)t->m.op < plan.n);
	assert_int_equal(plan.op[t->m.op].code, code);
	init_gone(t, 1);
}

/* ---- namespaces, with a user namespace so that anybody may ---- */

static inline void write_map(pid_t pid, const char *file, unsigned id)
{
	char path[64], text[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	snprintf(text, sizeof(text), strcmp(file, "setgroups") == 0 ? "deny" : "0 %u 1", id);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* 1: user namespaces are not allowed here. */
static inline int cannot_userns(void)
{
	struct kclone_args args = { .flags = KCLONE_NEWUSER };
	pid_t pid = sys_clone3(&args);

	if (pid == 0)
		_exit(0);
	if (pid < 0) {
		print_message("# user namespaces are not allowed here: the tests that need one are skipped\n");
		return 1;
	}
	waitpid(pid, NULL, __WALL);
	return 0;
}

static inline void map(struct talk *t)
{
	start_plan(t);
	spawned(t);
	assert_int_equal(hear(t), LINK_ASK);
	assert_int_equal(t->m.n[0], LINK_ASK_IDMAP);
	write_map(t->init_pid, "setgroups", 0);
	write_map(t->init_pid, "uid_map", getuid());
	write_map(t->init_pid, "gid_map", getgid());
	t->m = (struct link_msg){ .kind = LINK_ANSWER, .seq = t->m.seq };
	assert_int_equal(link_send(t->link, &t->m, NULL, 0), 0);
}

static inline void in_userns(uint64_t flags)
{
	hand_start(&plan);
	hand_spawn(&plan, KCLONE_NEWUSER | flags);
	hand_op(&plan, PLAN_ASK_IDMAP);
	hand_op(&plan, PLAN_NONDUMPABLE);
}

static inline void mapped_runs(struct talk *t, int status)
{
	map(t);
	assert_int_equal(hear(t), LINK_READY);
	say(t, LINK_COMMIT, 1, -1);
	assert_int_equal(hear(t), 0);
	init_gone(t, status);
}

static inline void mapped_fails(struct talk *t, enum plan_code code, int err, enum link_stage stage)
{
	map(t);
	assert_int_equal(hear(t), LINK_FAILED);
	assert_int_equal(plan.op[t->m.op].code, code);
	assert_int_equal(t->m.err, err);
	assert_int_equal(t->m.stage, stage);
	init_gone(t, 1);
}
#endif
