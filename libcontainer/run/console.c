/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handing the pty's master to whoever listens at --console-socket: one connection, one message, exactly one
 * descriptor, and a name that is never empty (conmon's recvmsg needs a byte).  Room: run.
 */
#include "run/run.h"

#include <string.h>
#include <termios.h>

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
	const char *text = name[0] ? name : "/dev/ptmx";
	autofd sock = socket_connect(path, deadline_ns);
	int r = sock < 0 ? sock : socket_send(sock, text, strlen(text), master, deadline_ns);

	return r < 0 ? err_sys(err, r, path, "console socket") : 0;
}
