/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The compiler beyond what goldens show: sizes, limits, time, and that input is left alone. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "plan/compile.h"
#include "plan/path.h"
#include "plan/words.h"

static char *sh[] = { "sh", NULL };

struct world {
	struct arena a;
	struct spec s;
	struct host h;
	struct plan_create_opts o;
	struct plan_needs needs;
	struct buf blob, text;
	struct lct_err err;
};

static void begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->s.process = (struct spec_process){ .present = true, .args = sh, .n_args = 1, .cwd = "/" };
	w->s.ns[SPEC_NS_MOUNT].listed = true;
	w->h = (struct host){ .privileged = true, .real_root = true, .cap_mknod = true, .last_cap = 40 };
	w->o = (struct plan_create_opts){ .id = "x", .rootfs = "/r", .bundle = "/b" };
}

static void end(struct world *w)
{
	buf_done(&w->blob);
	buf_done(&w->text);
	arena_done(&w->a);
}

static int compile(struct world *w)
{
	return plan_compile_create(&w->a, &w->s, &w->h, &w->o, &w->blob, &w->needs, &w->err);
}

static void compiles(struct world *w)
{
	int r = compile(w);

	if (r < 0)
		fail_msg("%s", w->err.text);
	assert_int_equal(plan_verify(w->blob.data, w->blob.len, NULL), 0);
	assert_int_equal(plan_text(w->blob.data, w->blob.len, &w->text), 0);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_appends(void **state)
{
	struct world w;
	size_t first;

	(void)state;
	begin(&w);
	compiles(&w);
	first = w.blob.len;
	assert_int_equal(compile(&w), 0);
	assert_int_equal(w.blob.len, 2 * first);
	assert_memory_equal(w.blob.data, w.blob.data + first, first); /* and is deterministic */
	end(&w);
}

static void test_needs_a_process(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	w.s.process.present = false;
	assert_int_equal(compile(&w), -EINVAL);
	assert_string_equal(w.err.where, "/process");
	w.s.process.present = true;
	w.s.process.n_args = 0;
	assert_int_equal(compile(&w), -EINVAL);
	w.s.process.n_args = 1;
	w.s.process.cwd = NULL;
	assert_int_equal(compile(&w), -EINVAL);
	assert_string_equal(w.err.where, "/process/cwd");
	assert_int_equal(w.blob.len, 0);
	end(&w);
}

/* Variables with a million values for few names, and with many names: neither is quadratic. */
static void test_many_variables(void **state)
{
	enum { N = 200000 };
	struct world w;
	double start;
	char **env;

	(void)state;
	begin(&w);
	env = arena_array(&w.a, N + 1, sizeof(*env));
	for (int i = 0; i < N; i++)
		env[i] = i % 2 ? arena_printf(&w.a, "NAME%d=%d", i, i) : arena_printf(&w.a, "SAME=%d", i);
	w.s.process.env = env;
	w.s.process.n_env = N;
	start = seconds();
	compiles(&w);
	assert_true(seconds() - start < 10); /* quadratic: hours */
	assert_null(strstr(w.text.data, "SAME=0 "));
	assert_non_null(strstr(w.text.data, " SAME=199998 NAME199999=199999 HOME=/]"));
	end(&w);
}

static void test_many_mounts(void **state)
{
	enum { N = 60000 };
	static char *bind[] = { "bind", NULL };
	struct spec_mount *v;
	struct world w;
	double start;

	(void)state;
	begin(&w);
	v = arena_array(&w.a, N + 10000, sizeof(*v));
	for (int i = 0; i < N + 10000; i++)
		v[i] = (struct spec_mount){
			.destination = "/x", .type = "bind", .source = "/y", .options = bind, .n_options = 1
		};
	w.s.mounts = v;
	w.s.n_mounts = N;
	start = seconds();
	compiles(&w);
	assert_true(seconds() - start < 10);
	w.s.n_mounts = N + 10000; /* more than a plan may have */
	w.blob.len = 0;
	assert_int_equal(compile(&w), -EINVAL);
	assert_int_equal(w.blob.len, 0);
	end(&w);
}

static void test_text_refuses(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	compiles(&w);
	w.blob.data[w.blob.len - 1] ^= 1;
	assert_int_equal(plan_text(w.blob.data, w.blob.len, &w.text), -EBADMSG);
	assert_int_equal(plan_text(w.blob.data, 3, &w.text), -EBADMSG);
	end(&w);
}

/* One line for each op, whatever strings hold. */
static void test_text_lines(void **state)
{
	char *args[] = { "a\nb", "\t\x01\x7f", "q\"\\", "plain", "", NULL };
	const struct plan_head *h;
	struct world w;
	size_t lines = 0;

	(void)state;
	begin(&w);
	w.s.process.args = args;
	w.s.process.n_args = 5;
	compiles(&w);
	h = (const void *)w.blob.data;
	for (const char *p = w.text.data; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 1 + h->n_mid + h->n_init);
	assert_non_null(strstr(w.text.data, "args=[\"a\\nb\" \"\\x09\\x01\\x7f\" \"q\\\"\\\\\" plain \"\"]"));
	end(&w);
}

/* Errors do not hide each other: the first in the order of start is the one reported. */
static void test_first_error(void **state)
{
	static char *bad[] = { "bind", "nonsense", NULL };
	struct spec_mount v = { .destination = "/x", .type = "bind", .source = "/y", .options = bad, .n_options = 2 };
	struct world w;

	(void)state;
	begin(&w);
	w.s.mounts = &v;
	w.s.n_mounts = 1;
	w.s.rootfs_propagation = "sideways";
	assert_int_equal(compile(&w), -EINVAL);
	assert_int_equal(w.err.code, LCT_E_CONFIG);
	assert_string_equal(w.err.where, "/linux/rootfsPropagation");
	w.s.rootfs_propagation = NULL;
	assert_int_equal(compile(&w), -EINVAL);
	assert_string_equal(w.err.where, "/mounts/0/options/1");
	end(&w);
}

static void test_capability_limits(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	w.s.process.caps.present = true;
	w.s.process.caps.bounding = w.s.process.caps.permitted = w.s.process.caps.effective = UINT64_MAX;
	w.h.last_cap = 63;
	w.h.caps_bounding = UINT64_MAX;
	compiles(&w);
	w.h.last_cap = 3; /* an old kernel */
	w.blob.len = w.text.len = 0;
	compiles(&w);
	assert_non_null(strstr(w.text.data, "cap_bound keep=CHOWN,DAC_OVERRIDE,DAC_READ_SEARCH,FOWNER last=3"));
	end(&w);
}

static void clean(const char *path, const char *want)
{
	_cleanup_arena_ struct arena a = { 0 };

	assert_string_equal(path_clean(&a, path), want);
}

static void test_paths(void **state)
{
	(void)state;
	clean("/", "/");
	clean("", "/");
	clean("//", "/");
	clean("/dev/", "/dev");
	clean("dev", "/dev");
	clean("/a//b/./c/..", "/a/b");
	clean("/../..", "/");
	clean("/../../a", "/a");
	clean("/a/../../b", "/b");
	clean("/.../..a/.b", "/.../..a/.b");
	assert_true(path_below("/proc", "/proc"));
	assert_true(path_below("/proc/x", "/proc"));
	assert_false(path_below("/process", "/proc"));
	assert_false(path_below("/pro", "/proc"));
	assert_true(path_below("/x", "/"));
}

static void number(enum words_kind kind, uint64_t n, const char *want)
{
	_cleanup_buf_ struct buf b = { 0 };

	words_number(&b, "k", kind, n);
	assert_string_equal(b.data ? b.data : "", want);
}

static void test_numbers(void **state)
{
	(void)state;
	number(WORDS_NONE, 5, "");
	number(WORDS_NONZERO, 0, "");
	number(WORDS_NUMBER, 0, " k=0");
	number(WORDS_SIGNED, UINT64_MAX, " k=-1");
	number(WORDS_OCTAL, 0644, " k=0644");
	number(WORDS_LIMIT, UINT64_MAX, " k=unlimited");
	number(WORDS_RLIMIT, 99, " k=99");
	number(WORDS_NAMESPACES, 0, " k=-");
	number(WORDS_NAMESPACES, 1, " k=0x1");
	number(WORDS_CAPS, UINT64_C(1) << 63 | 1, " k=CHOWN,63");
	number(WORDS_ATTRS, UINT64_C(1) << 40 | 1, " k=ro,0x10000000000");
	number(WORDS_ATTRS, 0x70, " k=atime");
	number(WORDS_PROPAGATION, 7, " k=0x7");
	number(WORDS_HOOK, 77, " k=unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appends),	       cmocka_unit_test(test_needs_a_process),
		cmocka_unit_test(test_many_variables), cmocka_unit_test(test_many_mounts),
		cmocka_unit_test(test_text_refuses),   cmocka_unit_test(test_text_lines),
		cmocka_unit_test(test_first_error),    cmocka_unit_test(test_capability_limits),
		cmocka_unit_test(test_paths),	       cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
