/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container handle: its record, and init held by a pidfd.  Room: run. */
#include "run/run.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sys/sys.h"

int container_new(lct_runtime *rt, const char *id, lct_container **ret, struct lct_err *err)
{
	lct_container *ct = calloc(1, sizeof(*ct));

	if (!ct || !(ct->id = strdup(id))) {
		free(ct);
		return err_nomem(err);
	}
	ct->rt = rt;
	ct->dirfd = ct->pidfd = ct->console = ct->events = ct->notify = -EBADF;
	ct->oom = (struct oom_counts){ LCT_UNKNOWN, LCT_UNKNOWN };
	usage_unknown(&ct->last);
	usage_unknown(&ct->rec.usage);
	*ret = ct;
	return 0;
}

void lct_free(lct_container *ct)
{
	if (!ct)
		return;
	fd_done(&ct->dirfd);
	fd_done(&ct->pidfd);
	fd_done(&ct->console);
	fd_done(&ct->events);
	fd_done(&ct->notify);
	arena_done(&ct->arena);
	free(ct->id);
	free(ct);
}

int container_open_init(const struct record *r)
{
	char boot[37];

	/* A record of another boot names processes that are gone; their pids are others' now. */
	if (!r->init.pid || (identity_boot_id(boot) == 0 && strcmp(boot, r->boot_id)))
		return -ESRCH;
	return identity_open(&r->init);
}

int container_load(lct_container *ct, struct lct_err *err)
{
	int r;

	arena_done(&ct->arena);
	fd_done(&ct->pidfd);
	ct->rec = (struct record){ 0 };
	usage_unknown(&ct->rec.usage);
	ct->damaged = false;
	r = record_read(ct->dirfd, &ct->arena, &ct->rec, err);
	if (r == -ENOENT) { /* claimed, the intent not written yet: all there is to know is whose directory it is */
		struct stat st;

		ct->rec.phase = STATE_RESERVED;
		r = sys_fstat(ct->dirfd, &st);
		if (r < 0)
			return err_sys(err, r, ct->id, "look at the state directory");
		ct->rec.owner_uid = st.st_uid;
		return 0;
	}
	if (r < 0) {
		ct->damaged = true;
		return r;
	}
	if (!ct->rec.init.pid)
		return 0;
	r = container_open_init(&ct->rec);
	if (r < 0 && r != -ESRCH)
		return err_sys(err, r, ct->id, "open the container's init (pid %d)", (int)ct->rec.init.pid);
	ct->pidfd = r;
	return 0;
}

int lct_find(lct_runtime *rt, const char *id, lct_container **ret, struct lct_err *err)
{
	autofd root = -EBADF;
	lct_container *ct;
	int r = store_check_id(id, err);

	if (r < 0)
		return r;
	root = store_open_root(rt->root, false, err);
	if (root == -ENOENT)
		return err_set(err, LCT_E_NOT_FOUND, ENOENT, id, "container does not exist (no state directory in %s)",
			       rt->root);
	if (root < 0)
		return root;
	r = container_new(rt, id, &ct, err);
	if (r < 0)
		return r;
	ct->dirfd = r = store_open(root, id, err);
	if (r >= 0)
		r = container_load(ct, err);
	if (r < 0) {
		lct_free(ct);
		return r;
	}
	ct->found = true;
	*ret = ct;
	return 0;
}

int container_lock(lct_container *ct, int64_t deadline_ns, struct lct_err *err)
{
	autofd root = store_open_root(ct->rt->root, false, err), lock = -EBADF;
	int r;

	if (root < 0)
		return root;
	lock = store_open(root, ct->id, err);
	if (lock < 0)
		return lock;
	r = store_lock(root, ct->id, lock, deadline_ns, err);
	if (r == 0)
		r = container_load(ct, err);
	return r < 0 ? r : TAKE_FD(lock);
}

static bool frozen(lct_container *ct)
{
	autofd cg = ct->rec.cgroup ? container_cgroup(ct) : -ENOENT;

	return cg >= 0 && cgroup_frozen(cg) == 1;
}

enum state container_state(lct_container *ct)
{
	if (ct->damaged)
		return STATE_BROKEN;
	if (!ct->rec.init.pid)
		return ct->rec.phase == STATE_RESERVED	? STATE_RESERVED
		       : ct->rec.phase == STATE_STOPPED ? STATE_STOPPED
							: STATE_CREATING;
	if (ct->pidfd < 0 || pidfd_ended(ct->pidfd) == 1)
		return STATE_STOPPED;
	if (ct->rec.phase == STATE_CREATING) /* its hooks run */
		return STATE_CREATING;
	/* As runc: who is frozen is paused, also before the start. */
	if (frozen(ct))
		return STATE_PAUSED;
	if (ct->rec.phase == STATE_CREATED)
		return STATE_CREATED;
	/* A start that was killed leaves "starting": whether it went through, the kernel knows. */
	if (ct->rec.phase == STATE_STARTING && exec_confirmed(ct->rec.init.pid) == 0)
		return STATE_STARTING;
	return STATE_RUNNING;
}

int container_allows(lct_container *ct, enum operation op, struct lct_err *err)
{
	const char *text = NULL;
	enum state s = container_state(ct);
	int r = state_allows(s, op, &text);

	if (r < 0)
		return err_set(err, LCT_E_STATE, -r, NULL, "%s", text ? text : "not possible now");
	return 0;
}

int container_cgroup(lct_container *ct)
{
	_cleanup_arena_ struct arena a = { 0 };
	const char *dir = run_state_dir(&a, ct->rt, ct->id);

	if (!ct->rec.cgroup)
		return -ENOENT;
	return dir ? cgroup_open(ct->rec.cgroup, dir, NULL) : -ENOMEM;
}

int lct_pidfd(lct_container *ct)
{
	return ct->pidfd >= 0 ? ct->pidfd : -ESRCH;
}

int lct_console(lct_container *ct)
{
	int fd = TAKE_FD(ct->console);

	return fd >= 0 ? fd : -ENOENT;
}
