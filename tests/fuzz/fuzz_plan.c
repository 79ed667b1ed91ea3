/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.json -> plan, for three kinds of caller: what the decoder and the checks accept either is refused with a
 * reason or becomes a plan that verifies.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan/compile.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ALL_CAPS ((UINT64_C(1) << 41) - 1)

static const struct host_subid ids = { 0, 65536 };

static const struct host hosts[] = {
	{ .privileged = true,
	  .real_root = true,
	  .cap_setuid = true,
	  .cap_setgid = true,
	  .cap_mknod = true,
	  .caps_bounding = ALL_CAPS,
	  .last_cap = 40 },
	{ .privileged = true,
	  .in_userns = true,
	  .cap_setgid = true,
	  .caps_bounding = ALL_CAPS,
	  .last_cap = 40,
	  .uids = { &ids, 1 },
	  .gids = { &ids, 1 } },
	{ .euid = 1000,
	  .egid = 1000,
	  .subuid = { 100000, 65536 },
	  .subgid = { 100000, 65536 },
	  .newuidmap = "/usr/bin/newuidmap",
	  .newgidmap = "/usr/bin/newgidmap",
	  .last_cap = 40 },
	{ .euid = 1000, .egid = 1000, .last_cap = 40 },
};

static void must(int condition)
{
	if (!condition)
		abort();
}

static void check(const struct buf *blob, int r, const struct lct_err *err)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (r < 0) {
		must(err->text[0] && blob->len == 0);
		return;
	}
	must(plan_verify(blob->data, blob->len, NULL) == 0);
	must(plan_text(blob->data, blob->len, &text) == 0);
}

static void create(const struct spec *s, const struct host *h)
{
	static const uint64_t code[2] = { 1, 2 };
	const struct plan_create_opts o = { .id = "x",
					    .rootfs = "/r",
					    .bundle = "/b",
					    .cgroup_dir = "/sys/fs/cgroup/x",
					    .filter = { s->seccomp.present ? code : NULL, 16, 0 },
					    .listen_fds = 1,
					    .gate = true };
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf blob = { 0 };
	struct plan_needs needs;
	struct lct_err err = { 0 };

	check(&blob, plan_compile_create(&a, s, h, &o, &blob, &needs, &err), &err);
}

/* All that is wrong, of what need not even be decoded whole. */
static void survey(struct arena *a, const char *text, size_t size)
{
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		_cleanup_buf_ struct buf blob = { 0 }, problems = { 0 };
		const struct plan_create_opts o = { .id = "x", .bundle = "/b", .problems = &problems };
		struct plan_needs needs;
		struct spec s;
		int r = spec_decode(a, text, size, &s, &problems, NULL);
		int checked = spec_check(a, &s, &problems, NULL);
		int compiled = plan_compile_create(a, &s, &hosts[i], &o, &blob, &needs, NULL);

		must((r < 0 || checked < 0 || compiled < 0) == (problems.len > 0));
		must(compiled < 0 || blob.len > 0);
	}
}

static void exec(const struct spec *s, const struct host *h)
{
	const struct plan_exec_opts o = { .id = "x", .target_ns = h->privileged ? 0x20020000 : 0x30020000 };
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf blob = { 0 };
	struct plan_needs needs;
	struct lct_err err = { 0 };

	check(&blob, plan_compile_exec(&a, &s->process, h, &o, &blob, &needs, &err), &err);
}

/* The same mounts, into a container that lives. */
static void mounts(const struct spec *s, const struct host *h, const uint64_t *ids)
{
	const struct plan_mounts_opts o = { .mounts = s->mounts,
					    .n = s->n_mounts,
					    .ids = ids,
					    .new_ns = 0x6e020000,
					    .ns = h->privileged ? 0x6e020000 : 0x7e020000,
					    .propagation = KMS_SLAVE | KMS_REC,
					    .bundle = "/b",
					    .mount_label = s->mount_label,
					    .uid_mappings = s->uid_mappings,
					    .gid_mappings = s->gid_mappings,
					    .n_uid_mappings = s->n_uid_mappings,
					    .n_gid_mappings = s->n_gid_mappings };
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf blob = { 0 };
	struct plan_needs needs;
	struct lct_err err = { 0 };

	check(&blob, plan_compile_mounts(&a, h, &o, &blob, &needs, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t ids[PLAN_MAX_HELD];
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err = { 0 };
	struct spec s;

	if (spec_decode(&a, (const char *)data, size, &s, NULL, &err) < 0 || spec_check(&a, &s, NULL, &err) < 0) {
		must(err.text[0] != 0);
		survey(&a, (const char *)data, size);
		return 0;
	}
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		create(&s, &hosts[i]);
		exec(&s, &hosts[i]);
		mounts(&s, &hosts[i], NULL);
		mounts(&s, &hosts[i], ids);
	}
	return 0;
}
