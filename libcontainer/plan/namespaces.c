/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Namespaces: which are made, which are joined, in what order, and what is set up in new ones.  Room: run (pure). */
#include "plan/draft.h"

#include "sys/kernel.h"

/*
 * Without privilege nothing can be joined before the user namespace that owns it.  With it, everything is joined
 * while the host's capabilities are still there: the user namespace may own none of the others.  The mount
 * namespace is last of those: it changes what paths mean.  The cgroup namespace is not here, see draft_root_ids.
 */
static const enum spec_ns_kind order_privileged[] = {
	SPEC_NS_IPC, SPEC_NS_UTS, SPEC_NS_NETWORK, SPEC_NS_PID, SPEC_NS_TIME, SPEC_NS_MOUNT, SPEC_NS_USER,
};
static const enum spec_ns_kind order_plain[] = {
	SPEC_NS_USER, SPEC_NS_IPC, SPEC_NS_UTS, SPEC_NS_NETWORK, SPEC_NS_PID, SPEC_NS_TIME, SPEC_NS_MOUNT,
};
_Static_assert(sizeof(order_plain) == sizeof(order_privileged), "the same kinds");
enum { N_ORDER = sizeof(order_plain) / sizeof(order_plain[0]) };

static const char *joined_path(const struct draft *d, enum spec_ns_kind kind)
{
	return d->s->ns[kind].listed ? d->s->ns[kind].path : NULL;
}

static void create_facts(struct draft *d)
{
	struct plan_needs *n = d->needs;

	for (unsigned k = 0; k < SPEC_NS_KINDS; k++) {
		if (!d->s->ns[k].listed)
			continue;
		*(d->s->ns[k].path ? &n->joined_ns : &n->new_ns) |= spec_ns_flag(k);
	}
	/* An ordinary user can have the others only inside a user namespace: it is made without being asked for. */
	if (!d->s->ns[SPEC_NS_USER].listed && !d->h->privileged)
		n->new_ns |= KCLONE_NEWUSER;
	if (!d->s->ns[SPEC_NS_MOUNT].listed)
		draft_fail(d, "/linux/namespaces", "a container without a mount namespace is not supported");
	if (!d->rc && (n->new_ns & KCLONE_NEWUSER))
		draft_idmap(d);
	n->console = d->p->terminal;
	n->ask_hooks = d->s->hooks[SPEC_HOOK_PRESTART].n || d->s->hooks[SPEC_HOOK_CREATE_RUNTIME].n;
	n->ask_state = d->s->hooks[SPEC_HOOK_CREATE_CONTAINER].n;
	d->setgroups = !n->setgroups_deny && !d->h->setgroups_denied;
	d->userns = (n->new_ns | n->joined_ns) & KCLONE_NEWUSER;
}

static void exec_facts(struct draft *d)
{
	d->needs->joined_ns = d->x->target_ns | (d->x->target_cgroup_ns ? KCLONE_NEWCGROUP : 0);
	d->needs->console = d->p->terminal;
	d->setgroups = !d->x->setgroups_denied;
	d->userns = d->x->target_ns & KCLONE_NEWUSER;
}

/* A process is in its own group whatever setgroups(2) allows (Podman names it twice for "runAsUser: 0"). */
static bool other_groups(const struct spec_user *u)
{
	for (size_t i = 0; i < u->n_additional_gids; i++)
		if (u->additional_gids[i] != u->gid)
			return true;
	return false;
}

void draft_ns_facts(struct draft *d)
{
	const struct host *h = d->h;
	uint64_t known = h->last_cap >= 63 ? UINT64_MAX : (UINT64_C(1) << (h->last_cap + 1)) - 1;

	if (d->s)
		create_facts(d);
	else
		exec_facts(d);
	draft_user_check(d);
	if (!d->setgroups && other_groups(&d->p->user))
		draft_fail(d, arena_printf(d->a, "%s/user/additionalGids", d->at),
			   "cannot be set: the user namespace maps a single group or denies setgroups");
	/* Only the initial user namespace's root makes device nodes; mknod(2) is EPERM everywhere else. */
	d->no_mknod = d->userns || h->in_userns || !h->cap_mknod;
	/* Entering a user namespace gives all capabilities in it; without one nothing beyond the own bounding set can
	 * be given, and what cannot be given is left out (runc does the same, so a container still runs where the
	 * caller itself was started with less). */
	d->caps = d->userns ? known : known & h->caps_bounding;
}

void draft_ns_open(struct draft *d)
{
	struct plan_op *op;

	for (unsigned k = 0; k < SPEC_NS_KINDS; k++) {
		if (!joined_path(d, k))
			continue;
		op = draft_op(d, PLAN_NS_OPEN, "/linux/namespaces/%zu", d->s->ns[k].index);
		op->s[0] = draft_str(d, joined_path(d, k));
		op->n[0] = k;
		op->n[1] = spec_ns_flag(k);
	}
}

static void join(struct draft *d, enum spec_ns_kind kind)
{
	struct plan_op *op;

	if (!joined_path(d, kind))
		return;
	op = draft_op(d, PLAN_NS_JOIN, "/linux/namespaces/%zu", d->s->ns[kind].index);
	op->n[0] = kind;
	op->n[1] = spec_ns_flag(kind);
}

void draft_ns_join(struct draft *d)
{
	if (!d->needs->joined_ns)
		return;
	draft_op(d, PLAN_NONDUMPABLE, NULL);
	if (d->x) {
		/* One call for all: the kernel finds the order (setns(2) with a pidfd, 5.8). */
		if (d->x->target_ns)
			draft_op(d, PLAN_NS_JOIN_TARGET, NULL)->n[0] = d->x->target_ns;
		return;
	}
	for (unsigned i = 0; i < N_ORDER; i++)
		join(d, d->h->privileged ? order_privileged[i] : order_plain[i]);
}

/*
 * Offsets can be written only while the time namespace is empty, so it is made here, entered by SPAWN's child.  A
 * new user namespace has to come with it: it must own the time namespace for init's root to be allowed anything.
 */
static uint64_t unshared(const struct draft *d)
{
	if (!d->s || !d->s->has_time_offsets || !(d->needs->new_ns & KCLONE_NEWTIME))
		return 0;
	return KCLONE_NEWTIME | (d->needs->new_ns & KCLONE_NEWUSER);
}

void draft_time(struct draft *d)
{
	const struct spec *s = d->s;
	struct plan_op *op;

	if (s->has_time_offsets && !(d->needs->new_ns & KCLONE_NEWTIME))
		draft_fail(d, "/linux/timeOffsets", "needs a new time namespace");
	if (!unshared(d))
		return;
	op = draft_op(d, PLAN_UNSHARE, "/linux/namespaces/%zu", s->ns[SPEC_NS_TIME].index);
	op->n[0] = unshared(d);
	op = draft_op(d, PLAN_TIME_OFFSETS, "/linux/timeOffsets");
	op->s[0] = draft_str(d, arena_printf(d->a, "monotonic %lld %u\nboottime %lld %u\n",
					     (long long)s->time_offset_monotonic_s, s->time_offset_monotonic_ns,
					     (long long)s->time_offset_boottime_s, s->time_offset_boottime_ns));
}

/*
 * The ipc namespace brings its mqueue file system with it, whose root belongs to whoever makes the namespace, for good
 * (ipc/mqueue.c, mqueue_get_inode): with other ids inside than outside that has to be root of the container.
 */
static uint64_t late(const struct draft *d)
{
	uint32_t root;

	if (!d->s || !d->userns || (draft_host_uid(d, 0, &root) && root == d->h->euid))
		return 0;
	return d->needs->new_ns & KCLONE_NEWIPC;
}

void draft_spawn(struct draft *d)
{
	draft_op(d, PLAN_SPAWN, NULL)->n[0] = d->needs->new_ns & ~unshared(d) & ~late(d);
}

void draft_root_ids(struct draft *d)
{
	struct plan_op *op = NULL;

	if (d->needs->idmap)
		op = draft_op(d, PLAN_ASK_IDMAP, d->s->n_uid_mappings ? "/linux/uidMappings" : NULL);
	else if (d->userns)
		op = draft_op(d, PLAN_BECOME_ROOT, NULL);
	if (op) {
		op->n[0] = d->keep_groups;
		op->n[1] = d->p->user.gid;
		op->n[2] = d->p->user.uid;
	}
	if (late(d))
		draft_op(d, PLAN_UNSHARE, "/linux/namespaces/%zu", d->s->ns[SPEC_NS_IPC].index)->n[0] = late(d);
	/* With nsdelegate the kernel refuses (ENOENT) to place a process in a cgroup outside of the cgroup namespace of
	 * the one who places it, so this namespace is joined by init, which is in its cgroup already. */
	if (d->x && d->x->target_cgroup_ns)
		draft_op(d, PLAN_NS_JOIN_CGROUP, NULL);
	if (d->s)
		join(d, SPEC_NS_CGROUP);
	/* Not before: the caller must be able to open uid_map, and a process that is not dumpable is root's. */
	draft_op(d, PLAN_NONDUMPABLE, NULL);
}

static void net_devices(struct draft *d)
{
	const struct spec *s = d->s;
	char **v = arena_array(d->a, s->n_net_devices + 1, sizeof(*v));
	struct plan_op *op;

	if (!s->n_net_devices)
		return;
	for (size_t i = 0; v && i < s->n_net_devices; i++) {
		const struct spec_net_device *n = &s->net_devices[i];

		v[i] = arena_printf(d->a, "%s=%s", n->name, n->container_name ? n->container_name : n->name);
		if (!v[i])
			v = NULL;
	}
	if (!v) {
		draft_nomem(d);
		return;
	}
	op = draft_op(d, PLAN_ASK_NETDEVICES, "/linux/netDevices");
	op->s[0] = draft_list(d, v, s->n_net_devices);
	op->n[0] = s->n_net_devices;
}

void draft_ns_setup(struct draft *d)
{
	const struct spec *s = d->s;

	if (d->needs->new_ns & KCLONE_NEWNET)
		draft_op(d, PLAN_LOOPBACK, "/linux/namespaces/%zu", s->ns[SPEC_NS_NETWORK].index);
	net_devices(d);
	if (!s->ns[SPEC_NS_UTS].listed) {
		/* It would be the host's name. */
		if (s->hostname || s->domainname)
			draft_fail(d, s->hostname ? "/hostname" : "/domainname", "needs a uts namespace");
		return;
	}
	if (s->hostname)
		draft_op(d, PLAN_HOSTNAME, "/hostname")->s[0] = draft_str(d, s->hostname);
	if (s->domainname)
		draft_op(d, PLAN_DOMAINNAME, "/domainname")->s[0] = draft_str(d, s->domainname);
}
