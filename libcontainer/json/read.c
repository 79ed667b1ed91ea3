/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole small file, read with bounds.  Room: run. */
#include "json/json.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "sys/sys.h"

enum { FIRST_READ = 16 * 1024 };

static int too_big(const char *path, size_t max, struct lct_err *err)
{
	return err_set(err, LCT_E_CONFIG, EFBIG, NULL, "read %s: larger than the limit of %zu bytes", path, max);
}

/* O_NONBLOCK: a FIFO in the file's place must not hang us; O_NOCTTY: nor a terminal become ours. */
static int open_regular(int dirfd, const char *path, struct stat *st, struct lct_err *err)
{
	autofd fd = sys_openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return err_sys(err, fd, NULL, "open %s", path);
	r = sys_fstat(fd, st);
	if (r < 0)
		return err_sys(err, r, NULL, "stat %s", path);
	if (S_ISDIR(st->st_mode))
		return err_set(err, LCT_E_CONFIG, EISDIR, NULL, "read %s: is a directory", path);
	if (!S_ISREG(st->st_mode))
		return err_set(err, LCT_E_CONFIG, EINVAL, NULL, "read %s: not a regular file", path);
	return TAKE_FD(fd);
}

/* The size that fstat gives is a hint only: it is 0 in /proc, and the file may grow while we read. */
int json_read_file(struct arena *a, int dirfd, const char *path, size_t max, char **ret, size_t *ret_len,
		   struct lct_err *err)
{
	size_t room, used = 0;
	struct stat st;
	char *data, *more;
	ssize_t n;

	autofd fd = open_regular(dirfd, path, &st, err);
	if (fd < 0)
		return fd;
	if ((uint64_t)st.st_size > max)
		return too_big(path, max, err);
	room = st.st_size > 0 ? (size_t)st.st_size + 1 : FIRST_READ;
	data = arena_alloc(a, room + 1);
	while (data) {
		n = sys_read(fd, data + used, room - used);
		if (n < 0)
			return err_sys(err, (int)n, NULL, "read %s", path);
		used += (size_t)n;
		if (used > max)
			return too_big(path, max, err);
		if (n == 0) {
			data[used] = '\0';
			*ret = data;
			*ret_len = used;
			return 0;
		}
		if (used < room)
			continue;
		room *= 2;
		more = arena_alloc(a, room + 1);
		if (more)
			memcpy(more, data, used);
		data = more;
	}
	return err_nomem(err);
}
