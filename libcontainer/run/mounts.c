/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts into and out of a container that lives: all of a list or none.  kin-init does it by a plan of its own kind and
 * says what it has attached; that is put on record before it is told that it may stay.  It is in none of the container's
 * cgroups, so that it works on a paused one, too, and the container cannot starve it.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "json/json.h"
#include "plan/path.h"
#include "sys/sys.h"

enum { MAX_PLAN = 64 << 20, TAKE_BACK_MS = 10000, MAP_MAX = 64 << 10 };

struct mounts {
	lct_container *ct;
	struct arena *a;
	int timeout_ms;
	struct spec_mount *v;
	size_t n;
	struct host host;
	struct plan_mounts_opts po;
	struct plan_needs needs;
	struct buf plan;
	struct talk talk;
	struct mounted_list list;
	uint64_t ids[PLAN_MAX_HELD];
};

/* ---- where ---- */

/* "inside outside length" a line, the outside as this process sees it: user_namespaces(7). */
static int read_map(struct arena *a, int proc, const char *name, const struct spec_idmap **ret, size_t *ret_n)
{
	autofd fd = sys_openat(proc, name, O_RDONLY, 0);
	char *text = arena_alloc(a, MAP_MAX), *save = NULL;
	struct spec_idmap *v = arena_array(a, MAP_MAX / 6, sizeof(*v));
	ssize_t n = fd < 0 || !text || !v ? -1 : sys_read(fd, text, MAP_MAX - 1);

	if (!text || !v)
		return -ENOMEM;
	if (n < 0)
		return 0; /* not known: what needs it will say so */
	text[n] = '\0';
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct spec_idmap *m = &v[*ret_n];

		if (sscanf(line, "%u %u %u", &m->container_id, &m->host_id, &m->size) == 3)
			++*ret_n;
	}
	*ret = v;
	return 0;
}

/* What copies of the host's mounts get, as at the creation. */
static int propagation(struct mounts *m, struct lct_err *err)
{
	const struct plan_head *h;
	char *plan;
	size_t len;
	int r = store_get(m->ct->dirfd, "plan", MAX_PLAN, m->a, &plan, &len, err);

	if (r < 0)
		return r;
	if (plan_verify(plan, len, NULL) < 0)
		return err_set(err, LCT_E_DAMAGED, EBADMSG, m->ct->id, "the stored plan is damaged");
	h = (const struct plan_head *)plan;
	m->po.propagation = KMS_SLAVE | KMS_REC;
	for (uint32_t i = 0; i < h->n_mid + h->n_init; i++) {
		if (plan_ops(plan)[i].code == PLAN_PROPAGATION)
			m->po.propagation = plan_ops(plan)[i].n[0];
	}
	return 0;
}

static int target(struct mounts *m, struct lct_err *err)
{
	const struct record *rec = &m->ct->rec;
	struct plan_mounts_opts *o = &m->po;
	autofd proc = target_open(m->ct, &o->ns, err);
	int r = proc;

	if (r < 0)
		return r;
	o->mounts = m->v;
	o->n = m->n;
	o->new_ns = rec->new_ns;
	o->bundle = rec->bundle;
	o->cgroup_dir = rec->cgroup;
	o->mount_label = rec->mount_label;
	o->mount_context = rec->mount_context;
	o->keep_groups = target_keeps_groups(rec);
	r = propagation(m, err);
	if (r < 0 || !(o->ns & KCLONE_NEWUSER))
		return r;
	r = read_map(m->a, proc, "uid_map", &o->uid_mappings, &o->n_uid_mappings);
	if (r == 0)
		r = read_map(m->a, proc, "gid_map", &o->gid_mappings, &o->n_gid_mappings);
	return r < 0 ? err_nomem(err) : 0;
}

/* ---- what is on record ---- */

static int record_added(struct mounts *m, struct lct_err *err)
{
	int r = mounted_read(m->ct->dirfd, m->a, m->n, &m->list, err);

	for (size_t i = 0; r == 0 && i < m->n; i++) {
		const char *clean = path_clean(m->a, m->v[i].destination);

		if (!clean)
			return err_nomem(err);
		m->list.v[m->list.n++] = (struct mounted){ .destination = clean, .id = m->ids[i] };
	}
	return r < 0 ? r : mounted_write(m->ct->dirfd, &m->list, err);
}

/* The latest of that destination that none of those after it in the list has taken. */
static int find_id(struct mounts *m, size_t i, struct lct_err *err)
{
	const char *clean = path_clean(m->a, m->v[i].destination);
	char where[48];

	if (!clean)
		return err_nomem(err);
	for (size_t k = m->list.n; k--;) {
		if (m->list.v[k].gone || strcmp(m->list.v[k].destination, clean) != 0)
			continue;
		m->list.v[k].gone = true;
		m->ids[i] = m->list.v[k].id;
		return 0;
	}
	snprintf(where, sizeof(where), "/%zu/destination", i);
	return err_set(err, LCT_E_STATE, EINVAL, where, "nothing was added at %s, or it is removed already",
		       m->v[i].destination);
}

static int find_ids(struct mounts *m, struct lct_err *err)
{
	int r = mounted_read(m->ct->dirfd, m->a, 0, &m->list, err);

	if (r == 0 && m->n > PLAN_MAX_HELD)
		return 0; /* the compiler says it */
	for (size_t i = m->n; r == 0 && i--;)
		r = find_id(m, i, err);
	return r;
}

/* ---- do it ---- */

/* init takes back what it has attached when our end closes: it is given the time for that. */
static void let_go(struct talk *t)
{
	fd_done(&t->link);
	if (t->init >= 0)
		(void)pidfd_wait_until(t->init, run_deadline(TAKE_BACK_MS));
	talk_abort(t);
}

static int apply(struct mounts *m, bool add, struct lct_err *err)
{
	const struct talk_setup s = { .cgroup = -EBADF, .target = m->ct->pidfd, .gate = -EBADF };
	struct lct_outcome how;
	int r;

	m->talk = (struct talk){ .plan = m->plan.data,
				 .plan_len = m->plan.len,
				 .needs = &m->needs,
				 .host = &m->host,
				 .id = m->ct->id,
				 .rec = &m->ct->rec,
				 .state = container_state(m->ct),
				 .mounted = m->ids,
				 .timeout_ms = m->timeout_ms };
	r = talk_open(&m->talk, &s, err);
	if (r == 0)
		r = talk_until_ready(&m->talk, err);
	if (r == 0)
		r = add ? record_added(m, err) : mounted_write(m->ct->dirfd, &m->list, err);
	if (r == 0)
		r = talk_commit(&m->talk, false, -EBADF, err);
	if (r < 0) {
		let_go(&m->talk);
		return r;
	}
	(void)pidfd_wait_until(m->talk.init, m->talk.deadline);
	run_observe(m->talk.init, m->talk.init_pid, &how);
	return 0;
}

static int change(struct mounts *m, bool add, struct lct_err *err)
{
	int r = host_probe(m->a, &m->host, err);

	if (r == 0)
		r = target(m, err);
	if (r == 0 && !add) {
		m->po.ids = m->ids;
		r = find_ids(m, err);
	}
	if (r == 0)
		r = plan_compile_mounts(m->a, &m->host, &m->po, &m->plan, &m->needs, err);
	return r < 0 ? r : apply(m, add, err);
}

static int verb(lct_container *ct, const char *text, size_t len, int timeout_ms, bool add, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct mounts m = { .ct = ct, .a = &a, .timeout_ms = run_timeout(ct->rt, timeout_ms) };
	autofd lock = -EBADF;
	int r;

	if (timeout_ms < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "a timeout must not be negative");
	m.talk.link = m.talk.mid = m.talk.init = m.talk.console = m.talk.userns = -EBADF;
	lock = container_lock(ct, run_deadline(m.timeout_ms), err);
	if (lock < 0)
		return lock;
	r = container_allows(ct, OP_MOUNTS, err);
	if (r == 0)
		r = spec_decode_mounts(&a, text, len, &m.v, &m.n, err);
	if (r == 0 && m.n)
		r = change(&m, add, err);
	talk_close(&m.talk);
	buf_done(&m.plan);
	return r;
}

int lct_mounts_add(lct_container *ct, const char *mounts, size_t len, int timeout_ms, struct lct_err *err)
{
	return verb(ct, mounts, len, timeout_ms, true, err);
}

int lct_mounts_remove(lct_container *ct, const char *mounts, size_t len, int timeout_ms, struct lct_err *err)
{
	return verb(ct, mounts, len, timeout_ms, false, err);
}
