/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Both ends of sd_notify(3).  Room: the tests.
 *   notify listen SOCKET   binds it and prints each message on a line, "|" for its line ends, until it is killed or nothing
 *                          comes for 20 s; descriptors are named as such, and closed
 *   notify send TEXT...    each as a message to $NOTIFY_SOCKET
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un at = { .sun_family = AF_UNIX };

static void show(int s)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} c;
	char text[4096];
	struct iovec iov = { .iov_base = text, .iov_len = sizeof(text) - 1 };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c) };
	ssize_t n = recvmsg(s, &h, MSG_CMSG_CLOEXEC);
	struct cmsghdr *m = n < 0 ? NULL : CMSG_FIRSTHDR(&h);

	if (n < 0)
		exit(1);
	text[n] = '\0';
	for (char *p = text; (p = strchr(p, '\n')); p++)
		*p = '|';
	printf("%s%s\n", text, m ? " with a descriptor" : "");
	fflush(stdout);
	if (m) {
		int fd;

		memcpy(&fd, CMSG_DATA(m), sizeof(fd));
		close(fd);
	}
}

int main(int argc, char **argv)
{
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const char *path = argc < 3 ? NULL : !strcmp(argv[1], "listen") ? argv[2] : getenv("NOTIFY_SOCKET");

	if (s < 0 || !path || strlen(path) >= sizeof(at.sun_path))
		return 2;
	strcpy(at.sun_path, path);
	if (strcmp(argv[1], "listen") != 0) {
		for (int i = 2; i < argc; i++)
			if (sendto(s, argv[i], strlen(argv[i]), 0, (struct sockaddr *)&at, sizeof(at)) < 0) {
				perror(path);
				return 1;
			}
		return 0;
	}
	if (bind(s, (struct sockaddr *)&at, sizeof(at)) < 0) {
		perror(path);
		return 1;
	}
	for (struct pollfd p = { .fd = s, .events = POLLIN }; poll(&p, 1, 20000) > 0;)
		show(s);
	return 0;
}
