/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mappings of an idmapped mount, between config, plan and kernel.  Room: run (pure). */
#ifndef PLAN_MOUNT_IDMAP_H
#define PLAN_MOUNT_IDMAP_H

#include "base/arena.h"
#include "spec/spec.h"

/* container_id: the id in the file system; host_id: what it is seen as, in the namespace of who writes the map. */
struct mount_idmap {
	const struct spec_idmap *uids, *gids;
	size_t n_uids, n_gids;
};

/*
 * "uids=0-100000-65536#...;gids=...": id in the file system, id on the host, how many.  A range that begins with "@" has
 * an id of the container in the middle, which `container` (NULL: there is no such range) says the host's ids of.
 * 0; -EINVAL with *ret_why; -ENOMEM.
 */
int mount_idmap_parse(struct arena *a, const char *text, const struct mount_idmap *container, struct mount_idmap *ret,
		      const char **ret_why);
/* The same as text, without "@"; NULL: out of memory. */
char *mount_idmap_text(struct arena *a, const struct mount_idmap *map);
#endif
