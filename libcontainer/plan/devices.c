/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /dev: the default devices (config-linux.md), the listed ones, and the links.  Room: run (pure). */
#include "plan/draft.h"

#include <string.h>
#include <sys/stat.h>

#include "plan/path.h"

static const struct device {
	const char *path;
	uint32_t major, minor;
} defaults[] = {
	{ "/dev/null", 1, 3 },	 { "/dev/zero", 1, 5 },	   { "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
};

static const struct {
	const char *target, *path;
	unsigned flags;
} links[] = {
	/* Whatever the image has there would be another container's, or the host's, terminal multiplexer. */
	{ "pts/ptmx", "/dev/ptmx", PLAN_F_REPLACE }, { "/proc/self/fd", "/dev/fd", 0 },
	{ "/proc/self/fd/0", "/dev/stdin", 0 },	     { "/proc/self/fd/1", "/dev/stdout", 0 },
	{ "/proc/self/fd/2", "/dev/stderr", 0 },     { "/proc/kcore", "/dev/core", 0 },
};

static bool is_listed(struct draft *d, const char *path)
{
	char *clean;

	for (size_t i = 0; i < d->s->n_devices; i++) {
		clean = path_clean(d->a, d->s->devices[i].path);
		if (!clean)
			draft_nomem(d);
		else if (!strcmp(clean, path))
			return true;
	}
	return false;
}

static void node(struct draft *d, struct plan_op *op, const char *path, mode_t mode, uint32_t major, uint32_t minor)
{
	op->s[0] = draft_str(d, path);
	op->n[0] = mode;
	op->n[1] = major;
	op->n[2] = minor;
	if (d->no_mknod && !S_ISFIFO(mode)) { /* a FIFO needs no capability */
		op->flags |= PLAN_F_BIND;
		op->s[1] = draft_str(d, path);
	}
}

static mode_t type_bits(char type)
{
	return type == 'b' ? S_IFBLK : type == 'p' ? S_IFIFO : S_IFCHR; /* 'c' and its old name 'u' */
}

void draft_devices(struct draft *d)
{
	struct plan_op *op;

	if (!draft_dev_is_ours(d))
		return;
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		if (!is_listed(d, defaults[i].path) && !draft_is_mounted(d, defaults[i].path))
			node(d, draft_op(d, PLAN_DEV_NODE, NULL), defaults[i].path, S_IFCHR | 0666, defaults[i].major,
			     defaults[i].minor);
	}
	for (size_t i = 0; i < d->s->n_devices; i++) {
		const struct spec_device *dev = &d->s->devices[i];

		op = draft_op(d, PLAN_DEV_NODE, "/linux/devices/%zu", i);
		node(d, op, dev->path, type_bits(dev->type) | (dev->has_mode ? dev->mode & 07777 : 0666), dev->major,
		     dev->minor);
		op->n[3] = dev->uid;
		op->n[4] = dev->gid;
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		op = draft_op(d, PLAN_SYMLINK, NULL);
		op->flags = (uint16_t)links[i].flags;
		op->s[0] = draft_str(d, links[i].target);
		op->s[1] = draft_str(d, links[i].path);
	}
}
