/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of the plan as execve(2) wants them, without a heap.  Room: init. */
#include "init/init.h"

#include <string.h>

#include "sys/sys.h"

#include "room.h"

/* The pages are never given back: what they are for is execve, or a handful of hooks. */
int strings_map(const char *list, size_t n, char ***ret)
{
	void *pages;
	int err = sys_map(-1, (n + 1) * sizeof(char *), &pages);

	if (err < 0)
		return err;
	*ret = pages;
	for (size_t i = 0; i < n; i++, list += strlen(list) + 1)
		(*ret)[i] = (char *)list;
	(*ret)[n] = NULL;
	return 0;
}
