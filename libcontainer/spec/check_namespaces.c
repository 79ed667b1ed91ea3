/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/namespaces and the id mappings.  Room: run (pure). */
#include <stdlib.h>

#include "spec/check.h"

enum { MAX_MAPPINGS = 340 }; /* the kernel's UID_GID_MAP_MAX_EXTENTS, 4.15 */

void check_namespaces(struct report *r, const struct place *at, const struct spec *s)
{
	const struct place list = place_member(at, "namespaces");

	for (size_t kind = 0; kind < SPEC_NS_KINDS; kind++) {
		const struct place element = place_element(&list, s->ns[kind].index),
				   path = place_member(&element, "path");

		if (s->ns[kind].listed && s->ns[kind].path)
			check_absolute(r, &path, s->ns[kind].path);
	}
	/* Without one, pivot_root and every mount would be the host's. */
	if (!s->ns[SPEC_NS_MOUNT].listed)
		report_at(r, &list, "a mount namespace is required");
}

static int by_container_id(const void *a, const void *b)
{
	uint32_t x = (*(const struct spec_idmap *const *)a)->container_id;
	uint32_t y = (*(const struct spec_idmap *const *)b)->container_id;

	return (x > y) - (x < y);
}

static int by_host_id(const void *a, const void *b)
{
	uint32_t x = (*(const struct spec_idmap *const *)a)->host_id;
	uint32_t y = (*(const struct spec_idmap *const *)b)->host_id;

	return (x > y) - (x < y);
}

/* The kernel refuses overlaps on either side, with EINVAL and no word about which. */
static void check_overlap(struct report *r, const struct place *list, const struct spec_idmap *maps,
			  const struct spec_idmap **sorted, size_t n, const char *side)
{
	bool container = side[0] == 'c';

	qsort(sorted, n, sizeof(*sorted), container ? by_container_id : by_host_id);
	for (size_t i = 1; i < n; i++) {
		const struct spec_idmap *low = sorted[i - 1], *high = sorted[i];
		uint32_t distance = container ? high->container_id - low->container_id : high->host_id - low->host_id;
		const struct place element = place_element(list, (size_t)((low > high ? low : high) - maps));
		const struct place at = place_member(&element, side);

		if (distance < low->size)
			report_at(r, &at, "overlaps with element %zu", (size_t)((low > high ? high : low) - maps));
	}
}

static void check_map(struct report *r, const struct place *list, const struct spec_idmap *maps, size_t n)
{
	const struct spec_idmap *sorted[MAX_MAPPINGS];

	if (n > MAX_MAPPINGS) {
		report_at(r, list, "%zu mappings are above the maximum %d", n, MAX_MAPPINGS);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct place element = place_element(list, i), size = place_member(&element, "size");

		sorted[i] = &maps[i];
		if (maps[i].size == 0)
			report_at(r, &size, "0 is below the minimum 1");
		else if (maps[i].size > UINT32_MAX - maps[i].container_id ||
			 maps[i].size > UINT32_MAX - maps[i].host_id)
			report_at(r, &size, "the range ends above the last id 4294967294");
	}
	check_overlap(r, list, maps, sorted, n, "containerID");
	check_overlap(r, list, maps, sorted, n, "hostID");
}

void check_mappings(struct report *r, const struct place *at, const struct spec *s)
{
	const struct place uids = place_member(at, "uidMappings"), gids = place_member(at, "gidMappings");
	const bool has_user = s->ns[SPEC_NS_USER].listed;

	if (s->n_uid_mappings > 0 && !has_user)
		report_at(r, &uids, "needs \"user\" in /linux/namespaces");
	if (s->n_gid_mappings > 0 && !has_user)
		report_at(r, &gids, "needs \"user\" in /linux/namespaces");
	check_map(r, &uids, s->uid_mappings, s->n_uid_mappings);
	check_map(r, &gids, s->gid_mappings, s->n_gid_mappings);
}

/* They are a user namespace's as well, of one that no process stays in. */
void check_mount_mappings(struct report *r, const struct place *at, const struct spec_mount *m)
{
	const struct place uids = place_member(at, "uidMappings"), gids = place_member(at, "gidMappings");

	if (!m->n_uid_mappings && m->n_gid_mappings)
		report_at(r, &uids, "required together with gidMappings");
	if (m->n_uid_mappings && !m->n_gid_mappings)
		report_at(r, &gids, "required together with uidMappings");
	check_map(r, &uids, m->uid_mappings, m->n_uid_mappings);
	check_map(r, &gids, m->gid_mappings, m->n_gid_mappings);
}
