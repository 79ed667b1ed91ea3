/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on terminals.  Every room. */
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int ret(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_pty_unlock(int master)
{
	int off = 0;

	return ret(ioctl(master, TIOCSPTLCK, &off));
}

int sys_pty_number(int master)
{
	int number = -1, r = ret(ioctl(master, TIOCGPTN, &number));

	return r < 0 ? r : number;
}

int sys_pty_peer(int master)
{
	return ret(ioctl(master, KTIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
}

int sys_tty_size(int fd, unsigned rows, unsigned columns)
{
	struct winsize ws = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };

	return ret(ioctl(fd, TIOCSWINSZ, &ws));
}

int sys_tty_control(int fd)
{
	return ret(ioctl(fd, TIOCSCTTY, 0));
}
