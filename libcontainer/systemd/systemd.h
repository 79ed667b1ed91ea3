/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The systemd driver, as far as it is pure: which unit, which properties, and the request to the helper program (bus/),
 * which alone talks to systemd.  Nothing here has an effect.  Room: run (pure).
 */
#ifndef SYSTEMD_SYSTEMD_H
#define SYSTEMD_SYSTEMD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "spec/spec.h"

struct systemd_unit {
	const char *name; /* "libpod-c1.scope" */
	const char *slice; /* "user.slice", "system.slice", "a-b.slice" */
	const char *path; /* where its cgroup will be, from the manager's root: "/a.slice/a-b.slice/libpod-c1.scope" */
};

/* cgroupsPath is "slice:prefix:name"; absent: ":kin:<id>".  An empty slice is system.slice, for the user's manager
 * user.slice; "-.slice" is the root.  Anything that systemd would not take as a name is an error at /linux/cgroupsPath. */
int systemd_unit(struct arena *a, const char *cgroups_path, const char *id, bool user, struct systemd_unit *ret,
		 struct lct_err *err);

/* The property annotations ("org.systemd.property.NAME": GVariant text) are well-formed and of a known type, or an error
 * at /annotations/org.systemd.property.NAME. */
int systemd_check_annotations(const struct spec_annotation *v, size_t n, struct lct_err *err);

/* The requests, as the text that the helper reads (systemd/request.h has the format).  start: StartTransientUnit with
 * PIDs=[pid], Delegate, CollectMode=inactive-or-failed, the accounting switches, resource properties made of
 * res->limits, DevicePolicy and DeviceAllow made of the rules, then the annotations' properties. */
struct systemd_bus {
	bool user;
	const char *runtime_dir; /* for user: XDG_RUNTIME_DIR or /run/user/UID */
	int64_t deadline_ns; /* CLOCK_MONOTONIC: when the helper program gives up */
};
int systemd_request_start(const struct systemd_bus *bus, const struct systemd_unit *u, const char *description,
			  pid_t pid, const struct spec_resources *res, const struct spec_annotation *annotations,
			  size_t n_annotations, struct buf *ret, struct lct_err *err);
/* SetUnitProperties(runtime); *ret stays empty where systemd has a property for none of it. */
int systemd_request_update(const struct systemd_bus *bus, const char *unit, const struct spec_resources *res,
			   struct buf *ret, struct lct_err *err);
int systemd_request_attach(const struct systemd_bus *bus, const char *unit, const char *subgroup, pid_t pid,
			   struct buf *ret); /* AttachProcessesToUnit */
/* StopUnit, if the unit has this description, and then gone. */
int systemd_request_stop(const struct systemd_bus *bus, const char *unit, const char *description, struct buf *ret);

/* By its description a unit is known as this container's, from before the first effect on: it names the state
 * directory.  given: the value of an annotation that sets it, NULL: none.  NULL: out of memory. */
const char *systemd_description(struct arena *a, const char *root, const char *id, const char *given);
#define SYSTEMD_DESCRIPTION "org.systemd.property.Description"
#endif
