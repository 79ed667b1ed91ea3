/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Seccomp: what a filter does to the calls of a process that loaded it, and what the cache accepts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/fd.h"
#include "seccomp/cache.h"
#include "seccomp/names.h"
#include "seccomp/seccomp.h"
#include "sys/kernel.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))
#define NAMES(...)                                                                                                     \
	.names = (char *[]){ __VA_ARGS__, NULL }, .n_names = sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *)
#define RULES(...)                                                                                                     \
	.present = true, .rules = (struct spec_seccomp_rule[]){ __VA_ARGS__ },                                         \
	.n_rules = sizeof((struct spec_seccomp_rule[]){ __VA_ARGS__ }) / sizeof(struct spec_seccomp_rule)
#define ARGS(...)                                                                                                      \
	.args = (struct spec_seccomp_arg[]){ __VA_ARGS__ },                                                            \
	.n_args = sizeof((struct spec_seccomp_arg[]){ __VA_ARGS__ }) / sizeof(struct spec_seccomp_arg)

/* ---- effect: compile, load in a child, make one call there ------------------------------------------------------ */

enum { ARGC = 3, DIED = 1000 };

struct call {
	long nr;
	long args[ARGC];
};

/* What the call gave in a process with the filter: its result or -errno; DIED + signal when it killed the process. */
static int run_call(const struct spec_seccomp *s, struct call call)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct seccomp_program program;
	struct lct_err err = { 0 };
	struct sock_fprog fprog;
	int *shared, status, result;
	pid_t pid;

	if (seccomp_build(&a, s, NULL, &program, &err) < 0)
		fail_msg("%s", err.text);
	assert_false(program.from_cache);
	fprog = (struct sock_fprog){ (unsigned short)(program.len / sizeof(struct sock_filter)), program.code };
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	*shared = INT_MIN;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)signal(SIGSYS, SIG_DFL); /* not the test framework's */
		(void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, program.flags, &fprog) == 0) {
			long r = syscall(call.nr, call.args[0], call.args[1], call.args[2]);

			*shared = r < 0 ? -errno : (int)r;
		}
		syscall(SYS_exit_group, 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	result = WIFSIGNALED(status) ? DIED + WTERMSIG(status) : *shared;
	munmap(shared, sizeof(*shared));
	assert_int_not_equal(result, INT_MIN); /* the filter did not load */
	return result;
}

static void expect_error(const struct spec_seccomp *s, const char *where, int errnum)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct seccomp_program program;
	struct lct_err err = { 0 };

	assert_int_equal(seccomp_build(&a, s, NULL, &program, &err), -errnum);
	assert_string_equal(err.where, where);
	assert_int_equal(err.code, LCT_E_CONFIG);
}

static void test_errno(void **state)
{
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
				  RULES({ NAMES("getppid"), .action = "SCMP_ACT_ERRNO" },
					{ NAMES("getsid"), .action = "SCMP_ACT_ERRNO", .has_errno = true,
					  .errno_ret = EXDEV }) };

	(void)state;
	assert_int_equal(run_call(&s, (struct call){ SYS_getppid, { 0 } }), -EPERM);
	assert_int_equal(run_call(&s, (struct call){ SYS_getsid, { 0 } }), -EXDEV);
	assert_true(run_call(&s, (struct call){ SYS_getpid, { 0 } }) > 0);
}

static void test_kills(void **state)
{
	static const struct {
		const char *action;
		int result;
	} cases[] = {
		{ "SCMP_ACT_KILL", DIED + SIGSYS },
		{ "SCMP_ACT_KILL_THREAD", DIED + SIGSYS },
		{ "SCMP_ACT_KILL_PROCESS", DIED + SIGSYS },
		{ "SCMP_ACT_TRAP", DIED + SIGSYS },
		{ "SCMP_ACT_TRACE", -ENOSYS }, /* without a tracer: seccomp(2) */
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
					  RULES({ NAMES("getppid"), .action = cases[i].action }) };

		assert_int_equal(run_call(&s, (struct call){ SYS_getppid, { 0 } }), cases[i].result);
		assert_true(run_call(&s, (struct call){ SYS_getpid, { 0 } }) > 0);
	}
}

static void test_default(void **state)
{
	struct spec_seccomp s = {
		.default_action = "SCMP_ACT_ERRNO",
		.has_default_errno = true,
		.default_errno = EUSERS,
		RULES({ NAMES("exit_group", "getpid", "no_such_call_ever", "seccomp", "pidfd_open"),
			.action = "SCMP_ACT_ALLOW" },
		      { NAMES("getppid"), .action = "SCMP_ACT_LOG" },
		      /* the default's own action: left out, so getsid is not given EPERM instead of EUSERS */
		      { NAMES("getsid"), .action = "SCMP_ACT_ERRNO", .has_errno = true, .errno_ret = EUSERS })
	};

	(void)state;
	assert_true(run_call(&s, (struct call){ SYS_getpid, { 0 } }) > 0);
	assert_true(run_call(&s, (struct call){ SYS_getppid, { 0 } }) > 0);
	assert_int_equal(run_call(&s, (struct call){ SYS_getsid, { 0 } }), -EUSERS);
	assert_int_equal(run_call(&s, (struct call){ SYS_getuid, { 0 } }), -EUSERS);
	s.default_action = "SCMP_ACT_KILL_PROCESS";
	s.has_default_errno = false;
	assert_int_equal(run_call(&s, (struct call){ SYS_getuid, { 0 } }), DIED + SIGSYS);
	/* above everything named: a kill stays a kill */
	assert_int_equal(run_call(&s, (struct call){ 461, { 0 } }), DIED + SIGSYS);
}

static void test_newer_than_profile(void **state)
{
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ERRNO",
				  RULES({ NAMES("exit_group", "getpid", "statx"), .action = "SCMP_ACT_ALLOW" }) };
	char *arches[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", NULL };

	(void)state;
	assert_int_equal(run_call(&s, (struct call){ SYS_getuid, { 0 } }), -EPERM);
	assert_int_equal(run_call(&s, (struct call){ SYS_openat2, { 0 } }), -ENOSYS);
	assert_true(run_call(&s, (struct call){ SYS_getpid, { 0 } }) > 0);
	s.has_default_errno = true;
	s.default_errno = ENOSYS;
	assert_int_equal(run_call(&s, (struct call){ SYS_getuid, { 0 } }), -ENOSYS);
	s.has_default_errno = false;
	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		return;
	s.architectures = arches;
	s.n_architectures = 3;
	assert_true(run_call(&s, (struct call){ SYS_getpid, { 0 } }) > 0);
	assert_int_equal(run_call(&s, (struct call){ SYS_getuid, { 0 } }), -EPERM);
	assert_int_equal(run_call(&s, (struct call){ SYS_openat2, { 0 } }), -ENOSYS);
	/* the same numbers with x32's bit: known, below and above the newest */
	assert_int_equal(run_call(&s, (struct call){ 0x40000000 | SYS_getuid, { 0 } }), -EPERM);
	assert_int_equal(run_call(&s, (struct call){ 0x40000000 | SYS_openat2, { 0 } }), -ENOSYS);
}

static void test_conditions(void **state)
{
	/* getsid(2) is only a call whose first argument we may choose: allowed calls fail with ESRCH at worst */
	static const struct {
		const char *op;
		uint64_t value, value_two, yes, no;
	} cases[] = {
		{ "SCMP_CMP_EQ", 5, 0, 5, 6 },
		{ "SCMP_CMP_NE", 5, 0, 6, 5 },
		{ "SCMP_CMP_LT", 5, 0, 4, 5 },
		{ "SCMP_CMP_LE", 5, 0, 5, 6 },
		{ "SCMP_CMP_GT", 5, 0, 6, 5 },
		{ "SCMP_CMP_GE", 5, 0, 5, 4 },
		{ "SCMP_CMP_MASKED_EQ", 0xff00, 0x1200, 0x1234, 0x1334 },
		{ "SCMP_CMP_EQ", UINT64_C(0x100000005), 0, UINT64_C(0x100000005), 5 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
					  RULES({ NAMES("getsid"), .action = "SCMP_ACT_ERRNO", .has_errno = true,
						  .errno_ret = EXDEV,
						  ARGS({ 0, cases[i].value, cases[i].value_two, cases[i].op }) }) };

		assert_int_equal(run_call(&s, (struct call){ SYS_getsid, { (long)cases[i].yes } }), -EXDEV);
		assert_int_not_equal(run_call(&s, (struct call){ SYS_getsid, { (long)cases[i].no } }), -EXDEV);
	}
}

static void test_conditions_joined(void **state)
{
	/* different arguments: all must hold; the same argument twice: each is a rule of its own, as in runc */
	struct spec_seccomp joined = { .default_action = "SCMP_ACT_ALLOW",
				       RULES({ NAMES("dup3"), .action = "SCMP_ACT_ERRNO", .has_errno = true,
					       .errno_ret = EXDEV,
					       ARGS({ 0, 900, 0, "SCMP_CMP_EQ" }, { 1, 901, 0, "SCMP_CMP_EQ" }) }) };
	struct spec_seccomp apart = {
		.default_action = "SCMP_ACT_ALLOW",
		RULES({ NAMES("dup3"), .action = "SCMP_ACT_ERRNO", .has_errno = true, .errno_ret = EXDEV,
			ARGS({ 0, 900, 0, "SCMP_CMP_EQ" }, { 0, 901, 0, "SCMP_CMP_EQ" }, { 1, 7, 0, "SCMP_CMP_EQ" }) })
	};

	(void)state;
	assert_int_equal(run_call(&joined, (struct call){ SYS_dup3, { 900, 901 } }), -EXDEV);
	assert_int_equal(run_call(&joined, (struct call){ SYS_dup3, { 900, 902 } }), -EBADF);
	assert_int_equal(run_call(&joined, (struct call){ SYS_dup3, { 902, 901 } }), -EBADF);
	assert_int_equal(run_call(&apart, (struct call){ SYS_dup3, { 900, 902 } }), -EXDEV);
	assert_int_equal(run_call(&apart, (struct call){ SYS_dup3, { 901, 902 } }), -EXDEV);
	assert_int_equal(run_call(&apart, (struct call){ SYS_dup3, { 902, 7 } }), -EXDEV);
	assert_int_equal(run_call(&apart, (struct call){ SYS_dup3, { 902, 8 } }), -EBADF);
}

/* libseccomp's reading, which runc and crun share: without conditions the first rule for a call holds. */
static void test_repeated(void **state)
{
	struct spec_seccomp_rule rules[] = {
		{ NAMES("getppid", "getppid"), .action = "SCMP_ACT_ERRNO", .has_errno = true, .errno_ret = EXDEV },
		{ NAMES("getppid"), .action = "SCMP_ACT_ERRNO", .has_errno = true, .errno_ret = EUSERS },
		{ NAMES("getsid"), .action = "SCMP_ACT_KILL_PROCESS", ARGS({ 0, 1, 0, "SCMP_CMP_EQ" }) },
		{ NAMES("getsid"), .action = "SCMP_ACT_ERRNO", .has_errno = true, .errno_ret = EXDEV },
	};
	struct spec_seccomp s = { .present = true, .default_action = "SCMP_ACT_ALLOW", .rules = rules, .n_rules = 4 };

	(void)state;
	assert_int_equal(run_call(&s, (struct call){ SYS_getppid, { 0 } }), -EXDEV);
	assert_int_equal(run_call(&s, (struct call){ SYS_getsid, { 1 } }), -EXDEV);
	assert_int_equal(run_call(&s, (struct call){ SYS_getsid, { 2 } }), -EXDEV);
	rules[3].args = rules[2].args;
	rules[3].n_args = 1;
	expect_error(&s, "/linux/seccomp/syscalls/3", EINVAL);
}

/* Large enough for the binary tree: every named call must still do what its rule says, and no other. */
static void test_tree(void **state)
{
	static char *names[512];
	struct spec_seccomp s = {
		.default_action = "SCMP_ACT_ALLOW",
		RULES({ .names = names, .action = "SCMP_ACT_ERRNO", .has_errno = true, .errno_ret = EXDEV })
	};
	size_t n = 0;

	(void)state;
	for (int nr = 0; nr < 400; nr += 2) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

		if (!name)
			continue;
		if (strcmp(name, "exit_group") && strcmp(name, "seccomp"))
			names[n++] = name;
		else
			free(name);
	}
	assert_true(n > 100);
	s.rules[0].n_names = n;
	for (size_t i = 0; i < n; i += 7) {
		int nr = seccomp_syscall_resolve_name(names[i]);

		assert_int_equal(run_call(&s, (struct call){ nr, { -1, -1, -1 } }), -EXDEV);
	}
	for (int nr = 1; nr < 400; nr += 34)
		assert_int_not_equal(run_call(&s, (struct call){ nr, { -1, -1, -1 } }), -EXDEV);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
}

/* ---- what is refused, and how much ------------------------------------------------------------------------------- */

static void test_errors(void **state)
{
	struct spec_seccomp_rule rule = { NAMES("getppid"), .action = "SCMP_ACT_KILL" };
	struct spec_seccomp s = { .present = true, .default_action = "SCMP_ACT_ALLOW", .rules = &rule, .n_rules = 1 };
	struct spec_seccomp_arg arg = { 6, 0, 0, "SCMP_CMP_EQ" };

	(void)state;
	rule.has_errno = true;
	rule.errno_ret = 1;
	expect_error(&s, "/linux/seccomp/syscalls/0/errnoRet", EINVAL);
	rule.action = "SCMP_ACT_ERRNO";
	rule.errno_ret = 4096;
	expect_error(&s, "/linux/seccomp/syscalls/0/errnoRet", EINVAL);
	rule.has_errno = false;
	rule.args = &arg;
	rule.n_args = 1;
	expect_error(&s, "/linux/seccomp/syscalls/0", EINVAL);
	arg = (struct spec_seccomp_arg){ 0, 0, 0, "SCMP_CMP_LIKE" };
	expect_error(&s, "/linux/seccomp/syscalls/0", EINVAL);
	rule.n_args = 0;
	rule.action = "SCMP_ACT_PONDER";
	expect_error(&s, "/linux/seccomp/syscalls/0", EINVAL);
	s.n_rules = 0;
	s.has_default_errno = true;
	s.default_errno = 1;
	expect_error(&s, "/linux/seccomp/defaultErrnoRet", EINVAL);
	s.has_default_errno = false;
	s.default_action = "SCMP_ACT_SING";
	expect_error(&s, "/linux/seccomp/defaultAction", EINVAL);
	s.default_action = "SCMP_ACT_ALLOW";
	s.architectures = (char *[]){ "SCMP_ARCH_X86_64", "SCMP_ARCH_PDP11", NULL };
	s.n_architectures = 2;
	expect_error(&s, "/linux/seccomp/architectures/1", EINVAL);
	s.n_architectures = 0;
	s.flags = (char *[]){ "SECCOMP_FILTER_FLAG_SING", NULL };
	s.n_flags = 1;
	expect_error(&s, "/linux/seccomp/flags", EINVAL);
}

static void test_flags(void **state)
{
	char *names[] = { "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC",
			  "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", NULL };
	struct spec_seccomp s = { .present = true, .default_action = "SCMP_ACT_ALLOW" };
	_cleanup_arena_ struct arena a = { 0 };
	struct seccomp_program program;

	(void)state;
	assert_int_equal(seccomp_build(&a, &s, NULL, &program, NULL), 0);
	assert_int_equal(program.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	s.has_flags = true;
	assert_int_equal(seccomp_build(&a, &s, NULL, &program, NULL), 0);
	assert_int_equal(program.flags, 0);
	s.flags = names;
	s.n_flags = 3;
	assert_int_equal(seccomp_build(&a, &s, NULL, &program, NULL), 0);
	assert_int_equal(program.flags, SECCOMP_FILTER_FLAG_LOG);
	s.n_flags = 4;
	assert_int_equal(seccomp_build(&a, &s, NULL, &program, NULL), 0);
	assert_int_equal(program.flags, SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	s.default_action = "SCMP_ACT_NOTIFY"; /* only now somebody may have to wait */
	assert_int_equal(seccomp_build(&a, &s, NULL, &program, NULL), 0);
	assert_int_equal(program.flags, SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW |
						KSECCOMP_NEW_LISTENER | KSECCOMP_WAIT_KILLABLE_RECV);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Peers hang for minutes over such input. */
static void test_size(void **state)
{
	enum { MANY = 50000 };
	struct spec_seccomp_rule *rules = calloc(MANY, sizeof(*rules));
	struct spec_seccomp_arg *args = calloc(MANY, sizeof(*args));
	char *names[] = { "getppid", "getsid", NULL };
	struct spec_seccomp s = {
		.present = true, .default_action = "SCMP_ACT_ALLOW", .rules = rules, .n_rules = MANY
	};
	_cleanup_arena_ struct arena a = { 0 };
	struct seccomp_program program;
	struct lct_err err;
	double t;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		rules[i] = (struct spec_seccomp_rule){ .names = names, .n_names = 2, .action = "SCMP_ACT_ERRNO" };
		args[i] = (struct spec_seccomp_arg){ 0, i, 0, "SCMP_CMP_EQ" };
	}
	t = seconds();
	assert_int_equal(seccomp_build(&a, &s, NULL, &program, &err), 0);
	assert_true(seconds() - t < 5);
	for (size_t i = 0; i < MANY; i++) {
		rules[i].args = &args[i];
		rules[i].n_args = 1;
	}
	t = seconds();
	assert_int_equal(seccomp_build(&a, &s, NULL, &program, &err), -E2BIG);
	printf("# 50000 conditions refused after %.2f s\n", seconds() - t);
	assert_true(seconds() - t < 30);
	free(rules);
	free(args);
}

static void test_names(void **state)
{
	const char *(*const lists[])(size_t) = { seccomp_action_name, seccomp_operator_name, seccomp_arch_name,
						 seccomp_flag_name };
	uint32_t value;
	uint64_t flag;
	enum scmp_compare op;

	(void)state;
	for (size_t l = 0; l < N(lists); l++) {
		size_t n = 0;

		for (const char *name, *last = ""; (name = lists[l](n)); last = name, n++)
			assert_true(strcmp(last, name) < 0);
		assert_true(n >= 4);
		assert_null(lists[l](n + 1));
	}
	for (size_t i = 0; seccomp_action_name(i); i++)
		assert_int_equal(seccomp_action(seccomp_action_name(i), NULL, &value), 0);
	for (size_t i = 0; seccomp_arch_name(i); i++)
		assert_int_equal(seccomp_arch(seccomp_arch_name(i), &value), 0);
	for (size_t i = 0; seccomp_operator_name(i); i++)
		assert_int_equal(seccomp_operator(seccomp_operator_name(i), &op), 0);
	for (size_t i = 0; seccomp_flag_name(i); i++)
		assert_int_equal(seccomp_flag(seccomp_flag_name(i), &flag), 0);
	assert_true(strchr(seccomp_library_version(), '.') != NULL);
}

/* ---- the cache ---------------------------------------------------------------------------------------------------- */

struct cache {
	char base[64]; /* removed at the end */
	char dir[128];
};

static int cache_setup(void **state)
{
	struct cache *c = calloc(1, sizeof(*c));

	strcpy(c->base, "/tmp/kin-seccomp-XXXXXX");
	if (!mkdtemp(c->base))
		return -1;
	snprintf(c->dir, sizeof(c->dir), "%s/not/there/yet", c->base);
	*state = c;
	return 0;
}

static int cache_teardown(void **state)
{
	struct cache *c = *state;
	char command[128];
	int r;

	snprintf(command, sizeof(command), "rm -rf %s", c->base);
	r = system(command);
	free(c);
	return r;
}

static struct spec_seccomp_rule cached_rules[] = {
	{ NAMES("getppid", "getsid"), .action = "SCMP_ACT_ERRNO", .has_errno = true, .errno_ret = EXDEV },
	{ NAMES("dup3"), .action = "SCMP_ACT_ERRNO", ARGS({ 0, 900, 0, "SCMP_CMP_EQ" }) },
};
static const struct spec_seccomp cached = {
	.present = true, .default_action = "SCMP_ACT_ALLOW", .rules = cached_rules, .n_rules = 2
};

/* True when the filter came from the cache; right in both cases. */
static bool build(const struct cache *c, const struct spec_seccomp *s)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct seccomp_program fresh, program;

	assert_int_equal(seccomp_build(&a, s, NULL, &fresh, NULL), 0);
	assert_int_equal(seccomp_build(&a, s, c->dir, &program, NULL), 0);
	assert_int_equal(fresh.len, program.len);
	assert_memory_equal(fresh.code, program.code, program.len);
	assert_int_equal(fresh.flags, program.flags);
	return program.from_cache;
}

/* The number of entries; the path of the last. */
static size_t entries(const char *dir, char *path, size_t size)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	for (const struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		if (path)
			snprintf(path, size, "%s/%s", dir, e->d_name);
	}
	closedir(d);
	return n;
}

static void test_cold_and_warm(void **state)
{
	struct cache *c = *state;
	struct stat st;
	char path[512];

	assert_false(build(c, &cached));
	assert_true(build(c, &cached));
	assert_true(build(c, &cached));
	assert_int_equal(entries(c->dir, path, sizeof(path)), 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(c->dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	strcat(c->dir, "//");
	assert_true(build(c, &cached));
}

/* Each value of the input makes a different key: change one after the other. */
static void test_key(void **state)
{
	struct cache *c = *state;
	struct spec_seccomp_arg arg = { 0, 900, 0, "SCMP_CMP_EQ" };
	struct spec_seccomp_rule rule = { NAMES("dup3"), .action = "SCMP_ACT_ERRNO", .args = &arg, .n_args = 1 };
	struct spec_seccomp s = { .present = true, .default_action = "SCMP_ACT_ALLOW", .rules = &rule, .n_rules = 1 };
	char *joined[] = { "dup3getsid", NULL }, *split[] = { "dup3", "getsid", NULL };

	assert_false(build(c, &s));
	arg.value++;
	assert_false(build(c, &s));
	arg.value_two++;
	assert_false(build(c, &s));
	arg.index++;
	assert_false(build(c, &s));
	arg.op = "SCMP_CMP_NE";
	assert_false(build(c, &s));
	rule.n_args = 0;
	assert_false(build(c, &s));
	rule.has_errno = true;
	rule.errno_ret = EPERM;
	assert_false(build(c, &s));
	rule.errno_ret = EXDEV;
	assert_false(build(c, &s));
	rule.names = joined;
	assert_false(build(c, &s));
	rule.names = split;
	rule.n_names = 2;
	assert_false(build(c, &s));
	rule.has_errno = false;
	rule.action = "SCMP_ACT_TRAP";
	assert_false(build(c, &s));
	s.default_action = "SCMP_ACT_LOG";
	assert_false(build(c, &s));
	s.default_action = "SCMP_ACT_ERRNO";
	assert_false(build(c, &s));
	s.has_default_errno = true;
	s.default_errno = EACCES;
	assert_false(build(c, &s));
	s.architectures = (char *[]){ (char *)seccomp_arch_name(0), NULL };
	s.n_architectures = 1;
	assert_false(build(c, &s));
	s.n_rules = 0;
	assert_false(build(c, &s));
	assert_true(build(c, &s));
}

static void flip(const char *path, off_t at)
{
	autofd fd = open(path, O_RDWR | O_CLOEXEC);
	char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
}

static void test_every_byte_poisoned(void **state)
{
	struct cache *c = *state;
	char path[512];
	struct stat st;

	assert_false(build(c, &cached));
	assert_int_equal(entries(c->dir, path, sizeof(path)), 1);
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at++) {
		flip(path, at);
		assert_false(build(c, &cached)); /* not used, and replaced by a good one */
		assert_true(build(c, &cached));
	}
}

static void test_every_length(void **state)
{
	struct cache *c = *state;
	char path[512];
	struct stat st;

	assert_false(build(c, &cached));
	assert_int_equal(entries(c->dir, path, sizeof(path)), 1);
	assert_int_equal(stat(path, &st), 0);
	for (off_t len = 0; len < st.st_size; len++) {
		assert_int_equal(truncate(path, len), 0);
		assert_false(build(c, &cached));
		assert_true(build(c, &cached));
	}
	assert_int_equal(truncate(path, st.st_size + 8), 0);
	assert_false(build(c, &cached));
	assert_int_equal(truncate(path, (off_t)1 << 40), 0);
	assert_false(build(c, &cached));
	assert_true(build(c, &cached));
}

/* A complete, well-formed entry of another input under this input's name: as a collision would have it. */
static void test_hash_is_not_enough(void **state)
{
	struct cache *c = *state;
	struct spec_seccomp other = cached;
	char path[512], aside[512];

	other.n_rules = 1;
	assert_false(build(c, &other));
	assert_int_equal(entries(c->dir, path, sizeof(path)), 1);
	snprintf(aside, sizeof(aside), "%s/aside", c->base);
	assert_int_equal(rename(path, aside), 0);
	assert_false(build(c, &cached));
	assert_int_equal(entries(c->dir, path, sizeof(path)), 1);
	assert_int_equal(rename(aside, path), 0);
	assert_false(build(c, &cached));
	assert_true(build(c, &cached));
}

static void test_entry_access(void **state)
{
	static const mode_t modes[] = { 0604, 0640, 0602, 0620, 0610, 0601 };
	struct cache *c = *state;
	char path[512], aside[512];

	assert_false(build(c, &cached));
	assert_int_equal(entries(c->dir, path, sizeof(path)), 1);
	for (size_t i = 0; i < N(modes); i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		assert_false(build(c, &cached));
		assert_true(build(c, &cached));
	}
	/* right in every byte, but reached through a symlink */
	snprintf(aside, sizeof(aside), "%s/aside", c->base);
	assert_int_equal(rename(path, aside), 0);
	assert_int_equal(symlink(aside, path), 0);
	assert_false(build(c, &cached));
	assert_true(build(c, &cached));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(build(c, &cached));
	assert_true(build(c, &cached));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(build(c, &cached));
	assert_true(build(c, &cached));
}

static void test_foreign_owner(void **state)
{
	struct cache *c = *state;
	char path[512];

	if (geteuid() != 0) {
		printf("# giving files away needs root\n");
		skip();
	}
	assert_false(build(c, &cached));
	assert_int_equal(entries(c->dir, path, sizeof(path)), 1);
	assert_int_equal(chown(path, 12345, 12345), 0);
	assert_false(build(c, &cached));
	assert_true(build(c, &cached));
	assert_int_equal(chown(c->dir, 12345, 12345), 0);
	assert_false(build(c, &cached));
	assert_false(build(c, &cached));
	assert_int_equal(chown(c->dir, 0, 0), 0);
	assert_true(build(c, &cached));
}

static void test_directory_access(void **state)
{
	static const mode_t modes[] = { 0777, 0770, 0755, 0701, 0710, 01777 };
	struct cache *c = *state;
	struct cache through = *c;
	char aside[512];

	assert_false(build(c, &cached));
	for (size_t i = 0; i < N(modes); i++) {
		assert_int_equal(chmod(c->dir, modes[i]), 0);
		assert_false(build(c, &cached));
		assert_false(build(c, &cached));
	}
	assert_int_equal(chmod(c->dir, 0700), 0);
	assert_true(build(c, &cached));
	snprintf(through.dir, sizeof(through.dir), "%s/link", c->base);
	assert_int_equal(symlink(c->dir, through.dir), 0);
	assert_false(build(&through, &cached));
	strcat(through.dir, "/"); /* which would follow the link */
	assert_false(build(&through, &cached));
	/* a file, a dangling link, a name too long, the empty name: compiled all the same */
	snprintf(aside, sizeof(aside), "%s/file", c->base);
	assert_int_equal(close(open(aside, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
	strcpy(through.dir, aside);
	assert_false(build(&through, &cached));
	strcat(through.dir, "/below");
	assert_false(build(&through, &cached));
	through.dir[0] = '\0';
	assert_false(build(&through, &cached));
}

/* No asserts in a child: they would go on with the parent's tests. */
static int in_child(int (*fn)(const struct cache *c), const struct cache *c)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn(c));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* The file size limit lets the filter through and cuts the longer entry off in the middle. */
static int build_with_full_disk(const struct cache *c)
{
	struct arena a = { 0 };
	struct seccomp_program fresh, program;

	if (seccomp_build(&a, &cached, NULL, &fresh, NULL) < 0)
		return 1;
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){ fresh.len, fresh.len }) < 0)
		return 2;
	if (seccomp_build(&a, &cached, c->dir, &program, NULL) < 0)
		return 3;
	return program.len == fresh.len && !memcmp(fresh.code, program.code, fresh.len) ? 0 : 4;
}

static void test_full_disk(void **state)
{
	struct cache *c = *state;

	assert_int_equal(in_child(build_with_full_disk, c), 0);
	assert_int_equal(entries(c->dir, NULL, 0), 0);
	assert_false(build(c, &cached));
	/* one that is there can still be used */
	assert_int_equal(in_child(build_with_full_disk, c), 0);
	assert_true(build(c, &cached));
}

static int build_without_descriptors(const struct cache *c)
{
	struct arena a = { 0 };
	struct seccomp_program program;

	/* room for the directory only: opening the entry fails, which says nothing about it */
	if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){ (rlim_t)dup(0) + 1, RLIM_INFINITY }) < 0 &&
	    setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 4, 4 }) < 0)
		return 1;
	return seccomp_build(&a, &cached, c->dir, &program, NULL) < 0 ? 0 : 2;
}

static void test_no_descriptors(void **state)
{
	struct cache *c = *state;

	assert_false(build(c, &cached));
	assert_int_equal(in_child(build_without_descriptors, c), 0);
	assert_true(build(c, &cached)); /* the good entry was not taken for a bad one */
}

static void test_bounded(void **state)
{
	struct cache *c = *state;
	struct spec_seccomp_arg arg = { 0, 0, 0, "SCMP_CMP_EQ" };
	struct spec_seccomp_rule rule = { NAMES("dup3"), .action = "SCMP_ACT_ERRNO", .args = &arg, .n_args = 1 };
	struct spec_seccomp s = { .present = true, .default_action = "SCMP_ACT_ALLOW", .rules = &rule, .n_rules = 1 };

	for (arg.value = 0; arg.value < SECCOMP_CACHE_ENTRIES + 10; arg.value++) {
		assert_false(build(c, &s));
		assert_true(entries(c->dir, NULL, 0) <= SECCOMP_CACHE_ENTRIES);
	}
	arg.value--;
	assert_true(build(c, &s));
}

static int build_often(const struct cache *c)
{
	struct spec_seccomp s = cached;
	struct arena a = { 0 };
	struct seccomp_program fresh[3], program;
	char path[512] = "";

	for (s.n_rules = 0; s.n_rules < 3; s.n_rules++)
		if (seccomp_build(&a, &s, NULL, &fresh[s.n_rules], NULL) < 0)
			return 1;
	for (size_t i = 0; i < 60; i++) {
		const struct seccomp_program *right = &fresh[i % 3];

		s.n_rules = i % 3;
		if (seccomp_build(&a, &s, c->dir, &program, NULL) < 0)
			return 2;
		if (program.len != right->len || memcmp(program.code, right->code, right->len))
			return 3;
		if (i % 5 == 0 && entries(c->dir, path, sizeof(path)) && truncate(path, 50) < 0 && errno != ENOENT)
			return 4;
	}
	return 0;
}

/* Writers and readers of the same three entries, and each spoils some: nobody ever gets a wrong filter. */
static void test_concurrent_writers(void **state)
{
	enum { WRITERS = 16 };
	struct cache *c = *state;
	pid_t pids[WRITERS];

	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(build_often(c));
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_true(entries(c->dir, NULL, 0) <= 3);
	(void)build(c, &cached);
	assert_true(build(c, &cached));
}

#define CACHE_TEST(f) cmocka_unit_test_setup_teardown(f, cache_setup, cache_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_kills),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_newer_than_profile),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_conditions_joined),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_names),
		CACHE_TEST(test_cold_and_warm),
		CACHE_TEST(test_key),
		CACHE_TEST(test_every_byte_poisoned),
		CACHE_TEST(test_every_length),
		CACHE_TEST(test_hash_is_not_enough),
		CACHE_TEST(test_entry_access),
		CACHE_TEST(test_foreign_owner),
		CACHE_TEST(test_directory_access),
		CACHE_TEST(test_full_disk),
		CACHE_TEST(test_no_descriptors),
		CACHE_TEST(test_bounded),
		CACHE_TEST(test_concurrent_writers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
