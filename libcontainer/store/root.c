/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state root: made, checked, listed.  Room: run. */
#include "store/store.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "sys/sys.h"

enum { ID_MAX = 240 }; /* "kin-ID.scope" is to be the name of a directory */

static bool is_id(const char *id)
{
	size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-");

	return n >= 1 && n <= ID_MAX && !id[n] && id[0] != '.' && id[0] != '-';
}

int store_check_id(const char *id, struct lct_err *err)
{
	return id && is_id(id) ? 0 : err_set(err, LCT_E_USAGE, EINVAL, NULL, "invalid container ID format");
}

/* Makes the parents 0755 and the last component 0700.  1 when the last one is new. */
static int make_path(char *path)
{
	int r;

	for (char *p = path + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		r = sys_mkdirat(AT_FDCWD, path, 0755);
		*p = '/';
		/* A parent that is there may refuse with EACCES or EROFS before it says EEXIST; if it is not
		 * there after all, the next one fails with ENOENT. */
		if (r < 0 && r != -EEXIST && r != -EACCES && r != -EPERM && r != -EROFS)
			return r;
	}
	r = sys_mkdirat(AT_FDCWD, path, 0700);
	if (r == -EEXIST)
		return 0;
	if (r == 0)
		r = sys_fchmodat(AT_FDCWD, path, 0700); /* whatever the caller's umask */
	return r < 0 ? r : 1;
}

static int check_root(int fd, const char *path, struct lct_err *err)
{
	struct stat st;
	int r = sys_fstat(fd, &st);

	if (r < 0)
		return err_sys(err, r, path, "state root");
	if (st.st_uid != geteuid())
		return err_set(err, LCT_E_SYSTEM, EPERM, path, "state root belongs to uid %u, not to %u",
			       (unsigned)st.st_uid, (unsigned)geteuid());
	if (st.st_mode & 077)
		return err_set(err, LCT_E_SYSTEM, EPERM, path,
			       "state root is accessible for others (mode %04o): it must be 0700",
			       (unsigned)st.st_mode & 07777);
	return 0;
}

int store_open_root(const char *path, bool make, struct lct_err *err)
{
	char clean[PATH_MAX];
	size_t n = path ? strlen(path) : 0;
	autofd fd = -EBADF;
	int made = 0, r;

	/* O_NOFOLLOW means the last component, and with a slash behind it that is none. */
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n < 2 || path[0] != '/' || n >= sizeof(clean))
		return err_set(err, LCT_E_USAGE, EINVAL, path, "state root must be an absolute path below /");
	memcpy(clean, path, n);
	clean[n] = '\0';
	fd = sys_openat(AT_FDCWD, clean, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd == -ENOENT && make) {
		made = make_path(clean);
		if (made < 0)
			return err_sys(err, made, clean, "make state root");
		fd = sys_openat(AT_FDCWD, clean, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	}
	if (fd == -ELOOP || fd == -ENOTDIR)
		return err_set(err, LCT_E_SYSTEM, ENOTDIR, clean, "state root is not a directory");
	if (fd == -ENOENT)
		return err_set(err, LCT_E_NOT_FOUND, ENOENT, clean, "state root does not exist");
	if (fd < 0)
		return err_sys(err, fd, clean, "open state root");
	r = check_root(fd, clean, err);
	if (r < 0)
		return r;
	/* The sticky bit keeps cleaners of runtime directories away: XDG Base Directory Specification. */
	if (made)
		(void)sys_fchmod(fd, 01700);
	return TAKE_FD(fd);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int store_ids(int rootfd, struct arena *a, char ***ret, size_t *ret_n, struct lct_err *err)
{
	autodir *d = NULL;
	char **ids = arena_array(a, 16, sizeof(*ids));
	size_t n = 0, cap = 16;
	struct dirent *e;
	int r = dir_open(rootfd, &d);

	if (r < 0)
		return err_sys(err, r, NULL, "list the state root");
	if (!ids)
		return err_nomem(err);
	while ((r = dir_next(d, &e)) > 0) {
		if (!is_id(e->d_name))
			continue;
		if (n + 1 == cap) { /* doubling inside an arena wastes at most as much again */
			char **more = arena_array(a, cap *= 2, sizeof(*ids));

			if (!more)
				return err_nomem(err);
			ids = memcpy(more, ids, n * sizeof(*ids));
		}
		ids[n] = arena_strdup(a, e->d_name);
		if (!ids[n++])
			return err_nomem(err);
	}
	if (r < 0)
		return err_sys(err, r, NULL, "list the state root");
	ids[n] = NULL;
	qsort(ids, n, sizeof(*ids), by_name);
	*ret = ids;
	*ret_n = n;
	return 0;
}
