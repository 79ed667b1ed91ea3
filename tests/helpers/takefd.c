/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takefd PATH [SIGNAL]: listens at PATH, takes one connection and one message with one descriptor, and prints the words of
 * the message and, of a pidfd, the pid as the kernel says it: "standard 1234".  With SIGNAL, sends it through the pidfd.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static int pid_of(int pidfd)
{
	char path[64], line[256];
	int pid = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Pid: %d", &pid) == 1)
			break;
	if (f)
		fclose(f);
	return pid;
}

int main(int argc, char **argv)
{
	union {
		char buf[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} u;
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char text[256], more;
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = u.buf, .msg_controllen = sizeof(u.buf) };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), conn, fd;
	struct cmsghdr *c;
	ssize_t n;

	if (argc < 2)
		return 2;
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", argv[1]);
	if (bind(s, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s, 1) < 0)
		return 1;
	conn = accept4(s, NULL, NULL, SOCK_CLOEXEC);
	n = recvmsg(conn, &m, MSG_CMSG_CLOEXEC);
	c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(int)) || read(conn, &more, 1) != 0)
		return 1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	printf("%.*s %d\n", (int)n, text, pid_of(fd));
	fflush(stdout);
	return argc > 2 && syscall(SYS_pidfd_send_signal, fd, atoi(argv[2]), NULL, 0) < 0;
}
