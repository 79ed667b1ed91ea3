/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/devices.  Room: run (pure). */
#include <stdlib.h>
#include <string.h>

#include "spec/check.h"

static int by_path_then_place(const void *a, const void *b)
{
	const struct spec_device *x = *(const struct spec_device *const *)a;
	const struct spec_device *y = *(const struct spec_device *const *)b;
	int r = strcmp(x->path, y->path);

	return r ? r : (x > y) - (x < y);
}

/* 'u' is an old name of 'c', and a FIFO has no numbers. */
static bool same_device(const struct spec_device *x, const struct spec_device *y)
{
	char a = x->type == 'u' ? 'c' : x->type, b = y->type == 'u' ? 'c' : y->type;

	return a == b && (a == 'p' || (x->major == y->major && x->minor == y->minor));
}

/* The same one twice is what callers write who merge two lists; two different ones cannot both be there. */
static void check_duplicates(struct report *r, const struct place *list, const struct spec *s,
			     const struct spec_device **sorted)
{
	for (size_t i = 0; i < s->n_devices; i++)
		sorted[i] = &s->devices[i];
	qsort(sorted, s->n_devices, sizeof(*sorted), by_path_then_place);
	for (size_t i = 1; i < s->n_devices && !report_full(r); i++) {
		const struct place element = place_element(list, (size_t)(sorted[i] - s->devices));
		const struct place path = place_member(&element, "path");

		if (strcmp(sorted[i - 1]->path, sorted[i]->path) == 0 && !same_device(sorted[i - 1], sorted[i]))
			report_at(r, &path, "another device than the one before at %.*s", SHOWN(sorted[i]->path));
	}
}

void check_devices(struct report *r, struct arena *a, const struct place *at, const struct spec *s)
{
	const struct place list = place_member(at, "devices");
	const struct spec_device **sorted = arena_array(a, s->n_devices, sizeof(const struct spec_device *));
	bool all_named = true;

	for (size_t i = 0; i < s->n_devices && !report_full(r); i++) {
		const struct place element = place_element(&list, i), path = place_member(&element, "path");

		if (!check_absolute(r, &path, s->devices[i].path))
			all_named = false;
	}
	if (!sorted)
		r->nomem = true;
	else if (all_named && !report_full(r))
		check_duplicates(r, &list, s, sorted);
}
