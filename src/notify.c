/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sd_notify(3) between a program and a service manager; see notify.h.  Room: the CLI. */
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/fd.h"
#include "notify.h"
#include "sys/sys.h"

enum { PATIENCE_S = 5, MESSAGE_MAX = 4096 };

/* A path, or an abstract name that begins with "@". */
static int address(struct sockaddr_un *un, socklen_t *len, struct lct_err *err)
{
	const char *to = getenv("NOTIFY_SOCKET");
	size_t n = to ? strlen(to) : 0;

	*len = 0;
	if (!n)
		return 0;
	if ((*to != '/' && *to != '@') || n == 1)
		return err_set(err, LCT_E_USAGE, EAFNOSUPPORT, NULL,
			       "NOTIFY_SOCKET: \"%s\" is neither an absolute path nor @ and a name", to);
	if (n >= sizeof(un->sun_path))
		return err_set(err, LCT_E_USAGE, ENAMETOOLONG, NULL,
			       "NOTIFY_SOCKET: longer than the %zu bytes of a socket's address (unix(7))",
			       sizeof(un->sun_path) - 1);
	*un = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(un->sun_path, to, n);
	if (*to == '@')
		un->sun_path[0] = '\0';
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (*to == '/'));
	return 0;
}

int notify_wanted(bool *ret, struct lct_err *err)
{
	struct sockaddr_un un;
	socklen_t len;
	int r = address(&un, &len, err);

	*ret = r == 0 && len;
	return r;
}

int notify_ask(struct lct_create_opts *o, struct lct_err *err)
{
	bool wanted;
	int r = notify_wanted(&wanted, err);

	if (r == 0 && wanted)
		o->flags |= LCT_NOTIFY;
	return r;
}

static int manager(struct lct_err *err)
{
	const struct timeval most = { .tv_sec = PATIENCE_S };
	struct sockaddr_un un;
	socklen_t len;
	autofd s = -EBADF;
	int r = address(&un, &len, err);

	if (r < 0)
		return r;
	s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most)) < 0 ||
	    connect(s, (struct sockaddr *)&un, len) < 0)
		return err_sys(err, errno, getenv("NOTIFY_SOCKET"), "tell the service manager (NOTIFY_SOCKET)");
	return TAKE_FD(s);
}

static int tell(int s, const char *text, int fd, struct lct_err *err)
{
	ssize_t n = sys_send_fd(s, text, strlen(text), fd);

	return n < 0 ? err_sys(err, (int)n, getenv("NOTIFY_SOCKET"), "tell the service manager (NOTIFY_SOCKET)") : 0;
}

/* sd_notify(3): of a sender that has gone the manager may not know any more whose word it was; it closes the descriptor
 * when it has looked. */
static void barrier(int s)
{
	int ends[2];

	if (sys_pipe(ends) < 0)
		return;
	if (tell(s, "BARRIER=1", ends[1], NULL) == 0) {
		struct pollfd p = { .fd = ends[0] };

		fd_done(&ends[1]);
		(void)sys_poll(&p, 1, PATIENCE_S * 1000);
	}
	fd_done(&ends[1]);
	fd_done(&ends[0]);
}

/* All that has arrived. */
static bool says_ready(int socket)
{
	char text[MESSAGE_MAX + 1];
	bool ready = false;
	ssize_t n;

	while ((n = recv(socket, text, MESSAGE_MAX, MSG_DONTWAIT)) >= 0) {
		text[n] = '\0';
		for (const char *line = text; line; line = strchr(line, '\n')) {
			line += *line == '\n';
			ready |= !strncmp(line, "READY=1", 7) && (!line[7] || line[7] == '\n');
		}
	}
	return ready;
}

int notify_pass(int socket, struct lct_err *err)
{
	autofd s = -EBADF;
	int r;

	if (!says_ready(socket))
		return 0;
	s = manager(err);
	r = s < 0 ? s : tell(s, "READY=1", -EBADF, err);
	return r < 0 ? r : 1;
}

static int tell_main(lct_container *ct, struct lct_err *err)
{
	struct lct_info info = { .size = sizeof(info) };
	autofd s = manager(err);
	char text[64];
	int r = s;

	if (r >= 0)
		r = lct_info(ct, &info, err);
	if (r < 0 || !info.pid)
		return r < 0 ? r : 0;
	snprintf(text, sizeof(text), "MAINPID=%d\nREADY=1", (int)info.pid);
	r = tell(s, text, -EBADF, err);
	if (r == 0)
		barrier(s);
	return r;
}

int notify_wait(lct_container *ct, struct lct_err *err)
{
	struct pollfd fds[] = { { .fd = lct_notify_socket(ct, err), .events = POLLIN },
				{ .fd = lct_pidfd(ct), .events = POLLIN } };

	if (fds[0].fd < 0)
		return fds[0].fd;
	while (fds[1].fd >= 0) {
		int r = sys_poll(fds, 2, -1);

		if (r < 0 && r != -EINTR)
			return err_sys(err, r, NULL, "wait for the program to be ready");
		if (r > 0 && fds[0].revents && says_ready(fds[0].fd))
			return tell_main(ct, err);
		if (r > 0 && fds[1].revents)
			return 0;
	}
	return 0;
}
