/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where kin keeps things when it is not told: the library reads no environment, so this is the CLI's to decide. */
#ifndef KIN_PLACES_H
#define KIN_PLACES_H

#include "base/arena.h"
#include "base/err.h"

/*
 * The state directory, absolute.  `given` is --root, or NULL:
 *   root of the machine                        /run/kin
 *   anybody else, XDG_RUNTIME_DIR is set       $XDG_RUNTIME_DIR/kin
 *   root of a user namespace that owns /run    /run/kin
 *   anybody else                               /run/user/UID/kin, if /run/user/UID is theirs
 * Only XDG_RUNTIME_DIR is read: Podman gives `create` its whole environment and `kill` only that one variable,
 * empty when it is root, and both must find the same directory.
 */
int place_root(struct arena *a, const char *given, const char **ret, struct lct_err *err);

/* XDG_RUNTIME_DIR, where the user's systemd listens; NULL: not set, or not to a directory's path. */
const char *place_runtime_dir(void);

/* The directory for compiled seccomp filters: /var/cache/kin, $XDG_CACHE_HOME/kin or $HOME/.cache/kin; NULL: none. */
const char *place_cache(struct arena *a);
#endif
