/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * restore: a container whose init criu brings back from files.  All around it is as with create (run/create.h): the record
 * is written before anything is done, the cgroup is there and furnished before criu begins, and what fails is undone.
 *
 *   kin --spawn--> criu swrk --clone(CLONE_PARENT)--> init: criu's sibling, our child
 *
 * criu itself runs in the container's cgroup, so that whatever it makes is born there or, in the sub-cgroups that the
 * container had, below; and in a mount namespace of its own in which the root file system is the mount that it wants:
 * nothing of it can be left over.  It waits for our answer at each of its steps; init is on record and those who asked are
 * told of it before its processes go on.  Room: run.
 */
#include "run/create.h"
#include "run/criu.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/sys.h"

/* Below the state directory: where criu has the root file system. */
#define ROOT "root"

enum { MAX_INHERITED = 5 };

struct restore {
	struct create *c;
	struct lct_criu_opts o;
	struct criu criu;
	struct criu_request q;
	struct external mounts;
	struct descriptors descriptors;
	struct criu_inherited inherited[MAX_INHERITED];
	struct criu_pair join[2];
	struct child_bind binds[2];
	size_t n_binds;
	int namespaces[2]; /* that criu inherits */
	size_t n_namespaces;
};

/* ---- what criu gets ---- */

static int inherit_streams(struct restore *s, struct lct_err *err)
{
	int r = descriptors_load(s->c->a, s->criu.images, &s->descriptors, err);

	for (int i = 0; i < 3 && r == 0; i++)
		if (s->descriptors.key[i])
			s->inherited[s->q.n_inherited++] = (struct criu_inherited){ s->descriptors.key[i], i };
	return r;
}

/* Network and pid namespace by path were left out of the images; ipc and uts are in there, and joined instead. */
static int join_namespaces(struct restore *s, struct lct_err *err)
{
	static const struct {
		enum spec_ns_kind kind;
		const char *key, *join;
	} kinds[] = {
		{ SPEC_NS_NETWORK, CRIU_NET, NULL },
		{ SPEC_NS_PID, CRIU_PID, NULL },
		{ SPEC_NS_IPC, NULL, "ipc" },
		{ SPEC_NS_UTS, NULL, "uts" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *path = s->c->bundle.spec.ns[kinds[i].kind].path;
		int fd;

		if (!path)
			continue;
		if (kinds[i].join) {
			s->join[s->q.n_join++] = (struct criu_pair){ kinds[i].join, path };
			continue;
		}
		fd = sys_openat(AT_FDCWD, path, O_RDONLY, 0);
		if (fd < 0)
			return err_sys(err, fd, path, "namespace to restore into");
		s->namespaces[s->n_namespaces++] = fd;
		s->inherited[s->q.n_inherited++] = (struct criu_inherited){ kinds[i].key, fd };
	}
	return 0;
}

static const char *annotation(const struct spec *s, const char *key)
{
	for (size_t i = 0; i < s->n_annotations; i++)
		if (!strcmp(s->annotations[i].key, key))
			return s->annotations[i].value;
	return NULL;
}

static int hand_over_cgroups(struct restore *s, struct lct_err *err)
{
	struct create *c = s->c;

	if (!s->o.manage_cgroups)
		s->q.cgroup_mode = c->place.dir ? CRIU_CG_SOFT : CRIU_CG_IGNORE;
	if (s->q.cgroup_mode == CRIU_CG_IGNORE)
		return 0;
	if (!c->place.dir || strncmp(c->place.dir, c->host.cgroup_mount, strlen(c->host.cgroup_mount)) != 0)
		return err_set(err, LCT_E_USAGE, EOPNOTSUPP, NULL,
			       "this container has no cgroup of its own: --manage-cgroups-mode must be ignore");
	s->q.cgroup_root = c->place.dir + strlen(c->host.cgroup_mount);
	return criu_yard(c->a, c->dir, c->state_dir, c->host.cgroup_mount, &s->q, &s->binds[s->n_binds++], err);
}

static bool has_userns(const struct create *c)
{
	return (c->needs.new_ns | c->needs.joined_ns) & KCLONE_NEWUSER;
}

static int gather(struct restore *s, struct lct_err *err)
{
	struct create *c = s->c;
	int r;

	if (c->bundle.spec.rdt.present)
		return err_set(err, LCT_E_CONFIG, EOPNOTSUPP, "/linux/intelRdt",
			       "criu makes the processes, and none of them would be in the class of service");
	r = inherit_streams(s, err);

	if (r == 0)
		r = external_of_plan(c->a, c->plan.data, has_userns(c), c->bundle.rootfs, &s->mounts, err);
	if (r == 0)
		r = join_namespaces(s, err);
	s->q.mounts = s->mounts.v;
	s->q.n_mounts = s->mounts.n;
	s->q.inherited = s->inherited;
	s->q.join = s->join;
	s->q.config_file = criu_config_file(annotation(&c->bundle.spec, "org.criu.config"));
	s->q.root = arena_printf(c->a, "%s/" ROOT, c->state_dir);
	if (r == 0)
		r = hand_over_cgroups(s, err);
	return r == 0 && !s->q.root ? err_nomem(err) : r;
}

/* ---- what it tells ---- */

static int meet_init(struct restore *s, pid_t pid, struct lct_err *err)
{
	struct talk *t = &s->c->talk;

	if (t->init >= 0)
		return 0;
	/* Our child, which nobody has waited for: the number is its own. */
	t->init = sys_pidfd_open(pid);
	if (t->init < 0)
		return err_sys(err, t->init, NULL, "open the restored init (pid %d)", (int)pid);
	t->init_pid = pid;
	return create_note_init(s->c, STATE_CREATING, err);
}

static int run_hooks(struct restore *s, struct lct_err *err)
{
	struct create *c = s->c;
	const struct spec_hooks *hooks = c->bundle.spec.hooks;
	struct hooks_order o = { hooks, &c->rec, NULL, c->rt->environment, &c->output };
	char *doc;
	int r;

	if (!hooks[SPEC_HOOK_PRESTART].n && !hooks[SPEC_HOOK_CREATE_RUNTIME].n)
		return 0;
	c->talk.hooked = true;
	doc = state_document(&c->rec, STATE_CREATING, c->talk.init_pid, false);
	o.state_json = doc;
	r = doc ? hooks_run(&o, SPEC_HOOK_PRESTART, err) : err_nomem(err);
	if (r == 0)
		r = hooks_run(&o, SPEC_HOOK_CREATE_RUNTIME, err);
	free(doc);
	return r;
}

static int take_console(struct restore *s, int *fd, struct lct_err *err)
{
	struct create *c = s->c;

	if (*fd < 0)
		return 0;
	if (c->o.console_socket)
		return console_send(c->o.console_socket, *fd, "/dev/console",
				    run_deadline(run_timeout(c->rt, c->o.timeout_ms)), err);
	fd_done(&c->talk.console);
	c->talk.console = TAKE_FD(*fd);
	return 0;
}

static int notified(void *arg, const char *script, pid_t pid, int *fd, struct lct_err *err)
{
	struct restore *s = arg;
	int r = 0;

	if (!strcmp(script, "orphan-pts-master"))
		return take_console(s, fd, err);
	if (!strcmp(script, "setup-namespaces") && pid) {
		r = meet_init(s, pid, err);
		return r < 0 ? r : run_hooks(s, err);
	}
	if (strcmp(script, "post-restore") || !pid)
		return 0;
	/* All is restored, and nothing goes on before we answer. */
	r = meet_init(s, pid, err);
	if (r == 0 && s->c->bundle.spec.root.readonly) {
		r = remount_readonly(s->c->talk.init); /* criu leaves the root as it finds it */
		if (r < 0)
			r = err_sys(err, r, "/root/readonly", "make the restored root read-only");
	}
	if (r == 0)
		r = create_tell(s->c, err);
	return r < 0 ? r : create_note_init(s->c, STATE_RUNNING, err);
}

/* ---- doing it ---- */

/* systemd makes a unit around a process: the intermediate is one that waits for instructions, and gets none. */
static int make_unit(struct create *c, struct lct_err *err)
{
	struct talk_setup nothing = {
		.cgroup = -EBADF, .target = -EBADF, .gate = -EBADF, .stdio = c->o.stdio, .hold = true
	};
	int r;

	c->talk.timeout_ms = run_timeout(c->rt, c->o.timeout_ms);
	r = talk_open(&c->talk, &nothing, err);
	return r < 0 ? r : create_unit(c, err);
}

static int start_criu(struct restore *s, struct lct_err *err)
{
	struct create *c = s->c;
	const int *given = c->o.stdio;
	autofd procs = c->cgroup >= 0 ? sys_openat(c->cgroup, "cgroup.procs", O_WRONLY, 0) : -ENOENT;
	struct child like = { .envp = c->rt->environment,
			      .stdio = { given ? given[0] : 0, given ? given[1] : 1, given ? given[2] : 2 },
			      .also = s->namespaces,
			      .n_also = s->n_namespaces,
			      .procs = procs >= 0 ? &procs : NULL,
			      /* One of the images it makes only with the cgroups. */
			      .cgroup_ns = s->q.cgroup_mode == CRIU_CG_IGNORE && (c->needs.new_ns & KCLONE_NEWCGROUP),
			      .binds = s->binds,
			      .n_binds = s->n_binds + 1 };
	int r = sys_mkdirat(c->dir, ROOT, 0700);

	if (r < 0)
		return err_sys(err, r, s->q.root, "make");
	if (procs < 0 && procs != -ENOENT)
		return err_sys(err, procs, c->place.dir, "cgroup.procs");
	s->binds[s->n_binds] = (struct child_bind){ c->bundle.rootfs, s->q.root };
	s->criu.notified = notified;
	s->criu.arg = s;
	return criu_start(&s->criu, &like, err);
}

static int revive(struct create *c, struct lct_err *err)
{
	struct restore *s = c->arg;
	struct criu_reply reply = { 0 };
	int r;

	s->c = c;
	r = c->unit.name ? make_unit(c, err) : 0;
	if (r == 0)
		r = gather(s, err);
	if (r == 0)
		r = start_criu(s, err);
	if (r == 0)
		r = criu_ask(&s->criu, &s->q, &reply, err);
	if (r == 0 && c->talk.init < 0)
		r = err_set(err, LCT_E_SYSTEM, EPROTO, NULL, "criu restored something and did not say what");
	criu_close(&s->criu);
	talk_dismiss(&c->talk);
	(void)sys_unlinkat(c->dir, ROOT, AT_REMOVEDIR);
	criu_yard_gone(c->dir);
	return r;
}

int lct_restore(lct_runtime *rt, const char *id, const struct lct_create_opts *create, const struct lct_criu_opts *opts,
		lct_container **ret, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct restore s = { .q.type = CRIU_RESTORE };
	struct create like = { .start = true, .revive = revive, .arg = &s };
	int r;

	s.criu.sock = s.criu.pidfd = s.criu.images = s.criu.work = -EBADF;
	if (create)
		memcpy(&like.o, create, create->size < sizeof(like.o) ? create->size : sizeof(like.o));
	if (opts)
		memcpy(&s.o, opts, opts->size < sizeof(s.o) ? opts->size : sizeof(s.o));
	r = criu_open(&s.criu, &a, &s.o, &s.q, err);
	if (r == 0)
		r = create_container(rt, id, &like, ret, err);
	criu_close(&s.criu);
	for (size_t i = 0; i < s.n_namespaces; i++)
		fd_done(&s.namespaces[i]);
	return r;
}
