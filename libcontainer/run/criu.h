/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What checkpoint and restore share: criu as a child of the caller, and what is outside of a container.  Room: run. */
#ifndef RUN_CRIU_H
#define RUN_CRIU_H

#include "run/criu_wire.h"
#include "run/run.h"

/* ---- criu.c: the program ---- */
struct criu {
	const char *program, *what; /* what: "checkpoint", for messages */
	const char *log_dir, *log_file; /* for messages */
	int sock, pidfd;
	pid_t pid;
	int images, work; /* directories */
	/* what it tells on its way; fd: -EBADF or a descriptor that comes with it, the caller's of this; may be NULL */
	int (*notified)(void *arg, const char *script, pid_t pid, int *fd, struct lct_err *err);
	void *arg;
};
/* The directories and other options, looked at; nothing is executed. */
int criu_open(struct criu *c, struct arena *a, const struct lct_criu_opts *o, struct criu_request *q,
	      struct lct_err *err);
/* Executes it and asks for its version.  like: stdio, also, root, envp. */
int criu_start(struct criu *c, const struct child *like, struct lct_err *err);
int criu_ask(struct criu *c, const struct criu_request *q, struct criu_reply *ret, struct lct_err *err);
void criu_close(struct criu *c); /* kills it, if it still runs, and reaps it */
/* For cgroups that it manages: below the state directory `dir` (of that path) a place where it finds the host's hierarchy
 * once *ret is mounted; q gets the path. */
int criu_yard(struct arena *a, int dir, const char *path, const char *hierarchy, struct criu_request *q,
	      struct child_bind *ret, struct lct_err *err);
void criu_yard_gone(int dir);
/* Its own configuration: the annotation's, or the one that administrators have for runtimes.  NULL: none. */
const char *criu_config_file(const char *annotation);

/* ---- external.c: mounts whose source is the host's ---- */
struct external {
	struct criu_pair *v;
	size_t n;
};
/* Of a running container by what it was made of: mount point and name.  userns: it has a user namespace. */
int external_of_container(struct arena *a, const void *plan, bool userns, pid_t init, struct external *ret,
			  struct lct_err *err);
/* Of a container to be: name and source.  Also makes the mount points that are missing below rootfs. */
int external_of_plan(struct arena *a, const void *plan, bool userns, const char *rootfs, struct external *ret,
		     struct lct_err *err);

/* ---- descriptors.c: standard streams that lead outside, kept beside the images as runc does ---- */
struct descriptors {
	const char *key[3]; /* "pipe:[123]"; NULL: nothing of ours */
};
/* *ret_external: what a dump must be told, NULL-terminated. */
int descriptors_save(struct arena *a, pid_t init, int images, char ***ret_external, size_t *ret_n, struct lct_err *err);
int descriptors_load(struct arena *a, int images, struct descriptors *ret, struct lct_err *err);

#define CRIU_NET "extRootNetNS" /* as runc has it */
#define CRIU_PID "extRootPidNS"
#endif
