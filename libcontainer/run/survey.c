/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All that create would refuse a configuration for: what one of its steps finds does not keep the next from looking.
 * Steps go on with what is right of the configuration; what follows from something wrong is not told again.  Room: run.
 */
#include "run/run.h"

#include <string.h>

#include "spec/report.h"

struct survey {
	struct arena *a;
	lct_runtime *rt;
	const struct lct_create_opts *o;
	struct buf *problems;
	struct host host;
	struct bundle bundle;
	struct cgroup_place place;
	struct seccomp_program filter;
};

static void look_at_place(struct survey *v)
{
	const struct spec *s = &v->bundle.spec;
	struct systemd_unit unit = { 0 };
	struct lct_err err = { 0 };
	int r;

	if (!strcmp(v->rt->cgroup_manager, "systemd"))
		r = systemd_place(v->a, v->rt, &v->host, s, "container", &unit, &v->place, &err);
	else
		r = cgroup_place(v->a, &v->host, s, "container", v->rt->cgroup_manager, &v->place, &err);
	if (r < 0)
		report_add(v->problems, &err);
}

static void look_at_seccomp(struct survey *v)
{
	const struct place linux_ = place_member(NULL, "linux"), at = place_member(&linux_, "seccomp");
	struct lct_err err = { 0 };
	char where[PLACE_MAX];

	place_text(&at, where);
	/* The library that makes filters is given nothing that is not in order. */
	if (!v->bundle.spec.seccomp.present || report_names(v->problems, where))
		return;
	if (seccomp_build(v->a, &v->bundle.spec.seccomp, v->rt->cache_dir, &v->filter, &err) < 0)
		report_add(v->problems, &err);
}

static void look_at_plan(struct survey *v)
{
	_cleanup_buf_ struct buf plan = { 0 };
	struct plan_needs needs;
	const struct plan_create_opts o = {
		.id = "container",
		.rootfs = v->bundle.rootfs,
		.bundle = v->bundle.path,
		.cgroup_dir = v->place.dir,
		.no_pivot = v->o->flags & LCT_NO_PIVOT,
		.no_new_keyring = v->o->flags & LCT_NO_NEW_KEYRING,
		.problems = v->problems,
	};

	(void)plan_compile_create(v->a, &v->bundle.spec, &v->host, &o, &plan, &needs, NULL);
}

int survey(lct_runtime *rt, const struct lct_create_opts *o, struct buf *problems)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct survey v = { .a = &a, .rt = rt, .o = o, .problems = problems };
	int r = host_probe(&a, &v.host, NULL);

	if (r == 0)
		r = bundle_survey(&a, o->bundle, o->config, problems, &v.bundle);
	if (r < 0)
		return r;
	look_at_place(&v);
	look_at_seccomp(&v);
	look_at_plan(&v);
	if (problems->len)
		buf_char(problems, '\n');
	return buf_ok(problems) ? 0 : -ENOMEM;
}
