/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending and receiving one message of the link.  Every room. */
#include "link/link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/sys.h"

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(LINK_FDS * sizeof(int))];
};

int link_send(int sock, struct link_msg *m, const int *fds, unsigned n_fds)
{
	struct iovec iov = { .iov_base = m, .iov_len = sizeof(*m) };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control c;
	ssize_t n;

	if (n_fds > LINK_FDS)
		return -EINVAL;
	m->magic = LINK_MAGIC;
	m->n_fds = n_fds;
	m->ns = (uint64_t)sys_monotonic_ns();
	m->text[LINK_TEXT - 1] = '\0';
	if (n_fds) {
		memset(&c, 0, sizeof(c));
		h.msg_control = &c;
		h.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		c.align.cmsg_level = SOL_SOCKET;
		c.align.cmsg_type = SCM_RIGHTS;
		c.align.cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(&c.align), fds, n_fds * sizeof(int));
	}
	do
		n = sendmsg(sock, &h, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(*m) ? 0 : -EMSGSIZE;
}

/* Takes every descriptor that came, so that a malformed message leaks none. */
static unsigned take_fds(struct msghdr *h, int fds[LINK_FDS])
{
	unsigned n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		size_t len = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < len && n < LINK_FDS; i++)
			memcpy(&fds[n++], CMSG_DATA(c) + i * sizeof(int), sizeof(int));
	}
	return n;
}

static int refuse(int fds[LINK_FDS])
{
	for (unsigned i = 0; i < LINK_FDS; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -EBADF;
	}
	return -EBADMSG;
}

int link_recv(int sock, struct link_msg *m, int fds[LINK_FDS], int flags)
{
	struct iovec iov = { .iov_base = m, .iov_len = sizeof(*m) };
	union control c;
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c) };
	unsigned got;
	ssize_t n;

	for (unsigned i = 0; i < LINK_FDS; i++)
		fds[i] = -EBADF;
	do
		n = recvmsg(sock, &h, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? 0 : -errno;
	got = take_fds(&h, fds);
	if (n == 0 && !got)
		return 0;
	if (n != (ssize_t)sizeof(*m) || (h.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || m->magic != LINK_MAGIC ||
	    m->n_fds != got)
		return refuse(fds);
	m->text[LINK_TEXT - 1] = '\0';
	return 1;
}
