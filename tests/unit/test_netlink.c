/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtnetlink(7): requests byte by byte, attributes of answers, and that each kind of request is answered. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fd.h"
#include "run/netlink.h"
#include "sys/sys.h"

static void test_link_request(void **unused)
{
	struct netlink_request r;
	const struct ifinfomsg *link;
	const struct rtattr *a;
	const int ns = 7;

	(void)unused;
	netlink_begin(&r, RTM_NEWLINK, 0);
	assert_int_equal(r.head.nlmsg_len, 16 + 16);
	assert_int_equal(r.head.nlmsg_type, RTM_NEWLINK);
	assert_int_equal(r.head.nlmsg_flags, NLM_F_REQUEST);
	r.link.ifi_index = 3;
	netlink_attr(&r, IFLA_NET_NS_FD, &ns, sizeof(ns));
	netlink_attr(&r, IFLA_IFNAME, "eth0", 5);
	netlink_attr(&r, IFLA_GROUP, &ns, sizeof(ns));
	/* A name is padded to four bytes, its length is not: 4 + 4, 4 + 5 + 3, 4 + 4. */
	assert_int_equal(r.head.nlmsg_len, 32 + 8 + 12 + 8);
	link = NLMSG_DATA(&r.head);
	assert_int_equal(link->ifi_index, 3);
	assert_memory_equal((const char *)&r + 32, ((const uint16_t[]){ 8, IFLA_NET_NS_FD, 7, 0 }), 8);
	assert_memory_equal((const char *)&r + 40, ((const uint16_t[]){ 9, IFLA_IFNAME }), 4);
	assert_memory_equal((const char *)&r + 44, "eth0\0\0\0", 8);
	a = netlink_find(&r.head, sizeof(*link), IFLA_GROUP);
	assert_non_null(a);
	assert_ptr_equal(a, (const char *)&r + 52);
	assert_null(netlink_find(&r.head, sizeof(*link), IFLA_MTU));
}

/* The shorter head: what follows must not be where the longer one ends. */
static void test_address_request(void **unused)
{
	static const uint8_t local[4] = { 10, 7, 0, 2 };
	struct netlink_request r;
	const struct rtattr *a;

	(void)unused;
	netlink_begin(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	assert_int_equal(r.head.nlmsg_len, 16 + 8);
	assert_int_equal(r.head.nlmsg_flags, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL);
	netlink_attr(&r, IFA_LOCAL, local, sizeof(local));
	assert_int_equal(r.head.nlmsg_len, 24 + 8);
	a = netlink_find(&r.head, sizeof(struct ifaddrmsg), IFA_LOCAL);
	assert_ptr_equal(a, (const char *)&r + 24);
	assert_int_equal(RTA_PAYLOAD(a), 4);
	assert_memory_equal(RTA_DATA(a), local, 4);
}

static void test_attribute_that_does_not_fit(void **unused)
{
	static const char much[NETLINK_ATTRS] = { 0 };
	struct netlink_request r;

	(void)unused;
	netlink_begin(&r, RTM_NEWLINK, 0);
	netlink_attr(&r, IFLA_IFNAME, much, sizeof(much));
	assert_int_equal(r.head.nlmsg_len, 32);
	netlink_attr(&r, IFLA_IFNAME, much, sizeof(much) - 4);
	assert_int_equal(r.head.nlmsg_len, sizeof(r));
}

static void test_broken_attributes(void **unused)
{
	struct netlink_request r;
	const int one = 1;
	struct rtattr *a;

	(void)unused;
	netlink_begin(&r, RTM_NEWLINK, 0);
	netlink_attr(&r, IFLA_GROUP, &one, sizeof(one));
	a = (struct rtattr *)((char *)&r + 32);
	a->rta_len = 64; /* beyond the message */
	assert_null(netlink_find(&r.head, sizeof(struct ifinfomsg), IFLA_GROUP));
	a->rta_len = 2; /* shorter than its own head */
	assert_null(netlink_find(&r.head, sizeof(struct ifinfomsg), IFLA_GROUP));
	r.head.nlmsg_len = 16; /* not even the struct */
	assert_null(netlink_find(&r.head, sizeof(struct ifinfomsg), IFLA_GROUP));
}

static int count(const struct nlmsghdr *m, void *arg)
{
	*(int *)arg += m->nlmsg_type == RTM_NEWLINK;
	return 0;
}

static int stop(const struct nlmsghdr *m, void *arg)
{
	(void)m, (void)arg;
	return -ECANCELED;
}

/* Of the machine's own devices nothing but questions, and a change to one that cannot exist. */
static void test_answers(void **unused)
{
	autofd sock = sys_netlink();
	struct netlink_request r;
	int n = 0, e;

	(void)unused;
	assert_true(sock >= 0);
	netlink_begin(&r, RTM_GETLINK, NLM_F_DUMP);
	assert_int_equal(netlink_talk(sock, &r, count, &n), 0);
	assert_true(n >= 1);
	netlink_begin(&r, RTM_GETLINK, NLM_F_DUMP);
	assert_int_equal(netlink_talk(sock, &r, stop, NULL), -ECANCELED);
	/* Nothing of the last answer is left for the next question. */
	netlink_begin(&r, RTM_GETLINK, 0);
	netlink_attr(&r, IFLA_IFNAME, "no-such-device", sizeof("no-such-device"));
	n = 0;
	assert_int_equal(netlink_talk(sock, &r, count, &n), -ENODEV);
	assert_int_equal(n, 0);
	/* NLM_F_EXCL is one of the two bits of NLM_F_DUMP. */
	netlink_begin(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	r.addr.ifa_family = 2;
	r.addr.ifa_prefixlen = 32;
	r.addr.ifa_index = INT_MAX;
	netlink_attr(&r, IFA_LOCAL, "\x7f\0\0\1", 4);
	e = netlink_talk(sock, &r, NULL, NULL);
	assert_true(e == -ENODEV || e == -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link_request),
		cmocka_unit_test(test_address_request),
		cmocka_unit_test(test_attribute_that_does_not_fit),
		cmocka_unit_test(test_broken_attributes),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
