/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A state directory's end, whatever is in it.  Room: run. */
#include "store/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "sys/sys.h"

enum { DEPTH_MAX = 16, ENTRIES_MAX = 65536, PASSES_MAX = 64 };

struct work {
	unsigned entries; /* seen so far */
};

static int empty_dir(int fd, const char *keep, unsigned depth, struct work *w);

static int remove_entry(int fd, const char *name, unsigned depth, struct work *w)
{
	autofd sub = -EBADF;
	int r = sys_unlinkat(fd, name, 0);

	/* unlink(2) of a directory: EISDIR on Linux, EPERM in POSIX and on some file systems. */
	if (r != -EISDIR && r != -EPERM)
		return r == -ENOENT ? 0 : r;
	r = sys_unlinkat(fd, name, AT_REMOVEDIR);
	if (r != -ENOTEMPTY && r != -EEXIST)
		return r == -ENOENT ? 0 : r;
	/* Nothing behind a mount point or a symbolic link was ever kin's. */
	sub = sys_openat2(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0,
			  KRESOLVE_BENEATH | KRESOLVE_NO_SYMLINKS | KRESOLVE_NO_XDEV);
	if (sub < 0)
		return sub == -ENOENT ? 0 : sub;
	r = empty_dir(sub, NULL, depth + 1, w);
	if (r < 0)
		return r;
	r = sys_unlinkat(fd, name, AT_REMOVEDIR);
	return r == -ENOENT ? 0 : r;
}

/* One pass; returns how many entries (but `keep`) were met. */
static int empty_pass(int fd, const char *keep, unsigned depth, struct work *w)
{
	autodir *d = NULL;
	struct dirent *e;
	int met = 0, r = dir_open(fd, &d);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while ((r = dir_next(d, &e)) > 0) {
		if (keep && !strcmp(e->d_name, keep))
			continue;
		if (++w->entries > ENTRIES_MAX)
			return -E2BIG;
		r = remove_entry(fd, e->d_name, depth, w);
		if (r < 0)
			return r;
		met++;
	}
	return r < 0 ? r : met;
}

/* Entries may appear or be skipped while a directory changes under readdir(3): until a pass meets nothing. */
static int empty_dir(int fd, const char *keep, unsigned depth, struct work *w)
{
	int r = 1;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	for (int i = 0; r > 0 && i < PASSES_MAX; i++)
		r = empty_pass(fd, keep, depth, w);
	return r > 0 ? -EBUSY : r;
}

/* Only the directory that we hold may lose its name: it might be another's by now. */
static bool is_named(int rootfd, const char *id, int dirfd)
{
	struct stat here, there;

	return sys_fstat(dirfd, &here) == 0 && sys_fstatat(rootfd, id, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* What kin puts there, but for the record: gone without a stream over the directory. */
static const char *const usual[] = { "gate", "plan", "process.json", "spare" };

/* "." and ".." and at most the record?  A stranger would be seen: after these three any name still fits.  Nobody else
 * reads by this descriptor; its second reading is at the end and says no, which is safe. */
static bool is_emptied(int dirfd)
{
	_Alignas(struct dirent64) char text[512];
	int n = sys_getdents(dirfd, text, sizeof(text));

	for (int at = 0; at < n;) {
		const struct dirent64 *e = (const void *)(text + at);

		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && strcmp(e->d_name, "record"))
			return false;
		at += e->d_reclen;
	}
	return n > 0;
}

int store_remove(int rootfd, const char *id, int dirfd, struct lct_err *err)
{
	struct work w = { 0 };
	int r = store_check_id(id, err);

	if (r < 0)
		return r;
	if (dirfd < 0) { /* never could be opened: a file, a link, or a directory of no mode */
		r = remove_entry(rootfd, id, 0, &w);
		return r < 0 ? err_sys(err, r, id, "remove state directory") : 0;
	}
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		(void)sys_unlinkat(dirfd, usual[i], 0);
	if (!is_emptied(dirfd))
		r = empty_dir(dirfd, "record", 0, &w);
	/* The record goes last: a delete that is killed, or fails, before can be taken up by the next one. */
	if (r == 0)
		r = remove_entry(dirfd, "record", 0, &w);
	if (r == 0 && is_named(rootfd, id, dirfd))
		r = sys_unlinkat(rootfd, id, AT_REMOVEDIR);
	if (r < 0 && r != -ENOENT)
		return err_sys(err, r, id, "remove state directory");
	return 0;
}
