/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two spellings of a sysctl.  Room: run (pure). */
#include <string.h>

#include "spec/spec.h"

char *spec_sysctl_path(struct arena *a, const char *key)
{
	char *path = arena_strdup(a, key);

	if (!path || path[strcspn(path, "./")] != '.')
		return path;
	for (char *p = path; *p; p++) {
		if (*p == '.')
			*p = '/';
		else if (*p == '/')
			*p = '.';
	}
	return path;
}
