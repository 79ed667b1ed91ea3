/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which mounts are idmapped, and with what mappings.  Room: run (pure). */
#include "plan/draft.h"

#include <errno.h>
#include <string.h>

#include "plan/mount_idmap.h"

/* Whose ids the container has, as far as the configuration says; false: it joins a namespace and does not say. */
static bool container_ids(struct draft *d, struct mount_idmap *ret)
{
	static const struct spec_idmap all[] = { { 0, 0, UINT32_MAX } };
	const struct plan_needs *n = d->needs;

	if (n->idmap)
		*ret = (struct mount_idmap){ n->uid_mappings, n->gid_mappings, n->n_uid_mappings, n->n_gid_mappings };
	else if (d->userns)
		*ret = (struct mount_idmap){ d->s->uid_mappings, d->s->gid_mappings, d->s->n_uid_mappings,
					     d->s->n_gid_mappings };
	else
		*ret = (struct mount_idmap){ all, all, 1, 1 };
	return ret->n_uids && ret->n_gids;
}

const char *draft_idmap_place(struct draft *d, const struct draft_mount *m)
{
	const char *word;

	for (size_t i = 0; i < m->m->n_options; i++) {
		word = m->m->options[i];
		if (word == m->opts.idmap || (!m->opts.idmap && (!strcmp(word, "idmap") || !strcmp(word, "ridmap"))))
			return arena_printf(d->a, "%s/options/%zu", m->at, i);
	}
	return arena_printf(d->a, "%s/uidMappings", m->at);
}

/*
 * An idmapped mount: the option's own mappings, the mount's, or (option without any) the container's user namespace.
 * The caller makes it: that takes CAP_SYS_ADMIN over the file system, and a user namespace with these mappings.
 */
void draft_idmapped(struct draft *d, const struct draft_mount *m, struct plan_op *op)
{
	struct mount_idmap map = { m->m->uid_mappings, m->m->gid_mappings, m->m->n_uid_mappings, m->m->n_gid_mappings },
			   container;
	const char *at = draft_idmap_place(d, m), *why;
	bool known = container_ids(d, &container);

	if (!(m->opts.how & PLAN_BIND_IDMAP) && !map.n_uids)
		return;
	op->how |= PLAN_BIND_IDMAP | (m->opts.how & PLAN_BIND_RIDMAP);
	op->flags |= PLAN_F_ASK;
	if (!d->h->privileged)
		draft_fail(d, at, "an idmapped mount needs CAP_SYS_ADMIN over the file system: run as root");
	if (m->opts.idmap) {
		int r = mount_idmap_parse(d->a, strchr(m->opts.idmap, '=') + 1, known ? &container : NULL, &map, &why);

		if (r == -ENOMEM)
			draft_nomem(d);
		else if (r < 0)
			draft_fail(d, at, "\"%.64s\": %s", m->opts.idmap, why);
	}
	if (!d->rc && map.n_uids)
		op->s[2] = draft_str(d, mount_idmap_text(d->a, &map));
	else if (!d->userns)
		draft_fail(d, at, "needs uidMappings and gidMappings here, or \"user\" in /linux/namespaces");
}
