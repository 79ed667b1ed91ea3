/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mappings of an idmapped mount.  A plan has them in the syntax of crun's option "idmap=": one line, readable, and
 * the caller, who makes a user namespace of them, parses it with the same function.  Room: run (pure).
 */
#include "plan/mount_idmap.h"

#include <errno.h>
#include <string.h>

enum { MAX_MAPPINGS = 340 }; /* the kernel's UID_GID_MAP_MAX_EXTENTS, 4.15 */

struct list {
	struct spec_idmap *v;
	size_t n;
};

struct parser {
	struct arena *a;
	const char *why; /* the first problem */
	bool nomem;
};

static void wrong(struct parser *p, const char *why)
{
	if (!p->why)
		p->why = why ? why : "out of memory";
	p->nomem |= !why;
}

static uint32_t number(struct parser *p, const char **s, char end)
{
	uint64_t n = 0;
	const char *from = *s;

	for (; **s >= '0' && **s <= '9' && n <= UINT32_MAX; ++*s)
		n = 10 * n + (uint64_t)(**s - '0');
	if (*s == from || n > UINT32_MAX || (end && **s != end))
		wrong(p, "a range is three numbers, FILE-SYSTEM-ID HOST-ID LENGTH, with \"-\" between them");
	else if (end)
		++*s;
	return (uint32_t)n;
}

static bool meet(uint32_t a, uint32_t b, uint32_t a_size, uint32_t b_size)
{
	return a < b ? b - a < a_size : a - b < b_size;
}

static void keep(struct parser *p, struct list *l, struct spec_idmap m)
{
	if (!m.size || m.size > UINT32_MAX - m.container_id || m.size > UINT32_MAX - m.host_id)
		wrong(p, "a range has no id, or ends above the last one, 4294967294");
	if (l->n == MAX_MAPPINGS)
		wrong(p, "more than 340 ranges, which is what the kernel takes");
	for (size_t i = 0; i < l->n; i++) {
		if (meet(l->v[i].container_id, m.container_id, l->v[i].size, m.size) ||
		    meet(l->v[i].host_id, m.host_id, l->v[i].size, m.size))
			wrong(p, "ranges overlap");
	}
	if (!p->why)
		l->v[l->n++] = m;
}

/* m.host_id is the container's: as many ranges come of it as the container's mappings cut it into. */
static void keep_relative(struct parser *p, struct list *l, struct spec_idmap m, const struct spec_idmap *v, size_t n)
{
	while (m.size && !p->why) {
		struct spec_idmap part = m;
		size_t i = 0;

		while (i < n && (m.host_id < v[i].container_id || m.host_id - v[i].container_id >= v[i].size))
			i++;
		if (i == n) {
			wrong(p, "a range with \"@\" has ids that the container's user namespace does not map");
			return;
		}
		part.host_id = v[i].host_id + (m.host_id - v[i].container_id);
		if (part.size > v[i].size - (m.host_id - v[i].container_id))
			part.size = v[i].size - (m.host_id - v[i].container_id);
		keep(p, l, part);
		m.container_id += part.size;
		m.host_id += part.size;
		m.size -= part.size;
	}
}

static void ranges(struct parser *p, const char **s, struct list *l, const struct mount_idmap *container, bool gids)
{
	l->v = arena_array(p->a, MAX_MAPPINGS, sizeof(*l->v));
	if (!l->v)
		wrong(p, NULL);
	do {
		bool relative = **s == '@';
		struct spec_idmap m;

		*s += relative || **s == '#';
		if (!relative && **s == '@') {
			relative = true;
			++*s;
		}
		m.container_id = number(p, s, '-');
		m.host_id = number(p, s, '-');
		m.size = number(p, s, 0);
		if (p->why)
			return;
		if (relative && !container)
			wrong(p, "\"@\" needs the mappings of the container's user namespace in the configuration");
		else if (relative)
			keep_relative(p, l, m, gids ? container->gids : container->uids,
				      gids ? container->n_gids : container->n_uids);
		else
			keep(p, l, m);
	} while (**s == '#' && !p->why);
	if (**s && **s != ';')
		wrong(p, "ranges are separated by \"#\", and the lists by \";\"");
}

int mount_idmap_parse(struct arena *a, const char *text, const struct mount_idmap *container, struct mount_idmap *ret,
		      const char **ret_why)
{
	struct parser p = { .a = a };
	struct list uids = { 0 }, gids = { 0 };

	while (*text && !p.why) {
		struct list *l = !strncmp(text, "uids=", 5) ? &uids : !strncmp(text, "gids=", 5) ? &gids : NULL;

		if (!l || l->n) {
			wrong(&p, "it is written as uids=RANGE[#RANGE...];gids=RANGE[#RANGE...]");
			break;
		}
		text += 5;
		ranges(&p, &text, l, container, l == &gids);
		text += *text == ';';
	}
	if (!uids.n || !gids.n)
		wrong(&p, "both uids= and gids= are required");
	*ret = (struct mount_idmap){ uids.v, gids.v, uids.n, gids.n };
	*ret_why = p.why;
	return p.nomem ? -ENOMEM : p.why ? -EINVAL : 0;
}

static const char *append(struct arena *a, const char *text, const char *name, const struct spec_idmap *v, size_t n)
{
	for (size_t i = 0; i < n && text; i++)
		text = arena_printf(a, "%s%s%u-%u-%u", text, i ? "#" : name, v[i].container_id, v[i].host_id,
				    v[i].size);
	return text;
}

char *mount_idmap_text(struct arena *a, const struct mount_idmap *map)
{
	const char *text = append(a, "", "uids=", map->uids, map->n_uids);

	return (char *)(text ? append(a, text, ";gids=", map->gids, map->n_gids) : NULL);
}
