/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin-init and the caller: SETUP, asking, COMMIT, the gate, and dying with the caller. */
#include <dirent.h>

#include "init_caller.h"

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
		setup(&t, memfd_of(plan.blob, plan.size, SEALS & ~one[missing] & ~KF_SEAL_SEAL), LINK_SETUP_PLAN, -1,
		      3);
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
		{ "group", "/nosuch:/etc:/bin", EACCES, LINK_STAGE_LOOKUP_FILE },
	};
	struct talk t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hand_start(&plan);
		hand_spawn(&plan, 0);
		lookup(cases[i].name, cases[i].path);
		ready();
		sh("");
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
	};

	return cmocka_run_group_tests_name("init_talk", tests, NULL, NULL);
}
