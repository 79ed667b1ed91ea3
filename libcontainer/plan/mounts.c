/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the list of mounts to ops.  Room: run (pure). */
#include "plan/draft.h"

#include <errno.h>
#include <string.h>

#include "plan/fsdata.h"
#include "plan/path.h"
#include "sys/kernel.h"

/* What may cover single files of /proc: what LXCFS provides, and what runc allows beside it.  Anything else there
 * could take away what masks and read-only paths protect (CVE-2019-16884). */
static const char *const proc_covers[] = {
	"/proc/cpuinfo",
	"/proc/diskstats",
	"/proc/meminfo",
	"/proc/stat",
	"/proc/swaps",
	"/proc/uptime",
	"/proc/loadavg",
	"/proc/slabinfo",
	"/proc/sys/kernel/ns_last_pid",
	"/proc/sys/crypto/fips_enabled",
};

bool draft_is_bind(const struct draft_mount *m)
{
	return m->opts.bind || m->opts.rbind || !strcmp(m->type, "bind");
}

/*
 * A tmpfs gets its contents, and /dev its nodes, before it can be read-only.  Until then it is held: its name may lead to
 * another mount by that time (CVE-2026-115521).  Beyond what can be held, mounts are read-only from the beginning.
 */
static bool is_late_readonly(struct draft *d, const struct draft_mount *m)
{
	return !draft_is_bind(m) && !m->opts.remount && (!strcmp(m->type, "tmpfs") || !strcmp(m->dest, "/dev")) &&
	       ((m->opts.attr_set | m->opts.rec_set) & KMOUNT_ATTR_RDONLY) && (d->l || d->n_held < PLAN_SLOTS);
}

static void bad_option(struct draft *d, const struct draft_mount *m, const char *word, const char *why)
{
	size_t i = 0;

	while (i < m->m->n_options && m->m->options[i] != word)
		i++;
	draft_fail(d, arena_printf(d->a, "%s/options/%zu", m->at, i), "%s: \"%s\"", why, word);
}

/* Is /proc mounted when m's turn comes? */
static bool has_proc(const struct draft *d, const struct draft_mount *m)
{
	for (size_t i = 0; i < m->index; i++) {
		if (!strcmp(d->mounts[i].dest, "/proc"))
			return true;
	}
	return false;
}

void draft_check_proc(struct draft *d, struct draft_mount *m)
{
	const char *at = arena_printf(d->a, "%s/destination", m->at);

	if (!path_below(m->dest, "/proc"))
		return;
	m->on_proc = strcmp(m->dest, "/proc") != 0 || has_proc(d, m);
	if (!strcmp(m->dest, "/proc")) {
		if (d->l)
			draft_fail(d, at,
				   "a mount on /proc would take away what its masks and read-only paths protect");
		else if (strcmp(m->type, "proc") && !m->opts.remount &&
			 !(draft_is_bind(m) && m->m->source && !strcmp(m->m->source, "/proc")))
			draft_fail(d, at, "only a proc file system can be mounted on /proc");
		return;
	}
	for (size_t i = 0; i < sizeof(proc_covers) / sizeof(proc_covers[0]); i++) {
		if (!strcmp(m->dest, proc_covers[i]))
			return;
	}
	draft_fail(d, at, "\"%s\" cannot be mounted because it is inside /proc", m->m->destination);
}

static void understand(struct draft *d, size_t i, struct draft_mount *ret)
{
	const struct spec_mount *m = &d->s->mounts[i];
	int r;

	*ret = (struct draft_mount){ .m = m, .index = i, .type = m->type ? m->type : "" };
	ret->at = arena_printf(d->a, "%s/%zu", d->l ? "" : "/mounts", i);
	r = mount_opts_parse(d->a, m->options, m->n_options, &ret->opts);
	ret->dest = path_clean(d->a, m->destination);
	if (r < 0 || !ret->dest || !ret->at)
		draft_nomem(d);
}

static char **join(struct draft *d, char **a, size_t n_a, char **b, size_t n_b)
{
	char **v = arena_array(d->a, n_a + n_b + 1, sizeof(*v));

	if (!v) {
		draft_nomem(d);
		return NULL;
	}
	if (n_a)
		memcpy(v, a, n_a * sizeof(*v));
	if (n_b)
		memcpy(v + n_a, b, n_b * sizeof(*v));
	return v;
}

/*
 * A remount with options of the file system ("remount,size=1m") changes one that this configuration mounts: nothing happens
 * in between, so it is mounted with them at once.  What else may be there is the host's, and its options everybody's.
 */
static void take_remount(struct draft *d, struct draft_mount *m)
{
	size_t i = m->index;
	struct mount_opts *o;

	if (!m->opts.remount || !(m->opts.n_data + m->opts.n_super))
		return;
	while (i > 0 && (d->mounts[i - 1].opts.remount || strcmp(d->mounts[i - 1].dest, m->dest) != 0))
		i--;
	if (i == 0 || draft_is_bind(&d->mounts[i - 1]) || !strncmp(d->mounts[i - 1].type, "cgroup", 6))
		return;
	o = &d->mounts[i - 1].opts;
	o->data = join(d, o->data, o->n_data, m->opts.data, m->opts.n_data);
	o->super = join(d, o->super, o->n_super, m->opts.super, m->opts.n_super);
	o->n_data += m->opts.n_data;
	o->n_super += m->opts.n_super;
	m->opts.n_data = m->opts.n_super = 0;
}

void draft_mounts_read(struct draft *d)
{
	d->mounts = arena_array(d->a, d->s->n_mounts + 1, sizeof(*d->mounts));
	if (!d->mounts)
		draft_nomem(d);
	for (size_t i = 0; i < d->s->n_mounts && !d->rc; i++)
		understand(d, i, &d->mounts[i]);
	for (size_t i = 0; i < d->s->n_mounts && !d->rc; i++)
		take_remount(d, &d->mounts[i]);
}

/* As text it is cleaned: what "x/.." or a slash at the end says is not to be made in the image, or to fail. */
struct plan_ref draft_destination(struct draft *d, const struct draft_mount *m)
{
	return draft_str(d, m->dest);
}

/* For a container that lives: made first, attached once its namespace has been joined.  A tmpfs is the exception, as it
 * has its mode and contents from what it covers. */
static void slot(const struct draft *d, const struct draft_mount *m, struct plan_op *op)
{
	if (!d->l)
		return;
	op->n[5] = m->index;
	if (draft_is_bind(m) || strcmp(m->type, "tmpfs"))
		op->flags |= PLAN_F_HOLD;
}

static struct plan_op *emit_bind(struct draft *d, const struct draft_mount *m, const char *source, bool recursive)
{
	struct plan_op *op = draft_op(d, PLAN_MOUNT_BIND, "%s", m->at);

	op->s[0] = draft_str(d, source);
	op->s[1] = draft_destination(d, m);
	op->n[0] = m->opts.attr_set;
	op->n[1] = m->opts.propagation;
	op->n[2] = m->opts.attr_clr;
	op->n[3] = m->opts.rec_set;
	op->n[4] = m->opts.rec_clr;
	op->n[5] = m->index;
	op->how = m->opts.how & ~(uint32_t)(PLAN_BIND_IDMAP | PLAN_BIND_RIDMAP);
	op->flags = (recursive ? PLAN_F_RECURSIVE : 0) | (m->on_proc ? PLAN_F_ON_PROC : 0);
	/* Root of a user namespace may be unable to reach what the host's root can: the caller opens it. */
	if (d->userns && d->h->privileged)
		op->flags |= PLAN_F_ASK;
	slot(d, m, op);
	return op;
}

static void bind(struct draft *d, const struct draft_mount *m)
{
	const char *source = m->m->source;

	if (m->opts.n_data)
		bad_option(d, m, m->opts.data[0], "unknown option for a bind mount");
	if (m->opts.copyup)
		draft_fail(d, arena_printf(d->a, "%s/options", m->at), "tmpcopyup is for tmpfs only");
	if (!source || !*source) {
		draft_fail(d, arena_printf(d->a, "%s/source", m->at), "required for a bind mount");
		return;
	}
	if (source[0] != '/')
		source = arena_printf(d->a, "%s/%s", d->o->bundle, source);
	draft_idmapped(d, m, emit_bind(d, m, source, m->opts.rbind));
}

/*
 * sysfs shows the network namespace of who mounts it, and only root over that namespace may mount one.  With a
 * user namespace that does not own the network namespace the host's /sys is what there is; its mounts are locked
 * together, so the whole tree comes, and read-only has to mean the whole tree.
 */
bool draft_sysfs_is_bound(const struct draft *d)
{
	const struct spec_ns *net = &d->s->ns[SPEC_NS_NETWORK];

	uint64_t new_ns = d->l ? d->l->new_ns : d->needs->new_ns;

	if (new_ns & KCLONE_NEWUSER)
		return !(new_ns & KCLONE_NEWNET);
	return (d->userns || d->h->in_userns) && !net->listed;
}

static void sysfs_from_host(struct draft *d, struct draft_mount *m)
{
	m->opts.rec_set |= m->opts.attr_set & KMOUNT_ATTR_RDONLY;
	emit_bind(d, m, "/sys", true);
}

/* Only a writable mount at the usual place, seen from a cgroup namespace of the container's own, is meant for it. */
static void delegate(struct draft *d, const struct draft_mount *m, uint64_t attr)
{
	const struct spec_ns *ns = &d->s->ns[SPEC_NS_CGROUP];

	if (!d->h->real_root || !ns->listed || ns->path || (attr & KMOUNT_ATTR_RDONLY) ||
	    strcmp(m->dest, "/sys/fs/cgroup"))
		return;
	d->needs->delegate = draft_host_uid(d, d->s->process.user.uid, &d->needs->delegate_uid) &&
			     d->needs->delegate_uid != 0;
}

static void cgroup(struct draft *d, const struct draft_mount *m)
{
	struct plan_op *op;

	for (size_t i = 0; i < m->opts.n_data; i++) {
		/* Hierarchy-wide switches: the kernel itself ignores them outside of the initial cgroup namespace. */
		if (!fsdata_is_cgroup_word(m->opts.data[i]))
			bad_option(d, m, m->opts.data[i], "unknown option for a cgroup mount");
	}
	op = draft_op(d, PLAN_MOUNT_CGROUP, "%s", m->at);
	op->s[0] = draft_str(d, d->o->cgroup_dir);
	op->s[1] = draft_destination(d, m);
	op->n[0] = m->opts.attr_set | m->opts.rec_set;
	op->n[1] = m->opts.propagation;
	op->flags = m->on_proc ? PLAN_F_ON_PROC : 0;
	if (d->s->ns[SPEC_NS_CGROUP].listed)
		op->flags |= PLAN_F_NEWNS;
	slot(d, m, op);
	delegate(d, m, op->n[0]);
}

static void filesystem(struct draft *d, struct draft_mount *m)
{
	struct fsdata data = { 0 };
	struct plan_op *op;
	uint64_t late = 0;

	if (!fsdata_make(d, m, &data))
		return;
	if (m->opts.copyup && strcmp(m->type, "tmpfs"))
		draft_fail(d, arena_printf(d->a, "%s/options", m->at), "tmpcopyup is for tmpfs only");
	if (is_late_readonly(d, m)) {
		m->slot = d->l ? 1 : ++d->n_held; /* a container that lives has slots of its own */
		late = KMOUNT_ATTR_RDONLY;
	}
	op = draft_op(d, PLAN_MOUNT_FS, "%s", m->at);
	op->s[0] = draft_str(d, m->type);
	op->s[1] = draft_destination(d, m);
	op->s[2] = draft_list(d, data.v, data.n);
	op->n[0] = m->opts.attr_set & ~late;
	op->n[1] = m->opts.propagation;
	op->n[2] = data.n;
	op->n[3] = m->opts.rec_set & ~late;
	op->n[4] = d->l ? 0 : m->slot;
	if (!strcmp(m->type, "proc") || !strcmp(m->type, "sysfs") || (m->opts.how & PLAN_BIND_DEST_NOFOLLOW))
		op->flags |= PLAN_F_REALDIR;
	if (m->opts.copyup)
		op->flags |= PLAN_F_COPYUP;
	if (m->on_proc)
		op->flags |= PLAN_F_ON_PROC;
	slot(d, m, op);
	draft_file_label(d, m, op->s[1]);
}

static void remount(struct draft *d, const struct draft_mount *m)
{
	struct plan_op *op;

	if (m->opts.n_data)
		bad_option(d, m, m->opts.data[0],
			   "nothing that this configuration mounts is there, so a remount cannot change its options");
	if (m->opts.n_super)
		bad_option(d, m, m->opts.super[0],
			   "nothing that this configuration mounts is there, so a remount cannot change its options");
	op = draft_op(d, PLAN_REMOUNT, "%s", m->at);
	op->s[1] = draft_destination(d, m);
	op->n[0] = m->opts.attr_set;
	op->n[1] = m->opts.propagation;
	op->n[2] = m->opts.attr_clr;
	op->n[3] = m->opts.rec_set;
	op->n[4] = m->opts.rec_clr;
}

void draft_mount(struct draft *d, struct draft_mount *m)
{
	draft_check_proc(d, m);
	if (((m->opts.how & PLAN_BIND_IDMAP) || m->m->n_uid_mappings) && (m->opts.remount || !draft_is_bind(m)))
		draft_fail(d, draft_idmap_place(d, m), "only a bind mount can map ids");
	if (m->opts.remount)
		remount(d, m);
	else if (draft_is_bind(m))
		bind(d, m);
	else if (!strcmp(m->type, "cgroup") || !strcmp(m->type, "cgroup2"))
		cgroup(d, m);
	else if (!strcmp(m->type, "sysfs") && draft_sysfs_is_bound(d))
		sysfs_from_host(d, m);
	else if (!*m->type)
		draft_fail(d, arena_printf(d->a, "%s/type", m->at), "required unless it is a bind mount");
	else
		filesystem(d, m);
}

void draft_mounts(struct draft *d)
{
	draft_op(d, PLAN_ROOT, "/root/path")->s[0] = draft_str(d, d->o->rootfs);
	for (size_t i = 0; i < d->s->n_mounts && !d->rc; i++)
		draft_mount(d, &d->mounts[i]);
}

/* "ro" of tmpfs and of /dev, once everything in them is made. */
void draft_mounts_readonly(struct draft *d)
{
	const struct draft_mount *m;
	struct plan_op *op;

	for (size_t i = 0; i < d->s->n_mounts; i++) {
		m = &d->mounts[i];
		if (!m->slot)
			continue;
		op = draft_op(d, PLAN_REMOUNT, "%s", m->at);
		op->s[1] = draft_destination(d, m);
		op->n[0] = m->opts.attr_set & KMOUNT_ATTR_RDONLY;
		op->n[3] = m->opts.rec_set & KMOUNT_ATTR_RDONLY;
		op->n[5] = d->l ? m->index : m->slot;
		op->flags = d->l ? PLAN_F_HOLD : 0;
	}
}

/* False: the configuration binds a /dev, which is left as it is. */
bool draft_dev_is_ours(const struct draft *d)
{
	for (size_t i = 0; i < d->s->n_mounts; i++) {
		const struct draft_mount *m = &d->mounts[i];

		if (draft_is_bind(m) && !m->opts.remount && !strcmp(m->dest, "/dev"))
			return false;
	}
	return true;
}

/* Whoever mounts something there has chosen: "/dev/urandom" over "/dev/random", say. */
bool draft_is_mounted(const struct draft *d, const char *path)
{
	for (size_t i = 0; i < d->s->n_mounts; i++) {
		if (!strcmp(d->mounts[i].dest, path))
			return true;
	}
	return false;
}

static const struct {
	const char *name;
	uint64_t flags;
} propagations[] = {
	{ "shared", KMS_SHARED },	  { "rshared", KMS_SHARED | KMS_REC },
	{ "slave", KMS_SLAVE },		  { "rslave", KMS_SLAVE | KMS_REC },
	{ "private", KMS_PRIVATE },	  { "rprivate", KMS_PRIVATE | KMS_REC },
	{ "unbindable", KMS_UNBINDABLE }, { "runbindable", KMS_UNBINDABLE | KMS_REC },
};

static uint64_t rootfs_propagation(struct draft *d)
{
	const char *name = d->s->rootfs_propagation;

	if (!name || !*name)
		return KMS_SLAVE | KMS_REC; /* nothing of the container's mounts reaches the host */
	for (size_t i = 0; i < sizeof(propagations) / sizeof(propagations[0]); i++) {
		if (!strcmp(name, propagations[i].name))
			return propagations[i].flags;
	}
	draft_fail(d, "/linux/rootfsPropagation", "unknown propagation \"%s\"", name);
	return 0;
}

void draft_propagation(struct draft *d)
{
	draft_op(d, PLAN_PROPAGATION, d->s->rootfs_propagation ? "/linux/rootfsPropagation" : NULL)->n[0] =
		rootfs_propagation(d);
}

void draft_pivot(struct draft *d)
{
	struct plan_op *op = draft_op(d, PLAN_PIVOT, "/root/path");
	uint64_t propagation = rootfs_propagation(d);

	if (d->o->no_pivot)
		op->flags |= PLAN_F_NO_PIVOT;
	/* pivot_root(2) refuses shared mounts, so the root is made shared again only after it. */
	if (propagation & KMS_SHARED)
		op->n[0] = propagation;
}
