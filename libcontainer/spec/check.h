/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of spec_check.  `at` is where the part stands: NULL when it is a document of its own.  Room: run (pure). */
#ifndef SPEC_CHECK_H
#define SPEC_CHECK_H

#include "base/arena.h"
#include "spec/report.h"
#include "spec/spec.h"

void check_version(struct report *r, const struct spec *s);
void check_process(struct report *r, const struct place *at, const struct spec_process *p);
void check_scheduling(struct report *r, const struct place *up, const struct spec_process *p);
void check_rdt(struct report *r, const struct place *up, const struct spec_rdt *s);
void check_memory_policy(struct report *r, const struct place *up, const struct spec_memory_policy *m);
void check_mounts(struct report *r, const struct place *at, const struct spec_mount *mounts, size_t n);
void check_hooks(struct report *r, const struct place *at, const struct spec_hooks hooks[SPEC_HOOK_KINDS]);
void check_namespaces(struct report *r, const struct place *at, const struct spec *s);
void check_mappings(struct report *r, const struct place *at, const struct spec *s);
void check_mount_mappings(struct report *r, const struct place *at, const struct spec_mount *m);
void check_devices(struct report *r, struct arena *a, const struct place *at, const struct spec *s);
void check_sysctl(struct report *r, struct arena *a, const struct place *at, const struct spec *s);
void check_net_devices(struct report *r, const struct place *at, const struct spec *s);
void check_seccomp(struct report *r, const struct place *at, const struct spec_seccomp *s);

/* Says so and is false when `path` is not absolute. */
bool check_absolute(struct report *r, const struct place *at, const char *path);
#endif
