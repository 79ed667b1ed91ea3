/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The option parser: every spelling that callers of runc and crun use, and the words of its complaints. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The CLI is no library: its parser and its signal names are built into the test. */
#include "../../src/opt.c"
#include "../../src/signals.c"

struct values {
	bool detach, force, tty;
	const char *bundle, *format;
	struct opt_list env;
	struct opt_numbers gids;
	uint32_t fds;
	int timeout, wait_ms;
	bool wait;
};

static const char *const formats[] = { "table", "json", NULL };

static const struct opt table[] = {
	OPT(OPT_BOOL, 'd', "detach", NULL, "", OPT_AT(values, detach)),
	OPT(OPT_BOOL, 'f', "force", NULL, "", OPT_AT(values, force)),
	OPT(OPT_BOOL, 't', "tty", NULL, "", OPT_AT(values, tty)),
	OPT(OPT_STRING, 'b', "bundle", "DIR", "", OPT_AT(values, bundle)),
	OPT(OPT_CHOICE, 0, "format", "FORMAT", "", OPT_AT(values, format), .choices = formats),
	OPT(OPT_LIST, 'e', "env", "NAME=VALUE", "", OPT_AT(values, env)),
	OPT(OPT_NUMBERS, 'g', "gid", "GID", "", OPT_AT(values, gids)),
	OPT(OPT_NUMBER, 0, "preserve-fds", "N", "", OPT_AT(values, fds)),
	OPT(OPT_TIME, 0, "timeout", "TIME", "", OPT_AT(values, timeout)),
	OPT(OPT_TIME, 'w', "wait", "TIME", "", OPT_AT(values, wait_ms), .flags = OPT_VALUE_OPTIONAL,
	    .given = OPT_AT(values, wait)),
	{ .type = OPT_END },
};

struct parsed {
	struct arena arena;
	struct values v;
	struct opt_result r;
	struct lct_err err;
	int code;
};

static struct parsed *parse_in(enum opt_order order, char *const *argv)
{
	static struct parsed p;

	arena_done(&p.arena);
	p = (struct parsed){ .v = { .timeout = -1, .wait_ms = 10000 } };
	p.code = opt_parse(&p.arena, table, order, argv, &p.v, &p.r, &p.err);
	return &p;
}

#define PARSE(...)	parse_in(OPT_PERMUTE, (char *[]){ __VA_ARGS__, NULL })
#define PARSE_STOP(...) parse_in(OPT_STOP, (char *[]){ __VA_ARGS__, NULL })

static void assert_complaint(const struct parsed *p, const char *text)
{
	assert_int_equal(p->code, -EINVAL);
	assert_int_equal(p->err.code, LCT_E_USAGE);
	assert_string_equal(p->err.text, text);
}

static void test_nothing(void **state)
{
	struct parsed *p = parse_in(OPT_PERMUTE, (char *[]){ NULL });

	(void)state;
	assert_int_equal(p->code, 0);
	assert_int_equal(p->r.n_args, 0);
	assert_null(p->r.args[0]);
	assert_false(p->r.help);
	assert_null(p->v.bundle);
	assert_int_equal(p->v.timeout, -1);
}

static void test_values(void **state)
{
	/* each spelling of the same thing */
	char *const spellings[][3] = { { "--bundle", "/b" }, { "--bundle=/b" },	  { "-b", "/b" },  { "-b/b" },
				       { "-b=/b" },	     { "-bundle", "/b" }, { "-bundle=/b" } };

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		struct parsed *p = parse_in(OPT_PERMUTE, spellings[i]);

		assert_int_equal(p->code, 0);
		assert_string_equal(p->v.bundle, "/b");
		assert_int_equal(p->r.n_args, 0);
	}
	assert_string_equal(PARSE("--bundle=a=b")->v.bundle, "a=b");
	assert_string_equal(PARSE("--bundle", "--force")->v.bundle, "--force");
	assert_string_equal(PARSE("--bundle", "a", "--bundle", "b")->v.bundle, "b");
	/* callers of runc write an empty value for "none" */
	assert_null(PARSE("--bundle=x", "--bundle=")->v.bundle);
	assert_null(PARSE("--bundle", "")->v.bundle);
}

static void test_bools(void **state)
{
	(void)state;
	assert_true(PARSE("--detach")->v.detach);
	assert_true(PARSE("--detach=true")->v.detach);
	assert_true(PARSE("--detach=1")->v.detach);
	assert_false(PARSE("--detach", "--detach=false")->v.detach);
	assert_false(PARSE("-d", "-d=F")->v.detach);
	assert_true(PARSE("-detach")->v.detach);
	/* a bool takes no word of its own */
	struct parsed *p = PARSE("--detach", "false");
	assert_true(p->v.detach);
	assert_int_equal(p->r.n_args, 1);
	assert_complaint(PARSE("--detach=maybe"), "invalid boolean value \"maybe\" for --detach");
	assert_complaint(PARSE("-d="), "invalid boolean value \"\" for --detach");
}

static void test_clusters(void **state)
{
	struct parsed *p = PARSE("-dft");

	(void)state;
	assert_int_equal(p->code, 0);
	assert_true(p->v.detach && p->v.force && p->v.tty);
	p = PARSE("-db/x", "id");
	assert_true(p->v.detach);
	assert_string_equal(p->v.bundle, "/x");
	assert_string_equal(p->r.args[0], "id");
	p = PARSE("-db", "/x");
	assert_string_equal(p->v.bundle, "/x");
	assert_int_equal(p->r.n_args, 0);
	assert_complaint(PARSE("-dx"), "flag provided but not defined: -x");
	assert_complaint(PARSE("-xd"), "flag provided but not defined: -xd");
}

static void test_lists(void **state)
{
	enum { N = 100 };
	char *argv[2 * N + 1];
	char words[N][8];
	struct parsed *p = PARSE("-e", "A=1", "--env", "", "--env=B==", "-eC=3");

	(void)state;
	assert_int_equal(p->v.env.n, 4);
	assert_string_equal(p->v.env.v[0], "A=1");
	assert_string_equal(p->v.env.v[1], ""); /* kept: it is for the library to refuse */
	assert_string_equal(p->v.env.v[2], "B==");
	assert_string_equal(p->v.env.v[3], "C=3");
	assert_null(p->v.env.v[4]);
	for (int i = 0; i < N; i++) {
		snprintf(words[i], sizeof(words[i]), "%d", i);
		argv[2 * i] = i % 2 ? "-g" : "-e";
		argv[2 * i + 1] = words[i];
	}
	argv[2 * N] = NULL;
	p = parse_in(OPT_PERMUTE, argv);
	assert_int_equal(p->code, 0);
	assert_int_equal(p->v.env.n, N / 2);
	assert_int_equal(p->v.gids.n, N / 2);
	for (uint32_t i = 0; i < N / 2; i++) {
		assert_string_equal(p->v.env.v[i], words[2 * i]);
		assert_int_equal(p->v.gids.v[i], 2 * i + 1);
	}
	assert_null(p->v.env.v[N / 2]);
	assert_complaint(PARSE("-g", "x"), "invalid value \"x\" for flag --gid: not a number");
}

static void test_numbers(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "0x10", "1.0", "ten" };
	char text[64];

	(void)state;
	assert_int_equal(PARSE("--preserve-fds", "3")->v.fds, 3);
	assert_int_equal(PARSE("--preserve-fds=0")->v.fds, 0);
	assert_true(PARSE("--preserve-fds=4294967295")->v.fds == UINT32_MAX);
	assert_complaint(PARSE("--preserve-fds=4294967296"),
			 "invalid value \"4294967296\" for flag --preserve-fds: value out of range");
	assert_complaint(PARSE("--preserve-fds=99999999999999999999999999"),
			 "invalid value \"99999999999999999999999999\" for flag --preserve-fds: value out of range");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "invalid value \"%s\" for flag --preserve-fds: not a number", bad[i]);
		assert_complaint(PARSE("--preserve-fds", (char *)(uintptr_t)bad[i]), text);
	}
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int ms, code;
	} cases[] = {
		{ "0", 0, 0 },
		{ "5", 5000, 0 },
		{ "5s", 5000, 0 },
		{ "500ms", 500, 0 },
		{ "2m", 120000, 0 },
		{ "1h", 3600000, 0 },
		{ "1m30s", 90000, 0 },
		{ "1h1m1s1ms", 3661001, 0 },
		{ "2147483647ms", INT_MAX, 0 },
		{ "2147483648ms", 0, -ERANGE },
		{ "2147484s", 0, -ERANGE },
		{ "99999999999999999999h", 0, -ERANGE },
		{ "", 0, -EINVAL },
		{ "s", 0, -EINVAL },
		{ "5x", 0, -EINVAL },
		{ "-5s", 0, -EINVAL },
		{ "1.5s", 0, -EINVAL },
		{ "1m30", 0, -EINVAL },
		{ "5 s", 0, -EINVAL },
		{ "5S", 0, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int ms = 0;

		assert_int_equal(opt_time(cases[i].text, &ms), cases[i].code);
		assert_int_equal(ms, cases[i].ms);
	}
	assert_int_equal(PARSE("--timeout", "1m30s")->v.timeout, 90000);
	assert_complaint(PARSE("--timeout=5x"),
			 "invalid value \"5x\" for flag --timeout: not a time such as 500ms, 5s or 1m30s");
}

static void test_optional_value(void **state)
{
	struct parsed *p = PARSE("id");

	(void)state;
	assert_false(p->v.wait);
	p = PARSE("--wait", "5s"); /* the word is an argument: only = gives it a value */
	assert_true(p->v.wait);
	assert_int_equal(p->v.wait_ms, 10000);
	assert_string_equal(p->r.args[0], "5s");
	p = PARSE("--wait=5s", "id");
	assert_true(p->v.wait);
	assert_int_equal(p->v.wait_ms, 5000);
	p = PARSE("-wd");
	assert_true(p->v.wait && p->v.detach);
	assert_complaint(PARSE("--wait="), "invalid value \"\" for flag --wait: not a time such as 500ms, 5s or 1m30s");
}

static void test_choices(void **state)
{
	(void)state;
	assert_string_equal(PARSE("--format=json")->v.format, "json");
	assert_complaint(PARSE("--format", "xml"), "invalid value \"xml\" for flag --format: one of table, json");
	assert_complaint(PARSE("--format="), "invalid value \"\" for flag --format: one of table, json");
}

static void test_missing_and_unknown(void **state)
{
	(void)state;
	/* Podman greps "flag needs an argument" */
	assert_complaint(PARSE("--bundle"), "flag needs an argument: --bundle");
	assert_complaint(PARSE("-b"), "flag needs an argument: -b");
	assert_complaint(PARSE("-db"), "flag needs an argument: -b");
	assert_complaint(PARSE("-bundle"), "flag needs an argument: --bundle");
	assert_complaint(PARSE("--nosuch"), "flag provided but not defined: --nosuch");
	assert_complaint(PARSE("--nosuch=secret"), "flag provided but not defined: --nosuch");
	assert_complaint(PARSE("--bund", "x"), "flag provided but not defined: --bund"); /* no abbreviations */
	assert_complaint(PARSE("--bundlex=1"), "flag provided but not defined: --bundlex");
	assert_complaint(PARSE("---"), "flag provided but not defined: ---");
	assert_complaint(PARSE("--=x"), "flag provided but not defined: --");
	assert_complaint(PARSE("-9"), "flag provided but not defined: -9");
}

static void test_long_garbage(void **state)
{
	static char word[70000];

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[0] = word[1] = '-';
	assert_int_equal(PARSE(word)->code, -EINVAL);
	word[1] = 'd';
	assert_int_equal(PARSE(word)->code, -EINVAL);
	word[0] = '5';
	assert_int_equal(PARSE("--timeout", word)->code, -EINVAL);
	assert_int_equal(PARSE("--format", word)->code, -EINVAL);
	assert_string_equal(PARSE(word)->r.args[0], word);
}

static void test_order(void **state)
{
	struct parsed *p = PARSE("id", "--force", "arg", "-d");

	(void)state;
	assert_true(p->v.force && p->v.detach);
	assert_int_equal(p->r.n_args, 2);
	assert_string_equal(p->r.args[0], "id");
	assert_string_equal(p->r.args[1], "arg");
	assert_null(p->r.args[2]);
	p = PARSE("-d", "--", "--force", "-x", "--");
	assert_true(p->v.detach);
	assert_false(p->v.force);
	assert_int_equal(p->r.n_args, 3);
	assert_string_equal(p->r.args[0], "--force");
	assert_string_equal(p->r.args[2], "--");
	p = PARSE("-", "-d"); /* a dash alone is an argument */
	assert_string_equal(p->r.args[0], "-");
	assert_true(p->v.detach);
	assert_int_equal(PARSE("")->r.n_args, 1);
	/* exec: what follows the id belongs to the program */
	p = PARSE_STOP("-t", "id", "sh", "-d", "--force", "--help", "--");
	assert_int_equal(p->code, 0);
	assert_true(p->v.tty);
	assert_false(p->v.detach || p->v.force || p->r.help);
	assert_int_equal(p->r.n_args, 6);
	assert_string_equal(p->r.args[1], "sh");
	assert_string_equal(p->r.args[5], "--");
	p = PARSE_STOP("--", "-id", "-d");
	assert_string_equal(p->r.args[0], "-id");
	assert_int_equal(p->r.n_args, 2);
}

static void test_help(void **state)
{
	(void)state;
	assert_true(PARSE("--help")->r.help);
	assert_true(PARSE("-h")->r.help);
	assert_true(PARSE("-help")->r.help);
	assert_true(PARSE("-dh")->r.help);
	assert_true(PARSE("id", "--help")->r.help);
	assert_true(PARSE("--help", "--nosuch")->r.help); /* what follows is not looked at */
	assert_int_equal(PARSE("--help", "--nosuch")->code, 0);
	assert_false(PARSE("--bundle", "--help")->r.help);
	assert_false(PARSE("--", "--help")->r.help);
}

static void test_signals(void **state)
{
	static const char *const bad[] = { "",	     "SIG",	"FOO",	    "65",      "-1",	   "9x",
					   "RTMIN+", "RTMIN-1", "RTMIN+31", "RTMAX+1", "RTMAX-99", "SIGSIGTERM" };
	char name[SIGNAL_NAME_SIZE];

	(void)state;
	assert_int_equal(signal_number("9"), 9);
	assert_int_equal(signal_number("0"), 0);
	assert_int_equal(signal_number("64"), 64);
	assert_int_equal(signal_number("TERM"), 15);
	assert_int_equal(signal_number("SIGTERM"), 15);
	assert_int_equal(signal_number("sigkill"), 9);
	assert_int_equal(signal_number("Cld"), 17);
	assert_int_equal(signal_number("RTMIN"), 34);
	assert_int_equal(signal_number("SIGRTMIN+3"), 37);
	assert_int_equal(signal_number("RTMIN+30"), 64);
	assert_int_equal(signal_number("RTMAX-1"), 63);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(signal_number(bad[i]), -EINVAL);
	/* every number has a name that leads back to it */
	for (int sig = 1; sig <= SIGNAL_MAX; sig++)
		assert_int_equal(signal_number(signal_name(sig, name)), sig);
	assert_string_equal(signal_name(9, name), "SIGKILL");
	assert_string_equal(signal_name(37, name), "SIGRTMIN+3");
	assert_string_equal(signal_name(99, name), "99");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),	     cmocka_unit_test(test_values),
		cmocka_unit_test(test_bools),	     cmocka_unit_test(test_clusters),
		cmocka_unit_test(test_lists),	     cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_times),	     cmocka_unit_test(test_optional_value),
		cmocka_unit_test(test_choices),	     cmocka_unit_test(test_missing_and_unknown),
		cmocka_unit_test(test_long_garbage), cmocka_unit_test(test_order),
		cmocka_unit_test(test_help),	     cmocka_unit_test(test_signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
