/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of limits.  Room: run (pure). */
#include "spec/limits.h"

#include <inttypes.h>
#include <string.h>

void decode_amount(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	struct amount *amount = out;

	int64_t n;

	amount->given = true;
	if (v->type != JSON_NUMBER || json_i64(v, INT64_MIN, -1, &n) < 0)
		amount->n = decode_u64(d, at, v, UINT64_MAX);
	else if (n == -1)
		amount->unlimited = true;
	else
		report_at(d->report, at, "%" PRId64 " is below the minimum -1", n);
}

/* Doubles: a hostile "unified" may have many members. */
static struct spec_limit *next(struct decoder *d, struct limits *l)
{
	struct spec_resources *res = l->out;

	if (res->n_limits == l->room) {
		size_t room = l->room ? 2 * l->room : 8;
		struct spec_limit *grown = decode_alloc(d, room, sizeof(*grown));

		if (!grown)
			return NULL;
		if (res->n_limits)
			memcpy(grown, res->limits, res->n_limits * sizeof(*grown));
		res->limits = grown;
		l->room = room;
	}
	return &res->limits[res->n_limits];
}

void limits_add(struct decoder *d, struct limits *l, const struct place *at, const char *name, struct spec_limit limit)
{
	const struct place member = place_member(at, name);
	struct spec_limit *slot = next(d, l);
	char where[PLACE_MAX];

	place_text(&member, where);
	limit.where = arena_strdup(d->arena, where);
	if (!slot || !limit.where || !limit.file || !limit.value || (limit.or_file && !limit.or_value)) {
		d->report->nomem = true;
		return;
	}
	*slot = limit;
	l->out->n_limits++;
}

const struct spec_limit *spec_limit_asked(const struct spec_resources *res)
{
	for (size_t i = 0; i < res->n_limits; i++)
		if (!res->limits[i].reset)
			return &res->limits[i];
	return NULL;
}

void limits_number(struct decoder *d, struct limits *l, const struct place *at, const char *name, const char *file,
		   int64_t value, const char *reset)
{
	if (value > 0)
		limits_add(d, l, at, name,
			   (struct spec_limit){ .file = file, .value = arena_printf(d->arena, "%" PRId64, value) });
	else if (value < 0 && l->now)
		limits_add(d, l, at, name, (struct spec_limit){ .file = file, .value = reset, .reset = true });
}
