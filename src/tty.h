/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal that kin itself was called on: raw while a container's terminal is shown in it.  Room: the CLI. */
#ifndef KIN_TTY_H
#define KIN_TTY_H

#include <stdbool.h>
#include <termios.h>

struct tty {
	int fd; /* the first of 0, 1, 2 that is a terminal; -1: none */
	bool raw; /* saved is to be put back */
	struct termios saved;
};

struct tty tty_find(void);

/* Raw mode, if keys are read from it and we are in its foreground: a background job that changes the terminal
 * would spoil it for the shell.  May be called again, after SIGCONT. */
void tty_enter_raw(struct tty *t);
void tty_leave_raw(struct tty *t);

/* How large ours is; 0 x 0: it does not know, or there is none. */
void tty_size(const struct tty *t, unsigned short *ret_height, unsigned short *ret_width);

/* Makes the container's terminal as large as ours. */
void tty_copy_size(const struct tty *t, int console);
#endif
