/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.json -> plan, for every directory of tests/plan: NAME/config.json is compiled for the host that NAME/host
 * describes, and its text compared with NAME/plan.  A configuration that must be refused has the error there.
 * UPDATE_GOLDENS=1 writes what came out instead: look at the difference before committing it.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"
#include "plan/compile.h"
#include "spec/spec.h"

#ifndef TEST_SRC
#define TEST_SRC "."
#endif

enum { MAX_CASES = 256 };

static const char filter[] = "0123456789abcdef"; /* two instructions, never loaded */

struct facts {
	struct host h;
	struct plan_create_opts o;
	struct plan_exec_opts x;
	struct plan_mounts_opts m;
	struct spec_idmap map; /* of the container that lives */
	uint64_t mounted[8];
	struct host_subid ids; /* count 0: the profile's */
	bool exec, mounts;
};

static char *slurp(struct arena *a, const char *dir, const char *name)
{
	char path[512], *text;
	size_t len;
	struct lct_err err;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return json_read_file(a, -100, path, 1 << 20, &text, &len, &err) < 0 ? NULL : text;
}

static void profile(struct host *h, const char *name)
{
	static const struct host_subid range = { 0, 65537 };
	uint64_t all = (UINT64_C(1) << 41) - 1;

	*h = (struct host){ .last_cap = 40,
			    .caps_bounding = all,
			    .cgroup_mount = "/sys/fs/cgroup",
			    .cgroup_root = "/",
			    .cgroup_unified = true,
			    .cgroup_own = "/",
			    .kernel_major = 6,
			    .kernel_minor = 18 };
	if (!strcmp(name, "root") || !strcmp(name, "userns-root")) {
		h->caps_effective = all;
		h->cap_sys_admin = h->cap_setuid = h->cap_setgid = h->cap_sys_resource = h->cap_mknod = true;
		h->privileged = true;
		h->in_userns = name[0] == 'u';
		h->real_root = !h->in_userns;
		h->uids = h->gids = (struct host_ids){ &range, h->in_userns };
		return;
	}
	h->euid = 1000;
	h->egid = 1001;
	if (!strcmp(name, "user-ranges")) {
		h->subuid = (struct host_subid){ 100000, 65536 };
		h->subgid = (struct host_subid){ 200000, 65536 };
		h->newuidmap = "/usr/bin/newuidmap";
		h->newgidmap = "/usr/bin/newgidmap";
		return;
	}
	assert_string_equal(name, "user");
}

static uint64_t namespaces(char *list)
{
	uint64_t ret = 0;
	char *save;

	for (char *w = strtok_r(list, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		unsigned k = 0;

		while (k < SPEC_NS_KINDS && strcmp(w, spec_ns_name(k)))
			k++;
		assert_true(k < SPEC_NS_KINDS);
		ret |= spec_ns_flag(k);
	}
	return ret;
}

static void fact(struct facts *f, const char *key, char *value)
{
	struct plan_filter two = { .code = filter, .len = 16, .agent = "/run/agent.sock", .metadata = "for the agent" };
	int n = atoi(value);

	if (!strcmp(key, "kind"))
		f->exec = !strcmp(value, "exec"), f->mounts = !strcmp(value, "mounts");
	else if (!strcmp(key, "profile"))
		profile(&f->h, value);
	else if (!strcmp(key, "no_cap"))
		f->h.caps_bounding &= ~(UINT64_C(1) << n);
	else if (!strcmp(key, "apparmor"))
		f->h.apparmor = n;
	else if (!strcmp(key, "selinux"))
		f->h.selinux = n;
	else if (!strcmp(key, "host_setgroups_denied"))
		f->h.setgroups_denied = n;
	else if (!strcmp(key, "host_ids"))
		f->ids.count = (uint32_t)n;
	else if (!strcmp(key, "seccomp"))
		f->o.filter = f->x.filter = two;
	else if (!strcmp(key, "seccomp_flags"))
		f->o.filter.flags = f->x.filter.flags = (uint64_t)n;
	else if (!strcmp(key, "cgroup_dir"))
		f->o.cgroup_dir = f->m.cgroup_dir = value;
	else if (!strcmp(key, "home"))
		f->o.home = f->x.home = value;
	else if (!strcmp(key, "preserve_fds"))
		f->o.preserve_fds = f->x.preserve_fds = (unsigned)n;
	else if (!strcmp(key, "listen_fds"))
		f->o.listen_fds = n;
	else if (!strcmp(key, "listen_fdnames"))
		f->o.listen_fdnames = value;
	else if (!strcmp(key, "notify_socket"))
		f->o.notify_socket = value;
	else if (!strcmp(key, "no_pivot"))
		f->o.no_pivot = n;
	else if (!strcmp(key, "no_new_keyring"))
		f->o.no_new_keyring = f->x.no_new_keyring = n;
	else if (!strcmp(key, "gate"))
		f->o.gate = n;
	else if (!strcmp(key, "target_ns"))
		f->x.target_ns = namespaces(value);
	else if (!strcmp(key, "new_ns"))
		f->m.new_ns = f->m.ns = namespaces(value);
	else if (!strcmp(key, "joined_ns"))
		f->m.ns |= namespaces(value);
	else if (!strcmp(key, "remove"))
		f->m.ids = f->mounted;
	else if (!strcmp(key, "mount_label"))
		f->m.mount_label = value;
	else if (!strcmp(key, "mapped"))
		f->map = (struct spec_idmap){ 0, (uint32_t)n, 65536 };
	else if (!strcmp(key, "target_cgroup_ns"))
		f->x.target_cgroup_ns = n;
	else if (!strcmp(key, "setgroups_denied"))
		f->x.setgroups_denied = n;
	else
		fail_msg("unknown fact \"%s\"", key);
}

static void read_facts(char *text, struct facts *f)
{
	char *save, *eq;

	f->o = (struct plan_create_opts){ .id = "ID", .rootfs = "/bundle/rootfs", .bundle = "/bundle" };
	f->x = (struct plan_exec_opts){ .id = "ID" };
	f->m = (struct plan_mounts_opts){ .bundle = "/bundle", .propagation = KMS_SLAVE | KMS_REC };
	for (size_t i = 0; i < sizeof(f->mounted) / sizeof(f->mounted[0]); i++)
		f->mounted[i] = 100 + i;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		eq = strchr(line, '=');
		assert_non_null(eq);
		*eq = '\0';
		fact(f, line, eq + 1);
	}
	if (f->map.size) {
		f->m.uid_mappings = f->m.gid_mappings = &f->map;
		f->m.n_uid_mappings = f->m.n_gid_mappings = 1;
	}
	if (f->ids.count)
		f->h.uids = f->h.gids = (struct host_ids){ &f->ids, 1 };
}

static void put_map(struct buf *b, const char *key, const struct spec_idmap *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, " %s=%u:%u:%u", key, v[i].container_id, v[i].host_id, v[i].size);
}

/* The other half of what the compiler decides. */
static void put_needs(struct buf *b, const struct plan_needs *n)
{
	buf_printf(b, "needs new=0x%" PRIx64 " joined=0x%" PRIx64, n->new_ns, n->joined_ns);
	put_map(b, "uid", n->uid_mappings, n->n_uid_mappings);
	put_map(b, "gid", n->gid_mappings, n->n_gid_mappings);
	buf_printf(b, "%s%s%s%s%s\n", n->idmap ? " idmap" : "", n->setgroups_deny ? " setgroups-deny" : "",
		   n->console ? " console" : "", n->ask_hooks ? " hooks" : "", n->ask_state ? " state" : "");
}

static int compile(struct arena *a, const char *dir, struct facts *f, struct buf *blob, struct plan_needs *needs,
		   struct lct_err *err)
{
	char *config = slurp(a, dir, "config.json");
	struct spec_process *p = arena_new(a, struct spec_process);
	struct spec *s = arena_new(a, struct spec);
	int r;

	assert_non_null(config);
	if (f->exec) {
		r = spec_decode_process(a, config, strlen(config), p, err);
		return r < 0 ? r : plan_compile_exec(a, p, &f->h, &f->x, blob, needs, err);
	}
	if (f->mounts) {
		struct spec_mount *v;

		r = spec_decode_mounts(a, config, strlen(config), &v, &f->m.n, err);
		f->m.mounts = v;
		return r < 0 ? r : plan_compile_mounts(a, &f->h, &f->m, blob, needs, err);
	}
	r = spec_decode(a, config, strlen(config), s, NULL, err);
	if (r >= 0)
		r = spec_check(a, s, NULL, err);
	return r < 0 ? r : plan_compile_create(a, s, &f->h, &f->o, blob, needs, err);
}

static void golden(void **state)
{
	const char *dir = *state;
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf blob = { 0 }, text = { 0 };
	struct plan_needs needs;
	struct lct_err err;
	struct facts f = { 0 };
	char *facts = slurp(&a, dir, "host"), *want = slurp(&a, dir, "plan"), path[512];
	int r;

	assert_non_null(facts);
	read_facts(facts, &f);
	r = compile(&a, dir, &f, &blob, &needs, &err);
	if (r < 0) {
		assert_int_equal(err.code, LCT_E_CONFIG);
		assert_int_equal(blob.len, 0);
		buf_printf(&text, "error %s\n", err.text);
	} else {
		assert_int_equal(plan_text(blob.data, blob.len, &text), 0);
		put_needs(&text, &needs);
	}
	assert_true(buf_ok(&text));
	if (getenv("UPDATE_GOLDENS")) {
		FILE *out;

		snprintf(path, sizeof(path), "%s/plan", dir);
		out = fopen(path, "w");
		assert_non_null(out);
		fputs(text.data, out);
		assert_int_equal(fclose(out), 0);
		return;
	}
	assert_non_null(want);
	assert_string_equal(text.data, want);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

int main(void)
{
	static struct CMUnitTest tests[MAX_CASES];
	_cleanup_arena_ struct arena a = { 0 };
	size_t n = 0;
	struct dirent *e;
	DIR *dir = opendir(TEST_SRC "/tests/plan");

	if (!dir) {
		perror(TEST_SRC "/tests/plan");
		return 1;
	}
	while ((e = readdir(dir))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.' || n == MAX_CASES)
			continue;
		tests[n++] = (struct CMUnitTest){ .name = arena_strdup(&a, e->d_name),
						  .test_func = golden,
						  .initial_state = arena_printf(&a, TEST_SRC "/tests/plan/%s",
										e->d_name) };
	}
	closedir(dir);
	if (n < 20) {
		fprintf(stderr, "only %zu goldens found\n", n);
		return 1;
	}
	qsort(tests, n, sizeof(tests[0]), by_name);
	return _cmocka_run_group_tests("goldens", tests, n, NULL, NULL);
}
