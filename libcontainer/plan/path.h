/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths as text: for decisions of the compiler only, never in place of a lookup.  Private to plan/.  Room: run. */
#ifndef PLAN_PATH_H
#define PLAN_PATH_H

#include <stdbool.h>

#include "base/arena.h"

/* Absolute, without empty, "." and ".." components ("..": as in a root directory).  NULL: no memory. */
char *path_clean(struct arena *a, const char *path);
/* Both clean. Equal counts as below. */
bool path_below(const char *path, const char *dir);
#endif
