/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/resources/rdma: one line of rdma.max for each device.  Room: run (pure). */
#include "spec/limits.h"

#include <inttypes.h>

#include "base/buf.h"

struct rdma {
	int64_t handles, objects;
	bool has_handles, has_objects;
};

#define RDMA  struct rdma
#define COUNT .min = -1, .max = INT32_MAX /* kernel/cgroup/rdma.c reads an int */
static const struct field rdma_fields[] = {
	ROW_I64("hcaHandles", RDMA, handles, COUNT, SETS(RDMA, has_handles)),
	ROW_I64("hcaObjects", RDMA, objects, COUNT, SETS(RDMA, has_objects)),
};
static const struct shape rdma_shape = { FIELDS(rdma_fields) };

/* " hca_handle=3"; false: it asks for nothing. */
static bool put_count(struct buf *b, const struct limits *l, const char *key, bool given, int64_t n)
{
	if (!given || (n <= 0 && !l->now))
		return false;
	if (n < 0)
		buf_printf(b, " %s=max", key);
	else
		buf_printf(b, " %s=%" PRId64, key, n);
	return true;
}

/* config-linux.md wants one of the two in each entry. */
static void check_counts(struct decoder *d, const struct place *at, const RDMA *r)
{
	if (!r->has_handles && !r->has_objects)
		report_at(d->report, at, "needs hcaHandles or hcaObjects");
}

static void add_device(struct decoder *d, struct limits *l, const struct place *at, const char *name, const RDMA *r)
{
	_cleanup_buf_ struct buf line = { 0 };
	bool handles, objects;

	buf_str(&line, name);
	handles = put_count(&line, l, "hca_handle", r->has_handles, r->handles);
	objects = put_count(&line, l, "hca_object", r->has_objects, r->objects);
	if (handles || objects)
		limits_add(d, l, at, name,
			   (struct spec_limit){
				   .file = "rdma.max",
				   .value = buf_ok(&line) ? arena_strndup(d->arena, line.data, line.len) : NULL,
				   .reset = (!handles || r->handles < 0) && (!objects || r->objects < 0) });
}

/* What would be read as another word, or another line. */
static bool is_name(const char *name)
{
	if (!*name)
		return false;
	for (; *name; name++)
		if ((unsigned char)*name <= ' ')
			return false;
	return true;
}

void decode_rdma(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	if (!decode_is(d, at, v, JSON_OBJECT))
		return;
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct json *m = &v->first[i];
		const struct place member = place_member(at, m->name);
		RDMA r = { 0 };

		if (m->type == JSON_NULL)
			continue;
		decode_object(d, &member, m, &rdma_shape, &r);
		if (m->type == JSON_OBJECT)
			check_counts(d, &member, &r);
		if (!is_name(m->name))
			report_at(d->report, &member, "not the name of an RDMA device");
		else
			add_device(d, out, at, m->name, &r);
	}
}
