/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any bytes as config.json, as a process object and as a hooks object.  What is refused has words and a pointer;
 * what is accepted keeps the promises that the plan compiler builds on.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                                                \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			abort();                                                                                       \
	} while (0)

static void check_refusal(int r, const struct lct_err *err, const struct buf *problems)
{
	MUST(r == -EINVAL && err->code == LCT_E_CONFIG && err->text[0] && !strchr(err->text, '\n'));
	if (problems)
		MUST(strncmp(problems->data, err->text, strlen(err->text)) == 0);
}

static void check_strings(char *const *strings, size_t n)
{
	MUST(!n || strings);
	for (size_t i = 0; i < n; i++)
		MUST(strings[i]);
	MUST(!strings || !strings[n]);
}

static void check_process(const struct spec_process *p)
{
	uint32_t seen = 0;

	MUST(p->present && p->cwd[0] == '/' && p->n_args > 0);
	check_strings(p->args, p->n_args);
	check_strings(p->env, p->n_env);
	for (size_t i = 0; i < p->n_env; i++)
		MUST(strchr(p->env[i], '=') > p->env[i]);
	MUST(p->user.uid != UINT32_MAX && p->user.gid != UINT32_MAX && p->user.umask <= 0777);
	MUST(p->oom_score_adj >= -1000 && p->oom_score_adj <= 1000);
	for (size_t i = 0; i < p->n_rlimits; i++) {
		MUST(p->rlimits[i].soft <= p->rlimits[i].hard && !(seen & UINT32_C(1) << p->rlimits[i].resource));
		seen |= UINT32_C(1) << p->rlimits[i].resource;
	}
}

static void check_hooks(const struct spec_hooks hooks[SPEC_HOOK_KINDS])
{
	for (size_t kind = 0; kind < SPEC_HOOK_KINDS; kind++)
		for (size_t i = 0; i < hooks[kind].n; i++) {
			const struct spec_hook *h = &hooks[kind].v[i];

			MUST(h->path[0] == '/' && h->timeout_s >= 0);
			check_strings(h->args, h->n_args);
			check_strings(h->env, h->n_env);
			MUST(h->has_env || !h->env);
		}
}

static void check_mappings(const struct spec_idmap *maps, size_t n)
{
	MUST(n <= 340);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			uint64_t container = (uint64_t)maps[k].container_id + maps[k].size;
			uint64_t host = (uint64_t)maps[k].host_id + maps[k].size;

			MUST(maps[k].size > 0 && container <= UINT32_MAX && host <= UINT32_MAX);
			MUST(i == k || maps[i].container_id < maps[k].container_id ||
			     maps[i].container_id >= container);
			MUST(i == k || maps[i].host_id < maps[k].host_id || maps[i].host_id >= host);
		}
}

static void check_linux(struct arena *a, const struct spec *s)
{
	MUST(s->ns[SPEC_NS_MOUNT].listed);
	for (size_t i = 0; i < SPEC_NS_KINDS; i++)
		MUST(!s->ns[i].path || (s->ns[i].listed && s->ns[i].path[0] == '/'));
	MUST(s->ns[SPEC_NS_UTS].listed || (!s->hostname && !s->domainname));
	MUST(s->ns[SPEC_NS_USER].listed || (!s->n_uid_mappings && !s->n_gid_mappings));
	MUST(s->ns[SPEC_NS_TIME].listed || !s->has_time_offsets);
	check_mappings(s->uid_mappings, s->n_uid_mappings);
	check_mappings(s->gid_mappings, s->n_gid_mappings);
	for (size_t i = 0; i < s->n_devices; i++)
		MUST(s->devices[i].path[0] == '/' && strchr("cbup", s->devices[i].type) && s->devices[i].mode <= 07777);
	for (size_t i = 0; i < s->resources.n_device_rules; i++)
		MUST(strchr("abc", s->resources.device_rules[i].type) && s->resources.device_rules[i].access <= 7);
	for (size_t i = 0; i < s->resources.n_limits; i++)
		MUST(s->resources.limits[i].where && s->resources.limits[i].value[0] &&
		     !strchr(s->resources.limits[i].file, '/'));
	for (size_t i = 0; i < s->n_sysctl; i++) {
		const char *path = spec_sysctl_path(a, s->sysctl[i].key);

		MUST(path[0] != '/' && !strstr(path, "//") && !strstr(path, "/../"));
		MUST(strncmp(path, "net/", 4) == 0 || strncmp(path, "kernel/", 7) == 0 ||
		     strncmp(path, "fs/mqueue/", 10) == 0);
		MUST(!strchr(s->sysctl[i].value, '\n'));
	}
	check_strings(s->masked_paths, s->n_masked_paths);
	check_strings(s->readonly_paths, s->n_readonly_paths);
	for (size_t i = 0; i < s->seccomp.n_rules; i++) {
		MUST(s->seccomp.rules[i].n_names > 0 && s->seccomp.rules[i].action);
		for (size_t k = 0; k < s->seccomp.rules[i].n_args; k++)
			MUST(s->seccomp.rules[i].args[k].index <= 5 && s->seccomp.rules[i].args[k].op);
	}
}

static void check_slices(struct arena *a, const struct spec *s, const char *text, size_t size)
{
	struct spec_hooks hooks[SPEC_HOOK_KINDS];
	struct spec_process process;

	MUST(s->process_json >= text && s->process_json + s->process_json_len <= text + size);
	MUST(spec_decode_process(a, s->process_json, s->process_json_len, &process, NULL) == 0);
	MUST(process.n_args == s->process.n_args && process.n_env == s->process.n_env);
	if (s->hooks_json)
		MUST(spec_decode_hooks(a, s->hooks_json, s->hooks_json_len, hooks, NULL) == 0);
}

static void fuzz_config(const char *text, size_t size)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf problems = { 0 };
	struct lct_err err = { 0 };
	struct spec s;
	int r = spec_decode(&a, text, size, &s, &problems, &err);

	if (r < 0) {
		check_refusal(r, &err, &problems);
		(void)spec_check(&a, &s, NULL, NULL); /* callers may want its problems, too */
		return;
	}
	r = spec_check(&a, &s, &problems, &err);
	if (r < 0) {
		check_refusal(r, &err, &problems);
		return;
	}
	MUST(s.root.path[0] && s.oci_version[0] == '1');
	check_process(&s.process);
	check_hooks(s.hooks);
	for (size_t i = 0; i < s.n_mounts; i++) {
		MUST(s.mounts[i].destination[0] == '/');
		check_strings(s.mounts[i].options, s.mounts[i].n_options);
	}
	for (size_t i = 0; i < s.n_annotations; i++)
		MUST(s.annotations[i].key[0] && (!i || strcmp(s.annotations[i - 1].key, s.annotations[i].key) < 0));
	check_linux(&a, &s);
	check_slices(&a, &s, text, size);
}

static void fuzz_parts(const char *text, size_t size)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec_hooks hooks[SPEC_HOOK_KINDS];
	struct spec_process process;
	struct lct_err err = { 0 };
	int r = spec_decode_process(&a, text, size, &process, &err);

	if (r < 0)
		check_refusal(r, &err, NULL);
	else
		check_process(&process);
	r = spec_decode_hooks(&a, text, size, hooks, &err);
	if (r < 0)
		check_refusal(r, &err, NULL);
	else
		check_hooks(hooks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_config((const char *)data, size);
	fuzz_parts((const char *)data, size);
	return 0;
}
