/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes between our standard input and output and the master of a container's terminal, without ever blocking on
 * any of them.  Each direction has one buffer; its source is read only when the buffer is empty, so a slow reader
 * holds back the writer, and a descriptor with nothing to do is not polled.  Room: the CLI.
 */
#ifndef KIN_RELAY_H
#define KIN_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct relay_buffer {
	char data[8192];
	size_t begin, end;
};

enum { RELAY_IN, RELAY_CONSOLE, RELAY_OUT, RELAY_FDS };

struct relay {
	int in, out; /* never changed in mode: they are shared with the caller */
	int own_in, own_out; /* the same files opened once more, non-blocking; -EBADF where that is not possible */
	int console;
	int edges; /* epoll, edge-triggered, on the console: see relay.c */
	bool can_read, can_write; /* the console, until it says otherwise */
	bool in_done, out_done;
	bool ended, drained;
	size_t budget; /* bytes that may still be read after the end */
	char last; /* byte sent to the console */
	int end_told; /* 0: not yet; else 1 + whether the terminal was canonical then */
	struct relay_buffer to_console, to_out;
};

/* Takes the console (which becomes non-blocking), also when it fails. */
int relay_open(struct relay *r, int in, int out, int console);

/* What to wait for: fds[RELAY_*].fd is -1 where there is nothing.  Returns for how long: -1 no limit, 0 not at all. */
int relay_want(const struct relay *r, struct pollfd fds[RELAY_FDS]);
void relay_step(struct relay *r, const struct pollfd fds[RELAY_FDS]);

/* The process has ended: no more input; what it wrote before that is still delivered, by further steps (the first
 * of them before any waiting). */
void relay_end(struct relay *r);
bool relay_finished(const struct relay *r); /* after relay_end: all is delivered */
void relay_close(struct relay *r);
#endif
