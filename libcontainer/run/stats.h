/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The document of `events --stats`.  Private to run/.  Room: run (pure). */
#ifndef RUN_STATS_H
#define RUN_STATS_H

#include "base/buf.h"
#include "cgroup/usage.h"

/* runc's members, in its order, without those that runc leaves out (types/events.go): -ENOMEM. */
int stats_document(struct arena *a, const struct usage *u, struct buf *ret);
#endif
