/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container's class of service and monitoring group (rdt/), from create to delete.  Room: run. */
#include "run/run.h"

#include "rdt/rdt.h"

static struct rdt_group group_of(const struct record *rec)
{
	return (struct rdt_group){ .clos = rec->rdt_clos, .monitor = rec->rdt_monitor, .owns = rec->rdt_owns };
}

static int no_resctrl(int r, struct lct_err *err)
{
	return err_set(err, LCT_E_CONFIG, r == -ENOENT ? EOPNOTSUPP : -r, "/linux/intelRdt",
		       "needs the resctrl file system at /sys/fs/resctrl, and a CPU that has resource control");
}

int rdt_intend(struct arena *a, const struct spec_rdt *s, struct record *rec, struct lct_err *err)
{
	struct rdt_group g;

	if (rdt_place(a, s, rec->id, &g) < 0)
		return err_nomem(err);
	rec->rdt_clos = g.clos;
	rec->rdt_monitor = g.monitor;
	rec->rdt_owns = g.owns;
	return 0;
}

int rdt_check(const struct spec_rdt *s, struct lct_err *err)
{
	autofd root = s->present ? rdt_open() : -EBADF;

	return s->present && root < 0 ? no_resctrl(root, err) : 0;
}

int rdt_begin(const struct spec_rdt *s, const struct record *rec, bool *ret_made, struct lct_err *err)
{
	const struct rdt_group g = group_of(rec);
	autofd root = g.clos ? rdt_open() : -EBADF;
	bool found;
	int r;

	if (!g.clos)
		return 0;
	if (root < 0)
		return no_resctrl(root, err);
	r = rdt_make(root, &g, s, &found, err);
	if (r < 0)
		return r;
	*ret_made = true;
	return rdt_furnish(root, &g, s, found, err);
}

int rdt_enter(const struct record *rec, pid_t pid, bool optional, struct lct_err *err)
{
	const struct rdt_group g = group_of(rec);
	autofd root = g.clos ? rdt_open() : -EBADF;
	int r;

	if (!g.clos)
		return 0;
	r = root < 0 ? root : rdt_join(root, &g, pid, err);
	if (r != -ENOENT)
		return r;
	/* exec: it was removed, or resctrl unmounted, behind the container's back, which is in no such group any more. */
	return optional ? 0 : no_resctrl(r, err);
}

int rdt_end(const struct record *rec, struct lct_err *err)
{
	const struct rdt_group g = group_of(rec);
	autofd root = g.clos && (g.owns || g.monitor) ? rdt_open() : -EBADF;

	return root < 0 ? 0 : rdt_remove(root, &g, err);
}

int lct_update_rdt(lct_container *ct, const char *l3_cache_schema, const char *mem_bw_schema, struct lct_err *err)
{
	const struct spec_rdt s = { .present = true,
				    .l3_cache_schema = l3_cache_schema,
				    .mem_bw_schema = mem_bw_schema };
	autofd lock = container_lock(ct, run_deadline(ct->rt->timeout_ms), err), root = -EBADF;
	struct rdt_group g;
	int r = lock < 0 ? lock : container_allows(ct, OP_UPDATE, err);

	if (r < 0)
		return r;
	g = group_of(&ct->rec);
	if (!g.clos)
		return err_set(err, LCT_E_STATE, EOPNOTSUPP, ct->id,
			       "the container has no class of service: its configuration has no linux.intelRdt");
	root = rdt_open();
	return root < 0 ? no_resctrl(root, err) : rdt_update(root, &g, &s, err);
}
