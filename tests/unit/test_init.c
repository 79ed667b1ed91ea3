/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kin-init by itself: plans written by hand, and this program in the caller's place, who also lies, goes away and
 * talks nonsense.  No privilege is needed: where namespaces are, a user namespace is with them.
 */
#include <dirent.h>
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
extern const char kin_init_end[] __attribute__((visibility("hidden")));

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

static int memfd_of(const void *data, size_t len, int seals)
{
	int fd = sys_memfd("test", KMFD_CLOEXEC | KMFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(sys_write_all(fd, data, len), 0);
	assert_int_equal(sys_seal(fd, seals), 0);
	return fd;
}

static void start(struct talk *t)
{
	int program = memfd_of(kin_init_start, (size_t)(kin_init_end - kin_init_start), SEALS), pair[2];
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

static void setup(struct talk *t, int plan_fd, uint64_t bits, int gate, unsigned first)
{
	struct link_msg m = { .kind = LINK_SETUP, .op = -1, .n = { bits, first } };
	int fds[2] = { plan_fd, gate };

	assert_int_equal(link_send(t->link, &m, fds, (plan_fd >= 0) + (gate >= 0)), 0);
	if (plan_fd >= 0)
		close(plan_fd);
	if (gate >= 0)
		close(gate);
}

static void say(struct talk *t, enum link_kind kind, uint64_t n0, int fd)
{
	struct link_msg m = { .kind = (uint16_t)kind, .op = -1, .n = { n0 } };

	assert_int_equal(link_send(t->link, &m, &fd, fd >= 0), 0);
}

/* The kind of the next message, 0 at the end, -1 when there is none in time. */
static int hear(struct talk *t)
{
	struct pollfd p = { .fd = t->link, .events = POLLIN };
	int r;

	if (poll(&p, 1, SOON_MS) != 1)
		return -1;
	r = link_recv(t->link, &t->m, t->fds, 0);
	return r <= 0 ? r : t->m.kind;
}

static int ended(int pidfd, siginfo_t *si)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	memset(si, 0, sizeof(*si));
	if (poll(&p, 1, SOON_MS) != 1)
		return 0;
	return sys_waitid_pidfd(pidfd, si, WEXITED) == 0;
}

static void mid_gone(struct talk *t, int status)
{
	siginfo_t si;

	assert_true(ended(t->mid, &si));
	assert_int_equal(si.si_code, CLD_EXITED);
	assert_int_equal(si.si_status, status);
	close(t->mid);
}

static void init_gone(struct talk *t, int status)
{
	siginfo_t si;

	assert_true(ended(t->init, &si));
	assert_int_equal(si.si_code, CLD_EXITED);
	assert_int_equal(si.si_status, status);
	close(t->init);
	if (t->link >= 0)
		close(t->link);
}

static void spawned(struct talk *t)
{
	assert_int_equal(hear(t), LINK_SPAWNED);
	assert_int_equal(t->m.n_fds, 1);
	t->init = t->fds[0];
	t->init_pid = (pid_t)t->m.n[0];
	mid_gone(t, 0);
}

static int listen_at(struct talk *t)
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

static int connect_to(const struct talk *t)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	memcpy(un.sun_path + 1, t->gate, strlen(t->gate) + 1);
	assert_int_equal(connect(s, (struct sockaddr *)&un, sizeof(un)), 0);
	return s;
}

/* ---- plans ---- */

static void lookup(const char *name, const char *path)
{
	struct plan_op *op = hand_op(&plan, PLAN_LOOKUP);

	op->s[0] = hand_str(&plan, name);
	op->s[1] = hand_str(&plan, path);
}

static void ready(void)
{
	hand_op(&plan, PLAN_READY)->flags = PLAN_F_GATE;
}

/* sh -c SCRIPT; the script sees init's own descriptors, signals, ids. */
static void sh(const char *script)
{
	struct plan_op *op;

	hand_op(&plan, PLAN_CLOSE)->n[0] = 3;
	op = hand_op(&plan, PLAN_EXEC);
	op->s[0] = hand_list(&plan, &op->n[0], "sh", "-c", script, NULL);
	op->s[1] = hand_list(&plan, &op->n[1], "PATH=/bin:/usr/bin", NULL);
	hand_finish(&plan);
}

static void hook(const char *script, uint64_t timeout_ms)
{
	struct plan_op *op = hand_op(&plan, PLAN_HOOK);

	op->s[0] = hand_str(&plan, "/bin/sh");
	op->s[1] = hand_list(&plan, &op->n[1], "sh", "-c", script, NULL);
	op->n[0] = timeout_ms;
}

static int sealed_plan(void)
{
	return memfd_of(plan.blob, plan.size, SEALS);
}

static void start_plan(struct talk *t)
{
	start(t);
	setup(t, sealed_plan(), LINK_SETUP_PLAN, -1, 3);
}

static void simple(const char *script)
{
	hand_start(&plan);
	hand_spawn(&plan, 0);
	lookup("sh", "/nonexistent:/bin");
	ready();
	sh(script);
}

/* Runs the plan to its end: the exit status of the program. */
static void runs(struct talk *t, int status)
{
	start_plan(t);
	spawned(t);
	assert_int_equal(hear(t), LINK_READY);
	say(t, LINK_COMMIT, 1, -1);
	assert_int_equal(hear(t), LINK_STARTING);
	assert_int_equal(hear(t), 0);
	init_gone(t, status);
}

static void fails(struct talk *t, enum plan_code code, int err, enum link_stage stage)
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

/* ---- the beginning ---- */

static void refused(struct talk *t, int err, enum link_stage stage)
{
	assert_int_equal(hear(t), LINK_FAILED);
	assert_int_equal(t->m.err, err);
	assert_int_equal(t->m.stage, stage);
	assert_int_equal(hear(t), 0);
	mid_gone(t, 1);
	close(t->link);
}

static void test_refuses_unsealed(void **state)
{
	struct talk t;

	(void)state;
	simple("exit 0");
	for (int missing = 0; missing < 3; missing++) {
		static const int one[] = { KF_SEAL_WRITE, KF_SEAL_GROW, KF_SEAL_SHRINK };

		start(&t);
		setup(&t, memfd_of(plan.blob, plan.size, SEALS & ~one[missing] & ~KF_SEAL_SEAL), LINK_SETUP_PLAN, -1, 3);
		refused(&t, EPERM, LINK_STAGE_PLAN);
	}
}

static void test_refuses_broken_plan(void **state)
{
	struct talk t;

	(void)state;
	simple("exit 0");
	plan.blob[plan.size / 2] ^= 1;
	start_plan(&t);
	refused(&t, EBADMSG, LINK_STAGE_PLAN);
	start(&t);
	setup(&t, memfd_of("", 0, SEALS), LINK_SETUP_PLAN, -1, 3);
	refused(&t, EBADMSG, LINK_STAGE_PLAN);
}

static void test_refuses_wrong_setup(void **state)
{
	struct talk t;

	(void)state;
	simple("exit 0");
	start(&t); /* descriptors and bits do not agree */
	setup(&t, sealed_plan(), LINK_SETUP_PLAN | LINK_SETUP_GATE, -1, 3);
	refused(&t, EBADMSG, LINK_STAGE_LINK);
	start(&t);
	setup(&t, sealed_plan(), LINK_SETUP_GATE, -1, 3);
	refused(&t, EBADMSG, LINK_STAGE_LINK);
	start(&t);
	setup(&t, sealed_plan(), LINK_SETUP_PLAN, -1, 2);
	refused(&t, EBADMSG, LINK_STAGE_LINK);
	start(&t);
	say(&t, LINK_COMMIT, 1, -1);
	refused(&t, EBADMSG, LINK_STAGE_LINK);
	start(&t);
	assert_int_equal(send(t.link, "x", 1, 0), 1);
	refused(&t, EBADMSG, LINK_STAGE_LINK);
}

static void test_ends_without_setup(void **state)
{
	struct talk t;

	(void)state;
	start(&t);
	close(t.link);
	mid_gone(&t, 1);
}

/* ---- the way to the program ---- */

static void test_runs(void **state)
{
	struct talk t;

	(void)state;
	simple("exit 7");
	runs(&t, 7);
}

static void test_inherits_nothing(void **state)
{
	int leaked = fcntl(0, F_DUPFD, 300), low = fcntl(0, F_DUPFD, 20);
	struct talk t;

	(void)state;
	assert_true(leaked >= 300 && low >= 20);
	/* Signals, environment, descriptors: as a program expects them after a login. */
	simple("set -- $(grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status | cut -f2); "
	       "[ \"$1$2\" = 00000000000000000000000000000000 ] || exit 2; "
	       "for fd in /proc/$$/fd/*; do [ ${fd##*/} -lt 11 ] || exit 3; done; " /* below are the shell's own */
	       "[ -z \"$HOME\" ] || exit 4; exit 0");
	runs(&t, 0);
	close(leaked);
	close(low);
}

static void test_closes_leaks_early(void **state)
{
	int leaked = fcntl(0, F_DUPFD, 300), gate;
	struct talk t;
	struct dirent *e;
	char path[64];
	DIR *dir;

	(void)state;
	simple("exit 0");
	start(&t);
	gate = listen_at(&t);
	setup(&t, sealed_plan(), LINK_SETUP_PLAN | LINK_SETUP_GATE, gate, 3);
	spawned(&t);
	assert_int_equal(hear(&t), LINK_READY);
	say(&t, LINK_COMMIT, 0, -1);
	assert_int_equal(hear(&t), LINK_COMMITTED);
	assert_int_equal(hear(&t), 0);
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)t.init_pid);
	dir = opendir(path);
	if (dir) { /* undumpable, so an ordinary user cannot look */
		int n = 0;

		while ((e = readdir(dir)))
			n += e->d_name[0] != '.';
		closedir(dir);
		assert_int_equal(n, 4); /* 0, 1, 2 and the gate */
	}
	close(t.link);
	t.link = connect_to(&t);
	say(&t, LINK_START, 0, -1);
	assert_int_equal(hear(&t), LINK_STARTING);
	assert_int_equal(hear(&t), 0);
	init_gone(&t, 0);
	close(leaked);
}

static void test_gate(void **state)
{
	struct talk t;
	int s;

	(void)state;
	simple("exit 5");
	start(&t);
	setup(&t, sealed_plan(), LINK_SETUP_PLAN | LINK_SETUP_GATE, listen_at(&t), 3);
	spawned(&t);
	assert_int_equal(hear(&t), LINK_READY);
	say(&t, LINK_COMMIT, 0, -1);
	assert_int_equal(hear(&t), LINK_COMMITTED);
	close(t.link); /* the caller ends: init does not */
	s = connect_to(&t); /* says nothing */
	close(s);
	t.link = connect_to(&t); /* says something else */
	say(&t, LINK_COMMIT, 1, -1);
	assert_int_equal(hear(&t), 0);
	close(t.link);
	t.link = connect_to(&t); /* nonsense */
	assert_int_equal(send(t.link, "START", 5, 0), 5);
	assert_int_equal(hear(&t), 0);
	close(t.link);
	t.link = connect_to(&t);
	say(&t, LINK_START, 0, -1);
	assert_int_equal(hear(&t), LINK_STARTING);
	assert_int_equal(hear(&t), 0);
	init_gone(&t, 5);
}

static void test_exec_fails_after_start(void **state)
{
	char path[] = "/tmp/kin-test-XXXXXX";
	int fd = mkstemp(path);
	struct talk t;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "nonsense\n", 9), 9);
	assert_int_equal(fchmod(fd, 0755), 0);
	close(fd);
	hand_start(&plan);
	hand_spawn(&plan, 0);
	lookup(path, "");
	ready();
	sh("");
	start(&t);
	setup(&t, sealed_plan(), LINK_SETUP_PLAN | LINK_SETUP_GATE, listen_at(&t), 3);
	spawned(&t);
	assert_int_equal(hear(&t), LINK_READY);
	say(&t, LINK_COMMIT, 0, -1);
	assert_int_equal(hear(&t), LINK_COMMITTED);
	close(t.link);
	t.link = connect_to(&t);
	say(&t, LINK_START, 0, -1);
	assert_int_equal(hear(&t), LINK_STARTING);
	assert_int_equal(hear(&t), LINK_FAILED);
	assert_int_equal(t.m.err, ENOEXEC);
	assert_int_equal(plan.op[t.m.op].code, PLAN_EXEC);
	init_gone(&t, 1);
	unlink(path);
}

static void test_lookup(void **state)
{
	static const struct {
		const char *name, *path;
		int err;
		enum link_stage stage;
	} cases[] = {
		{ "nosuch", "/bin:/usr/bin", ENOENT, LINK_STAGE_LOOKUP_PATH },
		{ "", "/bin", ENOENT, LINK_STAGE_LOOKUP_PATH },
		{ "sh", "", ENOENT, LINK_STAGE_LOOKUP_PATH },
		{ "/nosuch", "/bin", ENOENT, LINK_STAGE_LOOKUP_FILE },
		{ "/etc", "/bin", EISDIR, LINK_STAGE_LOOKUP_FILE },
		{ "/etc/passwd", "/bin", EACCES, LINK_STAGE_LOOKUP_FILE },
		{ "passwd/", "/etc", ENOENT, LINK_STAGE_LOOKUP_FILE },
		{ "hosts", "/nosuch:/etc:/bin", EACCES, LINK_STAGE_LOOKUP_FILE },
	};
	struct talk t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hand_start(&plan);
		hand_spawn(&plan, 0);
		lookup(cases[i].name, cases[i].path);
		ready();
		sh("");
		print_message("# %s\n", cases[i].name);
		fails(&t, PLAN_LOOKUP, cases[i].err, cases[i].stage);
		assert_string_equal(t.m.text, cases[i].name);
	}
}

/* ---- dying with the caller ---- */

static void test_dies_before_commit(void **state)
{
	struct talk t;

	(void)state;
	simple("exit 0");
	start_plan(&t);
	spawned(&t);
	assert_int_equal(hear(&t), LINK_READY);
	close(t.link);
	t.link = -1;
	init_gone(&t, 1);
}

static void test_dies_while_asking(void **state)
{
	struct talk t;

	(void)state;
	hand_start(&plan);
	hand_spawn(&plan, 0);
	hand_op(&plan, PLAN_ASK_HOOKS);
	ready();
	sh("");
	start_plan(&t);
	spawned(&t);
	assert_int_equal(hear(&t), LINK_ASK);
	assert_int_equal(t.m.n[0], LINK_ASK_HOOKS);
	close(t.link);
	t.link = -1;
	init_gone(&t, 1);
}

static void test_answers(void **state)
{
	struct link_msg m = { .kind = LINK_ANSWER };
	struct talk t;

	(void)state;
	hand_start(&plan);
	hand_spawn(&plan, 0);
	hand_op(&plan, PLAN_ASK_HOOKS);
	lookup("sh", "/bin");
	ready();
	sh("");
	for (int lie = 0; lie < 3; lie++) {
		start_plan(&t);
		spawned(&t);
		assert_int_equal(hear(&t), LINK_ASK);
		m.seq = t.m.seq + (lie == 0);
		m.err = lie == 1 ? EHOSTDOWN : 0;
		m.kind = lie == 2 ? LINK_START : LINK_ANSWER;
		assert_int_equal(link_send(t.link, &m, NULL, 0), 0);
		assert_int_equal(hear(&t), LINK_FAILED);
		assert_int_equal(t.m.err, lie == 1 ? EHOSTDOWN : EPROTO);
		assert_int_equal(t.m.stage, lie == 1 ? LINK_STAGE_OP : LINK_STAGE_LINK);
		init_gone(&t, 1);
	}
}

/* ---- hooks ---- */

static void hooked(const char *script, uint64_t timeout_ms)
{
	hand_start(&plan);
	hand_spawn(&plan, 0);
	hook(script, timeout_ms);
	lookup("sh", "/bin");
	ready();
	sh("exit 0");
}

static void test_hook(void **state)
{
	struct talk t;

	(void)state;
	hooked("exit 0", 0);
	runs(&t, 0);
	hooked("echo one; echo two >&2; exit 3", 0);
	fails(&t, PLAN_HOOK, ECHILD, LINK_STAGE_HOOK_EXIT);
	assert_int_equal(t.m.n[0], 3 << 8);
	assert_string_equal(t.m.text, "one two");
	hooked("kill -9 $$", 0);
	fails(&t, PLAN_HOOK, ECHILD, LINK_STAGE_HOOK_EXIT);
	assert_int_equal(t.m.n[0], 9);
	hooked("head -c 3000000 /dev/zero; echo; echo the end; exit 1", 0);
	fails(&t, PLAN_HOOK, ECHILD, LINK_STAGE_HOOK_EXIT);
	assert_int_equal(strlen(t.m.text), LINK_TEXT - 2);
	assert_string_equal(t.m.text + strlen(t.m.text) - 7, "the end");
}

static void test_hook_missing(void **state)
{
	struct plan_op *op;
	struct talk t;

	(void)state;
	hand_start(&plan);
	hand_spawn(&plan, 0);
	op = hand_op(&plan, PLAN_HOOK);
	op->s[0] = hand_str(&plan, "/nosuch/hook");
	op->s[1] = hand_list(&plan, &op->n[1], "hook", NULL);
	ready();
	sh("");
	fails(&t, PLAN_HOOK, ENOENT, LINK_STAGE_HOOK_EXEC);
}

/* The whole group of a hook ends at its timeout; one that only leaves a daemon behind does not hold the start up. */
static void test_hook_time(void **state)
{
	int64_t then = sys_monotonic_ns();
	struct talk t;

	(void)state;
	hooked("sleep 30 & sleep 30; exit 0", 200);
	fails(&t, PLAN_HOOK, ETIMEDOUT, LINK_STAGE_HOOK_TIMEOUT);
	hooked("sleep 3 & exit 0", 0);
	runs(&t, 0);
	assert_true(sys_monotonic_ns() - then < INT64_C(2500000000));
}

static void test_hook_dies_with_caller(void **state)
{
	char buf[2];
	struct talk t;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	hooked("echo x >&3; exec sleep 30", 0);
	start(&t);
	/* Its end of the pipe would be preserved for the program; a hook gets none of that. */
	setup(&t, sealed_plan(), LINK_SETUP_PLAN, -1, 100);
	close(fds[1]);
	spawned(&t);
	usleep(100000);
	close(t.link);
	t.link = -1;
	init_gone(&t, 1);
	assert_int_equal(read(fds[0], buf, 1), 0); /* nothing was written, and nobody holds it any more */
	close(fds[0]);
}

/* ---- what is set ---- */

static void test_limits_and_umask(void **state)
{
	struct plan_op *op;
	struct talk t;

	(void)state;
	hand_start(&plan);
	hand_spawn(&plan, 0);
	hand_op(&plan, PLAN_SESSION);
	hand_op(&plan, PLAN_UMASK)->n[0] = 027;
	op = hand_op(&plan, PLAN_RLIMIT);
	op->n[0] = 7; /* RLIMIT_NOFILE */
	op->n[1] = 33;
	op->n[2] = 44;
	hand_op(&plan, PLAN_NO_NEW_PRIVS);
	hand_op(&plan, PLAN_CHDIR)->s[0] = hand_str(&plan, "/usr/bin");
	lookup("sh", "/bin");
	ready();
	sh("[ $(umask) = 0027 ] || exit 2; [ $(ulimit -n)/$(ulimit -Hn) = 33/44 ] || exit 3; "
	   "grep -q '^NoNewPrivs:.1' /proc/self/status || exit 4; [ $(pwd) = /usr/bin ] || exit 5; "
	   "set -- $(cat /proc/$$/stat); [ $6 = $$ ] || exit 6");
	runs(&t, 0);
}

static void test_cwd(void **state)
{
	struct talk t;

	(void)state;
	hand_start(&plan);
	hand_spawn(&plan, 0);
	hand_op(&plan, PLAN_CHDIR)->s[0] = hand_str(&plan, "/nosuch");
	ready();
	sh("");
	fails(&t, PLAN_CHDIR, ENOENT, LINK_STAGE_OP);
}

/* A filter that is none, and one that lets nothing be said any more. */
static void test_seccomp(void **state)
{
	/* struct sock_filter: return SECCOMP_RET_ALLOW, and an instruction that does not exist */
	static const struct {
		uint16_t code;
		uint8_t jt, jf;
		uint32_t k;
	} allow = { 0x06, 0, 0, 0x7fff0000 }, bad = { 0xffff, 0, 0, 0 };
	struct talk t;

	(void)state;
	for (int i = 0; i < 2; i++) {
		hand_start(&plan);
		hand_spawn(&plan, 0);
		hand_op(&plan, PLAN_NO_NEW_PRIVS);
		hand_op(&plan, PLAN_SECCOMP)->s[0] = hand_bytes(&plan, i ? &bad : &allow, sizeof(allow));
		lookup("sh", "/bin");
		ready();
		sh("grep -q '^Seccomp:.2' /proc/self/status");
		if (i)
			fails(&t, PLAN_SECCOMP, EINVAL, LINK_STAGE_OP);
		else
			runs(&t, 0);
	}
}

/* ---- namespaces, with a user namespace so that anybody may ---- */

static void write_map(pid_t pid, const char *file, unsigned id)
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

static int no_userns;

static void map(struct talk *t)
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

static void in_userns(uint64_t flags)
{
	hand_start(&plan);
	hand_spawn(&plan, KCLONE_NEWUSER | flags);
	hand_op(&plan, PLAN_ASK_IDMAP);
	hand_op(&plan, PLAN_NONDUMPABLE);
}

static void mapped_runs(struct talk *t, int status)
{
	map(t);
	assert_int_equal(hear(t), LINK_READY);
	say(t, LINK_COMMIT, 1, -1);
	assert_int_equal(hear(t), LINK_STARTING);
	assert_int_equal(hear(t), 0);
	init_gone(t, status);
}

static void mapped_fails(struct talk *t, enum plan_code code, int err, enum link_stage stage)
{
	map(t);
	assert_int_equal(hear(t), LINK_FAILED);
	assert_int_equal(plan.op[t->m.op].code, code);
	assert_int_equal(t->m.err, err);
	assert_int_equal(t->m.stage, stage);
	init_gone(t, 1);
}

static void test_userns(void **state)
{
	struct plan_op *op;
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	in_userns(KCLONE_NEWUTS | KCLONE_NEWPID | KCLONE_NEWNET | KCLONE_NEWIPC);
	hand_op(&plan, PLAN_HOSTNAME)->s[0] = hand_str(&plan, "inside");
	hand_op(&plan, PLAN_LOOPBACK);
	op = hand_op(&plan, PLAN_SYSCTL);
	op->s[0] = hand_str(&plan, "net/ipv4/ip_forward");
	op->s[1] = hand_str(&plan, "1");
	op = hand_op(&plan, PLAN_CAP_BOUND);
	op->n[0] = 1 << 5; /* CAP_KILL */
	op->n[1] = 63;
	op = hand_op(&plan, PLAN_USER);
	op = hand_op(&plan, PLAN_CAPS);
	op->n[0] = op->n[1] = 1 << 5;
	lookup("sh", "/bin");
	ready();
	sh("[ $(id -u):$(id -g) = 0:0 ] || exit 2; [ $(uname -n) = inside ] || exit 3; [ $$ = 1 ] || exit 4; "
	   "[ $(cat /proc/sys/net/ipv4/ip_forward) = 1 ] || exit 5; "
	   "for set in Inh Prm Eff Bnd Amb; do sed -n s/^Cap$set:.//p /proc/self/status; done | tr -d '\\n' | "
	   "grep -q ^0000000000000000$(printf '0000000000000020%.0s' 1 2 3)0000000000000000$ || exit 6");
	mapped_runs(&t, 0);
}

/* A capability that cannot be had is an error, never a program with other capabilities than asked for. */
static void test_caps_beyond(void **state)
{
	struct plan_op *op;
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	in_userns(0);
	op = hand_op(&plan, PLAN_CAP_BOUND);
	op->n[1] = 63;
	op = hand_op(&plan, PLAN_CAPS);
	op->n[0] = op->n[1] = UINT64_C(1) << 62;
	ready();
	sh("");
	mapped_fails(&t, PLAN_CAPS, EPERM, LINK_STAGE_OP);
}

/* ---- the root: a directory that a malicious image filled ---- */

static char base[] = "/tmp/kin-test-root-XXXXXX";

static void make_root(const char *script)
{
	char command[1024];

	assert_int_equal(strncmp(base, "/tmp/kin-test-root-", 19), 0);
	snprintf(command, sizeof(command), "set -e; cd %s; chmod -R u+rwx . ; rm -rf root out; mkdir root out; cd root; %s",
		 base, script);
	assert_int_equal(system(command), 0);
}

static void out_is_empty(void)
{
	char command[128];

	snprintf(command, sizeof(command), "[ -z \"$(ls -A %s/out)\" ]", base);
	assert_int_equal(system(command), 0);
}

static void in_root(void)
{
	char path[64];

	in_userns(KCLONE_NEWNS);
	hand_op(&plan, PLAN_HOST_FDS);
	hand_op(&plan, PLAN_PROPAGATION)->n[0] = KMS_SLAVE | KMS_REC;
	snprintf(path, sizeof(path), "%s/root", base);
	hand_op(&plan, PLAN_ROOT)->s[0] = hand_str(&plan, path);
}

static struct plan_op *mount_fs(const char *type, const char *dest)
{
	struct plan_op *op = hand_op(&plan, PLAN_MOUNT_FS);

	op->s[0] = hand_str(&plan, type);
	op->s[1] = hand_str(&plan, dest);
	return op;
}

static void bind_from(const char *source, const char *dest)
{
	struct plan_op *op = hand_op(&plan, PLAN_MOUNT_BIND);

	op->s[0] = hand_str(&plan, source);
	op->s[1] = hand_str(&plan, dest);
	op->flags = PLAN_F_RECURSIVE;
	op->n[0] = KMOUNT_ATTR_RDONLY;
}

/* The host's /bin, /lib and /usr in the new root, so that there is a shell, and the way to it. */
static void finish_root(const char *script)
{
	static const char *const dirs[] = { "/bin", "/lib", "/lib64", "/usr" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (access(dirs[i], F_OK) == 0)
			bind_from(dirs[i], dirs[i]);
	hand_op(&plan, PLAN_PIVOT);
	hand_op(&plan, PLAN_CHDIR)->s[0] = hand_str(&plan, "/");
	lookup("sh", "/bin");
	ready();
	sh(script);
}

static void test_root(void **state)
{
	struct talk t;
	struct plan_op *op;

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir tmp secret; chmod 0705 tmp; echo hidden >file; echo x >secret/x; mkdir ro");
	in_root();
	op = mount_fs("tmpfs", "/tmp");
	op->n[0] = KMOUNT_ATTR_NOEXEC | KMOUNT_ATTR_NOSUID;
	op = mount_fs("tmpfs", "/new/dir");
	op->s[2] = hand_list(&plan, &op->n[2], "mode=0711", NULL);
	op = hand_op(&plan, PLAN_DEV_NODE);
	op->s[0] = hand_str(&plan, "/dev/null");
	op->s[1] = hand_str(&plan, "/dev/null");
	op->n[0] = 0020666;
	op->n[1] = 1;
	op->n[2] = 3;
	op->flags = PLAN_F_BIND;
	op = hand_op(&plan, PLAN_SYMLINK);
	op->s[0] = hand_str(&plan, "/nowhere");
	op->s[1] = hand_str(&plan, "/dev/link");
	hand_op(&plan, PLAN_MASK_PATH)->s[0] = hand_str(&plan, "/file");
	hand_op(&plan, PLAN_MASK_PATH)->s[0] = hand_str(&plan, "/secret");
	hand_op(&plan, PLAN_MASK_PATH)->s[0] = hand_str(&plan, "/not/there");
	hand_op(&plan, PLAN_READONLY_PATH)->s[0] = hand_str(&plan, "/ro");
	finish_root("[ \"$(stat -c %a /tmp)\" = 705 ] || exit 2; [ \"$(stat -c %a /new/dir)\" = 711 ] || exit 3; "
		    "[ -z \"$(cat /file)\" ] || exit 4; [ -z \"$(ls -A /secret)\" ] || exit 5; "
		    "touch /secret/x 2>/dev/null && exit 6; touch /ro/x 2>/dev/null && exit 7; "
		    "[ -c /dev/null ] && echo x >/dev/null || exit 8; [ \"$(readlink /dev/link)\" = /nowhere ] || exit 9; "
		    "touch /bin/x 2>/dev/null && exit 10; touch /here || exit 11; "
		    "[ \"$(ls -d /.. -i | cut -d' ' -f1)\" = \"$(ls -d / -i | cut -d' ' -f1)\" ] || exit 12; exit 0");
	mapped_runs(&t, 0);
}

/* CVE-2019-18837, CVE-2021-30465, CVE-2024-45310, CVE-2026-41579: symlinks of the image stay inside the image. */
static void test_symlinks_stay_inside(void **state)
{
	struct plan_op *op;
	struct talk t;
	char script[512];

	(void)state;
	if (no_userns)
		skip();
	snprintf(script, sizeof(script),
		 "mkdir etc; ln -s %s/out vol; ln -s ../../../../../../%s/out/new etc/resolv.conf; ln -s vol dev; "
		 "ln -s loop loop; ln -s /proc/self/root magic",
		 base, base + 1);
	make_root(script);
	in_root();
	(void)mount_fs("tmpfs", "/vol/a/b/c");
	bind_from("/etc/passwd", "/etc/resolv.conf");
	op = hand_op(&plan, PLAN_SYMLINK);
	op->s[0] = hand_str(&plan, "x");
	op->s[1] = hand_str(&plan, "/dev/ptmx");
	op->flags = PLAN_F_REPLACE;
	hand_op(&plan, PLAN_MKDIR)->s[0] = hand_str(&plan, "/vol/../../../made");
	finish_root("[ -s /etc/resolv.conf ] || exit 2; [ -d /vol/a/b/c ] || exit 3; [ -L /dev/ptmx ] || exit 4; "
		    "exit 0");
	mapped_runs(&t, 0);
	out_is_empty();
	in_root();
	(void)mount_fs("tmpfs", "/loop/x");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ELOOP, LINK_STAGE_DEST);
}

/* CVE-2019-19921 */
static void test_real_directory(void **state)
{
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir other; ln -s other proc");
	in_root();
	mount_fs("tmpfs", "/proc")->flags = PLAN_F_REALDIR;
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENOTDIR, LINK_STAGE_DEST);
	make_root("ln -s gone proc");
	in_root();
	mount_fs("tmpfs", "/proc")->flags = PLAN_F_REALDIR;
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENOTDIR, LINK_STAGE_DEST);
}

static void test_mount_errors(void **state)
{
	struct plan_op *op;
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir dir; : >file");
	in_root();
	op = mount_fs("tmpfs", "/dir");
	op->s[2] = hand_list(&plan, &op->n[2], "size=1m", "size=bogus", NULL);
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, EINVAL, LINK_STAGE_OPTION);
	assert_true(strncmp(t.m.text, "size=bogus", 10) == 0);
	in_root();
	(void)mount_fs("tmpfs", "/file");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENOTDIR, LINK_STAGE_DEST);
	in_root();
	(void)mount_fs("tmpfs", "/file/below");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENOTDIR, LINK_STAGE_DEST);
	in_root();
	(void)mount_fs("nosuchfs", "/dir");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENODEV, LINK_STAGE_OP);
	in_root();
	bind_from("/nosuch/source", "/dir");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_BIND, ENOENT, LINK_STAGE_SOURCE);
	in_root();
	bind_from("/etc/passwd", "/dir");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_BIND, EISDIR, LINK_STAGE_DEST);
}

static void test_copyup(void **state)
{
	struct plan_op *op;
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir -p up/sub; chmod 1750 up; echo text >up/sub/file; chmod 4711 up/sub/file; ln -s sub/file up/l; "
		  "mkfifo up/fifo");
	in_root();
	op = mount_fs("tmpfs", "/up");
	op->n[0] = KMOUNT_ATTR_RDONLY;
	op->flags = PLAN_F_COPYUP;
	finish_root("[ \"$(cat /up/l)\" = text ] || exit 2; [ \"$(stat -c %a /up/sub/file)\" = 4711 ] || exit 3; "
		    "[ -p /up/fifo ] || exit 4; touch /up/x 2>/dev/null && exit 5; "
		    "[ \"$(stat -c %a /up)\" = 1750 ] || exit 6; exit 0");
	mapped_runs(&t, 0);
}

static void test_console(void **state)
{
	struct plan_op *op;
	char text[64] = "";
	struct talk t;
	ssize_t n;

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir dev");
	in_root();
	op = mount_fs("devpts", "/dev/pts");
	op->s[2] = hand_list(&plan, &op->n[2], "newinstance", "ptmxmode=0666", "mode=0620", NULL);
	op = hand_op(&plan, PLAN_CONSOLE);
	op->n[0] = 11;
	op->n[1] = 22;
	op->flags = PLAN_F_BIND_CONSOLE;
	hand_op(&plan, PLAN_SESSION);
	finish_root("[ \"$(stty size)\" = '11 22' ] || exit 2; [ -c /dev/console ] || exit 3; : </dev/tty0 && exit 4; "
		    "echo hello >/dev/console; exit 0");
	map(&t);
	assert_int_equal(hear(&t), LINK_CONSOLE);
	assert_int_equal(t.m.n_fds, 1);
	assert_string_equal(t.m.text, "/dev/pts/0");
	{
		int master = t.fds[0];

		assert_int_equal(hear(&t), LINK_READY);
		say(&t, LINK_COMMIT, 1, -1);
		assert_int_equal(hear(&t), LINK_STARTING);
		assert_int_equal(hear(&t), 0);
		init_gone(&t, 0);
		for (size_t have = 0; have < sizeof(text) - 1 && !strstr(text, "hello"); have += (size_t)n) {
			n = read(master, text + have, sizeof(text) - 1 - have);
			if (n <= 0)
				break;
		}
		close(master);
	}
	assert_non_null(strstr(text, "hello"));
}

/* CVE-2025-52565, CVE-2026-88264: the names a terminal comes from are the image's. */
static void test_console_names(void **state)
{
	struct talk t;
	struct plan_op *op;
	char script[256];

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir -p dev/pts; : >dev/pts/ptmx");
	in_root();
	hand_op(&plan, PLAN_CONSOLE);
	finish_root("");
	mapped_fails(&t, PLAN_CONSOLE, ENODEV, LINK_STAGE_SOURCE);
	make_root("mkdir -p dev real; ln -s ../real dev/pts");
	in_root();
	(void)mount_fs("devpts", "/real");
	hand_op(&plan, PLAN_CONSOLE);
	finish_root("");
	mapped_fails(&t, PLAN_CONSOLE, ELOOP, LINK_STAGE_SOURCE);
	snprintf(script, sizeof(script), "mkdir -p dev/pts; ln -s %s/out/pwn dev/console", base);
	make_root(script);
	in_root();
	op = mount_fs("devpts", "/dev/pts");
	op->s[2] = hand_list(&plan, &op->n[2], "newinstance", NULL);
	op = hand_op(&plan, PLAN_CONSOLE);
	op->flags = PLAN_F_BIND_CONSOLE;
	finish_root("");
	map(&t);
	assert_int_equal(hear(&t), LINK_FAILED);
	assert_int_equal(t.m.err, ELOOP);
	assert_int_equal(t.m.stage, LINK_STAGE_DEST);
	init_gone(&t, 1);
	out_is_empty();
}

/* CVE-2026-88265: /dev/null of the image is anything; nothing of it is opened, made 0-2 or given an owner. */
static void test_stdio(void **state)
{
	int null = open("/dev/null", O_RDONLY), saved = dup(0);
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	dup2(null, 0);
	make_root("mkdir dev; mkfifo dev/null");
	in_root();
	hand_op(&plan, PLAN_STDIO);
	finish_root("[ -c /dev/stdin ] 2>/dev/null; exit 0");
	mapped_runs(&t, 0);
	dup2(saved, 0);
	close(saved);
	close(null);
}

/* CVE-2024-21626: whatever number is guessed, no descriptor of init leads out. */
static void test_no_way_out_by_descriptor(void **state)
{
	struct talk t;
	char path[64];

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir proc");
	for (int fd = 3; fd < 24; fd++) {
		in_root();
		bind_from("/proc", "/proc");
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		hand_op(&plan, PLAN_PIVOT);
		hand_op(&plan, PLAN_CHDIR)->s[0] = hand_str(&plan, path);
		ready();
		sh("");
		map(&t);
		assert_int_equal(hear(&t), LINK_FAILED);
		assert_int_equal(plan.op[t.m.op].code, PLAN_CHDIR);
		init_gone(&t, 1);
	}
}

static int begin(void **state)
{
	struct kclone_args args = { .flags = KCLONE_NEWUSER };
	pid_t pid;

	(void)state;
	if (!mkdtemp(base))
		return -1;
	pid = sys_clone3(&args);
	if (pid == 0)
		_exit(0);
	no_userns = pid < 0;
	if (no_userns)
		print_message("# user namespaces are not allowed here: the tests that need one are skipped\n");
	else
		waitpid(pid, NULL, __WALL);
	return 0;
}

static int end(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", base);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuses_unsealed),
		cmocka_unit_test(test_refuses_broken_plan),
		cmocka_unit_test(test_refuses_wrong_setup),
		cmocka_unit_test(test_ends_without_setup),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_inherits_nothing),
		cmocka_unit_test(test_closes_leaks_early),
		cmocka_unit_test(test_gate),
		cmocka_unit_test(test_exec_fails_after_start),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_dies_before_commit),
		cmocka_unit_test(test_dies_while_asking),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_hook),
		cmocka_unit_test(test_hook_missing),
		cmocka_unit_test(test_hook_time),
		cmocka_unit_test(test_hook_dies_with_caller),
		cmocka_unit_test(test_limits_and_umask),
		cmocka_unit_test(test_cwd),
		cmocka_unit_test(test_seccomp),
		cmocka_unit_test(test_userns),
		cmocka_unit_test(test_caps_beyond),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_symlinks_stay_inside),
		cmocka_unit_test(test_real_directory),
		cmocka_unit_test(test_mount_errors),
		cmocka_unit_test(test_copyup),
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_console_names),
		cmocka_unit_test(test_stdio),
		cmocka_unit_test(test_no_way_out_by_descriptor),
	};

	return cmocka_run_group_tests_name("init", tests, begin, end);
}
