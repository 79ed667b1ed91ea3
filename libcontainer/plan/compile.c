/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of container start.  It is written here and nowhere else: the interpreter does what the plan says, in
 * the plan's order.  Each call appends its ops, or none where the configuration does not ask for any.
 * Room: run (pure).
 */
#include "plan/draft.h"

/*
 * From container root to the user's program: shared by create and exec.
 *
 * Without no_new_privs a filter needs CAP_SYS_ADMIN, so it is loaded before capabilities go; with it the filter is
 * loaded last, so that a profile need not allow what init still has to do.
 */
static void become_user(struct draft *d)
{
	draft_session(d);
	draft_rlimits(d, false);
	draft_labels(d); /* before no_new_privs, which restricts what a profile can change to */
	draft_scheduling(d); /* after the limits that may allow it, before a filter that may forbid it */
	draft_agent(d); /* while nothing is filtered yet */
	draft_no_new_privs(d);
	draft_seccomp(d, false);
	draft_become_user(d); /* bounding set, cwd, ids, cwd, capability sets */
	draft_lookup(d);
	draft_ready(d, d->o && d->o->gate);
	if (d->s)
		draft_hooks(d, SPEC_HOOK_START_CONTAINER);
	draft_rlimits(d, true);
	draft_close(d); /* the last that init needs but execve itself */
	draft_seccomp(d, true);
	draft_exec(d);
}

static void create(struct draft *d)
{
	draft_labels_check(d);

	/* mid: the host's namespaces, the caller's credentials */
	draft_ns_open(d); /* before any join: a path may be out of reach after it */
	draft_hold_proc(d);
	draft_oom_score(d); /* lowering it needs a capability of the initial user namespace; /proc/self must be ours */
	draft_rlimits_raise(d); /* the same */
	draft_ns_join(d); /* undumpable first: what is in those namespaces must not trace us */
	draft_time(d); /* offsets can be set only until the first process is in the namespace */
	draft_spawn(d);
	draft_end_mid(d);

	/* init: the container's namespaces, root there */
	draft_root_ids(d);
	draft_keyring(d);
	draft_ns_setup(d); /* lo, hostname, domainname */
	draft_op(d, PLAN_HOST_FDS, NULL); /* verified /dev/null and /proc, while the host's are still in sight */
	draft_propagation(d);
	draft_mounts(d); /* the root, then the mounts as listed */
	draft_devices(d);
	draft_cwd_make(d);
	draft_hooks_ask(d); /* prestart, createRuntime: in the caller's namespaces */
	draft_hooks(d, SPEC_HOOK_CREATE_CONTAINER);
	draft_console(d); /* from here on nothing in the root is made any more */
	draft_mounts_readonly(d);
	draft_sysctl(d); /* before /proc/sys is made read-only */
	draft_protect(d); /* read-only paths, masked paths, read-only root */
	draft_pivot(d); /* from here on no path of the container is looked up, but cwd and argv[0] */
	become_user(d);
}

static void exec(struct draft *d)
{
	draft_labels_check(d);
	draft_hold_proc(d);
	draft_first_cpus(d); /* what makes init is to run there already */
	draft_oom_score(d);
	draft_rlimits_raise(d);
	draft_ns_join(d);
	draft_spawn(d);
	draft_end_mid(d);

	draft_root_ids(d);
	draft_keyring(d);
	draft_op(d, PLAN_EXEC_ROOT, NULL);
	draft_console(d);
	become_user(d);
}

/*
 * Into a container that lives.  All that has to do with the host is done while the host is what is in sight, in a copy of
 * its mount namespace that belongs to the container's user namespace: its root is all that it takes.
 */
static void mounts_add(struct draft *d)
{
	draft_op(d, PLAN_HOLD_PROC,
		 NULL); /* to name a mount by its descriptor when it is taken back: umount(2) has paths only */
	draft_live_join(d);
	draft_op(d, PLAN_SPAWN, NULL)->n[0] = KCLONE_NEWNS;
	draft_end_mid(d);

	draft_root_ids(d);
	draft_op(d, PLAN_SESSION, NULL); /* no signal of the caller's terminal ends it half-way */
	draft_live_make(d); /* detached, with all their flags */
	draft_live_enter(d);
	draft_live_attach(d);
	draft_op(d, PLAN_DONE, NULL);
}

static void mounts_remove(struct draft *d)
{
	draft_op(d, PLAN_HOLD_PROC, NULL);
	draft_live_join(d);
	draft_op(d, PLAN_SPAWN, NULL);
	draft_end_mid(d);

	draft_root_ids(d);
	draft_op(d, PLAN_SESSION, NULL);
	draft_live_enter(d);
	draft_live_find(d);
	draft_live_unmount(d); /* the last that was mounted first */
	draft_op(d, PLAN_DONE, NULL);
}

/* What is missing of the process is not to hide all else that is wrong. */
static void assume(struct draft *d, struct spec_process *p)
{
	static char *const program[] = { "", NULL };

	*p = *d->p;
	if (!p->n_args) {
		p->args = (char **)program;
		p->n_args = 1;
	}
	if (!p->cwd || p->cwd[0] != '/')
		p->cwd = "/";
	d->p = p;
}

static int compile(struct draft *d, enum plan_kind kind, struct buf *ret)
{
	struct spec_process assumed;
	int r;

	*d->needs = (struct plan_needs){ 0 };
	draft_init(d);
	if (!d->p->present || !d->p->n_args)
		draft_fail(d, d->at, "a process with at least one argument is required");
	else if (!d->p->cwd || d->p->cwd[0] != '/')
		draft_fail(d, d->s ? "/process/cwd" : "/cwd", "must be an absolute path");
	if (d->has_problems && d->problems)
		assume(d, &assumed);
	if (!d->rc)
		draft_ns_facts(d); /* decides first what everything after it depends on */
	if (!d->rc)
		draft_env(d);
	if (!d->rc && d->s)
		draft_mounts_read(d);
	if (!d->rc && kind == PLAN_KIND_CREATE)
		create(d);
	else if (!d->rc)
		exec(d);
	r = draft_finish(d, kind, ret);
	draft_done(d);
	return r;
}

int plan_compile_create(struct arena *a, const struct spec *s, const struct host *h, const struct plan_create_opts *o,
			struct buf *ret, struct plan_needs *needs, struct lct_err *err)
{
	unsigned listen = o->listen_fds > 0 ? (unsigned)o->listen_fds : 0;
	struct draft d = {
		.a = a,
		.h = h,
		.s = s,
		.o = o,
		.p = &s->process,
		.at = "/process",
		.id = o->id,
		.home = o->home,
		.filter = &o->filter,
		.first_closed = 3 + o->preserve_fds + listen,
		.keep_groups = s->keep_groups,
		.needs = needs,
		.err = err,
		.problems = o->problems,
	};

	return compile(&d, PLAN_KIND_CREATE, ret);
}

int plan_compile_exec(struct arena *a, const struct spec_process *p, const struct host *h,
		      const struct plan_exec_opts *o, struct buf *ret, struct plan_needs *needs, struct lct_err *err)
{
	struct draft d = {
		.a = a,
		.h = h,
		.x = o,
		.p = p,
		.at = "",
		.id = o->id,
		.home = o->home,
		.filter = &o->filter,
		.first_closed = 3 + o->preserve_fds,
		.keep_groups = o->keep_groups,
		.needs = needs,
		.err = err,
	};

	return compile(&d, PLAN_KIND_EXEC, ret);
}

int plan_compile_mounts(struct arena *a, const struct host *h, const struct plan_mounts_opts *o, struct buf *ret,
			struct plan_needs *needs, struct lct_err *err)
{
	const struct plan_create_opts paths = { .bundle = o->bundle, .cgroup_dir = o->cgroup_dir };
	struct spec s = {
		.mounts = (struct spec_mount *)o->mounts,
		.n_mounts = o->n,
		.mount_label = o->mount_label,
		.mount_context = o->mount_context,
		.uid_mappings = (struct spec_idmap *)o->uid_mappings,
		.gid_mappings = (struct spec_idmap *)o->gid_mappings,
		.n_uid_mappings = o->n_uid_mappings,
		.n_gid_mappings = o->n_gid_mappings,
	};
	struct draft d = {
		.a = a,
		.h = h,
		.s = &s,
		.o = &paths,
		.l = o,
		.p = &s.process,
		.at = "",
		.keep_groups = o->keep_groups,
		.needs = needs,
		.err = err,
	};
	int r;

	for (unsigned k = 0; k < SPEC_NS_KINDS; k++)
		s.ns[k].listed = o->ns & spec_ns_flag(k);
	*needs = (struct plan_needs){ 0 };
	draft_init(&d);
	draft_live_facts(&d);
	if (!d.rc)
		draft_mounts_read(&d);
	if (!d.rc && o->ids)
		mounts_remove(&d);
	else if (!d.rc)
		mounts_add(&d);
	r = draft_finish(&d, PLAN_KIND_MOUNTS, ret);
	draft_done(&d);
	return r;
}
