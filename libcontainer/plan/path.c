/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths as text.  Room: run (pure). */
#include "plan/path.h"

#include <string.h>

char *path_clean(struct arena *a, const char *path)
{
	char *ret = arena_alloc(a, strlen(path) + 2), *end = ret;
	size_t n;

	if (!ret)
		return NULL;
	for (; *path; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 0 || (n == 1 && path[0] == '.'))
			continue;
		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (end > ret && *--end != '/')
				;
			continue;
		}
		*end++ = '/';
		memcpy(end, path, n);
		end += n;
	}
	if (end == ret)
		*end++ = '/';
	*end = '\0';
	return ret;
}

bool path_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n == 1)
		return true;
	return !strncmp(path, dir, n) && (path[n] == '/' || path[n] == '\0');
}
