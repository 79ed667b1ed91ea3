/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes between standard input and output and a container's terminal; see relay.h.
 *
 * A pty's master is "hung up" as long as nobody has the slave open, which may be now and then while the container
 * lives: poll would return at once, over and over.  To hold the slave open ourselves is no way out: then the exit of
 * the session's leader hangs up the terminal (disassociate_ctty) and throws away what we have not read.  So the
 * console is watched by an edge-triggered epoll, which speaks up once for each change.  Room: the CLI.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <termios.h>

#include "base/fd.h"
#include "relay.h"
#include "sys/sys.h"

/* More than the kernel can hold of a pty's output (640 kB of tty buffers, tty_buffer.c): whatever was written
 * before the end is within it, and a process that outlives the one we wait for cannot keep us for ever. */
enum { DRAIN_BYTES = 1024 * 1024 };

static bool empty(const struct relay_buffer *b)
{
	return b->begin == b->end;
}

/* O_NONBLOCK belongs to the open file, which our caller's shell shares: so it is set on one of our own.  A regular
 * file keeps the caller's, whose offset counts; it never blocks. */
static int reopened(int fd, int flags)
{
	char path[32];
	struct stat st;

	if (fstat(fd, &st) < 0 || !(S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))
		return -EBADF;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -EBADF : fd;
}

static void prepare_console(int console)
{
	int flags = fcntl(console, F_GETFL);

	if (flags >= 0)
		(void)fcntl(console, F_SETFL, flags | O_NONBLOCK);
}

int relay_open(struct relay *r, int in, int out, int console)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };

	*r = (struct relay){
		.in = in,
		.out = out,
		.own_in = reopened(in, O_RDONLY),
		.own_out = reopened(out, O_WRONLY),
		.console = console,
		.can_read = true,
		.can_write = true,
		.budget = DRAIN_BYTES,
		.last = '\n',
	};
	prepare_console(console);
	r->edges = epoll_create1(EPOLL_CLOEXEC);
	if (r->edges >= 0 && epoll_ctl(r->edges, EPOLL_CTL_ADD, console, &event) == 0)
		return 0;
	r->drained = true;
	return -errno;
}

void relay_close(struct relay *r)
{
	fd_done(&r->own_in);
	fd_done(&r->own_out);
	fd_done(&r->edges);
	fd_done(&r->console);
}

void relay_end(struct relay *r)
{
	r->ended = true;
	r->in_done = true;
	r->can_read = true;
	r->to_console.begin = r->to_console.end = 0;
}

bool relay_finished(const struct relay *r)
{
	return r->out_done || (r->drained && empty(&r->to_out));
}

static int in_fd(const struct relay *r)
{
	return r->own_in >= 0 ? r->own_in : r->in;
}

static int out_fd(const struct relay *r)
{
	return r->own_out >= 0 ? r->own_out : r->out;
}

static bool busy(const struct relay *r)
{
	return (r->can_read && empty(&r->to_out)) || (r->can_write && !empty(&r->to_console));
}

int relay_want(const struct relay *r, struct pollfd fds[RELAY_FDS])
{
	fds[RELAY_CONSOLE] = (struct pollfd){ .fd = r->ended ? -1 : r->edges, .events = POLLIN };
	fds[RELAY_IN] = (struct pollfd){ .fd = !r->in_done && empty(&r->to_console) ? in_fd(r) : -1, .events = POLLIN };
	fds[RELAY_OUT] = (struct pollfd){ .fd = empty(&r->to_out) ? -1 : out_fd(r), .events = POLLOUT };
	return busy(r) ? 0 : -1;
}

/*
 * The end of our input is what ^D is on a terminal: the program reads end of file, and a line editor takes the byte
 * as such.  In the middle of a line the first one only completes the line.  One that the program was not ready for is
 * lost when it changes the terminal's mode, as a shell does before each prompt: then it is told again.
 */
static void tell_end(struct relay *r)
{
	struct relay_buffer *b = &r->to_console;
	struct termios t;
	int told;

	if (tcgetattr(r->console, &t) < 0)
		return;
	told = t.c_lflag & ICANON ? 2 : 1;
	if (told == r->end_told)
		return;
	r->end_told = told;
	b->begin = b->end = 0;
	b->data[b->end++] = '\x04';
	if (told == 2 && r->last != '\n')
		b->data[b->end++] = '\x04';
	r->last = '\n';
}

static void read_in(struct relay *r)
{
	struct relay_buffer *b = &r->to_console;
	ssize_t n = sys_read(in_fd(r), b->data, sizeof(b->data));

	if (n == -EAGAIN)
		return;
	/* EIO: our terminal hung up, or we are not in its foreground. */
	if (n <= 0) {
		r->in_done = true;
		tell_end(r);
		return;
	}
	b->begin = 0;
	b->end = (size_t)n;
	r->last = b->data[n - 1];
}

static void read_console(struct relay *r)
{
	struct relay_buffer *b = &r->to_out;
	size_t room = sizeof(b->data);
	ssize_t n;

	if (r->ended && r->budget < room)
		room = r->budget;
	n = room ? sys_read(r->console, b->data, room) : 0;
	if (n > 0) {
		b->begin = 0;
		b->end = r->out_done ? 0 : (size_t)n;
		if (r->ended)
			r->budget -= (size_t)n;
		else if (r->in_done && empty(&r->to_console))
			tell_end(r);
		return;
	}
	/* EAGAIN: nothing now.  EIO: no slave is open; before the end one may be opened again. */
	r->can_read = false;
	r->drained = r->ended;
}

static void write_console(struct relay *r)
{
	struct relay_buffer *b = &r->to_console;
	ssize_t n = sys_write(r->console, b->data + b->begin, b->end - b->begin);

	if (n > 0)
		b->begin += (size_t)n;
	else
		r->can_write = false;
}

static void write_out(struct relay *r)
{
	struct relay_buffer *b = &r->to_out;
	ssize_t n = sys_write(out_fd(r), b->data + b->begin, b->end - b->begin);

	if (n > 0) {
		b->begin += (size_t)n;
	} else if (n != -EAGAIN) {
		/* Nobody reads any more: the container's output goes nowhere, but it is not held up by that. */
		r->out_done = true;
		b->begin = b->end = 0;
	}
}

static void take_edge(struct relay *r)
{
	struct epoll_event event;

	if (epoll_wait(r->edges, &event, 1, 0) != 1)
		return;
	r->can_read |= (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
	r->can_write |= (event.events & EPOLLOUT) != 0;
}

void relay_step(struct relay *r, const struct pollfd fds[RELAY_FDS])
{
	if (fds[RELAY_OUT].fd >= 0 && fds[RELAY_OUT].revents)
		write_out(r);
	if (fds[RELAY_CONSOLE].fd >= 0 && fds[RELAY_CONSOLE].revents)
		take_edge(r);
	if (r->can_read && empty(&r->to_out))
		read_console(r);
	if (fds[RELAY_IN].fd >= 0 && fds[RELAY_IN].revents && !r->in_done)
		read_in(r);
	if (r->can_write && !empty(&r->to_console))
		write_console(r);
}
