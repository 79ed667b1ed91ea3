/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handing a descriptor to whoever listens at a socket of the caller's (console, pidfd, seccomp agent): one connection, one
 * message, and no wait without a deadline.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sys/sys.h"

static int wait_writable(int fd, int64_t deadline_ns)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLOUT };
		int64_t left = (deadline_ns - clock_now_ns()) / 1000000 + 1;
		int r = sys_poll(&p, 1, left <= 0 ? 0 : left > 3600000 ? 3600000 : (int)left);

		if (r > 0)
			return 0;
		if (r < 0 && r != -EINTR)
			return r;
		if (clock_now_ns() >= deadline_ns)
			return -ETIMEDOUT;
	}
}

/* unix(7): an address has 107 bytes; a longer path goes through a descriptor of it. */
static int address(const char *path, struct sockaddr_un *un, int *file)
{
	un->sun_family = AF_UNIX;
	if (strlen(path) < sizeof(un->sun_path)) {
		strcpy(un->sun_path, path);
		return 0;
	}
	*file = sys_openat(AT_FDCWD, path, O_PATH, 0);
	if (*file < 0)
		return *file;
	snprintf(un->sun_path, sizeof(un->sun_path), "/proc/self/fd/%d", *file);
	return 0;
}

int socket_connect(const char *path, int64_t deadline_ns)
{
	struct sockaddr_un un = { 0 };
	autofd sock = -EBADF, file = -EBADF;
	int r = address(path, &un, &file);

	if (r < 0)
		return r;
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0)
		return -errno;
	do {
		r = connect(sock, (struct sockaddr *)&un, sizeof(un)) < 0 ? -errno : 0;
		if (r == -EAGAIN && clock_now_ns() < deadline_ns) /* its backlog is full: no event tells when not */
			(void)sys_poll(NULL, 0, 5);
	} while (r == -EINTR || (r == -EAGAIN && clock_now_ns() < deadline_ns));
	return r < 0 ? r : TAKE_FD(sock);
}

int socket_send(int sock, const void *data, size_t len, int fd, int64_t deadline_ns)
{
	const char *p = data;

	while (len) {
		ssize_t n = sys_send_fd(sock, p, len, fd);
		int r;

		if (n > 0) {
			fd = -EBADF; /* it went with the first byte */
			p += n;
			len -= (size_t)n;
			continue;
		}
		r = n == -EAGAIN ? wait_writable(sock, deadline_ns) : n < 0 ? (int)n : -EPIPE;
		if (r < 0)
			return r;
	}
	return 0;
}

int socket_send_pidfd(const char *path, int pidfd, const char *word, int64_t deadline_ns, struct lct_err *err)
{
	autofd sock = socket_connect(path, deadline_ns);
	int r = sock < 0 ? sock : socket_send(sock, word, strlen(word), pidfd, deadline_ns);

	return r < 0 ? err_sys(err, r, path, "pidfd socket") : 0;
}
