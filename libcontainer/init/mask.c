/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths of the container that it may not change, or not see.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

static const char *const kept[INIT_KEPT] = { "proc", "sys" };

/* The rest of path below kept[i], without slashes before it: NULL when it is not there or below; "" is kept[i] itself. */
static const char *rest_of(const char *path, int i)
{
	size_t len = strlen(kept[i]);

	path += strspn(path, "/");
	if (strncmp(path, kept[i], len) != 0 || (path[len] && path[len] != '/'))
		return NULL;
	path += len;
	return path + strspn(path, "/");
}

int keep_mount(struct init *in, const char *path, int tree)
{
	for (int i = 0; i < INIT_KEPT; i++) {
		const char *rest = rest_of(path, i);

		if (!rest || *rest)
			continue;
		fd_done(&in->kept[i]);
		in->kept[i] = sys_dup_above(tree, 3);
		return in->kept[i] < 0 ? in->kept[i] : 0;
	}
	return 0;
}

void keep_none(struct init *in)
{
	for (int i = 0; i < INIT_KEPT; i++)
		fd_done(&in->kept[i]);
}

typedef int cover(struct init *in, int fd, const struct plan_op *op, struct report *r);

static bool is_in(int fd, uint64_t mount)
{
	uint64_t id;

	return sys_statx_mount_id(fd, &id) == 0 && id == mount;
}

/*
 * Covers what the path leads to.  Below /proc and /sys it leads there from what was mounted, wherever that is by now: who
 * shares the root's directory can rename what is mounted on (the image's race of CVE-2019-19921).  What the name leads to
 * is covered as well, if it is something else: a hook may have mounted over it.
 */
static int cover_path(struct init *in, const struct plan_op *op, cover *with, struct report *r)
{
	const char *path = op_str(in, op, 0), *rest;
	autofd fd = -EBADF;
	uint64_t done = 0;

	for (int i = 0; i < INIT_KEPT; i++) {
		autofd first = -EBADF;
		int err;

		rest = rest_of(path, i);
		if (!rest || !*rest || in->kept[i] < 0)
			continue;
		first = sys_openat2(in->kept[i], rest, O_PATH, 0, KRESOLVE_IN_ROOT | KRESOLVE_NO_MAGICLINKS);
		if (first == -ENOENT)
			break;
		err = first < 0 ? report_at(r, first, LINK_STAGE_DEST, NULL) : with(in, first, op, r);
		if (err < 0)
			return err;
		fd_done(&first);
		first = sys_openat2(in->kept[i], rest, O_PATH, 0, KRESOLVE_IN_ROOT | KRESOLVE_NO_MAGICLINKS);
		if (first >= 0)
			(void)sys_statx_mount_id(first, &done);
	}
	fd = below_open(in, path, 0);
	if (fd == -ENOENT || (fd >= 0 && done && is_in(fd, done)))
		return 0;
	return fd < 0 ? report_at(r, fd, LINK_STAGE_DEST, NULL) : with(in, fd, op, r);
}

static int make_readonly(struct init *in, int fd, const struct plan_op *op, struct report *r)
{
	const struct attrs ro = { .set = KMOUNT_ATTR_RDONLY };
	/* With everything below it: in a user namespace a part of a locked tree cannot be copied. */
	autofd tree = tree_clone(fd, true);
	int err;

	(void)op;
	if (tree < 0)
		return tree;
	err = tree_attrs(tree, &ro);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_ATTR, NULL);
	err = tree_attach(in, tree, fd);
	return err < 0 ? report_at(r, err, LINK_STAGE_ATTACH, NULL) : 0;
}

int init_readonly_path(struct init *in, const struct plan_op *op, struct report *r)
{
	return cover_path(in, op, make_readonly, r);
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

static int mask(struct init *in, int fd, const struct plan_op *op, struct report *r)
{
	autofd tree = -EBADF;
	struct stat st;
	int err = sys_fstat(fd, &st);

	if (err < 0)
		return err;
	tree = S_ISDIR(st.st_mode) ? mask_directory(in, op_str(in, op, 1)) : tree_clone(in->null, false);
	if (tree < 0)
		return tree;
	err = tree_attach(in, tree, fd);
	return err < 0 ? report_at(r, err, LINK_STAGE_ATTACH, NULL) : 0;
}

int init_mask_path(struct init *in, const struct plan_op *op, struct report *r)
{
	return cover_path(in, op, mask, r);
}
