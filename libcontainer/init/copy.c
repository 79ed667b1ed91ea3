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

enum { DEPTH_MAX = 64, CHUNK = 4096 };
static const uint64_t PLAIN = KRESOLVE_BENEATH | KRESOLVE_NO_SYMLINKS | KRESOLVE_NO_XDEV;

static int copy_dir(int from, int to, int depth);

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

static int copy_file(int from, int to, const char *name, const struct stat *st)
{
	/* NONBLOCK: it may have become a FIFO since it was looked at. */
	autofd in = sys_openat2(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0, PLAIN), out = -EBADF;
	struct stat now;
	int err = in < 0 ? in : sys_fstat(in, &now);

	if (err == 0 && !S_ISREG(now.st_mode))
		err = -ESTALE;
	if (err < 0)
		return err;
	out = sys_openat2(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, PLAIN);
	err = out < 0 ? out : copy_bytes(in, out);
	if (err == 0)
		err = copy_owner(to, name, st);
	return err < 0 ? err : sys_fchmod(out, st->st_mode & 07777);
}

static int copy_link(int from, int to, const char *name, const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t len = sys_readlinkat(from, name, target, sizeof(target));
	int err = len < 0 ? (int)len : sys_symlinkat(target, to, name);

	return err < 0 ? err : copy_owner(to, name, st);
}

static int copy_subdir(int from, int to, const char *name, const struct stat *st, int depth)
{
	autofd in = sys_openat2(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, PLAIN), out = -EBADF;
	int err = in;

	if (in == -EXDEV)
		return 0; /* a mount point: what is mounted there stays there */
	if (err >= 0)
		err = sys_mkdirat(to, name, 0700);
	if (err < 0)
		return err;
	out = sys_openat2(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, PLAIN);
	err = out < 0 ? out : copy_dir(in, out, depth + 1);
	if (err == 0)
		err = copy_owner(to, name, st);
	return err < 0 ? err : sys_fchmod(out, st->st_mode & 07777);
}

static int copy_entry(int from, int to, const char *name, int depth)
{
	struct stat st;
	int err = sys_fstatat(from, name, &st, KAT_SYMLINK_NOFOLLOW);

	if (err < 0)
		return err;
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		return copy_subdir(from, to, name, &st, depth);
	case S_IFREG:
		return copy_file(from, to, name, &st);
	case S_IFLNK:
		return copy_link(from, to, name, &st);
	default: /* devices, FIFOs, sockets */
		err = sys_mknodat(to, name, st.st_mode, st.st_rdev);
		return err < 0 ? err : copy_owner(to, name, &st);
	}
}

static int copy_dir(int from, int to, int depth)
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
			err = copy_entry(from, to, e->name, depth);
			if (err < 0)
				return err;
		}
	}
	return n;
}

int copy_tree(int from, int to)
{
	autofd in = sys_openat2(from, ".", O_RDONLY | O_DIRECTORY, 0, KRESOLVE_NO_SYMLINKS), out = -EBADF;

	if (in < 0)
		return in;
	out = sys_openat2(to, ".", O_RDONLY | O_DIRECTORY, 0, KRESOLVE_NO_SYMLINKS);
	return out < 0 ? out : copy_dir(in, out, 0);
}
