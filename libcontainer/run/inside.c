/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where in its cgroup a container is, when annotations (crun's) ask for more than the cgroup itself.  From the outside in:
 *
 *   SCOPE                        on record: killed, frozen, counted, removed; with the limits
 *   SCOPE/SUBGROUP               systemd driver: with the limits, too, so that they can be seen inside; the root of the
 *                                container's cgroup namespace
 *   SCOPE/SUBGROUP/DELEGATED     init and what is executed later: the container's to manage; no limits of its own
 *
 * Without SUBGROUP its part is the cgroup's itself.  DELEGATED is entered by init after it was made, for it is born in
 * the root of its namespace; its first message is not answered before.  Room: run.
 */
#include "run/create.h"

#include "sys/sys.h"

#define SUBGROUP_AT "/annotations/" SPEC_SUBGROUP
#define DELEGATE_AT "/annotations/" SPEC_DELEGATE_CGROUP

int inside_check(const struct spec *s, const struct cgroup_place *p, struct lct_err *err)
{
	if (!s->delegate_cgroup || p->dir)
		return 0;
	return err_set(err, LCT_E_CONFIG, EOPNOTSUPP, DELEGATE_AT, "no cgroup for this container: %s",
		       p->why ? p->why : "unknown reason");
}

const char *inside_namespace(struct arena *a, const struct cgroup_place *p, const char *sub)
{
	return sub && p->dir ? arena_printf(a, "%s/%s", p->dir, sub) : p->dir;
}

static int hand_over(const struct create *c, int fd, struct lct_err *err)
{
	return c->needs.delegate ? cgroup_delegate(fd, c->needs.delegate_uid, err) : 0;
}

/* The intermediate goes on into it, so init is born there, and the unit's own is left empty, as its controllers demand
 * (cgroup-v2.rst, "No Internal Process Constraint"). */
int inside_subgroup(struct create *c, int64_t deadline_ns, struct lct_err *err)
{
	const struct spec_resources *res = &c->bundle.spec.resources;
	const char *sub = c->rec.cgroup_sub, *dir = inside_namespace(c->a, &c->place, sub);
	int r;

	if (!sub)
		return 0;
	if (!dir)
		return err_nomem(err);
	c->inside = r = cgroup_sub_make(c->cgroup, sub);
	if (r >= 0)
		r = cgroup_enter(c->inside, c->talk.mid_pid);
	if (r >= 0)
		r = cgroup_pass_on(c->cgroup, sub);
	if (r < 0)
		return err_sys(err, r, SUBGROUP_AT, "go into the cgroup %s", dir);
	r = cgroup_apply_limits(c->inside, dir, &c->host, res, deadline_ns, err);
	return r < 0 ? r : hand_over(c, c->inside, err);
}

int inside_delegate(void *arg, struct lct_err *err)
{
	struct create *c = arg;
	const char *name = c->rec.cgroup_delegate;
	int base = c->inside >= 0 ? c->inside : c->cgroup, r;
	autofd fd = -EBADF;

	if (!name)
		return 0;
	/* It has said its last word, and would be in the way of controllers. */
	(void)pidfd_wait_until(c->talk.mid, c->talk.deadline);
	fd = r = cgroup_sub_make(base, name);
	if (r >= 0)
		r = cgroup_enter(fd, c->talk.init_pid);
	if (r >= 0)
		r = cgroup_pass_on(base, name);
	if (r < 0)
		return err_sys(err, r, DELEGATE_AT, "go into the cgroup %s below %s", name, c->place.dir);
	return hand_over(c, fd, err);
}

int inside_open(const struct record *rec, int own)
{
	autofd base = cgroup_sub_open(own, rec->cgroup_sub);

	return rec->cgroup_delegate ? cgroup_sub_open(base, rec->cgroup_delegate) : TAKE_FD(base);
}

int inside_update(const struct record *rec, int own, const struct host *h, const struct spec_resources *res,
		  int64_t deadline_ns, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	const struct cgroup_place p = { .dir = rec->cgroup };
	autofd fd = -EBADF;
	const char *dir;

	if (!rec->cgroup_sub)
		return 0;
	fd = cgroup_sub_open(own, rec->cgroup_sub);
	if (fd == -ENOENT) /* a restored container is where it was when it was checkpointed */
		return 0;
	dir = inside_namespace(&a, &p, rec->cgroup_sub);
	if (fd < 0)
		return err_sys(err, fd, rec->cgroup, "open the sub-cgroup %s", rec->cgroup_sub);
	return dir ? cgroup_apply_limits(fd, dir, h, res, deadline_ns, err) : err_nomem(err);
}
