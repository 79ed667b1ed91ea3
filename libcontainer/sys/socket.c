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

ssize_t sys_send_fd(int sock, const void *data, size_t len, int fd)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} c;
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		memset(&c, 0, sizeof(c));
		h.msg_control = &c;
		h.msg_controllen = CMSG_SPACE(sizeof(int));
		c.align.cmsg_level = SOL_SOCKET;
		c.align.cmsg_type = SCM_RIGHTS;
		c.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&c.align), &fd, sizeof(int));
	}
	do
		n = sendmsg(sock, &h, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
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

int sys_socket_namespace(int sock)
{
	return ret(ioctl(sock, KSIOCGSKNS));
}

int sys_netlink(void)
{
	return ret(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, KNETLINK_ROUTE));
}
