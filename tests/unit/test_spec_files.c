/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.json as the callers write it: nothing in it may be refused, and what matters arrives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "json/json.h"
#include "spec/spec.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

static struct spec load(struct arena *a, const char *name)
{
	char *text, *path = arena_printf(a, TEST_SRC "/tests/data/config/%s.json", name);
	_cleanup_buf_ struct buf problems = { 0 };
	struct lct_err err = { 0 };
	struct spec s = { 0 };
	size_t len;

	if (json_read_file(a, AT_FDCWD, path, JSON_MAX_SIZE, &text, &len, &err) < 0 ||
	    spec_decode(a, text, len, &s, &problems, &err) < 0 || spec_check(a, &s, &problems, &err) < 0)
		fail_msg("%s: %s\n%s", name, err.text, problems.data ? problems.data : "");
	return s;
}

static bool has_limit(const struct spec *s, const char *file, const char *value)
{
	for (size_t i = 0; i < s->resources.n_limits; i++)
		if (strcmp(s->resources.limits[i].file, file) == 0)
			return strcmp(s->resources.limits[i].value, value) == 0;
	return false;
}

static void runc_spec(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = load(&a, "spec");

	(void)state;
	assert_true(s.process.terminal && s.process.no_new_privileges && s.root.readonly);
	assert_int_equal(s.n_mounts, 7);
	assert_true(s.process.caps.ambient == (UINT64_C(1) << 29 | 1 << 5 | 1 << 10));
	assert_int_equal(s.resources.n_device_rules, 1);
	assert_int_equal(s.resources.n_limits, 0);
	assert_int_equal(s.n_masked_paths, 10);
	assert_true(s.ns[SPEC_NS_CGROUP].listed && !s.ns[SPEC_NS_USER].listed);
}

static void runc_spec_rootless(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = load(&a, "spec-rootless");

	(void)state;
	assert_true(s.ns[SPEC_NS_USER].listed && !s.ns[SPEC_NS_NETWORK].listed);
	assert_int_equal(s.uid_mappings[0].host_id, 1000);
	assert_string_equal(s.mounts[5].options[0], "rbind");
}

static void docker(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = load(&a, "docker");

	(void)state;
	assert_int_equal(s.process.user.n_additional_gids, 11);
	assert_true(s.process.has_oom_score_adj);
	assert_int_equal(s.hooks[SPEC_HOOK_PRESTART].n, 1);
	assert_int_equal(s.n_sysctl, 2);
	assert_int_equal(s.resources.n_limits, 0); /* empty resources need no controller */
	assert_int_equal(s.resources.n_device_rules, 8);
	assert_int_equal(s.seccomp.default_errno, 1);
	assert_true(s.seccomp.n_rules >= 10 && !s.seccomp.has_flags);
	assert_memory_equal(s.cgroups_path, "system.slice:docker:", 20);
}

static void docker_with_limits(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = load(&a, "docker-limits");

	(void)state;
	assert_int_equal(s.process.console_width, 180);
	assert_int_equal(s.devices[0].mode, 0666);
	assert_int_equal(s.resources.n_limits, 8);
	assert_true(has_limit(&s, "memory.max", "536870912"));
	assert_true(has_limit(&s, "memory.swap.max", "536870912"));
	assert_true(has_limit(&s, "memory.low", "268435456"));
	assert_true(has_limit(&s, "cpu.weight", "59"));
	assert_true(has_limit(&s, "cpu.max", "150000 100000"));
	assert_true(has_limit(&s, "cpuset.cpus", "0-1"));
	assert_true(has_limit(&s, "pids.max", "200"));
}

static void podman_rootless(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = load(&a, "podman-rootless");

	(void)state;
	assert_int_equal(s.process.user.umask, 022);
	assert_true(s.process.rlimits[1].hard == UINT64_MAX);
	assert_string_equal(s.ns[SPEC_NS_USER].path, "/proc/4321/ns/user");
	assert_int_equal(s.ns[SPEC_NS_NETWORK].index, 1);
	assert_string_equal(s.annotations[0].key, "io.container.manager");
	assert_int_equal(s.n_annotations, 5);
	assert_int_equal(s.resources.n_limits, 2);
	assert_true(has_limit(&s, "memory.high", "104857600"));
	assert_int_equal(s.seccomp.default_errno, 38);
}

static void kubernetes_sandbox(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s = load(&a, "kubernetes-sandbox");

	(void)state;
	assert_int_equal(s.process.user.uid, 65535);
	assert_int_equal(s.process.oom_score_adj, -998);
	assert_true(s.process.caps.bounding != 0 && s.process.caps.effective == 0);
	assert_false(s.seccomp.present);
	assert_int_equal(s.resources.n_limits, 1);
	assert_true(has_limit(&s, "cpu.weight", "1"));
	assert_int_equal(s.hooks_json_len, 0);
}

/* A truncated or spoiled config is refused at whatever byte it happens, never misread as another. */
static void every_truncation_is_refused(void **state)
{
	_cleanup_arena_ struct arena file = { 0 };
	struct lct_err err = { 0 };
	char *text;
	size_t len;

	(void)state;
	assert_int_equal(json_read_file(&file, AT_FDCWD, TEST_SRC "/tests/data/config/spec.json", JSON_MAX_SIZE, &text,
					&len, &err),
			 0);
	while (text[len - 1] != '}')
		len--;
	for (size_t n = 0; n < len; n++) {
		_cleanup_arena_ struct arena a = { 0 };
		char *copy = malloc(n ? n : 1); /* exact, for the sanitizer */
		struct spec s;

		memcpy(copy, text, n);
		assert_int_equal(spec_decode(&a, copy, n, &s, NULL, &err), -EINVAL);
		assert_memory_equal(err.text, "config.json: line ", 18);
		free(copy);
	}
}

/* A hundred times what it takes, because sanitizers run it, too; CPU time does not see other programs. */
static void decoding_is_fast(void **state)
{
	enum { ROUNDS = 100, BUDGET_US = 20000 };
	_cleanup_arena_ struct arena file = { 0 };
	struct timespec t0, t1;
	char *text;
	size_t len;

	(void)state;
	assert_int_equal(json_read_file(&file, AT_FDCWD, TEST_SRC "/tests/data/config/podman-rootless.json",
					JSON_MAX_SIZE, &text, &len, NULL),
			 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t0);
	for (int i = 0; i < ROUNDS; i++) {
		_cleanup_arena_ struct arena a = { 0 };
		struct spec s;

		assert_int_equal(spec_decode(&a, text, len, &s, NULL, NULL), 0);
		assert_int_equal(spec_check(&a, &s, NULL, NULL), 0);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t1);
	assert_true(((t1.tv_sec - t0.tv_sec) * 1000000 + (t1.tv_nsec - t0.tv_nsec) / 1000) / ROUNDS < BUDGET_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runc_spec),
		cmocka_unit_test(runc_spec_rootless),
		cmocka_unit_test(docker),
		cmocka_unit_test(docker_with_limits),
		cmocka_unit_test(podman_rootless),
		cmocka_unit_test(kubernetes_sandbox),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(decoding_is_fast),
	};

	return cmocka_run_group_tests_name("spec files", tests, NULL, NULL);
}
