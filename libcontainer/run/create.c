/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * create, and run = create + start in one conversation.
 *
 * First everything that can be decided without a trace (prepare.c); then effects, each recorded as an intent before it
 * happens (claim, cgroup, spawn); then the commit.  Whatever fails undoes what was done, in reverse; whoever is
 * killed in between leaves a record from which delete --force does the same.  Room: run.
 */
#include "run/create.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "sys/sys.h"

enum { LATE_MS = 5000 };

static int intend(struct create *c, struct lct_err *err)
{
	const struct intent in = { .id = c->id,
				   .host = &c->host,
				   .bundle = &c->bundle,
				   .place = &c->place,
				   .cgroup_manager = c->rt->cgroup_manager,
				   .unit = c->unit.name,
				   .needs = &c->needs,
				   .filter = &c->filter,
				   .no_new_keyring = c->o.flags & LCT_NO_NEW_KEYRING };

	return intent_record(c->a, &in, &c->rec, err);
}

/* ---- effects ---- */

static int prepare_notify(struct create *c, struct lct_err *err)
{
	int r = notify_make(c->dir, err);

	if (r < 0 || !c->start)
		return r;
	c->notify = notify_listen(c->dir, err);
	return c->notify < 0 ? c->notify : 0;
}

/* The id, and what is intended with it. */
static int claim(struct create *c, struct lct_err *err)
{
	const struct spec *s = &c->bundle.spec;
	int r;

	c->root = store_open_root(c->rt->root, true, err);
	if (c->root < 0)
		return c->root;
	c->dir = store_claim(c->root, c->id, err);
	if (c->dir < 0)
		return c->dir;
	r = record_write(c->dir, &c->rec, err);
	/* For exec: the defaults of the process and the compiled filter; for start: the words of its errors. */
	if (r == 0)
		r = store_add(c->dir, "process.json", s->process_json, s->process_json_len, err);
	if (r == 0)
		r = store_add(c->dir, "plan", c->plan.data, c->plan.len, err);
	return r < 0 || !(c->o.flags & LCT_NOTIFY) ? r : prepare_notify(c, err);
}

static int64_t deadline(const struct create *c)
{
	return run_deadline(run_timeout(c->rt, c->o.timeout_ms));
}

/* Limits are in force before anything runs in it. */
static int furnish_cgroup(struct create *c, struct lct_err *err)
{
	const struct spec_resources *res = &c->bundle.spec.resources;
	int r = 0;

	if (c->cgroup < 0)
		return c->cgroup;
	if (res->n_limits)
		r = cgroup_apply_limits(c->cgroup, c->place.dir, &c->host, res, deadline(c), err);
	if (r == 0)
		r = cgroup_apply_devices(c->cgroup, res, &c->host, err);
	if (r == 0 && c->needs.delegate && !c->rec.cgroup_sub)
		r = cgroup_delegate(c->cgroup, c->needs.delegate_uid, err);
	return r;
}

static int make_cgroup(struct create *c, struct lct_err *err)
{
	if (!c->place.dir || c->unit.name)
		return 0;
	c->cgroup = cgroup_make(&c->host, &c->place, c->state_dir, err);
	return furnish_cgroup(c, err);
}

/* systemd makes the unit around the intermediate, which waits to be told what to do: init is cloned from within. */
int create_unit(struct create *c, struct lct_err *err)
{
	const char *dir = NULL;
	int r;

	c->has_unit = true;
	r = systemd_start(c->a, c->rt, &c->host, &c->unit, &c->bundle.spec, c->id, c->talk.mid_pid, deadline(c), &dir,
			  err);
	if (r < 0)
		return r;
	if (strcmp(dir, c->place.dir)) { /* the record is to lead to where it is */
		c->rec.cgroup = c->place.dir = dir;
		r = record_write(c->dir, &c->rec, err);
	}
	if (r < 0)
		return r;
	c->cgroup = cgroup_adopt(dir, c->state_dir, err);
	r = furnish_cgroup(c, err);
	if (r == 0 && !c->revive)
		r = inside_subgroup(c, deadline(c), err);
	if (r == 0)
		c->events = oom_open(c->cgroup);
	return r;
}

/* Time that the container's own hooks may take before init is ready. */
static int patience_ms(const struct create *c)
{
	const struct spec_hooks *h = c->bundle.spec.hooks;
	int64_t ms = run_timeout(c->rt, c->o.timeout_ms) + hooks_patience_ms(&h[SPEC_HOOK_CREATE_CONTAINER]);

	ms += c->start ? hooks_patience_ms(&h[SPEC_HOOK_START_CONTAINER]) : 0;
	return ms > MAX_PATIENCE_MS ? MAX_PATIENCE_MS : (int)ms;
}

/* A hook, or whoever it tells, may ask about the container. */
static int note_init(void *arg, struct lct_err *err)
{
	struct create *c = arg;
	int r = identity_of(c->talk.init, c->talk.init_pid, &c->rec.init);

	return r < 0 ? err_sys(err, r, NULL, "identify init") : record_write(c->dir, &c->rec, err);
}

static int spawn(struct create *c, struct lct_err *err)
{
	struct talk_setup s = { .stdio = c->o.stdio,
				.preserve = c->o.preserve_fds + c->o.listen_fds,
				.cgroup = c->cgroup,
				.target = -EBADF,
				.gate = -EBADF,
				.hold = c->unit.name || c->rec.rdt_clos };
	int r;

	if (!c->start) {
		c->gate = gate_listen(c->dir, err);
		if (c->gate < 0)
			return c->gate;
		s.gate = c->gate;
	}
	c->talk = (struct talk){ .plan = c->plan.data,
				 .plan_len = c->plan.len,
				 .needs = &c->needs,
				 .host = &c->host,
				 .spec = &c->bundle.spec,
				 .id = c->id,
				 .bundle = c->bundle.path,
				 .rec = &c->rec,
				 .state = STATE_CREATING,
				 .console_socket = c->o.console_socket,
				 .environment = c->rt->environment,
				 .output = &c->output,
				 .before_hooks = note_init,
				 .after_spawn = inside_delegate,
				 .arg = c,
				 .arena = c->a,
				 .devices = &c->devices,
				 .timeout_ms = patience_ms(c) };
	r = talk_open(&c->talk, &s, err);
	if (r == 0 && c->unit.name)
		r = create_unit(c, err);
	if (r == 0)
		r = rdt_enter(&c->rec, c->talk.mid_pid, false, err);
	if (r == 0 && s.hold)
		r = talk_setup(&c->talk, &s, err);
	return r < 0 ? r : talk_until_ready(&c->talk, err);
}

/* Without a cgroup nothing but the record leads to init: a second copy, should the first be damaged. */
static int keep_spare(struct create *c, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };
	int r = record_encode(&c->rec, &b, err);

	return r < 0 ? r : store_put(c->dir, "spare", b.data, b.len, err);
}

int create_note_init(struct create *c, enum state phase, struct lct_err *err)
{
	int r = identity_of(c->talk.init, c->talk.init_pid, &c->rec.init);

	if (r < 0)
		return err_sys(err, r, NULL, "identify init");
	c->rec.phase = phase;
	r = record_write(c->dir, &c->rec, err);
	return r == 0 && !c->place.dir ? keep_spare(c, err) : r;
}

/* Who init is, on record before it stops dying with us. */
static int commit(struct create *c, struct lct_err *err)
{
	int r = create_note_init(c, c->start ? STATE_STARTING : STATE_CREATED, err);
	autofd state = -EBADF;

	if (r < 0)
		return r;
	if (c->start && c->bundle.spec.hooks[SPEC_HOOK_START_CONTAINER].n) {
		c->talk.hooked = true;
		state = state_memfd(&c->rec, STATE_CREATED, c->talk.init_pid);
		if (state < 0)
			return err_sys(err, state, NULL, "state document for hooks");
	}
	return talk_commit(&c->talk, c->start, state, err);
}

static int run_hooks(struct create *c, enum spec_hook_kind kind, const char *doc, struct lct_err *err)
{
	const struct hooks_order o = { c->bundle.spec.hooks, &c->rec, doc, c->rt->environment, &c->output };

	return hooks_run(&o, kind, err);
}

static int finish_start(struct create *c, struct lct_err *err)
{
	int r = talk_until_exec(&c->talk, true, c->bundle.spec.hooks[SPEC_HOOK_START_CONTAINER].n, err);
	char *doc;

	/* "starting" stays on record: whoever asks has the kernel's word that it runs (container_state). */
	if (r < 0 || !c->bundle.spec.hooks[SPEC_HOOK_POSTSTART].n)
		return r;
	c->talk.hooked = true;
	doc = state_document(&c->rec, STATE_RUNNING, c->talk.init_pid, false);
	r = doc ? run_hooks(c, SPEC_HOOK_POSTSTART, doc, err) : err_nomem(err);
	free(doc);
	return r;
}

static int hold_spares(struct create *c, struct lct_err *err)
{
	for (int i = 0; i < SPARE_FDS; i++) {
		c->spare[i] = i ? sys_dup_above(c->spare[0], 3) : sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
		if (c->spare[i] < 0)
			return err_sys(err, c->spare[i], NULL, "reserve descriptors for cleaning up");
	}
	return 0;
}

static void drop_spares(struct create *c)
{
	for (int i = 0; i < SPARE_FDS; i++)
		fd_done(&c->spare[i]);
}

/* The option's, and the annotation's. */
static int send_pidfd(struct create *c, struct lct_err *err)
{
	const char *const paths[] = { c->o.pidfd_socket, c->bundle.spec.pidfd_receiver };
	int r = 0;

	for (size_t i = 0; i < 2 && r == 0; i++)
		if (paths[i])
			r = socket_send_pidfd(paths[i], c->talk.init, "standard", deadline(c), err);
	return r;
}

int create_tell(struct create *c, struct lct_err *err)
{
	int r = send_pidfd(c, err);

	if (r < 0 || !c->o.pid_file)
		return r;
	r = pid_file_write(c->o.pid_file, c->talk.init_pid, err);
	c->pid_file = r == 0;
	return r;
}

static int effects(struct create *c, struct lct_err *err)
{
	int r = hold_spares(c, err);

	if (r == 0 && c->bundle.spec.hooks_json)
		r = hook_output_open(&c->rec, &c->output, err);
	if (r == 0)
		r = claim(c, err);
	if (r == 0)
		r = make_cgroup(c, err);
	if (r == 0 && c->revive)
		return c->revive(c, err);
	if (r == 0)
		r = rdt_begin(&c->bundle.spec.rdt, &c->rec, &c->has_rdt, err);
	if (r == 0)
		r = spawn(c, err);
	if (r == 0)
		r = create_tell(c, err);
	if (r == 0)
		r = commit(c, err);
	if (r == 0 && c->start)
		r = finish_start(c, err);
	return r;
}

/* runtime-spec runtime.md, "Lifecycle": after a hook that fails the container is destroyed and its poststop hooks are
 * called.  So what a hook has made is unmade whatever failed after it; where none has run there is nothing to unmake. */
static void poststop(struct create *c)
{
	char *doc;

	if (!c->talk.hooked)
		return;
	doc = state_document(&c->rec, STATE_STOPPED, 0, false);
	if (doc)
		(void)run_hooks(c, SPEC_HOOK_POSTSTOP, doc, NULL);
	free(doc);
}

static void undo(struct create *c, int error)
{
	/* Whoever did not answer in time is not given as much again. */
	int64_t until = run_deadline(error == -ETIMEDOUT ? LATE_MS : run_timeout(c->rt, 0));

	drop_spares(c);
	if (c->dir < 0)
		return;
	netdevices_return(&c->devices); /* before the namespace goes */
	talk_abort(&c->talk);
	if (c->pid_file)
		(void)sys_unlinkat(AT_FDCWD, c->o.pid_file, 0);
	/* What cannot be removed stays on record, for delete --force. */
	if (c->has_unit && systemd_stop(c->rt, &c->rec, until, NULL) < 0)
		return;
	if (c->place.dir && c->cgroup >= 0 && cgroup_remove(c->place.dir, c->place.make, c->cgroup, until, NULL) < 0)
		return;
	if (c->has_rdt && rdt_end(&c->rec, NULL) < 0)
		return;
	if (store_remove(c->root, c->id, c->dir, NULL) == 0)
		poststop(c);
}

static int hand_over(struct create *c, lct_container **ret, struct lct_err *err)
{
	lct_container *ct;
	int r = container_new(c->rt, c->id, &ct, err);

	if (r < 0)
		return r;
	ct->dirfd = TAKE_FD(c->dir);
	(void)flock(ct->dirfd, LOCK_UN); /* the handle is no operation: others may have the container now */
	ct->pidfd = TAKE_FD(c->talk.init);
	ct->console = TAKE_FD(c->talk.console);
	ct->notify = TAKE_FD(c->notify);
	if (c->events >= 0)
		ct->events = TAKE_FD(c->events);
	/* The record's strings live in the call's arena: the handle takes it over. */
	ct->arena = *c->a;
	*c->a = (struct arena){ 0 };
	ct->rec = c->rec;
	ct->rec.id = ct->id;
	*ret = ct;
	return 0;
}

int create_container(lct_runtime *rt, const char *id, const struct create *like, lct_container **ret,
		     struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct create c = *like;
	int r = store_check_id(id, err);

	c.a = &a;
	c.rt = rt;
	c.id = id;
	c.root = c.dir = c.cgroup = c.inside = c.gate = c.events = c.notify = -EBADF;

	c.output = HOOK_OUTPUT_NONE;
	for (int i = 0; i < SPARE_FDS; i++)
		c.spare[i] = -EBADF;
	c.devices.there = c.devices.ns = -EBADF;
	c.talk.link = c.talk.mid = c.talk.init = c.talk.console = c.talk.userns = -EBADF;
	c.state_dir = run_state_dir(&a, rt, id);
	if (r == 0)
		r = c.state_dir ? create_prepare(&c, err) : err_nomem(err);
	if (r == 0)
		r = intend(&c, err);
	if (r == 0)
		r = effects(&c, err);
	if (r == 0)
		r = hand_over(&c, ret, err);
	if (words_oom(r, c.cgroup, err) < 0)
		undo(&c, r);
	drop_spares(&c);
	talk_close(&c.talk);
	netdevices_done(&c.devices);
	hook_output_close(&c.output);
	fd_done(&c.gate);
	fd_done(&c.events);
	fd_done(&c.notify);
	fd_done(&c.inside);
	fd_done(&c.cgroup);
	fd_done(&c.dir);
	fd_done(&c.root);
	buf_done(&c.plan);
	return r;
}

static int create(lct_runtime *rt, const char *id, const struct lct_create_opts *opts, bool start, lct_container **ret,
		  struct lct_err *err)
{
	struct create like = { .start = start };

	if (opts)
		memcpy(&like.o, opts, opts->size < sizeof(like.o) ? opts->size : sizeof(like.o));
	return create_container(rt, id, &like, ret, err);
}

int lct_create(lct_runtime *rt, const char *id, const struct lct_create_opts *opts, lct_container **ret,
	       struct lct_err *err)
{
	return create(rt, id, opts, false, ret, err);
}

int lct_run(lct_runtime *rt, const char *id, const struct lct_create_opts *opts, lct_container **ret,
	    struct lct_err *err)
{
	return create(rt, id, opts, true, ret, err);
}
