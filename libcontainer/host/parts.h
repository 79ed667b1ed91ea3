/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the probe.  Private to host/.  Room: run. */
#ifndef HOST_PARTS_H
#define HOST_PARTS_H

#include "host/host.h"

/* A whole small file, NUL-terminated, in the arena; the length or -errno (-EFBIG above 16 MiB). */
int host_read(struct arena *a, const char *path, char **ret);

int host_cgroup(struct arena *a, struct host *h, struct lct_err *err); /* cgroup.c */
int host_ranges(struct arena *a, struct host *h, struct lct_err *err); /* ranges.c */
#endif
