/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents from files and pipes; see document.h.  Room: the CLI. */
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "base/buf.h"
#include "base/fd.h"
#include "document.h"
#include "json/json.h"
#include "sys/sys.h"

/* A FIFO that nobody writes to must not hang us; the one who does may take a moment to come. */
enum { SILENCE_MS = 5000 };

static ssize_t read_some(int fd, char *to, size_t room)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int r;

	do
		r = fd == STDIN_FILENO ? 1 : sys_poll(&p, 1, SILENCE_MS);
	while (r == -EINTR);
	return r > 0 ? sys_read(fd, to, room) : r < 0 ? r : -ETIMEDOUT;
}

static int read_stream(struct arena *a, int fd, const char *name, char **ret, size_t *ret_len, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };
	char chunk[16 * 1024];
	ssize_t n;

	while ((n = read_some(fd, chunk, sizeof(chunk))) > 0) {
		if (b.len + (size_t)n > JSON_MAX_SIZE)
			return err_set(err, LCT_E_CONFIG, EFBIG, NULL, "read %s: larger than the limit of %d bytes",
				       name, JSON_MAX_SIZE);
		buf_add(&b, chunk, (size_t)n);
		if (!buf_ok(&b))
			return err_nomem(err);
	}
	if (n < 0)
		return err_sys(err, (int)n, NULL, "read %s", name);
	*ret = arena_strndup(a, b.len ? b.data : "", b.len);
	*ret_len = b.len;
	return *ret ? 0 : err_nomem(err);
}

int document_read(struct arena *a, const char *path, char **ret, size_t *ret_len, struct lct_err *err)
{
	autofd fd = -EBADF;
	struct stat st;

	if (!strcmp(path, "-"))
		return read_stream(a, STDIN_FILENO, "standard input", ret, ret_len, err);
	/* <(command), /dev/stdin: somebody writes to it, and it is no file to go back in */
	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return json_read_file(a, AT_FDCWD, path, JSON_MAX_SIZE, ret, ret_len, err);
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
	return fd < 0 ? err_sys(err, fd, NULL, "open %s", path) : read_stream(a, fd, path, ret, ret_len, err);
}
