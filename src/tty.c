/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal that kin was called on; see tty.h.  Room: the CLI. */
#include <sys/ioctl.h>
#include <unistd.h>

#include "tty.h"

struct tty tty_find(void)
{
	struct tty t = { .fd = -1 };

	for (int fd = 0; fd < 3 && t.fd < 0; fd++)
		if (isatty(fd))
			t.fd = fd;
	return t;
}

void tty_enter_raw(struct tty *t)
{
	struct termios raw;

	/* fd 0 or nothing: raw mode is about keys, and keys come from standard input. */
	if (t->fd != STDIN_FILENO || t->raw)
		return;
	if (tcgetpgrp(t->fd) != getpgrp() || tcgetattr(t->fd, &t->saved) < 0)
		return;
	raw = t->saved;
	cfmakeraw(&raw);
	/* Output stays cooked here and is left raw in the container (relay.c), so that it is right when standard
	 * output is a file as well. */
	raw.c_oflag |= t->saved.c_oflag & (OPOST | ONLCR);
	t->raw = tcsetattr(t->fd, TCSANOW, &raw) == 0;
}

void tty_leave_raw(struct tty *t)
{
	/* Keys typed ahead stay: TCSANOW. The signal that would stop a background job here is blocked. */
	if (t->raw)
		(void)tcsetattr(t->fd, TCSANOW, &t->saved);
	t->raw = false;
}

void tty_size(const struct tty *t, unsigned short *ret_height, unsigned short *ret_width)
{
	struct winsize size = { 0 };

	if (t->fd >= 0)
		(void)ioctl(t->fd, TIOCGWINSZ, &size);
	*ret_height = size.ws_row;
	*ret_width = size.ws_col;
}

void tty_copy_size(const struct tty *t, int console)
{
	struct winsize size;

	/* 0 x 0: ours does not know its size; then the container's consoleSize stands. */
	if (t->fd >= 0 && ioctl(t->fd, TIOCGWINSZ, &size) == 0 && (size.ws_row || size.ws_col))
		(void)ioctl(console, TIOCSWINSZ, &size);
}
