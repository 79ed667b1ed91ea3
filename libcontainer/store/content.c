/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of a state directory: replaced by rename, read as if a stranger had written them.  Room: run. */
#include "store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

enum { NAME_ROOM = 96, NAME_TRIES = 16 };

static int write_new(int dirfd, const char *temp, const void *data, size_t len)
{
	autofd fd = sys_openat(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return fd;
	r = sys_fchmod(fd, 0600); /* whatever the caller's umask */
	if (r == 0)
		r = sys_write_all(fd, data, len);
	if (r < 0)
		(void)sys_unlinkat(dirfd, temp, 0);
	return r;
}

/* No fsync: the state root is a tmpfs, and a record of another boot counts for nothing (its boot id tells). */
int store_put(int dirfd, const char *name, const void *data, size_t len, struct lct_err *err)
{
	char temp[NAME_ROOM];
	int r = -EEXIST;

	for (int i = 0; i < NAME_TRIES && r == -EEXIST; i++) {
		snprintf(temp, sizeof(temp), ".%.32s.%d.%llx", name, (int)getpid(),
			 (unsigned long long)sys_monotonic_ns());
		r = write_new(dirfd, temp, data, len);
	}
	if (r < 0)
		return err_sys(err, r, NULL, "write %s in the state directory", name);
	r = sys_renameat(dirfd, temp, dirfd, name);
	if (r < 0) {
		(void)sys_unlinkat(dirfd, temp, 0);
		return err_sys(err, r, NULL, "replace %s in the state directory", name);
	}
	return 0;
}

/* Into a directory that was just claimed: nobody reads it before the record says "created". */
int store_add(int dirfd, const char *name, const void *data, size_t len, struct lct_err *err)
{
	int r = write_new(dirfd, name, data, len);

	return r < 0 ? err_sys(err, r, NULL, "write %s in the state directory", name) : 0;
}

static int damaged(struct lct_err *err, const char *name, const char *what)
{
	return err_set(err, LCT_E_DAMAGED, EBADMSG, NULL, "%s in the state directory is damaged: %s", name, what);
}

/* NONBLOCK: a FIFO or a device put there must not hold us. */
int store_get(int dirfd, const char *name, size_t max, struct arena *a, char **ret, size_t *ret_len,
	      struct lct_err *err)
{
	autofd fd = sys_openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
	struct stat st;
	size_t len = 0, size;
	char *text;
	int r;

	if (fd == -ENOENT)
		return err_set(err, LCT_E_NOT_FOUND, ENOENT, NULL, "%s is missing in the state directory", name);
	if (fd == -ELOOP)
		return damaged(err, name, "a symbolic link");
	if (fd == -ENXIO || fd == -EACCES || fd == -EPERM)
		return damaged(err, name, "not a readable file");
	if (fd < 0)
		return err_sys(err, fd, NULL, "open %s in the state directory", name);
	r = sys_fstat(fd, &st);
	if (r < 0)
		return err_sys(err, r, NULL, "read %s in the state directory", name);
	if (!S_ISREG(st.st_mode))
		return damaged(err, name, "not a regular file");
	if (st.st_uid != geteuid() || (st.st_mode & 022))
		return damaged(err, name, "others can write it");
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return damaged(err, name, "too large");
	size = (size_t)st.st_size;
	text = arena_alloc(a, size + 1);
	if (!text)
		return err_nomem(err);
	while (len < size) {
		ssize_t n = sys_read(fd, text + len, size - len);

		if (n < 0)
			return err_sys(err, (int)n, NULL, "read %s in the state directory", name);
		if (n == 0)
			return damaged(err, name, "it shrank while being read");
		len += (size_t)n;
	}
	*ret = text;
	*ret_len = len;
	return 0;
}
