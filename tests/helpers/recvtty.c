/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvtty PATH [OPTIONS]: what conmon and the containerd shim do with a console socket: listens at PATH, takes one
 * connection, one message with one descriptor and a name, and copies what the pty says to stdout until it hangs up.
 *
 *   --name FILE     writes the payload of the message there
 *   --send TEXT     writes TEXT to the pty at once
 *   --size RxC      sets the window size first
 *   --ignore        accepts and never reads (to be killed)
 *   --null          closes the descriptor at once
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

static int die(const char *what)
{
	perror(what);
	return 1;
}

static int listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (s < 0 || strlen(path) >= sizeof(a.sun_path))
		return -1;
	strcpy(a.sun_path, path);
	if (bind(s, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s, 1) < 0)
		return -1;
	return s;
}

/* One message, exactly one descriptor, a name that is not empty: as conmon demands. */
static int receive(int conn, char *name, size_t size)
{
	union {
		char buf[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} u;
	struct iovec iov = { name, size - 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = u.buf, .msg_controllen = sizeof(u.buf) };
	struct cmsghdr *c;
	ssize_t n = recvmsg(conn, &m, MSG_CMSG_CLOEXEC);
	int fd;

	if (n <= 0) {
		fprintf(stderr, "recvtty: no message (%zd)\n", n);
		return -1;
	}
	name[n] = '\0';
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(int))) {
		fprintf(stderr, "recvtty: not exactly one descriptor\n");
		return -1;
	}
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static int relay(int tty)
{
	char buf[4096];

	for (;;) {
		ssize_t n = read(tty, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		/* EIO: the last holder of the other end is gone. */
		if (n <= 0)
			return n < 0 && errno != EIO ? die("read") : 0;
		if (write(STDOUT_FILENO, buf, (size_t)n) != n)
			return die("write");
	}
}

int main(int argc, char **argv)
{
	const char *name_file = NULL, *text = NULL;
	unsigned rows = 0, cols = 0;
	int ignore = 0, null = 0, s, conn, tty;
	char name[4096];

	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--name") && i + 1 < argc)
			name_file = argv[++i];
		else if (!strcmp(argv[i], "--send") && i + 1 < argc)
			text = argv[++i];
		else if (!strcmp(argv[i], "--size") && i + 1 < argc && sscanf(argv[i + 1], "%ux%u", &rows, &cols) == 2)
			i++;
		else if (!strcmp(argv[i], "--ignore"))
			ignore = 1;
		else if (!strcmp(argv[i], "--null"))
			null = 1;
		else
			return fprintf(stderr, "recvtty: what is %s?\n", argv[i]), 2;
	}
	if (argc < 2 || (s = listen_at(argv[1])) < 0)
		return die("recvtty: socket");
	conn = accept4(s, NULL, NULL, SOCK_CLOEXEC);
	if (conn < 0)
		return die("accept");
	if (ignore)
		return pause();
	tty = receive(conn, name, sizeof(name));
	if (tty < 0)
		return 1;
	if (null)
		return 0;
	if (!isatty(tty))
		return fprintf(stderr, "recvtty: what came is not a terminal\n"), 1;
	if (name_file) {
		FILE *f = fopen(name_file, "we");

		if (!f || fprintf(f, "%s\n", name) < 0 || fclose(f) != 0)
			return die(name_file);
	}
	if (rows) {
		struct winsize w = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };

		if (ioctl(tty, TIOCSWINSZ, &w) < 0)
			return die("TIOCSWINSZ");
	}
	if (text && write(tty, text, strlen(text)) < 0)
		return die("write to the pty");
	return relay(tty);
}
