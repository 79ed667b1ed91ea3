/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names within one object.  Room: run (pure). */
#include "json/members.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 16 };

static void duplicate_of_few(const struct json_pending *members, size_t n, const struct json_pending **ret)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(members[i].value.name, members[k].value.name) == 0) {
				*ret = &members[i];
				return;
			}
}

static int by_name_then_place(const void *a, const void *b)
{
	const struct json_pending *x = *(const struct json_pending *const *)a;
	const struct json_pending *y = *(const struct json_pending *const *)b;
	int r = strcmp(x->value.name, y->value.name);

	return r ? r : (x > y) - (x < y);
}

int json_duplicate(const struct json_pending *members, size_t n, const struct json_pending **ret)
{
	const struct json_pending **sorted;

	*ret = NULL;
	if (n <= FEW) {
		duplicate_of_few(members, n, ret);
		return 0;
	}
	sorted = calloc(n, sizeof(const struct json_pending *));
	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &members[i];
	qsort(sorted, n, sizeof(*sorted), by_name_then_place);
	for (size_t i = 1; i < n; i++)
		if (strcmp(sorted[i - 1]->value.name, sorted[i]->value.name) == 0 && (!*ret || sorted[i] < *ret))
			*ret = sorted[i];
	free(sorted);
	return 0;
}
