/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system's own options as items for fsconfig(2).  Private to plan/.  Room: run (pure). */
#ifndef PLAN_FSDATA_H
#define PLAN_FSDATA_H

#include "plan/draft.h"

struct fsdata {
	char **v; /* "key=value" or "flag" */
	size_t n;
};

/* False when the draft has failed. */
bool fsdata_make(struct draft *d, const struct draft_mount *m, struct fsdata *ret);
bool fsdata_is_cgroup_word(const char *word);
#endif
