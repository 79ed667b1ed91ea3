/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container on its way, for those who make one: prepare.c and create.c, and restore.c in its own way.  Room: run. */
#ifndef RUN_CREATE_H
#define RUN_CREATE_H

#include "run/run.h"

enum { SPARE_FDS = 6 };

struct create {
	struct arena *a;
	lct_runtime *rt;
	const char *id;
	struct lct_create_opts o;
	bool start; /* run */
	/* instead of a new init, one that something else brings to life (restore.c): all of spawn and commit; NULL: none */
	int (*revive)(struct create *c, struct lct_err *err);
	void *arg; /* its own */
	bool show; /* a plan to look at: the same for every caller */
	/* decided */
	struct host host;
	struct bundle bundle;
	struct seccomp_program filter;
	struct cgroup_place place;
	struct systemd_unit unit; /* name NULL: cgroupfs */
	struct buf plan;
	struct plan_needs needs;
	/* done */
	const char *state_dir;
	int root, dir, cgroup, gate;
	int inside; /* the sub-cgroup of a unit that the container is in (inside.c) */
	int notify; /* run: what its start is told by */
	int events; /* memory.events of a unit: systemd removes the cgroup as soon as the container has ended */
	bool pid_file, has_unit, has_rdt;
	int spare[SPARE_FDS]; /* for undo: it must not fail for want of descriptors */
	struct record rec;
	struct talk talk;
	struct hook_output output;
	struct netdevices devices;
};

/* prepare.c: everything that is decided; reads configuration and machine, leaves no trace. */
int create_prepare(struct create *c, struct lct_err *err);

/* Everything from the id to the handle, with everything undone on failure.  like: what the caller decides (o, start, revive,
 * arg). */
int create_container(lct_runtime *rt, const char *id, const struct create *like, lct_container **ret,
		     struct lct_err *err);

/* ---- inside.c: sub-cgroups by annotation; they do nothing for a container without ---- */
int inside_check(const struct spec *s, const struct cgroup_place *p, struct lct_err *err);
/* A unit's, once it has its limits and the intermediate is in it. */
int inside_subgroup(struct create *c, int64_t deadline_ns, struct lct_err *err);
/* Once init is there (struct talk's after_spawn). */
int inside_delegate(void *create, struct lct_err *err);

/* For revive: the unit around the process c->talk.mid_pid */
int create_unit(struct create *c, struct lct_err *err);
/* who init is (c->talk.init, init_pid), on record, in this phase */
int create_note_init(struct create *c, enum state phase, struct lct_err *err);
/* pid file and pidfd sockets: who waits for the container is told of its init */
int create_tell(struct create *c, struct lct_err *err);
#endif
