/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on sockets.  Every room. */
#include "sys/sys.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int ret(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_accept(int sock)
{
	int r;

	do
		r = ret(syscall(SYS_accept4, sock, NULL, NULL, SOCK_CLOEXEC));
	while (r == -EINTR);
	return r;
}

int sys_peer_uid(int sock, uid_t *ret_uid)
{
	struct ucred c;
	socklen_t len = sizeof(c);
	int r = ret(getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &c, &len));

	if (r < 0)
		return r;
	*ret_uid = c.uid;
	return 0;
}

int sys_loopback_up(void)
{
	struct ifreq ifr;
	int sock = ret(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), r;

	if (sock < 0)
		return sock;
	memset(&ifr, 0, sizeof(ifr));
	memcpy(ifr.ifr_name, "lo", 3);
	r = ret(ioctl(sock, SIOCGIFFLAGS, &ifr));
	if (r == 0 && !(ifr.ifr_flags & IFF_UP)) {
		ifr.ifr_flags |= IFF_UP;
		r = ret(ioctl(sock, SIOCSIFFLAGS, &ifr));
	}
	close(sock);
	return r;
}
