/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limits that an update counts from.  Room: run. */
#include "cgroup/cgroup.h"

#include <stdlib.h>
#include <string.h>

#include "cgroup/tree.h"

enum { ROOM = 64 };

/* "max", an absent file (its controller is not enabled) and nonsense: -1. */
static int64_t number(const char *text)
{
	char *end;
	long long n;

	if (text[0] < '0' || text[0] > '9')
		return -1;
	n = strtoll(text, &end, 10);
	return strchr(" \n", *end) ? n : -1;
}

static int amount(int fd, const char *file, int64_t *ret)
{
	char text[ROOM];
	int r = tree_read(fd, file, text, sizeof(text));

	*ret = r < 0 ? -1 : number(text);
	return r == -ENOENT || r == -EOPNOTSUPP ? 0 : r;
}

int cgroup_in_force(int fd, struct spec_in_force *ret)
{
	char text[ROOM];
	int r;

	*ret = (struct spec_in_force){ -1, -1, -1, -1 };
	r = amount(fd, "memory.max", &ret->memory_max);
	if (r >= 0)
		r = amount(fd, "memory.swap.max", &ret->memory_swap_max);
	if (r < 0)
		return r;
	/* "max 100000": quota and period. */
	r = tree_read(fd, "cpu.max", text, sizeof(text));
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	ret->cpu_quota = number(text);
	ret->cpu_period = number(text + strcspn(text, " ") + (strchr(text, ' ') != NULL));
	return 0;
}
