/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checkpoint: a container written to files by criu.  What criu must be told is what it cannot see from inside: the mounts,
 * namespaces and streams that are the host's.  What it leaves is either the container going on or its end, and which of
 * the two is asked of the kernel.  Room: run.
 */
#include "run/criu.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "sys/sys.h"

enum { MAX_PLAN = 64 << 20, END_MS = 10000 };

struct checkpoint {
	struct arena *a;
	lct_container *ct;
	struct lct_criu_opts o;
	struct criu criu;
	struct criu_request q;
	char *plan;
	size_t plan_len;
	struct child_bind binds[1];
	size_t n_binds;
};

static int load_plan(struct checkpoint *c, struct lct_err *err)
{
	int r = store_get(c->ct->dirfd, "plan", MAX_PLAN, c->a, &c->plan, &c->plan_len, err);

	if (r == 0 && plan_verify(c->plan, c->plan_len, NULL) < 0)
		r = err_set(err, LCT_E_DAMAGED, EBADMSG, c->ct->id, "the stored plan is damaged");
	return r;
}

/* net[4026532281]:extRootNetNS */
static int add_namespace(struct checkpoint *c, const char *file, const char *name, char **external, size_t *n,
			 struct lct_err *err)
{
	struct stat st;
	char path[48];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)c->ct->rec.init.pid, file);
	r = sys_fstatat(AT_FDCWD, path, &st, 0);
	if (r < 0)
		return err_sys(err, r, path, "namespace of the container");
	external[*n] = arena_printf(c->a, "%s[%llu]:%s", file, (unsigned long long)st.st_ino, name);
	return external[(*n)++] ? 0 : err_nomem(err);
}

static int gather(struct checkpoint *c, struct lct_err *err)
{
	const uint64_t joined = c->ct->rec.joined_ns;
	struct external mounts = { 0 };
	char **streams = NULL, **external;
	size_t n = 0;
	int r = external_of_container(c->a, c->plan, (joined | c->ct->rec.new_ns) & KCLONE_NEWUSER, c->ct->rec.init.pid,
				      &mounts, err);

	if (r == 0)
		r = descriptors_save(c->a, c->ct->rec.init.pid, c->criu.images, &streams, &n, err);
	if (r < 0)
		return r;
	external = arena_array(c->a, n + 3, sizeof(*external));
	if (!external)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		external[i] = streams[i];
	if (joined & CLONE_NEWNET)
		r = add_namespace(c, "net", CRIU_NET, external, &n, err);
	if (r == 0 && (joined & CLONE_NEWPID))
		r = add_namespace(c, "pid", CRIU_PID, external, &n, err);
	c->q.mounts = mounts.v;
	c->q.n_mounts = mounts.n;
	c->q.external = external;
	c->q.n_external = n;
	return r;
}

static const char *annotation(const struct record *r, const char *key)
{
	for (size_t i = 0; i < r->n_annotations; i++)
		if (!strcmp(r->annotations[2 * i], key))
			return r->annotations[2 * i + 1];
	return NULL;
}

static bool goes_on(const struct checkpoint *c)
{
	return c->q.flags & (LCT_CRIU_LEAVE_RUNNING | LCT_CRIU_PRE_DUMP);
}

/* Its cgroups are in the images when criu is to make them again. */
static int show_cgroups(struct checkpoint *c, struct lct_err *err)
{
	struct host h;
	int r = host_probe(c->a, &h, err);

	if (r < 0 || c->q.cgroup_mode == CRIU_CG_IGNORE || !h.cgroup_mount)
		return r;
	return criu_yard(c->a, c->ct->dirfd, run_state_dir(c->a, c->ct->rt, c->ct->id), h.cgroup_mount, &c->q,
			 &c->binds[c->n_binds++], err);
}

static int dump(struct checkpoint *c, struct lct_err *err)
{
	autofd null = sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0);
	struct child like = {
		.envp = c->ct->rt->environment, .cwd = -EBADF, .stdio = { null, null, null }, .binds = c->binds
	};
	struct criu_reply reply;
	int r = null < 0 ? err_sys(err, null, "/dev/null", "open") : show_cgroups(c, err);

	like.n_binds = c->n_binds;
	if (r == 0)
		r = criu_start(&c->criu, &like, err);
	if (r == 0)
		r = load_plan(c, err);
	if (r == 0)
		r = gather(c, err);
	return r < 0 ? r : criu_ask(&c->criu, &c->q, &reply, err);
}

/* criu has killed it; how it ended, for those who ask later.  Its parent alone learns more before Linux 6.15. */
static int see_end(struct checkpoint *c, struct lct_err *err)
{
	struct lct_outcome how = { .size = sizeof(how) };
	lct_container *ct = c->ct;
	int r = lct_wait(ct, END_MS, &how, err);

	if (r < 0 || how.how != LCT_EXIT_UNKNOWN)
		return r;
	ct->rec.exited = true;
	ct->rec.exit_how = LCT_EXIT_SIGNAL;
	ct->rec.exit_status = SIGKILL;
	ct->rec.usage = how.usage;
	return record_write(ct->dirfd, &ct->rec, err);
}

static int prepare(struct checkpoint *c, struct lct_err *err)
{
	const struct record *rec = &c->ct->rec;
	int r = container_allows(c->ct, OP_CHECKPOINT, err);

	if (r < 0)
		return r;
	c->q.type = (c->o.flags & LCT_CRIU_PRE_DUMP) ? CRIU_PRE_DUMP : CRIU_DUMP;
	c->q.cgroup_mode = rec->cgroup ? CRIU_CG_SOFT : CRIU_CG_IGNORE;
	r = criu_open(&c->criu, c->a, &c->o, &c->q, err);
	c->q.pid = rec->init.pid;
	c->q.root = rec->rootfs;
	c->q.freeze_cgroup = rec->cgroup;
	c->q.config_file = criu_config_file(annotation(rec, "org.criu.config"));
	if (c->q.flags & LCT_CRIU_PRE_DUMP)
		c->q.flags |= LCT_CRIU_LEAVE_RUNNING;
	return r;
}

int lct_checkpoint(lct_container *ct, const struct lct_criu_opts *opts, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct checkpoint c = { .a = &a, .ct = ct };
	autofd lock = -EBADF;
	int r = 0;

	c.criu.sock = c.criu.pidfd = c.criu.images = c.criu.work = -EBADF;
	if (opts)
		memcpy(&c.o, opts, opts->size < sizeof(c.o) ? opts->size : sizeof(c.o));
	lock = container_lock(ct, run_deadline(ct->rt->timeout_ms), err);
	r = lock < 0 ? lock : prepare(&c, err);
	if (r == 0)
		r = dump(&c, err);
	criu_close(&c.criu);
	if (lock >= 0)
		criu_yard_gone(lock);
	return r < 0 || goes_on(&c) ? r : see_end(&c, err);
}
