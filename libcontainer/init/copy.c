/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tmpcopyup: a new tmpfs begins with what the directory below it holds.  By descriptors only, never through a symlink
 * or into another mount.  Room: init.
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

enum { DEPTH_MAX = 64, CHUNK = 4096, XATTRS_MAX = 65536, SEEN_MAX = 8192, NAMES_MAX = 1 << 20 };
static const uint64_t PLAIN = KRESOLVE_BENEATH | KRESOLVE_NO_SYMLINKS | KRESOLVE_NO_XDEV;

/* Files with several names that have been copied, so that the next name is a link to the same copy. */
struct seen {
	uint64_t inode;
	uint32_t at; /* its first name, in names */
};

struct copy {
	int root; /* of the copy */
	char path[PATH_MAX]; /* where it is at work, from there */
	struct seen *seen;
	char *names;
	size_t n_seen, n_names;
};

static int copy_dir(struct copy *c, int from, int to, int depth);

/* c->path with name; false: too long to be remembered */
static bool enter(struct copy *c, const char *name, size_t *ret_before)
{
	size_t have = strlen(c->path), len = strlen(name);

	*ret_before = have;
	if (have + len + 2 > sizeof(c->path))
		return false;
	if (have)
		c->path[have++] = '/';
	memcpy(c->path + have, name, len + 1);
	return true;
}

static int copy_bytes(int from, int to)
{
	char chunk[CHUNK];
	ssize_t n;

	while ((n = sys_read(from, chunk, sizeof(chunk))) > 0) {
		int err = sys_write_all(to, chunk, (size_t)n);

		if (err < 0)
			return err;
	}
	return (int)n;
}

/* Owners that this user namespace does not know cannot be given; the copy is root's then. */
static int copy_owner(int to, const char *name, const struct stat *st)
{
	int err = sys_fchownat(to, name, st->st_uid, st->st_gid, KAT_SYMLINK_NOFOLLOW);

	return err == -EINVAL || err == -EPERM ? 0 : err;
}

static int copy_times(int to, const char *name, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	return sys_utimensat(to, name, times, KAT_SYMLINK_NOFOLLOW);
}

/* After owner and mode: a change of owner takes file capabilities away.  What tmpfs does not keep (user.*, before 6.6), or
 * this user namespace may not set, stays behind. */
static int copy_xattrs(int from, int to)
{
	char names[XATTRS_MAX], value[XATTRS_MAX];
	ssize_t len = sys_flistxattr(from, names, sizeof(names)), n;

	if (len < 0)
		return len == -EOPNOTSUPP ? 0 : (int)len;
	for (const char *name = names; name < names + len; name += strlen(name) + 1) {
		int err;

		n = sys_fgetxattr(from, name, value, sizeof(value));
		err = n < 0 ? (int)n : sys_fsetxattr(to, name, value, (size_t)n);
		if (err < 0 && err != -ENODATA && err != -EOPNOTSUPP && err != -EPERM && err != -EINVAL)
			return err;
	}
	return 0;
}

/* 1: another name of it was copied before, and the copy has this name now as well */
static int link_seen(const struct copy *c, int to, const char *name, const struct stat *st)
{
	for (size_t i = 0; i < c->n_seen; i++) {
		if (c->seen[i].inode == st->st_ino) {
			int err = sys_linkat(c->root, c->names + c->seen[i].at, to, name);

			return err < 0 ? err : 1;
		}
	}
	return 0;
}

/* Beyond what there is room for, files are copied once for each name. */
static int remember(struct copy *c, const char *name, const struct stat *st)
{
	size_t before, len;
	int err;

	if (!c->seen) {
		err = sys_map(-1, SEEN_MAX * sizeof(*c->seen), (void **)&c->seen);
		if (err == 0)
			err = sys_map(-1, NAMES_MAX, (void **)&c->names);
		if (err < 0)
			return err;
	}
	if (enter(c, name, &before)) {
		len = strlen(c->path) + 1;
		if (c->n_seen < SEEN_MAX && len <= NAMES_MAX - c->n_names) {
			c->seen[c->n_seen++] = (struct seen){ st->st_ino, (uint32_t)c->n_names };
			memcpy(c->names + c->n_names, c->path, len);
			c->n_names += len;
		}
	}
	c->path[before] = '\0';
	return 0;
}

static int copy_file(struct copy *c, int from, int to, const char *name, const struct stat *st)
{
	/* NONBLOCK: it may have become a FIFO since it was looked at. */
	autofd in = sys_openat2(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0, PLAIN), out = -EBADF;
	struct stat now;
	int err = in < 0 ? in : sys_fstat(in, &now);

	if (err == 0 && !S_ISREG(now.st_mode))
		err = -ESTALE;
	if (err == 0 && now.st_nlink > 1) {
		err = link_seen(c, to, name, &now);
		if (err)
			return err < 0 ? err : 0;
		err = remember(c, name, &now);
	}
	if (err < 0)
		return err;
	out = sys_openat2(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, PLAIN);
	err = out < 0 ? out : copy_bytes(in, out);
	if (err == 0)
		err = copy_owner(to, name, st);
	if (err == 0)
		err = sys_fchmod(out, st->st_mode & 07777);
	if (err == 0)
		err = copy_xattrs(in, out);
	return err < 0 ? err : copy_times(to, name, st);
}

static int copy_link(int from, int to, const char *name, const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t len = sys_readlinkat(from, name, target, sizeof(target));
	int err = len < 0 ? (int)len : sys_symlinkat(target, to, name);

	if (err == 0)
		err = copy_owner(to, name, st);
	return err < 0 ? err : copy_times(to, name, st);
}

static int copy_subdir(struct copy *c, int from, int to, const char *name, const struct stat *st, int depth)
{
	autofd in = sys_openat2(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, PLAIN), out = -EBADF;
	size_t before;
	int err = in;

	if (in == -EXDEV)
		return 0; /* a mount point: what is mounted there stays there */
	if (err >= 0)
		err = sys_mkdirat(to, name, 0700);
	if (err < 0)
		return err;
	out = sys_openat2(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, PLAIN);
	if (!enter(c, name, &before))
		err = -ENAMETOOLONG;
	if (err == 0)
		err = out < 0 ? out : copy_dir(c, in, out, depth + 1);
	c->path[before] = '\0';
	if (err == 0)
		err = copy_owner(to, name, st);
	if (err == 0)
		err = sys_fchmod(out, st->st_mode & 07777);
	if (err == 0)
		err = copy_xattrs(in, out);
	return err < 0 ? err : copy_times(to, name, st);
}

static int copy_entry(struct copy *c, int from, int to, const char *name, int depth)
{
	struct stat st;
	int err = sys_fstatat(from, name, &st, KAT_SYMLINK_NOFOLLOW);

	if (err < 0)
		return err;
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		return copy_subdir(c, from, to, name, &st, depth);
	case S_IFREG:
		return copy_file(c, from, to, name, &st);
	case S_IFLNK:
		return copy_link(from, to, name, &st);
	default: /* devices, FIFOs, sockets */
		err = sys_mknodat(to, name, st.st_mode, st.st_rdev);
		if (err == 0)
			err = copy_owner(to, name, &st);
		return err < 0 ? err : copy_times(to, name, &st);
	}
}

static int copy_dir(struct copy *c, int from, int to, int depth)
{
	_Alignas(struct kdirent) char entries[2048];
	int n;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	while ((n = sys_getdents(from, entries, sizeof(entries))) > 0) {
		for (int at = 0; at < n;) {
			const struct kdirent *e = (const struct kdirent *)(entries + at);
			int err;

			at += e->reclen;
			if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0)
				continue;
			err = copy_entry(c, from, to, e->name, depth);
			if (err < 0)
				return err;
		}
	}
	return n;
}

int copy_tree(int from, int to, bool owner)
{
	autofd in = sys_openat2(from, ".", O_RDONLY | O_DIRECTORY, 0, KRESOLVE_NO_SYMLINKS), out = -EBADF;
	struct copy c = { .root = -EBADF };
	struct stat st;
	int err = in < 0 ? in : sys_fstat(in, &st);

	if (err < 0)
		return err;
	c.root = out = sys_openat2(to, ".", O_RDONLY | O_DIRECTORY, 0, KRESOLVE_NO_SYMLINKS);
	err = out < 0 ? out : copy_dir(&c, in, out, 0);
	if (err == 0 && owner)
		err = copy_owner(out, ".", &st);
	if (err == 0)
		err = copy_xattrs(in, out);
	return err < 0 ? err : copy_times(out, ".", &st);
}
