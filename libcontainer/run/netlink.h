/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtnetlink(7), as much of it as moving network devices takes.  The sockets decide in which namespace.  Room: run. */
#ifndef RUN_NETLINK_H
#define RUN_NETLINK_H

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NETLINK_ATTRS = 256 };

struct netlink_request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg addr;
	};
	char attrs[NETLINK_ATTRS]; /* the shorter of the two heads leaves no gap: see netlink_attr */
};

/* type: RTM_*; flags beside NLM_F_REQUEST */
void netlink_begin(struct netlink_request *r, uint16_t type, uint16_t flags);
void netlink_attr(struct netlink_request *r, uint16_t type, const void *data, size_t len);

typedef int netlink_fn(const struct nlmsghdr *m, void *arg);
/* Sends it and takes the answers, each to fn (may be NULL), until the last one.  0, -errno of the kernel's, or what fn
 * returned when that was not 0. */
int netlink_talk(int sock, struct netlink_request *r, netlink_fn *fn, void *arg);

/* The attribute of that type, NULL: none.  head: of the message's own struct */
const struct rtattr *netlink_find(const struct nlmsghdr *m, size_t head, uint16_t type);
#endif
