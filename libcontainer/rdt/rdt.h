/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Resource control of the CPU (Documentation/filesystems/resctrl.rst): which part of the caches and of the memory's
 * bandwidth a container has.  A class of service is a directory of the resctrl file system; a monitoring group is one
 * below it.  Everything is done relative to a descriptor of that file system's root.  Room: run.
 */
#ifndef RDT_RDT_H
#define RDT_RDT_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "spec/spec.h"

struct rdt_group { /* paths are relative to the root */
	const char *clos; /* the class of service, "." for the one of everybody; NULL: nothing is asked for */
	const char *monitor; /* monitoring group; NULL: none */
	bool owns; /* the class is the container's own: made with it, removed with it */
};

/* Where a container belongs.  Pure; *ret is zero where the configuration asks for nothing.  -ENOMEM. */
int rdt_place(struct arena *a, const struct spec_rdt *s, const char *id, struct rdt_group *ret);

/* The root of the mounted resctrl: -ENOENT without one. */
int rdt_open(void);

/* Makes what is the container's own, or finds what is named; *ret_found: the class was there already.  What it has made
 * is rdt_remove's to undo, also when it failed. */
int rdt_make(int root, const struct rdt_group *g, const struct spec_rdt *s, bool *ret_found, struct lct_err *err);
/* A new class gets what is asked for; one that was there must have it already.  Then the monitoring group. */
int rdt_furnish(int root, const struct rdt_group *g, const struct spec_rdt *s, bool found, struct lct_err *err);
/* -ENOENT: the groups are not there any more. */
int rdt_join(int root, const struct rdt_group *g, pid_t pid, struct lct_err *err);
int rdt_update(int root, const struct rdt_group *g, const struct spec_rdt *s, struct lct_err *err);
/* What is not there is removed already. */
int rdt_remove(int root, const struct rdt_group *g, struct lct_err *err);

/* ---- schemata.c: pure ---- */
/* The lines to write, by the rules of the runtime-spec about which field wins. */
void rdt_schemata(const struct spec_rdt *s, struct buf *ret);
/* Does a class that has `have` have all that `want` says?  The kernel rounds bandwidth up to a multiple of `step`, in
 * per cent (0: it does not).  Else *ret_line, of *ret_len bytes, is what it has not. */
bool rdt_has(const char *have, const char *want, unsigned step, const char **ret_line, size_t *ret_len);
#endif
