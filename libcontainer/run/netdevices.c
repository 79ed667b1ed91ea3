/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.netDevices: devices of the caller's network namespace become the container's, with another name if one is given
 * and with their permanent global addresses, and are set up.  The caller moves them; what is to be done in the container's
 * namespace goes through a socket that init has opened there, so that nobody here ever enters it.
 *
 * Afterwards they are the container's, as the runtime-spec wants it.  Only a create that fails gives them back: a virtual
 * one would be destroyed with the namespace.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <linux/if.h>
#include <string.h>
#include <sys/stat.h>

#include "run/netlink.h"
#include "sys/sys.h"

enum { ADDRESSES_MAX = 64, LINKS_MAX = 1024 };

struct address {
	uint8_t family, prefix, scope;
	uint32_t flags;
	uint8_t len; /* of each of the three; 0: not there */
	uint8_t local[16], address[16], broadcast[16];
	bool has_local, has_address, has_broadcast;
};

struct addresses {
	int index;
	size_t n;
	struct address v[ADDRESSES_MAX];
};

struct links {
	size_t n;
	int v[LINKS_MAX];
};

/* ---- questions ---- */

static int take_index(const struct nlmsghdr *m, void *arg)
{
	*(int *)arg = ((const struct ifinfomsg *)NLMSG_DATA(m))->ifi_index;
	return 0;
}

static int index_of(int sock, const char *name)
{
	struct netlink_request r;
	int index = -ENODEV, e;

	netlink_begin(&r, RTM_GETLINK, 0);
	netlink_attr(&r, IFLA_IFNAME, name, strlen(name) + 1);
	e = netlink_talk(sock, &r, take_index, &index);
	return e < 0 ? e : index;
}

static int take_link(const struct nlmsghdr *m, void *arg)
{
	struct links *l = arg;

	if (m->nlmsg_type != RTM_NEWLINK || l->n == LINKS_MAX)
		return m->nlmsg_type == RTM_NEWLINK ? -E2BIG : 0;
	l->v[l->n++] = ((const struct ifinfomsg *)NLMSG_DATA(m))->ifi_index;
	return 0;
}

static int all_links(int sock, struct links *ret)
{
	struct netlink_request r;

	ret->n = 0;
	netlink_begin(&r, RTM_GETLINK, NLM_F_DUMP);
	return netlink_talk(sock, &r, take_link, ret);
}

static bool take_bytes(const struct nlmsghdr *m, uint16_t type, struct address *a, uint8_t out[16])
{
	const struct rtattr *at = netlink_find(m, sizeof(struct ifaddrmsg), type);
	size_t len = at ? RTA_PAYLOAD(at) : 0;

	if (!len || len > 16)
		return false;
	a->len = (uint8_t)len;
	memcpy(out, RTA_DATA(at), len);
	return true;
}

static int take_address(const struct nlmsghdr *m, void *arg)
{
	const struct ifaddrmsg *i = NLMSG_DATA(m);
	const struct rtattr *flags = netlink_find(m, sizeof(*i), IFA_FLAGS);
	struct addresses *all = arg;
	struct address a = { .family = i->ifa_family, .prefix = i->ifa_prefixlen, .flags = i->ifa_flags };

	if (m->nlmsg_type != RTM_NEWADDR || (int)i->ifa_index != all->index)
		return 0;
	if (flags && RTA_PAYLOAD(flags) >= sizeof(a.flags))
		memcpy(&a.flags, RTA_DATA(flags), sizeof(a.flags));
	/* runtime-spec config-linux.md, "Network Devices": permanent, and of global scope */
	if (!(a.flags & IFA_F_PERMANENT) || i->ifa_scope != RT_SCOPE_UNIVERSE)
		return 0;
	if (all->n == ADDRESSES_MAX)
		return -E2BIG;
	/* What the kernel found out about it in the old place. */
	a.flags &= ~(uint32_t)(IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_SECONDARY);
	a.has_local = take_bytes(m, IFA_LOCAL, &a, a.local);
	a.has_address = take_bytes(m, IFA_ADDRESS, &a, a.address);
	a.has_broadcast = take_bytes(m, IFA_BROADCAST, &a, a.broadcast);
	all->v[all->n++] = a;
	return 0;
}

static int addresses_of(int sock, int index, struct addresses *ret)
{
	struct netlink_request r;

	ret->index = index;
	ret->n = 0;
	netlink_begin(&r, RTM_GETADDR, NLM_F_DUMP);
	return netlink_talk(sock, &r, take_address, ret);
}

/* ---- changes ---- */

/* With another name, which may be a template; there it gets a free index. */
static int move(int sock, int index, int ns, const char *name)
{
	struct netlink_request r;

	netlink_begin(&r, RTM_NEWLINK, 0);
	r.link.ifi_index = index;
	netlink_attr(&r, IFLA_NET_NS_FD, &ns, sizeof(ns));
	netlink_attr(&r, IFLA_IFNAME, name, strlen(name) + 1);
	return netlink_talk(sock, &r, NULL, NULL);
}

static int add_address(int sock, int index, const struct address *a)
{
	struct netlink_request r;

	netlink_begin(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	r.addr.ifa_family = a->family;
	r.addr.ifa_prefixlen = a->prefix;
	r.addr.ifa_scope = RT_SCOPE_UNIVERSE;
	r.addr.ifa_index = (uint32_t)index;
	if (a->has_local)
		netlink_attr(&r, IFA_LOCAL, a->local, a->len);
	if (a->has_address)
		netlink_attr(&r, IFA_ADDRESS, a->address, a->len);
	if (a->has_broadcast)
		netlink_attr(&r, IFA_BROADCAST, a->broadcast, a->len);
	netlink_attr(&r, IFA_FLAGS, &a->flags, sizeof(a->flags));
	return netlink_talk(sock, &r, NULL, NULL);
}

static int set_up(int sock, int index)
{
	struct netlink_request r;

	netlink_begin(&r, RTM_NEWLINK, 0);
	r.link.ifi_index = index;
	r.link.ifi_flags = r.link.ifi_change = IFF_UP;
	return netlink_talk(sock, &r, NULL, NULL);
}

/* ---- one device ---- */

static bool is_template(const char *name)
{
	return strchr(name, '%');
}

static int new_one(const struct links *before, const struct links *after)
{
	for (size_t i = 0; i < after->n; i++) {
		size_t k = 0;

		while (k < before->n && before->v[k] != after->v[i])
			k++;
		if (k == before->n)
			return after->v[i];
	}
	return -ENODEV;
}

/* Its index in the container. */
static int bring_over(struct netdevices *n, int here, int index, const char *name, struct links *l)
{
	int r = all_links(n->there, &l[0]);

	if (r == 0)
		r = move(here, index, n->ns, name);
	if (r < 0)
		return r;
	if (!is_template(name))
		return index_of(n->there, name);
	r = all_links(n->there, &l[1]);
	return r < 0 ? r : new_one(&l[0], &l[1]);
}

static int give(struct arena *a, struct netdevices *n, int here, const struct spec_net_device *d, struct lct_err *err)
{
	const char *name = d->container_name ? d->container_name : d->name;
	const char *where = arena_printf(a, "/linux/netDevices/%s", d->name);
	struct addresses *addresses = arena_new(a, struct addresses);
	struct links *links = arena_array(a, 2, sizeof(*links));
	int index = index_of(here, d->name), there, r;

	if (!where || !addresses || !links)
		return err_nomem(err);
	if (index < 0)
		return err_sys(err, index, where, "network device %s", d->name);
	if (!is_template(name) && index_of(n->there, name) >= 0)
		return err_set(err, LCT_E_CONFIG, EEXIST, where, "the container has a network device %s already", name);
	r = addresses_of(here, index, addresses);
	if (r < 0)
		return err_sys(err, r, where, "addresses of network device %s", d->name);
	there = bring_over(n, here, index, name, links);
	if (there == -EINVAL)
		return err_set(err, LCT_E_CONFIG, EINVAL, where,
			       "network device %s is of a kind that cannot leave its namespace", d->name);
	if (there < 0)
		return err_sys(err, there, where, "move network device %s", d->name);
	n->moved[n->n_moved++] = (struct netdevice){ there, d->name };
	for (size_t i = 0; r == 0 && i < addresses->n; i++)
		r = add_address(n->there, there, &addresses->v[i]);
	if (r < 0)
		return err_sys(err, r, where, "give network device %s its addresses", name);
	r = set_up(n->there, there);
	return r < 0 ? err_sys(err, r, where, "set network device %s up", name) : 0;
}

/* ---- all of them ---- */

/* Threads of the caller's may be in different namespaces: it is this one's that counts, as in all that is done here. */
static int own_namespace(void)
{
	return sys_openat(AT_FDCWD, "/proc/thread-self/ns/net", O_RDONLY, 0);
}

static bool same(int a, int b)
{
	struct stat x, y;

	return sys_fstat(a, &x) == 0 && sys_fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int netdevices_move(struct netdevices *n, struct arena *a, const struct spec *s, int there, int ns, struct lct_err *err)
{
	autofd here = sys_netlink(), own = own_namespace();
	int r = here < 0 ? here : own < 0 ? own : 0;

	n->there = there;
	n->ns = ns;
	if (r < 0)
		return err_sys(err, r, "/linux/netDevices", "open the network namespace");
	if (same(own, ns))
		return err_config(err, "/linux/netDevices", "the container is in the caller's network namespace");
	n->moved = arena_array(a, s->n_net_devices, sizeof(*n->moved));
	if (!n->moved)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < s->n_net_devices; i++)
		r = give(a, n, here, &s->net_devices[i], err);
	return r;
}

void netdevices_return(struct netdevices *n)
{
	autofd own = n->n_moved ? own_namespace() : -EBADF;

	while (n->n_moved) {
		const struct netdevice *d = &n->moved[--n->n_moved];

		if (own >= 0)
			(void)move(n->there, d->index, own, d->name);
	}
}

void netdevices_done(struct netdevices *n)
{
	fd_done(&n->there);
	fd_done(&n->ns);
}
