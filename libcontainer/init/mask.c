/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths of the container that it may not change, or not see.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

int init_readonly_path(struct init *in, const struct plan_op *op, struct report *r)
{
	const struct attrs ro = { .set = KMOUNT_ATTR_RDONLY };
	autofd fd = below_open(in, op_str(in, op, 0), 0), tree = -EBADF;
	int err;

	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_DEST, NULL);
	/* With everything below it: in a user namespace a part of a locked tree cannot be copied. */
	tree = tree_clone(fd, true);
	if (tree < 0)
		return tree;
	err = tree_attrs(tree, &ro);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_ATTR, NULL);
	err = tree_attach(in, tree, fd);
	return err < 0 ? report_at(r, err, LINK_STAGE_ATTACH, NULL) : 0;
}

/* "context=LABEL" */
static int add_option(int fs, const char *item)
{
	const char *equals = item ? strchr(item, '=') : NULL;
	char key[32];

	if (!item)
		return 0;
	if (!equals || (size_t)(equals - item) >= sizeof(key))
		return -EBADMSG;
	memcpy(key, item, (size_t)(equals - item));
	key[equals - item] = '\0';
	return sys_fsconfig(fs, KFSCONFIG_SET_STRING, key, equals + 1);
}

static int empty_tmpfs(const char *option)
{
	autofd fs = sys_fsopen("tmpfs");
	int err = fs;

	/* One empty directory is all it will ever hold. */
	if (err >= 0)
		err = sys_fsconfig(fs, KFSCONFIG_SET_STRING, "source", "tmpfs");
	if (err >= 0)
		err = sys_fsconfig(fs, KFSCONFIG_SET_STRING, "nr_blocks", "1");
	if (err >= 0)
		err = sys_fsconfig(fs, KFSCONFIG_SET_STRING, "nr_inodes", "1");
	if (err >= 0)
		err = sys_fsconfig(fs, KFSCONFIG_SET_STRING, "mode", "0755");
	if (err >= 0)
		err = sys_fsconfig(fs, KFSCONFIG_SET_FLAG, "ro", NULL);
	if (err >= 0)
		err = add_option(fs, option);
	if (err >= 0)
		err = sys_fsconfig(fs, KFSCONFIG_CMD_CREATE, NULL, NULL);
	return err < 0 ? err : sys_fsmount(fs, KMOUNT_ATTR_RDONLY);
}

/* The first directory gets the file system, the others copies of its mount: a super block each would cost more. */
static int mask_directory(struct init *in, const char *option)
{
	int tree;

	if (in->mask >= 0)
		return tree_clone(in->mask, false);
	tree = empty_tmpfs(option);
	if (tree >= 0)
		in->mask = sys_dup_above(tree, 3);
	return tree;
}

int init_mask_path(struct init *in, const struct plan_op *op, struct report *r)
{
	autofd fd = below_open(in, op_str(in, op, 0), 0), tree = -EBADF;
	struct stat st;
	int err;

	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_DEST, NULL);
	err = sys_fstat(fd, &st);
	if (err < 0)
		return err;
	tree = S_ISDIR(st.st_mode) ? mask_directory(in, op_str(in, op, 1)) : tree_clone(in->null, false);
	if (tree < 0)
		return tree;
	err = tree_attach(in, tree, fd);
	return err < 0 ? report_at(r, err, LINK_STAGE_ATTACH, NULL) : 0;
}
