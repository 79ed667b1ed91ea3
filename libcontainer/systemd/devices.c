/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device rules as DevicePolicy and DeviceAllow, systemd.resource-control(5).
 *
 * systemd attaches a filter of its own, and both must allow.  Its list can only allow, ours can deny as well: the list
 * gets all that any rule allows, so it is never stricter than ours, which stays what decides.  The numeric forms of
 * the paths, looked up nowhere, are systemd's since 240.  Room: run (pure).
 */
#include <inttypes.h>
#include <string.h>

#include "systemd/parts.h"

enum { READ = 1, WRITE = 2, MKNOD = 4, ALL = 7, MOST_MAJOR = 4095, MOST_MINOR = 1048575 };

/* What every container may use, as in cgroup/device_filter.c; and it may make any node. */
static const struct spec_device_rule defaults[] = {
	{ true, 'c', 1, 3, ALL },    { true, 'c', 1, 5, ALL },	   { true, 'c', 1, 7, ALL },
	{ true, 'c', 1, 8, ALL },    { true, 'c', 1, 9, ALL },	   { true, 'c', 5, 0, ALL },
	{ true, 'c', 5, 1, ALL },    { true, 'c', 5, 2, ALL },	   { true, 'c', 10, 200, ALL },
	{ true, 'c', 136, -1, ALL }, { true, 'c', -1, -1, MKNOD }, { true, 'b', -1, -1, MKNOD },
};
enum { N_DEFAULTS = sizeof(defaults) / sizeof(defaults[0]) };

struct entry {
	char type;
	int64_t major, minor;
	unsigned access;
};

struct list {
	struct entry *v;
	size_t n;
};

/* One entry for each path: of two, systemd takes the later. */
static void allow(struct list *l, char type, int64_t major, int64_t minor, unsigned access)
{
	if (major > MOST_MAJOR || minor > MOST_MINOR || !access)
		return; /* no device has such numbers */
	if (major < 0)
		minor = -1; /* "every major's nth": not to be said, so all of them */
	for (size_t i = 0; i < l->n; i++) {
		struct entry *e = &l->v[i];

		if (e->type == type && e->major == major && e->minor == minor) {
			e->access |= access;
			return;
		}
	}
	l->v[l->n++] = (struct entry){ type, major, minor, access };
}

static void allow_rule(struct list *l, const struct spec_device_rule *r)
{
	if (!r->allow)
		return;
	if (r->type != 'b')
		allow(l, 'c', r->major, r->minor, r->access & ALL);
	if (r->type != 'c')
		allow(l, 'b', r->major, r->minor, r->access & ALL);
}

static bool everything(const struct list *l)
{
	unsigned all = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].major < 0 && l->v[i].access == ALL)
			all |= l->v[i].type == 'c' ? 1 : 2;
	return all == 3;
}

static void add_entry(struct buf *b, const struct entry *e)
{
	const char *type = e->type == 'c' ? "char" : "block";

	if (e->major < 0)
		buf_printf(b, " %s-*", type);
	else if (e->minor < 0)
		buf_printf(b, " %s-%" PRId64, type, e->major);
	else
		buf_printf(b, " /dev/%s/%" PRId64 ":%" PRId64, type, e->major, e->minor);
	buf_printf(b, " %s%s%s", e->access & READ ? "r" : "", e->access & WRITE ? "w" : "",
		   e->access & MKNOD ? "m" : "");
}

int unit_devices(struct buf *b, const struct spec_resources *res, bool fresh)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct list l = { .v = arena_array(&a, 2 * res->n_device_rules + N_DEFAULTS, sizeof(struct entry)) };

	if (!l.v)
		return -ENOMEM;
	for (size_t i = 0; i < N_DEFAULTS; i++)
		allow_rule(&l, &defaults[i]);
	for (size_t i = 0; i < res->n_device_rules; i++)
		allow_rule(&l, &res->device_rules[i]);
	if (fresh && everything(&l))
		return 0;
	line_string(b, "DevicePolicy", false, everything(&l) ? "auto" : "strict");
	if (!fresh) { /* the empty list first, or it would be added to what there is */
		line_property(b, "DeviceAllow", false, "a(ss) 0\n");
	}
	if (everything(&l))
		return 0;
	line_property(b, "DeviceAllow", false, "a(ss)");
	line_number(b, l.n);
	for (size_t i = 0; i < l.n; i++)
		add_entry(b, &l.v[i]);
	buf_char(b, '\n');
	return 0;
}
