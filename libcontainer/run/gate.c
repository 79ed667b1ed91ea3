/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The gate: the listening socket at which a created init waits for START.  A socket, not a FIFO: no open() can hang
 * (runc #2828), and whoever connects learns at once when nobody holds the other end.  Room: run.
 */
#include "run/run.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sys/sys.h"

/* Through the directory's descriptor: the state root's path may be longer than a socket address allows. */
static struct sockaddr_un address(int dirfd)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(un.sun_path, sizeof(un.sun_path), "/proc/self/fd/%d/gate", dirfd);
	return un;
}

int gate_listen(int dirfd, struct lct_err *err)
{
	struct sockaddr_un un = address(dirfd);
	autofd s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (s < 0 || bind(s, (struct sockaddr *)&un, sizeof(un)) < 0 || sys_fchmodat(dirfd, "gate", 0600) < 0 ||
	    listen(s, 8) < 0)
		return err_sys(err, errno, NULL, "make the start socket in the state directory");
	return TAKE_FD(s);
}

int gate_connect(int dirfd, int64_t deadline_ns, struct lct_err *err)
{
	struct sockaddr_un un = address(dirfd);
	autofd s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (s < 0)
		return err_sys(err, errno, NULL, "start socket");
	for (;;) {
		if (connect(s, (struct sockaddr *)&un, sizeof(un)) == 0)
			return TAKE_FD(s);
		if (errno != EINTR && errno != EAGAIN)
			return err_sys(err, errno, NULL, "connect to the start socket");
		if (clock_now_ns() >= deadline_ns)
			return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL, "the start socket does not accept");
		(void)sys_poll(NULL, 0, 5);
	}
}
