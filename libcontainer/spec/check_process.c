/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /process and /hooks.  Room: run (pure). */
#include <string.h>

#include "spec/check.h"

enum { MAX_GROUPS = 65536 }; /* the kernel's NGROUPS_MAX */

/* An empty program name is the start path's error, which callers know by its text. */
static void check_args(struct report *r, const struct place *up, const struct spec_process *p)
{
	const struct place at = place_member(up, "args");

	if (p->n_args == 0)
		report_at(r, &at, p->args ? "required (it is empty)" : "required");
}

static void check_env(struct report *r, const struct place *up, char *const *env, size_t n)
{
	const struct place list = place_member(up, "env");

	for (size_t i = 0; i < n && !report_full(r); i++) {
		const struct place at = place_element(&list, i);

		if (!strchr(env[i], '='))
			report_at(r, &at, "\"%.*s\" is not NAME=value", SHOWN(env[i]));
		else if (env[i][0] == '=')
			report_at(r, &at, "\"%.*s\" has no name before \"=\"", SHOWN(env[i]));
	}
}

static void check_cwd(struct report *r, const struct place *up, const char *cwd)
{
	const struct place at = place_member(up, "cwd");

	if (!cwd || !*cwd)
		report_at(r, &at, "required");
	else
		check_absolute(r, &at, cwd);
}

/* (uid_t)-1 means "leave it" to setresuid(2): the program would silently stay root. */
static void check_id(struct report *r, const struct place *at, uint32_t id)
{
	if (id == UINT32_MAX)
		report_at(r, at, "%u is no id", id);
}

static void check_user(struct report *r, const struct place *up, const struct spec_user *u)
{
	const struct place user = place_member(up, "user"), uid = place_member(&user, "uid");
	const struct place gid = place_member(&user, "gid"), groups = place_member(&user, "additionalGids");

	check_id(r, &uid, u->uid);
	check_id(r, &gid, u->gid);
	if (u->n_additional_gids > MAX_GROUPS)
		report_at(r, &groups, "%zu groups are above the maximum %d", u->n_additional_gids, MAX_GROUPS);
	for (size_t i = 0; i < u->n_additional_gids && !report_full(r); i++) {
		const struct place at = place_element(&groups, i);

		check_id(r, &at, u->additional_gids[i]);
	}
}

static void check_rlimits(struct report *r, const struct place *up, const struct spec_process *p)
{
	const struct place list = place_member(up, "rlimits");
	uint32_t seen = 0;

	for (size_t i = 0; i < p->n_rlimits && !report_full(r); i++) {
		const struct spec_rlimit *limit = &p->rlimits[i];
		const struct place at = place_element(&list, i), type = place_member(&at, "type");
		const struct place soft = place_member(&at, "soft");
		uint32_t bit = limit->resource >= 0 ? UINT32_C(1) << limit->resource : 0;

		if (seen & bit)
			report_at(r, &type, "duplicate %s", spec_rlimit_name(limit->resource));
		seen |= bit;
		if (limit->soft > limit->hard)
			report_at(r, &soft, "%llu is above the hard limit %llu", (unsigned long long)limit->soft,
				  (unsigned long long)limit->hard);
	}
}

void check_process(struct report *r, const struct place *at, const struct spec_process *p)
{
	check_args(r, at, p);
	check_env(r, at, p->env, p->n_env);
	check_cwd(r, at, p->cwd);
	check_user(r, at, &p->user);
	check_rlimits(r, at, p);
	check_scheduling(r, at, p);
}

/* The environment of a hook is handed on as it is: nothing is looked up in it. */
void check_hooks(struct report *r, const struct place *at, const struct spec_hooks hooks[SPEC_HOOK_KINDS])
{
	for (size_t kind = 0; kind < SPEC_HOOK_KINDS; kind++) {
		const struct place list = place_member(at, spec_hook_name(kind));

		for (size_t i = 0; i < hooks[kind].n && !report_full(r); i++) {
			const struct place element = place_element(&list, i), path = place_member(&element, "path");

			check_absolute(r, &path, hooks[kind].v[i].path);
		}
	}
}
