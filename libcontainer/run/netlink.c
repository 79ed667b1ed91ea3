/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests and answers of rtnetlink(7); see netlink.h.  Room: run. */
#include "run/netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum { ANSWER_SIZE = 32 * 1024 }; /* Documentation/userspace-api/netlink/intro.rst, "Buffer sizing" */

void netlink_begin(struct netlink_request *r, uint16_t type, uint16_t flags)
{
	bool addr = type == RTM_NEWADDR || type == RTM_GETADDR;

	*r = (struct netlink_request){ 0 };
	r->head.nlmsg_len = NLMSG_LENGTH(addr ? sizeof(r->addr) : sizeof(r->link));
	r->head.nlmsg_type = type;
	r->head.nlmsg_flags = NLM_F_REQUEST | flags;
	r->head.nlmsg_seq = 1;
}

void netlink_attr(struct netlink_request *r, uint16_t type, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(r->head.nlmsg_len);
	struct rtattr a = { .rta_len = (unsigned short)RTA_LENGTH(len), .rta_type = type };

	if (at + RTA_SPACE(len) > sizeof(*r))
		return; /* then the kernel misses it: names and addresses fit */
	memcpy((char *)r + at, &a, sizeof(a));
	memcpy((char *)r + at + RTA_LENGTH(0), data, len);
	r->head.nlmsg_len = (uint32_t)(at + RTA_LENGTH(len));
}

const struct rtattr *netlink_find(const struct nlmsghdr *m, size_t head, uint16_t type)
{
	const struct rtattr *a = (const void *)((const char *)m + NLMSG_SPACE(head));
	int left = (int)m->nlmsg_len - (int)NLMSG_SPACE(head);

	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

/* 1: that was the last */
static int take(const struct nlmsghdr *m, netlink_fn *fn, void *arg, int *ret)
{
	if (m->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *e = NLMSG_DATA(m);

		if (*ret == 0)
			*ret = e->error;
		return 1;
	}
	if (m->nlmsg_type == NLMSG_DONE)
		return 1;
	if (fn && *ret == 0)
		*ret = fn(m, arg);
	return 0;
}

int netlink_talk(int sock, struct netlink_request *r, netlink_fn *fn, void *arg)
{
	static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	_Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
	int ret = 0, last = 0;

	/* A dump has its own end; of all else the kernel is asked to say that it is done.  (Its two bits are not only a
	 * dump's: one of them is NLM_F_EXCL.) */
	if ((r->head.nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		r->head.nlmsg_flags |= NLM_F_ACK;
	if (sendto(sock, r, r->head.nlmsg_len, 0, (const struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	while (!last) {
		/* The kernel has answered when sendto returns, so there is nothing to wait for. */
		ssize_t n = recv(sock, answer, sizeof(answer), MSG_DONTWAIT);
		const struct nlmsghdr *m = (const void *)answer;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EPROTO;
		for (size_t left = (size_t)n; !last && NLMSG_OK(m, left); m = NLMSG_NEXT(m, left))
			last = take(m, fn, arg, &ret);
	}
	return ret;
}
