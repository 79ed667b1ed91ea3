/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/resources/hugepageLimits.  Room: run (pure). */
#include "spec/limits.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_SIZES = 64 }; /* no machine has as many; bounds the search for duplicates */

struct huge {
	const char *size;
	struct amount limit;
};

#define HUGE struct huge
static const struct field huge_fields[] = {
	ROW_STRING("pageSize", HUGE, size, .flags = REQUIRED),
	ROW_CALL("limit", decode_amount, .at = TARGET(HUGE, limit, struct amount), .flags = REQUIRED),
};
static const struct shape huge_shape = { FIELDS(huge_fields), .size = sizeof(HUGE) };

/* config-linux.md: "^[1-9][0-9]*[KMG]B$"; so it cannot name another file, either. */
static bool is_size(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	return digits > 0 && s[0] != '0' && s[digits] && strchr("KMG", s[digits]) && strcmp(s + digits + 1, "B") == 0;
}

static bool check_size(struct decoder *d, const struct place *at, const HUGE *list, size_t i)
{
	const struct place member = place_member(at, "pageSize");

	if (!list[i].size || !list[i].size[0])
		return false; /* said already */
	if (!is_size(list[i].size)) {
		report_at(d->report, &member, "\"%.*s\" is not the size of a page as \"2MB\"", SHOWN(list[i].size));
		return false;
	}
	for (size_t k = 0; k < i; k++)
		if (list[k].size && strcmp(list[k].size, list[i].size) == 0) {
			report_at(d->report, &member, "duplicate page size %.*s", SHOWN(list[i].size));
			return false;
		}
	return true;
}

/*
 * Kubernetes names each size that the machine has, nearly all with limit 0.  runc writes such a 0; in a config.json it
 * asks for nothing here, as all zeroes do, for it must not need a controller, and it is the pod's cgroup, which the
 * kubelet limits, that keeps huge pages from its containers.  In an update 0 is a limit: who changes one means it.
 */
static void add_pages(struct decoder *d, struct limits *l, const struct place *at, const HUGE *h)
{
	struct spec_limit limit = { .value = "max", .reset = h->limit.unlimited };

	if (!h->limit.given || (!l->now && h->limit.n == 0))
		return;
	if (!limit.reset)
		limit.value = arena_printf(d->arena, "%" PRIu64, h->limit.n);
	limit.file = arena_printf(d->arena, "hugetlb.%s.max", h->size);
	limits_add(d, l, at, "limit", limit);
	/* Reservations (mmap without a touch) have a limit of their own since 5.7; without it they end in SIGBUS. */
	limit.optional = true;
	limit.file = arena_printf(d->arena, "hugetlb.%s.rsvd.max", h->size);
	limits_add(d, l, at, "limit", limit);
}

void decode_hugetlb(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	size_t n = 0;
	const HUGE *list;

	if (v->type == JSON_ARRAY && v->n > MOST_SIZES) {
		report_at(d->report, at, "%u page sizes are above the maximum %d", (unsigned)v->n, MOST_SIZES);
		return;
	}
	list = decode_list(d, at, v, &huge_shape, &n);
	for (size_t i = 0; i < n && !report_full(d->report); i++) {
		const struct place element = place_element(at, i);

		if (check_size(d, &element, list, i))
			add_pages(d, out, &element, &list[i]);
	}
}
