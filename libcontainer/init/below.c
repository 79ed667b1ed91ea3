/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths inside the container's root, which its image (or another container that shares a volume) controls.
 *
 * One openat2 answers where everything exists.  What is missing is made one component after the other: each
 * is opened from the root again, along a path that holds no symlink, with RESOLVE_NO_SYMLINKS, so whoever swaps a
 * component for a symlink meanwhile makes the lookup fail and nothing else (CVE-2021-30465, CVE-2024-45310).
 * Symlinks are followed by hand, inside the root, also dangling ones: images have /etc/resolv.conf -> ../run/...
 *
 * Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { LINKS_MAX = 40 };
static const uint64_t IN_ROOT = KRESOLVE_IN_ROOT | KRESOLVE_NO_MAGICLINKS;

struct walk {
	int root;
	char done[PATH_MAX]; /* from the root, without symlinks, "." and "..": "a/b", or "" */
	char rest[PATH_MAX]; /* still to go */
	unsigned links;
};

int below_open(struct init *in, const char *path, unsigned flags)
{
	return sys_openat2(in->root, path, O_PATH | (flags & (BELOW_NOFOLLOW | BELOW_LINK) ? O_NOFOLLOW : 0), 0,
			   IN_ROOT);
}

/* Takes fd. */
static int checked(int fd, enum below_kind kind, unsigned flags)
{
	struct stat st;
	int err = sys_fstat(fd, &st);

	if (err == 0 && kind == BELOW_DIR && !S_ISDIR(st.st_mode))
		err = -ENOTDIR;
	if (err == 0 && kind == BELOW_FILE && S_ISDIR(st.st_mode))
		err = -ENOTDIR; /* mount(2) says so of a file onto a directory, and dockerd explains these words */
	if (err == 0 && S_ISLNK(st.st_mode) && !(flags & BELOW_LINK))
		err = -ELOOP;
	if (err == 0)
		return fd;
	close(fd);
	return err;
}

static void leave(char *path)
{
	char *slash = strrchr(path, '/');

	*(slash ? slash : path) = '\0';
}

static int enter(char *path, const char *name)
{
	size_t have = strlen(path), add = strlen(name);

	if (have + add + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	if (have)
		path[have++] = '/';
	memcpy(path + have, name, add + 1);
	return 0;
}

/* Cuts the next component off w->rest; 0 when there is none. *ret_last: nothing but slashes follows. */
static int next(struct walk *w, char name[NAME_MAX + 1], bool *ret_last)
{
	const char *p = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(p, "/");

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	if (!len)
		return 0;
	memcpy(name, p, len);
	name[len] = '\0';
	p += len;
	*ret_last = p[strspn(p, "/")] == '\0';
	memmove(w->rest, p, strlen(p) + 1);
	return 1;
}

static int at(const struct walk *w, const char *path, uint64_t flags)
{
	return sys_openat2(w->root, *path ? path : ".", O_PATH | flags, 0, IN_ROOT | KRESOLVE_NO_SYMLINKS);
}

/* The component w->done ends in does not exist. */
static int make(const struct walk *w, const char *name, enum below_kind kind, mode_t mode)
{
	char path[PATH_MAX];
	autofd parent = -EBADF, file = -EBADF;
	int err;

	memcpy(path, w->done, strlen(w->done) + 1);
	leave(path);
	parent = at(w, path, O_DIRECTORY);
	if (parent < 0)
		return parent;
	if (kind == BELOW_DIR) {
		err = sys_mkdirat(parent, name, mode);
	} else {
		file = sys_openat2(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode,
				   KRESOLVE_BENEATH | KRESOLVE_NO_SYMLINKS);
		err = file < 0 ? file : 0;
	}
	return err == -EEXIST ? 0 : err; /* somebody was faster: it is looked at again */
}

/* Opens w->done, made if missing: an O_PATH descriptor, possibly of a symlink. */
static int step(const struct walk *w, const char *name, enum below_kind kind, mode_t mode)
{
	int fd = at(w, w->done, O_NOFOLLOW), err;

	if (fd != -ENOENT)
		return fd;
	err = make(w, name, kind, mode);
	return err < 0 ? err : at(w, w->done, O_NOFOLLOW);
}

/* Replaces the component just entered by where it points. */
static int follow(struct walk *w, int link)
{
	char target[PATH_MAX];
	ssize_t len = sys_readlinkat(link, "", target, sizeof(target));
	size_t rest = strlen(w->rest);

	if (len < 0)
		return (int)len;
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	if ((size_t)len + 1 + rest + 1 > sizeof(w->rest))
		return -ENAMETOOLONG;
	leave(w->done);
	if (target[0] == '/')
		w->done[0] = '\0';
	memmove(w->rest + len + 1, w->rest, rest + 1);
	memcpy(w->rest, target, (size_t)len);
	w->rest[len] = '/';
	return 0;
}

static int walk(struct walk *w, enum below_kind kind, mode_t mode, unsigned flags)
{
	char name[NAME_MAX + 1];
	bool last = false;
	int err;

	while ((err = next(w, name, &last)) > 0) {
		autofd fd = -EBADF;
		struct stat st;

		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			leave(w->done);
			continue;
		}
		err = enter(w->done, name);
		if (err < 0)
			return err;
		fd = step(w, name, last ? kind : BELOW_DIR, last ? mode : 0755);
		if (fd < 0)
			return fd;
		err = sys_fstat(fd, &st);
		if (err < 0)
			return err;
		if (S_ISLNK(st.st_mode) && last && (flags & BELOW_LINK))
			break;
		if (S_ISLNK(st.st_mode)) {
			if (last && (flags & BELOW_NOFOLLOW))
				return -ELOOP;
			err = follow(w, fd);
			if (err < 0)
				return err;
		} else if (!last && !S_ISDIR(st.st_mode)) {
			return -ENOTDIR;
		}
	}
	return err;
}

int below_make(struct init *in, const char *path, enum below_kind kind, mode_t mode, unsigned flags)
{
	int fd = below_open(in, path, flags), err;
	struct walk w;

	if (fd >= 0)
		return checked(fd, kind, flags);
	if (fd != -ENOENT)
		return fd;
	if (strlen(path) >= sizeof(w.rest))
		return -ENAMETOOLONG;
	w.root = in->root;
	w.links = 0;
	w.done[0] = '\0';
	memcpy(w.rest, path, strlen(path) + 1);
	err = walk(&w, kind, mode, flags);
	if (err < 0)
		return err;
	fd = at(&w, w.done, O_NOFOLLOW);
	return fd < 0 ? fd : checked(fd, kind, flags);
}

int below_parent(struct init *in, const char *path, char name[NAME_MAX + 1])
{
	char dir[PATH_MAX];
	size_t len = strlen(path), start;

	while (len && path[len - 1] == '/')
		len--;
	for (start = len; start && path[start - 1] != '/';)
		start--;
	if (len >= sizeof(dir) || len - start > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, path + start, len - start);
	name[len - start] = '\0';
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	dir[0] = '/';
	memcpy(dir + (start == 0), path, start);
	dir[start ? start : 1] = '\0';
	return below_make(in, dir, BELOW_DIR, 0755, 0);
}
