/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin-init: hooks, and what the program is and has when it starts. */
#include "init_caller.h"

static int no_userns;

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

static int begin(void **state)
{
	(void)state;
	no_userns = cannot_userns();
	return 0;
}

static int end(void **state)
{
	(void)state;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hook),
		cmocka_unit_test(test_hook_missing),
		cmocka_unit_test(test_hook_time),
		cmocka_unit_test(test_hook_dies_with_caller),
		cmocka_unit_test(test_limits_and_umask),
		cmocka_unit_test(test_cwd),
		cmocka_unit_test(test_seccomp),
		cmocka_unit_test(test_userns),
		cmocka_unit_test(test_caps_beyond),
	};

	return cmocka_run_group_tests_name("init_process", tests, begin, end);
}
