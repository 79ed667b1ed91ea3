/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which ids the container has: the mappings of a new user namespace, from the configuration or, for an ordinary
 * user without one, from what the host lets that user have.  Room: run (pure).
 */
#include "plan/draft.h"

#include <string.h>

static bool in_map(const struct spec_idmap *v, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (id >= v[i].container_id && id - v[i].container_id < v[i].size)
			return true;
	}
	return false;
}

static bool in_ids(const struct host_ids *ids, uint32_t id)
{
	for (size_t i = 0; i < ids->n; i++) {
		if (id >= ids->v[i].start && id - ids->v[i].start < ids->v[i].count)
			return true;
	}
	return false;
}

/* What a joined namespace has is not known here, and the kernel will tell. */
static bool mapped(const struct draft *d, const struct spec_idmap *v, size_t n, const struct host_ids *own, uint32_t id)
{
	if (d->needs->idmap)
		return in_map(v, n, id);
	return d->userns || !d->h->in_userns || in_ids(own, id);
}

bool draft_uid_mapped(const struct draft *d, uint32_t uid)
{
	return mapped(d, d->needs->uid_mappings, d->needs->n_uid_mappings, &d->h->uids, uid);
}

bool draft_host_uid(const struct draft *d, uint32_t uid, uint32_t *ret)
{
	const struct spec_idmap *v = d->needs->uid_mappings;

	if (!d->userns && !d->needs->idmap)
		*ret = uid;
	for (size_t i = 0; i < d->needs->n_uid_mappings; i++) {
		if (uid < v[i].container_id || uid - v[i].container_id >= v[i].size)
			continue;
		*ret = v[i].host_id + (uid - v[i].container_id);
		return true;
	}
	return !d->userns && !d->needs->idmap;
}

bool draft_gid_mapped(const struct draft *d, uint32_t gid)
{
	return mapped(d, d->needs->gid_mappings, d->needs->n_gid_mappings, &d->h->gids, gid);
}

/* root is the caller; everyone else comes from the caller's range, if there is one. */
static void automatic(struct draft *d, uint32_t own, const struct host_subid *range, bool ranges,
		      struct spec_idmap **ret, size_t *ret_n)
{
	struct spec_idmap *v = arena_array(d->a, 2, sizeof(*v));

	if (!v) {
		draft_nomem(d);
		return;
	}
	v[0] = (struct spec_idmap){ .container_id = 0, .host_id = own, .size = 1 };
	v[1] = (struct spec_idmap){ .container_id = 1, .host_id = range->start, .size = range->count };
	*ret = v;
	*ret_n = ranges ? 2 : 1;
}

void draft_idmap(struct draft *d)
{
	const struct host *h = d->h;
	struct plan_needs *n = d->needs;
	bool ranges = h->subuid.count && h->subgid.count && h->newuidmap && h->newgidmap;

	n->idmap = true;
	n->uid_mappings = d->s->uid_mappings;
	n->n_uid_mappings = d->s->n_uid_mappings;
	n->gid_mappings = d->s->gid_mappings;
	n->n_gid_mappings = d->s->n_gid_mappings;
	if (h->privileged) {
		if (!n->n_uid_mappings)
			draft_fail(d, "/linux/uidMappings", "required with a new user namespace");
		if (!n->n_gid_mappings)
			draft_fail(d, "/linux/gidMappings", "required with a new user namespace");
	}
	if (!n->n_uid_mappings != !n->n_gid_mappings && d->s->ns[SPEC_NS_USER].listed)
		draft_fail(d, n->n_uid_mappings ? "/linux/gidMappings" : "/linux/uidMappings",
			   "required together with the other");
	if (d->rc || !n->n_uid_mappings != !n->n_gid_mappings || (h->privileged && !n->n_uid_mappings))
		return;
	if (!n->n_uid_mappings) {
		automatic(d, h->euid, &h->subuid, ranges, &n->uid_mappings, &n->n_uid_mappings);
		automatic(d, h->egid, &h->subgid, ranges, &n->gid_mappings, &n->n_gid_mappings);
		if (d->rc)
			return;
	}
	/* user_namespaces(7): who may map only the own gid must give up setgroups(2) first (CVE-2014-8989); newgidmap
	 * does the same for such a map. */
	n->setgroups_deny = !h->cap_setgid && n->n_gid_mappings == 1 && n->gid_mappings[0].size == 1 &&
			    n->gid_mappings[0].host_id == h->egid;
}

void draft_user_check(struct draft *d)
{
	const struct spec_user *u = &d->p->user;

	if (d->needs->idmap && (!d->needs->n_uid_mappings || !d->needs->n_gid_mappings))
		return; /* said already */
	if (!draft_uid_mapped(d, u->uid))
		draft_fail(d, arena_printf(d->a, "%s/user/uid", d->at), "%u is not mapped in the user namespace",
			   u->uid);
	if (!draft_gid_mapped(d, u->gid))
		draft_fail(d, arena_printf(d->a, "%s/user/gid", d->at), "%u is not mapped in the user namespace",
			   u->gid);
	for (size_t i = 0; i < u->n_additional_gids; i++) {
		if (!draft_gid_mapped(d, u->additional_gids[i]))
			draft_fail(d, arena_printf(d->a, "%s/user/additionalGids/%zu", d->at, i),
				   "%u is not mapped in the user namespace", u->additional_gids[i]);
	}
}
