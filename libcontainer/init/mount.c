/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* New file systems: proc, sysfs, tmpfs, devpts, mqueue, ...  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { FSCONFIG_ROOM = 256 };

/* The kernel's own words on what it did not like: "e tmpfs: Bad value for 'size'".  fsopen(2), the message log. */
static void add_log(int fs, struct report *r)
{
	char text[LINK_TEXT];
	ssize_t n;

	while ((n = sys_read(fs, text, sizeof(text) - 1)) > 0) {
		text[n] = '\0';
		if (text[n - 1] == '\n')
			text[n - 1] = '\0';
		if (n < 3 || text[0] != 'e')
			continue;
		report_add(r, r->text[0] ? " (" : "(");
		report_add(r, text + 2);
		report_add(r, ")");
	}
}

/* fsconfig(2) copies names and values of up to 255 bytes and says no more than EINVAL to longer ones. */
static bool fits(const char *item)
{
	const char *value = strchr(item, '=');
	size_t name = value ? (size_t)(value - item) : strlen(item);

	return name < FSCONFIG_ROOM && (!value || strlen(value + 1) < FSCONFIG_ROOM);
}

static bool all_fit(const struct init *in, const struct plan_op *op)
{
	const char *item = op_str(in, op, 2);

	for (uint64_t i = 0; i < op->n[2]; i++, item += strlen(item) + 1) {
		if (!fits(item))
			return false;
	}
	return true;
}

/*
 * overlay's list of lower directories, one a call: "lowerdir+" (6.7), or "datadir+" after an empty element.  In the list
 * a colon in a name has a backslash, in the call it has none.
 */
static int add_layers(int fs, const char *list)
{
	const char *key = "lowerdir+";
	char layer[FSCONFIG_ROOM];
	int err = 0;

	while (*list && err == 0) {
		size_t n = 0;

		for (; *list && *list != ':'; list++) {
			list += *list == '\\' && list[1];
			if (n == sizeof(layer) - 1)
				return -ENAMETOOLONG;
			layer[n++] = *list;
		}
		layer[n] = '\0';
		if (n)
			err = sys_fsconfig(fs, KFSCONFIG_SET_STRING, key, layer);
		else
			key = "datadir+";
		list += *list == ':';
	}
	return err;
}

/* "key=value" or "flag" */
static int configure(int fs, const char *item)
{
	const char *equals = strchr(item, '=');
	char key[FSCONFIG_ROOM];

	if (!equals)
		return sys_fsconfig(fs, KFSCONFIG_SET_FLAG, item, NULL);
	if (!fits(item) && strncmp(item, "lowerdir=", 9) == 0)
		return add_layers(fs, equals + 1);
	if (!fits(item))
		return -ENAMETOOLONG;
	memcpy(key, item, (size_t)(equals - item));
	key[equals - item] = '\0';
	return sys_fsconfig(fs, KFSCONFIG_SET_STRING, key, equals + 1);
}

/* A tmpfs over an existing directory takes that one's mode unless told otherwise, as with runc. */
static int inherit_mode(int fs, int existing)
{
	char mode[8] = "0000";
	struct stat st;
	int err = sys_fstat(existing, &st);

	if (err < 0)
		return err;
	for (unsigned i = 0; i < 4; i++)
		mode[i] = (char)('0' + (st.st_mode >> 3 * (3 - i) & 7));
	return sys_fsconfig(fs, KFSCONFIG_SET_STRING, "mode", mode);
}

static int make(struct init *in, const struct plan_op *op, int existing, struct report *r)
{
	const char *type = op_str(in, op, 0), *item = op_str(in, op, 2);
	autofd fs = sys_fsopen(type);
	int err;

	if (fs < 0)
		return report_at(r, fs, LINK_STAGE_OP, type);
	if (existing >= 0) {
		err = inherit_mode(fs, existing);
		if (err < 0)
			return report_at(r, err, LINK_STAGE_OPTION, "mode");
	}
	for (uint64_t i = 0; i < op->n[2]; i++, item += strlen(item) + 1) {
		err = configure(fs, item);
		if (err < 0) {
			(void)report_at(r, err, LINK_STAGE_OPTION, item);
			add_log(fs, r);
			return err;
		}
	}
	err = sys_fsconfig(fs, KFSCONFIG_CMD_CREATE, NULL, NULL);
	if (err < 0) {
		(void)report_at(r, err, LINK_STAGE_OP, NULL);
		add_log(fs, r);
		return err;
	}
	/* Attributes come after the copy of tmpcopyup: it could be read-only. */
	err = sys_fsmount(fs, op->flags & PLAN_F_COPYUP ? 0 : op->n[0] | op->n[3]);
	return err < 0 ? report_at(r, err, LINK_STAGE_ATTR, NULL) : err;
}

static bool has_option(const struct init *in, const struct plan_op *op, const char *start)
{
	const char *item = op_str(in, op, 2);

	for (uint64_t i = 0; i < op->n[2]; i++, item += strlen(item) + 1) {
		if (strncmp(item, start, strlen(start)) == 0)
			return true;
	}
	return false;
}

/* For ATTACH: nothing of the container is in sight yet, and nothing may be attached before all is made. */
static int hold(struct init *in, const struct plan_op *op, struct report *r)
{
	const struct attrs a = { .propagation = op->n[1] };
	autofd tree = make(in, op, -EBADF, r);
	int err = tree < 0 ? tree : tree_attrs(tree, &a);

	if (tree >= 0 && err < 0)
		return report_at(r, err, LINK_STAGE_ATTR, NULL);
	return err < 0 ? err : live_hold(in, op, &tree, r);
}

/* Into the slot first: what is attached must be there to be taken back. */
static int attach_held(struct init *in, const struct plan_op *op, int *tree, int onto, struct report *r)
{
	int err = live_hold(in, op, tree, r);

	if (err < 0)
		return err;
	err = tree_attach(in, in->live.fd[op->n[5]], onto);
	in->live.attached[op->n[5]] = err == 0;
	return err;
}

int init_mount_fs(struct init *in, const struct plan_op *op, struct report *r)
{
	const char *path = op_str(in, op, 1);
	unsigned flags = (op->flags & PLAN_F_REALDIR ? BELOW_NOFOLLOW : 0) |
			 (op->flags & PLAN_F_ON_PROC ? BELOW_ON_PROC : 0);
	bool bare = false, copyup = op->flags & PLAN_F_COPYUP;
	struct attrs a = { .propagation = op->n[1] };
	autofd existing = -EBADF, onto = -EBADF, tree = -EBADF;
	int err = 0;

	if (op->flags & PLAN_F_HOLD)
		return hold(in, op, r);
	if (strcmp(op_str(in, op, 0), "tmpfs") == 0)
		existing = below_open(in, path, flags);
	onto = mount_point(in, path, BELOW_DIR, flags, r);
	if (onto < 0)
		return onto;
	tree = make(in, op, existing, r);
	/* Options too long for fsconfig(2), where its own way round is not there either; not where the container would see the stage. */
	if ((tree == -ENAMETOOLONG || tree == -EINVAL) && !in->live.on && !all_fit(in, op)) {
		tree = oldmount(in, op, r);
		bare = true;
	}
	if (tree < 0)
		return tree;
	if (bare || copyup)
		a.set = op->n[0] | op->n[3];
	/* The directory's owner, too, unless an option says whose it is. */
	if (copyup)
		err = copy_tree(onto, tree, !has_option(in, op, "uid=") && !has_option(in, op, "gid="));
	if (err < 0)
		return report_at(r, err, LINK_STAGE_SOURCE, NULL);
	err = tree_attrs(tree, &a);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_ATTR, NULL);
	err = in->live.on ? attach_held(in, op, &tree, onto, r) : tree_attach(in, tree, onto);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_ATTACH, NULL);
	if (in->live.on)
		return 0;
	err = keep_mount(in, path, tree);
	if (op->n[4])
		in->held[op->n[4] - 1] = TAKE_FD(tree);
	return err;
}

int init_remount(struct init *in, const struct plan_op *op, struct report *r)
{
	const struct attrs a = {
		.set = op->n[0], .clear = op->n[2], .rec_set = op->n[3], .rec_clear = op->n[4], .propagation = op->n[1]
	};
	bool held = op->flags & PLAN_F_HOLD;
	autofd found = held	  ? -EBADF
		       : op->n[5] ? TAKE_FD(in->held[op->n[5] - 1])
				  : below_open(in, op_str(in, op, 1), 0);
	int fd = held ? live_slot(in, op, r) : found;

	if (fd < 0)
		return held ? fd : report_at(r, fd, LINK_STAGE_DEST, NULL);
	return tree_attrs_or_why(fd, &a, r);
}
