/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where kin keeps things; see places.h.  Room: the CLI. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "places.h"
#include "sys/sys.h"

/* euid 0 inside a user namespace is not root (Podman calls us so). A /proc that cannot be read decides for root:
 * the kernel refuses the rest anyway. */
static bool root_of_machine(void)
{
	autofd fd = -EBADF;
	unsigned inside, outside, count;
	char text[256];
	ssize_t n;

	if (geteuid() != 0)
		return false;
	fd = sys_openat(AT_FDCWD, "/proc/self/uid_map", O_RDONLY, 0);
	if (fd < 0)
		return true;
	n = sys_read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return true;
	text[n] = '\0';
	return sscanf(text, "%u %u %u", &inside, &outside, &count) == 3 && inside == 0 && outside == 0 &&
	       count == UINT32_MAX;
}

static bool owned_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

static const char *environment_directory(const char *name)
{
	const char *value = getenv(name);

	/* The XDG specification has relative paths ignored. */
	return value && value[0] == '/' ? value : NULL;
}

/* Words joined again with single slashes and without ".": "/" in any spelling becomes "". ".." stays, it may cross
 * a symlink. */
static char *tidy(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, strlen(path) + 2), *w = out;

	if (!out)
		return NULL;
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len && !(len == 1 && path[0] == '.')) {
			*w++ = '/';
			memcpy(w, path, len);
			w += len;
		}
		path += len;
		path += strspn(path, "/");
	}
	*w = '\0';
	return out;
}

static int given_root(struct arena *a, const char *given, const char **ret, struct lct_err *err)
{
	const char *path = given;
	struct stat st, top;

	if (given[0] != '/') {
		char *cwd = getcwd(NULL, 0);

		if (!cwd)
			return err_sys(err, errno, NULL, "--root %s is relative, and there is no working directory",
				       given);
		path = arena_printf(a, "%s/%s", cwd, given);
		free(cwd);
		if (!path)
			return err_nomem(err);
	}
	*ret = tidy(a, path);
	if (!*ret)
		return err_nomem(err);
	/* By name, and by what it leads to: "/tmp/.." is "/" too. */
	if (!**ret ||
	    (stat(*ret, &st) == 0 && stat("/", &top) == 0 && st.st_dev == top.st_dev && st.st_ino == top.st_ino))
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "Option --root argument should not be set to /");
	return 0;
}

int place_root(struct arena *a, const char *given, const char **ret, struct lct_err *err)
{
	const char *runtime_dir, *user_dir;

	if (given)
		return given_root(a, given, ret, err);
	if (root_of_machine()) {
		*ret = "/run/kin";
		return 0;
	}
	runtime_dir = place_runtime_dir();
	if (runtime_dir) {
		*ret = arena_printf(a, "%s/kin", runtime_dir);
		return *ret ? 0 : err_nomem(err);
	}
	if (geteuid() == 0 && owned_directory("/run")) {
		*ret = "/run/kin";
		return 0;
	}
	user_dir = arena_printf(a, "/run/user/%u", geteuid());
	if (!user_dir)
		return err_nomem(err);
	if (owned_directory(user_dir)) {
		*ret = arena_printf(a, "%s/kin", user_dir);
		return *ret ? 0 : err_nomem(err);
	}
	return err_set(err, LCT_E_USAGE, EINVAL, NULL,
		       "no directory for the state of containers: %s is not there or not yours; set XDG_RUNTIME_DIR "
		       "to a directory of yours, or give --root DIR",
		       user_dir);
}

const char *place_runtime_dir(void)
{
	return environment_directory("XDG_RUNTIME_DIR");
}

const char *place_cache(struct arena *a)
{
	const char *dir;

	if (root_of_machine())
		return "/var/cache/kin";
	dir = environment_directory("XDG_CACHE_HOME");
	if (dir)
		return arena_printf(a, "%s/kin", dir);
	dir = environment_directory("HOME");
	return dir ? arena_printf(a, "%s/.cache/kin", dir) : NULL;
}
