/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /process.  Room: run (pure). */
#include "spec/decode.h"

#define PROCESS struct spec_process

static void decode_groups(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct spec_user *user = out;

	if (!decode_is(d, at, v, JSON_ARRAY))
		return;
	user->additional_gids = decode_alloc(d, v->n ? v->n : 1, sizeof(*user->additional_gids));
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct place element = place_element(at, i);

		user->additional_gids[i] = (uint32_t)decode_u64(d, &element, &v->first[i], UINT32_MAX);
	}
	user->n_additional_gids = user->additional_gids ? v->n : 0;
}

static const struct field user_fields[] = {
	ROW_U32("uid", struct spec_user, uid),
	ROW_U32("gid", struct spec_user, gid),
	ROW_U32("umask", struct spec_user, umask, SETS(struct spec_user, has_umask)),
	ROW_CALL("additionalGids", decode_groups),
};
/* umask(2) takes the permission bits and ignores all others. */
static void after_user(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	(void)d;
	(void)at;
	(void)v;
	((struct spec_user *)out)->umask &= 0777;
}

static const struct shape user_shape = { FIELDS(user_fields), .after = after_user };

static const struct field console_fields[] = {
	ROW_U16("height", PROCESS, console_height, .flags = REQUIRED),
	ROW_U16("width", PROCESS, console_width, .flags = REQUIRED),
};
static const struct shape console_shape = { FIELDS(console_fields) };

/* Without a terminal it is to be ignored (config.md, Process), whatever it is; "terminal" is decoded before it. */
static void decode_console_size(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	PROCESS *process = out;

	if (!process->terminal)
		return;
	decode_object(d, at, v, &console_shape, process);
	process->has_console_size = process->console_height > 0 || process->console_width > 0;
}

/* The spec: a name that the runtime cannot map is ignored (it may be from a newer kernel), with a warning at most. */
static void decode_capability_set(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	uint64_t *mask = out;

	if (!decode_is(d, at, v, JSON_ARRAY))
		return;
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct place element = place_element(at, i);
		const char *name = decode_string(d, &element, &v->first[i]);
		int cap = name ? spec_capability(name) : -1;

		if (cap >= 0)
			*mask |= UINT64_C(1) << cap;
	}
}

#define ROW_CAPS(m) ROW_CALL(#m, decode_capability_set, .at = TARGET(struct spec_caps, m, uint64_t))
static const struct field caps_fields[] = {
	ROW_CAPS(bounding), ROW_CAPS(effective), ROW_CAPS(inheritable), ROW_CAPS(permitted), ROW_CAPS(ambient),
};
static const struct shape caps_shape = { FIELDS(caps_fields) };

static void decode_caps(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	PROCESS *process = out;

	process->caps.present = true;
	decode_object(d, at, v, &caps_shape, &process->caps);
}

static void decode_rlimit_type(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct spec_rlimit *rlimit = out;
	const char *name = decode_string(d, at, v);

	if (!name)
		return;
	rlimit->resource = spec_rlimit_resource(name);
	if (rlimit->resource < 0)
		report_at(d->report, at, "unknown resource limit \"%.*s\"", SHOWN(name));
}

static const struct field rlimit_fields[] = {
	ROW_CALL("type", decode_rlimit_type, .flags = REQUIRED),
	ROW_U64("hard", struct spec_rlimit, hard, .flags = REQUIRED),
	ROW_U64("soft", struct spec_rlimit, soft, .flags = REQUIRED),
};
static const struct shape rlimit_shape = { FIELDS(rlimit_fields), .size = sizeof(struct spec_rlimit) };

static const struct field process_fields[] = {
	ROW_BOOL("terminal", PROCESS, terminal),
	ROW_CALL("consoleSize", decode_console_size),
	ROW_OBJECT("user", TARGET(PROCESS, user, struct spec_user), &user_shape),
	ROW_STRINGS("args", PROCESS, args),
	ROW_STRINGS("env", PROCESS, env),
	ROW_STRING("cwd", PROCESS, cwd, .flags = REQUIRED),
	ROW_CALL("capabilities", decode_caps),
	ROW_LIST("rlimits", PROCESS, rlimits, struct spec_rlimit, &rlimit_shape),
	ROW_BOOL("noNewPrivileges", PROCESS, no_new_privileges),
	ROW_I32("oomScoreAdj", PROCESS, oom_score_adj, .min = -1000, .max = 1000, SETS(PROCESS, has_oom_score_adj)),
	ROW_STRING("apparmorProfile", PROCESS, apparmor_profile, .flags = EMPTY_ABSENT),
	ROW_STRING("selinuxLabel", PROCESS, selinux_label, .flags = EMPTY_ABSENT),
	ROW_CALL("scheduler", decode_scheduler),
	ROW_CALL("ioPriority", decode_io_priority),
	ROW_CALL("execCPUAffinity", decode_exec_cpus),
};
const struct shape process_shape = { FIELDS(process_fields) };
