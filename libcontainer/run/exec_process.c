/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process that an exec is asked for: what the options or a process.json say, on top of the snapshot of config.json's
 * process object.  Room: run.
 */
#include "run/run.h"

#include <string.h>

#include "json/json.h"

struct order {
	struct arena *a;
	int dirfd; /* the state directory */
	const struct lct_exec_opts *o;
	struct spec_process *process;
};

/* One number of --user; the whole string or nothing (CVE-2026-30892: every form has its test). */
static int number(const char *s, size_t len, uint32_t *ret)
{
	uint64_t v = 0;

	if (!len || len > 10)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -EINVAL;
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	if (v >= UINT32_MAX) /* -1 means "unchanged" to setresuid */
		return -ERANGE;
	*ret = (uint32_t)v;
	return 0;
}

static int take_user(struct spec_user *u, const char *text, struct lct_err *err)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	struct spec_user new = { .has_umask = u->has_umask, .umask = u->umask };

	if (number(text, len, &new.uid) < 0 || (colon && number(colon + 1, strlen(colon + 1), &new.gid) < 0))
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "user \"%s\" is not UID[:GID] in numbers", text);
	if (!colon)
		new.gid = u->gid;
	new.additional_gids = u->additional_gids;
	new.n_additional_gids = u->n_additional_gids;
	*u = new;
	return 0;
}

static size_t count(char *const *v)
{
	size_t n = 0;

	while (v && v[n])
		n++;
	return n;
}

/* Unknown ones are left out, as those of the configuration are. */
static void take_caps(struct spec_caps *caps, char *const *names)
{
	for (size_t i = 0; names && names[i]; i++) {
		int cap = spec_capability(names[i]);

		if (cap < 0)
			continue;
		/* Never inheritable, never ambient (CVE-2022-29162). */
		caps->present = true;
		caps->bounding |= UINT64_C(1) << cap;
		caps->effective |= UINT64_C(1) << cap;
		caps->permitted |= UINT64_C(1) << cap;
	}
}

static int add_groups(struct order *x, struct lct_err *err)
{
	struct spec_user *u = &x->process->user;
	size_t have = u->n_additional_gids, more = x->o->n_additional_gids;
	uint32_t *groups = arena_array(x->a, have + more, sizeof(*groups));

	if (!more)
		return 0;
	if (!groups)
		return err_nomem(err);
	for (size_t i = 0; i < have; i++)
		groups[i] = u->additional_gids[i];
	for (size_t i = 0; i < more; i++)
		groups[have + i] = (uint32_t)x->o->additional_gids[i];
	u->additional_gids = groups;
	u->n_additional_gids = have + more;
	return 0;
}

static int add_env(struct order *x, struct lct_err *err)
{
	struct spec_process *p = x->process;
	size_t more = count(x->o->env);
	char **env = arena_array(x->a, p->n_env + more + 1, sizeof(*env));

	if (!env)
		return err_nomem(err);
	for (size_t i = 0; i < more; i++)
		if (x->o->env[i][0] == '=' || !strchr(x->o->env[i], '='))
			return err_set(err, LCT_E_USAGE, EINVAL, NULL, "environment: \"%s\" is not NAME=value",
				       x->o->env[i]);
	for (size_t i = 0; i < p->n_env; i++)
		env[i] = p->env[i];
	for (size_t i = 0; i < more; i++)
		env[p->n_env + i] = x->o->env[i];
	p->env = env;
	p->n_env += more;
	return 0;
}

static int defaults(struct order *x, struct spec_process *ret, struct lct_err *err)
{
	char *text;
	size_t len;
	int r = store_get(x->dirfd, "process.json", JSON_MAX_SIZE, x->a, &text, &len, err);

	return r < 0 ? r : spec_decode_process(x->a, text, len, ret, err);
}

/* What a process.json does not say about confinement and scheduling comes from the container, as in runc and crun. */
static void inherit(struct spec_process *p, const struct spec_process *base)
{
	if (!p->caps.present)
		p->caps = base->caps;
	if (!p->n_rlimits) {
		p->rlimits = base->rlimits;
		p->n_rlimits = base->n_rlimits;
	}
	if (!p->apparmor_profile)
		p->apparmor_profile = base->apparmor_profile;
	if (!p->selinux_label)
		p->selinux_label = base->selinux_label;
	if (!p->scheduler.present)
		p->scheduler = base->scheduler;
	if (!p->io_priority.present)
		p->io_priority = base->io_priority;
	if (!p->exec_cpus_initial.n && !p->exec_cpus_final.n) {
		p->exec_cpus_initial = base->exec_cpus_initial;
		p->exec_cpus_final = base->exec_cpus_final;
	}
}

static int from_json(struct order *x, struct lct_err *err)
{
	struct spec_process *p = x->process, base;
	int r = spec_decode_process(x->a, x->o->process_json, x->o->process_json_len, p, err);

	if (r == 0)
		r = defaults(x, &base, err);
	if (r == 0)
		inherit(p, &base);
	return r;
}

static int from_options(struct order *x, struct lct_err *err)
{
	struct spec_process *p = x->process;
	int r = defaults(x, p, err);

	if (r < 0)
		return r;
	if (!count(x->o->args))
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "no program given to execute");
	p->args = (char **)x->o->args;
	p->n_args = count(x->o->args);
	p->terminal = x->o->terminal;
	p->has_console_size = false;
	if (x->o->cwd)
		p->cwd = x->o->cwd;
	if (x->o->cwd && x->o->cwd[0] != '/')
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "cwd \"%s\" must be an absolute path", x->o->cwd);
	if (x->o->no_new_privs)
		p->no_new_privileges = true;
	if (x->o->apparmor && *x->o->apparmor)
		p->apparmor_profile = x->o->apparmor;
	if (x->o->process_label && *x->o->process_label)
		p->selinux_label = x->o->process_label;
	r = x->o->user ? take_user(&p->user, x->o->user, err) : 0;
	if (r == 0)
		r = add_groups(x, err);
	if (r == 0)
		r = add_env(x, err);
	take_caps(&p->caps, x->o->caps);
	return r;
}

int exec_process(struct arena *a, int dirfd, const struct lct_exec_opts *o, struct spec_process *ret,
		 struct lct_err *err)
{
	struct order x = { a, dirfd, o, ret };

	return o->process_json ? from_json(&x, err) : from_options(&x, err);
}
