/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* datagram SOCKET [SECONDS]: binds it, prints the first datagram that comes.  Room: the tests. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct pollfd p = { .events = POLLIN };
	char data[65536];
	ssize_t n;

	if (argc < 2 || strlen(argv[1]) >= sizeof(at.sun_path))
		return 2;
	strcpy(at.sun_path, argv[1]);
	p.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (p.fd < 0 || bind(p.fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		perror(argv[1]);
		return 1;
	}
	if (poll(&p, 1, (argc > 2 ? atoi(argv[2]) : 10) * 1000) <= 0)
		return 1;
	n = recv(p.fd, data, sizeof(data), 0);
	return n < 0 || write(1, data, (size_t)n) != n;
}
