/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a create decides before there is any trace of it: configuration, machine and options become a plan, and the plan can be
 * shown instead of executed.  Pure: it reads, and nothing else.  Room: run.
 */
#include <fcntl.h>
#include <string.h>

#include "run/create.h"
#include "sys/sys.h"

static const char *home_of(struct create *c)
{
	autofd root = sys_openat(AT_FDCWD, c->bundle.rootfs, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	const struct spec_process *p = &c->bundle.spec.process;

	for (size_t i = 0; i < p->n_env; i++)
		if (!strncmp(p->env[i], "HOME=", 5))
			return NULL;
	return root >= 0 ? bundle_home(c->a, root, p->user.uid) : NULL;
}

static int check_options(const struct create *c, struct lct_err *err)
{
	const struct spec_limit *limit = spec_limit_asked(&c->bundle.spec.resources);
	bool terminal = c->bundle.spec.process.terminal;

	if (c->o.console_socket && !terminal)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "cannot use console socket if kin will not detach or allocate tty");
	if ((c->o.flags & LCT_DETACHED) && terminal && !c->o.console_socket)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "cannot allocate tty if kin will detach without setting console socket");
	if (c->o.preserve_fds > 65536 || c->o.listen_fds > 65536)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "preserve-fds: %u descriptors are too many",
			       c->o.preserve_fds > 65536 ? c->o.preserve_fds : c->o.listen_fds);
	if (limit && !c->place.dir)
		return err_set(
			err, LCT_E_CONFIG, EOPNOTSUPP, limit->where,
			"cgroup controller \"%.*s\" is missing (%s cannot be set): no cgroup for this container: %s",
			(int)strcspn(limit->file, "."), limit->file, limit->file,
			c->place.why ? c->place.why : "unknown reason");
	return inside_check(&c->bundle.spec, &c->place, err);
}

static int compile(struct create *c, struct lct_err *err)
{
	struct plan_create_opts o = {
		.id = c->id,
		.rootfs = c->bundle.rootfs,
		.bundle = c->bundle.path,
		.cgroup_dir = inside_namespace(c->a, &c->place, c->unit.name ? c->bundle.spec.subgroup : NULL),
		.home = home_of(c),
		.filter = { c->filter.code, c->filter.len, c->filter.flags, c->bundle.spec.seccomp.listener_path,
			    c->bundle.spec.seccomp.listener_metadata },
		.preserve_fds = c->o.preserve_fds,
		.listen_fds = (int)c->o.listen_fds,
		.listen_fdnames = c->o.listen_fdnames,
		.no_pivot = c->o.flags & LCT_NO_PIVOT,
		.no_new_keyring = c->o.flags & LCT_NO_NEW_KEYRING,
		.environment = c->show ? NULL : c->rt->environment,
		.notify_socket = c->o.flags & LCT_NOTIFY ? NOTIFY_SOCKET_INSIDE : NULL,
		.gate = true,
	};

	return plan_compile_create(c->a, &c->bundle.spec, &c->host, &o, &c->plan, &c->needs, err);
}

static int place(struct create *c, struct lct_err *err)
{
	const struct spec *s = &c->bundle.spec;

	if (!strcmp(c->rt->cgroup_manager, "systemd"))
		return systemd_place(c->a, c->rt, &c->host, s, c->id, &c->unit, &c->place, err);
	return cgroup_place(c->a, &c->host, s, c->id, c->rt->cgroup_manager, &c->place, err);
}

int create_prepare(struct create *c, struct lct_err *err)
{
	int r = host_probe(c->a, &c->host, err);

	if (r == 0)
		r = bundle_load(c->a, c->o.bundle, c->o.config, &c->bundle, err);
	if (r == 0 && (c->o.flags & LCT_NOTIFY))
		r = notify_intend(c->a, &c->bundle.spec, c->state_dir, err);
	if (r == 0 && spec_asks_lsm(&c->bundle.spec.process, c->bundle.spec.mount_label))
		host_probe_lsm(&c->host);
	if (r == 0)
		r = place(c, err);
	if (r == 0)
		r = check_options(c, err);
	if (r == 0)
		r = rdt_check(&c->bundle.spec.rdt, err);
	if (r == 0 && c->bundle.spec.seccomp.present)
		r = seccomp_build(c->a, &c->bundle.spec.seccomp, c->rt->cache_dir, &c->filter, err);
	return r < 0 ? r : compile(c, err);
}

int lct_plan_text(lct_runtime *rt, const struct lct_create_opts *opts, char **ret, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf problems = { 0 }, text = { 0 };
	struct create c = { .a = &a, .rt = rt, .id = "container", .show = true };
	struct lct_err first = { 0 };
	int r;

	if (opts)
		memcpy(&c.o, opts, opts->size < sizeof(c.o) ? opts->size : sizeof(c.o));
	r = create_prepare(&c, &first);
	if (r == 0)
		r = plan_text(c.plan.data, c.plan.len, &text);
	else if (first.code == LCT_E_CONFIG && first.where[0] == '/' && survey(rt, &c.o, &problems) < 0)
		buf_done(&problems);
	if (r < 0 && err)
		*err = first;
	*ret = r == 0 ? buf_take(&text) : problems.len ? buf_take(&problems) : NULL;
	buf_done(&c.plan);
	return r < 0 ? r : *ret ? 0 : err_nomem(err);
}
