/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handing the pty's master to whoever listens at --console-socket: one connection, one message, exactly one
 * descriptor, and a name that is never empty (conmon's recvmsg needs a byte).  Room: run.
 */
#include "run/run.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>

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

static int send_fd(int sock, int master, const char *name, int64_t deadline_ns)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} c = { 0 };
	struct iovec iov = { .iov_base = (void *)name, .iov_len = strlen(name) };
	struct msghdr h = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = CMSG_SPACE(sizeof(int))
	};

	c.align.cmsg_level = SOL_SOCKET;
	c.align.cmsg_type = SCM_RIGHTS;
	c.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&c.align), &master, sizeof(int));
	for (;;) {
		int r;

		if (sendmsg(sock, &h, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		r = wait_writable(sock, deadline_ns);
		if (r < 0)
			return r;
	}
}

/* Newlines as the program writes them, as runc's relay has them.  Through the master the settings are the slave's; before
 * the program starts, so that not even its first line is different.  A console socket's owner decides itself. */
void console_plain(int master)
{
	struct termios t;

	if (tcgetattr(master, &t) < 0)
		return;
	t.c_oflag &= ~(tcflag_t)ONLCR;
	(void)tcsetattr(master, TCSANOW, &t);
}

int console_send(const char *path, int master, const char *name, int64_t deadline_ns, struct lct_err *err)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	autofd sock = -EBADF;
	int r;

	if (strlen(path) >= sizeof(un.sun_path))
		return err_set(err, LCT_E_USAGE, ENAMETOOLONG, path,
			       "console socket: the path is longer than %zu bytes", sizeof(un.sun_path) - 1);
	strcpy(un.sun_path, path);
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0)
		return err_sys(err, errno, path, "console socket");
	do {
		r = connect(sock, (struct sockaddr *)&un, sizeof(un)) < 0 ? -errno : 0;
		if (r == -EAGAIN && clock_now_ns() < deadline_ns) /* its backlog is full: no event tells when not */
			(void)sys_poll(NULL, 0, 5);
	} while (r == -EINTR || (r == -EAGAIN && clock_now_ns() < deadline_ns));
	if (r == 0)
		r = send_fd(sock, master, name[0] ? name : "/dev/ptmx", deadline_ns);
	return r < 0 ? err_sys(err, r, path, "console socket") : 0;
}
