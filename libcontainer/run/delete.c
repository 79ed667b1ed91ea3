/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * delete: kills what is left, removes cgroup and state, runs poststop hooks.  Each step may be repeated: a delete that
 * is killed is finished by the next.  With force it also recovers what a killed create left, with no record or a
 * damaged one: the cgroup is found by its mark.  Returns 0 only when nothing is left.  Room: run.
 */
#include "run/run.h"

#include <stdlib.h>
#include <string.h>

#include "sys/sys.h"

struct delete
{
	lct_runtime *rt;
	const char *id, *state_dir;
	struct arena *a;
	int64_t deadline;
	int root;
};

/* ---- processes ---- */

/* init first: its pidfd tells its end at once.  What it leaves behind is cgroup_remove's. */
static int end_init(struct delete *d, lct_container *ct, int cgroup, struct lct_err *err)
{
	struct lct_outcome how;
	int r;

	if (ct->pidfd < 0)
		return 0;
	/* The whole tree where there is one; a pid namespace ends with its init anyway. */
	if (cgroup < 0 || cgroup_kill(cgroup) < 0)
		(void)sys_pidfd_send_signal(ct->pidfd, SIGKILL);
	r = pidfd_wait_until(ct->pidfd, d->deadline);
	if (r == 0)
		return err_set(
			err, LCT_E_TIMEOUT, ETIMEDOUT, d->id,
			"container's init (pid %d) was killed but has not ended: it is in an uninterruptible sleep",
			(int)ct->rec.init.pid);
	if (r < 0)
		return err_sys(err, r, d->id, "wait for init");
	run_observe(ct->pidfd, 0, &how); /* reaps it if it was our child */
	return 0;
}

/* ---- a container with a record ---- */

static int poststop(struct delete *d, const struct record *rec)
{
	struct spec_hooks hooks[SPEC_HOOK_KINDS] = { 0 };
	struct hook_output output;
	struct hooks_order o;
	char *doc;

	if (!rec->hooks_json || spec_decode_hooks(d->a, rec->hooks_json, strlen(rec->hooks_json), hooks, NULL) < 0 ||
	    !hooks[SPEC_HOOK_POSTSTOP].n)
		return 0;
	doc = state_document(rec, STATE_STOPPED, 0, false);
	/* runtime-spec runtime.md, "Lifecycle" 13: a failing poststop hook changes nothing. */
	/* Nor does a file that cannot be had for what it prints: what was made is to be unmade. */
	(void)hook_output_open(rec, &output, NULL);
	o = (struct hooks_order){ hooks, rec, doc, d->rt->environment, &output };
	if (doc)
		(void)hooks_run(&o, SPEC_HOOK_POSTSTOP, NULL);
	hook_output_close(&output);
	free(doc);
	return 0;
}

/* Empty first: systemd would wait for whoever is still in it.  An empty unit goes by itself; to be told that it has gone
 * is what this is for. */
static int end_unit(struct delete *d, const lct_container *ct, int cgroup, struct lct_err *err)
{
	if (cgroup >= 0 && cgroup_kill(cgroup) == 0 && cgroup_wait_empty(cgroup, d->deadline) == 0)
		return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, ct->rec.cgroup,
			       "the processes of unit %s were killed but have not ended", ct->rec.unit);
	return systemd_stop(d->rt, &ct->rec, d->deadline, err);
}

/* The cgroup to be emptied.  A create that was killed before it marked its unit may have been told that the name is another's:
 * then only systemd knows whose the unit is (systemd_stop looks), and the path on record proves nothing. */
static int cgroup_of_ours(lct_container *ct)
{
	autofd cgroup = container_cgroup(ct);

	if (cgroup >= 0 && ct->rec.unit && !ct->rec.init.pid && !cgroup_is_marked(cgroup))
		return -ESTALE;
	return TAKE_FD(cgroup);
}

static int delete_known(struct delete *d, lct_container *ct, struct lct_err *err)
{
	bool created = ct->rec.init.pid != 0;
	autofd cgroup = cgroup_of_ours(ct);
	int r = end_init(d, ct, cgroup, err);

	if (r == 0 && ct->rec.unit)
		r = end_unit(d, ct, cgroup, err);
	if (r == 0 && ct->rec.cgroup)
		r = cgroup_remove(ct->rec.cgroup, ct->rec.cgroup_made, cgroup, d->deadline, err);
	if (r == 0)
		r = rdt_end(&ct->rec, err);
	if (r == 0)
		r = store_remove(d->root, d->id, ct->dirfd, err);
	if (r == 0 && created)
		r = poststop(d, &ct->rec);
	return r;
}

/* ---- a container without ---- */

/* Whatever carries the mark of this state directory is this container's. */
static int remove_marked(struct delete *d, struct lct_err *err)
{
	struct host host;
	char **dirs;
	int r = host_probe(d->a, &host, err);

	if (r < 0 || !host.cgroup_mount)
		return r;
	r = cgroup_find(d->a, &host, d->state_dir, &dirs, err);
	for (size_t i = 0; r == 0 && dirs[i]; i++) {
		autofd fd = cgroup_open(dirs[i], d->state_dir, NULL);

		r = cgroup_remove(dirs[i], 1, fd, d->deadline, err);
	}
	return r;
}

/* Without a cgroup a second copy of the record was kept. */
static int end_spare(struct delete *d, lct_container *ct, struct lct_err *err)
{
	enum { MAX = 1 << 20 };
	char *text;
	size_t len;

	if (store_get(ct->dirfd, "spare", MAX, d->a, &text, &len, NULL) < 0 ||
	    record_decode(d->a, text, len, &ct->rec, NULL) < 0)
		return 0;
	fd_done(&ct->pidfd);
	ct->pidfd = container_open_init(&ct->rec);
	return end_init(d, ct, -EBADF, err);
}

static int delete_broken(struct delete *d, lct_container *ct, struct lct_err *err)
{
	int r = remove_marked(d, err);

	if (r == 0)
		r = end_spare(d, ct, err);
	return r < 0 ? r : store_remove(d->root, d->id, ct->dirfd, err);
}

/* ---- */

static int refuse_running(lct_container *ct, struct lct_err *err)
{
	enum state s = container_state(ct);
	const char *text = NULL;
	int r = state_allows(s, OP_DELETE, &text);

	if (r < 0)
		return err_set(err, LCT_E_STATE, -r, NULL, "cannot delete container %s that is not stopped: %s", ct->id,
			       state_oci_name(s));
	return 0;
}

static int delete_locked(struct delete *d, lct_container *ct, bool force, struct lct_err *err)
{
	int r = container_load(ct, err);

	if (r < 0)
		return ct->damaged && force ? delete_broken(d, ct, err) : r;
	if (!force) {
		r = refuse_running(ct, err);
		if (r < 0)
			return r;
	}
	/* Claimed and killed before the intent was written: the mark is all there could be. */
	if (ct->rec.phase == STATE_RESERVED)
		return delete_broken(d, ct, err);
	return delete_known(d, ct, err);
}

/* The state directories: d->root is the caller's of this, and -ENOENT where nobody has ever made a container. */
static int begin(struct delete *d, lct_runtime *rt, const char *id, struct lct_err *err)
{
	d->rt = rt;
	d->id = id;
	d->deadline = run_deadline(rt->timeout_ms);
	d->root = -EBADF;
	d->state_dir = run_state_dir(d->a, rt, id);
	if (!d->state_dir)
		return err_nomem(err);
	d->root = store_open_root(rt->root, false, err);
	return d->root < 0 && d->root != -ENOENT ? d->root : 0;
}

static int delete_named(struct delete *d, lct_container *ct, bool force, struct lct_err *err)
{
	int r = ct->dirfd = d->root >= 0 ? store_open(d->root, d->id, err) : -ENOENT;

	if (r >= 0)
		r = store_lock(d->root, d->id, ct->dirfd, d->deadline, err);
	if (r == 0)
		r = delete_locked(d, ct, force, err);
	if (r != -ENOENT)
		return r;
	return force ? remove_marked(d, err)
		     : err_set(err, LCT_E_NOT_FOUND, ENOENT, NULL, "container does not exist: %s", d->id);
}

int lct_delete(lct_runtime *rt, const char *id, bool force, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct delete d = { .a = &a };
	lct_container *ct = NULL;
	int r = store_check_id(id, err);

	if (r < 0)
		return r;
	r = begin(&d, rt, id, err);
	if (r == 0)
		r = container_new(rt, id, &ct, err);
	if (r == 0)
		r = delete_named(&d, ct, force, err);
	lct_free(ct);
	fd_done(&d.root);
	return r;
}

int lct_remove(lct_container *ct, bool force, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct delete d = { .a = &a };
	int r = begin(&d, ct->rt, ct->id, err);

	if (r == 0)
		r = d.root < 0 ? d.root : store_lock(d.root, d.id, ct->dirfd, d.deadline, err);
	if (r == 0)
		r = delete_locked(&d, ct, force, err);
	else if (r == -ENOENT) /* its directory has not that name any more: deleted */
		r = 0;
	fd_done(&d.root);
	return r;
}
