/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cgroup v2 tree as directories and small files.  Room: run. */
#include "cgroup/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

int tree_components(const char *path)
{
	int n = 0;

	if (path[0] != '/' || strlen(path) >= PATH_MAX)
		return -EINVAL;
	for (const char *p = path; *p; n++) {
		size_t len = strcspn(++p, "/");

		if (len == 0 || len > NAME_MAX || (len <= 2 && !strncmp(p, "..", len)))
			return -EINVAL;
		p += len;
	}
	return n > TREE_COMPONENTS ? -EINVAL : n;
}

int tree_open(const char *path)
{
	autofd fd = -EBADF;
	struct statfs fs;
	int r = tree_components(path);

	if (r < 0)
		return r;
	fd = sys_openat2(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, KRESOLVE_NO_SYMLINKS | KRESOLVE_NO_MAGICLINKS);
	if (fd < 0)
		return fd;
	r = sys_fstatfs(fd, &fs);
	if (r < 0)
		return r;
	return fs.f_type == KCGROUP2_SUPER_MAGIC ? TAKE_FD(fd) : -EXDEV;
}

int tree_open_below(int fd, const char *rel, int flags)
{
	return sys_openat2(fd, rel[0] ? rel : ".", (uint64_t)(flags | O_DIRECTORY), 0,
			   KRESOLVE_BENEATH | KRESOLVE_NO_SYMLINKS | KRESOLVE_NO_XDEV | KRESOLVE_NO_MAGICLINKS);
}

int tree_read(int fd, const char *file, char *text, size_t size)
{
	autofd f = sys_openat(fd, file, O_RDONLY | O_NOFOLLOW, 0);
	size_t len = 0;

	if (f < 0)
		return f == -ENODEV ? -ENOENT : f;
	while (len < size - 1) {
		ssize_t n = sys_read(f, text + len, size - 1 - len);

		if (n < 0) /* a removed cgroup's files answer ENODEV */
			return n == -ENODEV ? -ENOENT : (int)n;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	return (int)len;
}

int tree_write(int fd, const char *file, const char *text)
{
	autofd f = sys_openat(fd, file, O_WRONLY | O_NOFOLLOW, 0);
	ssize_t n;

	if (f < 0)
		return f == -ENODEV ? -ENOENT : f;
	n = sys_write(f, text, strlen(text));
	return n == -ENODEV ? -ENOENT : n < 0 ? (int)n : 0;
}

int tree_flag(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, key, len) && p[len] == ' ')
			return p[len + 1] == '0' ? 0 : 1;
	}
	return -ENODATA;
}

bool tree_has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += len)
		if ((p == list || p[-1] == ' ') && strchr(" \n", p[len])) /* the NUL is one of them */
			return true;
	return false;
}

int tree_mark(int fd, char *text, size_t size)
{
	ssize_t n = sys_fgetxattr(fd, TREE_MARK, text, size - 1);

	if (n < 0)
		n = n == -ENODATA ? 0 : n;
	text[n > 0 ? n : 0] = '\0';
	return (int)n;
}

int tree_set_mark(int fd, const char *state_dir)
{
	int r = sys_fsetxattr(fd, TREE_MARK, state_dir, strlen(state_dir));

	return r == -EOPNOTSUPP || r == -EPERM || r == -EACCES ? 0 : r;
}

int tree_next(DIR *d, const char **ret_name)
{
	struct dirent *e;
	int r;

	while ((r = dir_next(d, &e)) > 0)
		if (e->d_type == DT_DIR) {
			*ret_name = e->d_name;
			return 1;
		}
	return r;
}

/* Removed meanwhile, another file system, or not for us: nothing to see here. */
static bool is_passed_over(int error)
{
	return error == -ENOENT || error == -ENODEV || error == -EACCES || error == -EXDEV;
}

static int walk(int fd, const char *path, unsigned depth, tree_visit *fn, void *arg)
{
	autodir *d = NULL;
	const char *name;
	int r = fn(fd, path, depth, arg);

	if (r)
		return r < 0 ? r : 0;
	if (depth == TREE_DEPTH)
		return -ELOOP;
	r = dir_open(fd, &d);
	if (r < 0)
		return is_passed_over(r) ? 0 : r;
	while ((r = tree_next(d, &name)) > 0) {
		autofd sub = tree_open_below(fd, name, O_RDONLY);
		char *below = NULL;

		if (is_passed_over(sub))
			continue;
		if (sub < 0)
			return sub;
		if (asprintf(&below, "%s/%s", path, name) < 0)
			return -ENOMEM;
		r = walk(sub, below, depth + 1, fn, arg);
		free(below);
		if (r < 0)
			return r;
	}
	return is_passed_over(r) ? 0 : r;
}

int tree_walk(int fd, const char *path, tree_visit *fn, void *arg)
{
	return walk(fd, path, 0, fn, arg);
}
