/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * update: other limits for a container.  All or nothing, in this order:
 *   1. the cgroup's files: cgroup_apply_limits puts them all back itself when one cannot be written, and lowers
 *      memory.max with care, which systemd does not;
 *   2. the device rules, replaced in one step; the program that had them before is held until the end;
 *   3. systemd, for a container in a unit: it is told what is in force already, so that it keeps to that when it writes
 *      the unit's files again (daemon-reload); it takes all of it or nothing, and what rules it had is not known, so all
 *      that may well fail comes before;
 *   4. the files again: systemd has just written them, and rounds (cpu.max to 1 %), and its answer comes after its writes.
 *   5. the sub-cgroup in which the container sees its limits, where it has one (inside.c).
 * When one of them fails, those before are undone: the limits to what was read before 1.
 * Room: run.
 */
#include "run/run.h"

struct update {
	lct_container *ct;
	struct arena *a;
	int64_t deadline;
	struct host host;
	struct spec_resources res;
	int cgroup;
	bool devices; /* rules that can be put in force */
	struct spec_resources limits_before;
	int devices_before; /* -ENOENT: none */
};

/* A container without a cgroup has no limits; a device list there is as void as it was at its creation. */
static int no_cgroup(struct update *u, struct lct_err *err)
{
	const struct spec_limit *limit = spec_limit_asked(&u->res);
	const char *id = u->ct->id;

	if (limit)
		return err_set(err, LCT_E_STATE, EOPNOTSUPP, limit->where,
			       "%s cannot be set: container %s has no cgroup of its own", limit->file, id);
	if (u->res.has_device_rules && u->host.real_root)
		return err_set(err, LCT_E_STATE, EOPNOTSUPP, "/devices",
			       "no rules can be set: container %s has no cgroup of its own", id);
	return 0;
}

static int read_request(struct update *u, const char *text, size_t len, struct lct_err *err)
{
	struct spec_in_force now = { -1, -1, -1, -1 };
	int r = u->cgroup >= 0 ? cgroup_in_force(u->cgroup, &now) : 0;

	if (r < 0)
		return err_sys(err, r, u->ct->rec.cgroup, "read the limits in force");
	return spec_decode_resources(u->a, text, len, &now, &u->res, err);
}

/* What may have to be put back. */
static int remember(struct update *u, struct lct_err *err)
{
	u->devices = u->res.has_device_rules && u->host.real_root;
	if (!u->ct->rec.unit && !u->devices)
		return 0;
	if (u->devices) {
		u->devices_before = cgroup_devices_in_force(u->cgroup);
		if (u->devices_before < 0 && u->devices_before != -ENOENT)
			return err_sys(err, u->devices_before, u->ct->rec.cgroup, "find the device filter in force");
	}
	return cgroup_limits_undo(u->a, u->cgroup, &u->res, &u->limits_before, err);
}

/* Time of its own: the deadline may be what failed. */
static void put_back(struct update *u, bool devices)
{
	const struct record *rec = &u->ct->rec;
	int64_t deadline = run_deadline(u->ct->rt->timeout_ms);

	if (devices)
		(void)cgroup_devices_put_back(u->cgroup, u->devices_before);
	(void)cgroup_apply_limits(u->cgroup, rec->cgroup, &u->host, &u->limits_before, deadline, NULL);
	if (rec->unit)
		(void)systemd_update(u->ct->rt, rec, &u->limits_before, deadline, NULL);
	(void)inside_update(rec, u->cgroup, &u->host, &u->limits_before, deadline, NULL);
}

static int apply(struct update *u, struct lct_err *err)
{
	const struct record *rec = &u->ct->rec;
	bool devices = false;
	int r = remember(u, err);

	if (r == 0)
		r = cgroup_apply_limits(u->cgroup, rec->cgroup, &u->host, &u->res, u->deadline, err);
	if (r < 0)
		return r;
	if (u->devices) {
		r = cgroup_apply_devices(u->cgroup, &u->res, &u->host, err);
		devices = r == 0;
	}
	if (r == 0 && rec->unit) {
		r = systemd_update(u->ct->rt, rec, &u->res, u->deadline, err);
		if (r == 0)
			r = cgroup_apply_limits(u->cgroup, rec->cgroup, &u->host, &u->res, u->deadline, err);
	}
	if (r == 0)
		r = inside_update(rec, u->cgroup, &u->host, &u->res, u->deadline, err);
	if (r < 0)
		put_back(u, devices);
	return r;
}

static int update(struct update *u, const char *text, size_t len, struct lct_err *err)
{
	int r = container_allows(u->ct, OP_UPDATE, err);

	if (r == 0)
		r = host_probe(u->a, &u->host, err);
	if (r < 0)
		return r;
	if (u->ct->rec.cgroup) {
		u->cgroup = container_cgroup(u->ct);
		if (u->cgroup < 0)
			return err_sys(err, u->cgroup, u->ct->rec.cgroup, "open the container's cgroup");
	}
	r = read_request(u, text, len, err);
	if (r < 0)
		return r;
	return u->cgroup < 0 ? no_cgroup(u, err) : apply(u, err);
}

int lct_update(lct_container *ct, const char *resources, size_t len, int timeout_ms, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct update u = { .ct = ct, .a = &a, .cgroup = -EBADF, .devices_before = -EBADF };
	autofd lock = -EBADF;
	int r;

	if (timeout_ms < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "a timeout must not be negative");
	u.deadline = run_deadline(run_timeout(ct->rt, timeout_ms));
	lock = container_lock(ct, u.deadline, err);
	if (lock < 0)
		return lock;
	r = update(&u, resources, len, err);
	fd_done(&u.cgroup);
	fd_done(&u.devices_before);
	return r;
}
