/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mount(2), for options that fsconfig(2) has no room for: it takes a page of them in one string.  It attaches at once, so
 * it does that where nobody else can reach, named by descriptor in a proc that is verified to be one; what goes to its
 * destination is a detached tree like every other.  Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { DATA_ROOM = 4096 };

static const struct {
	const char *word;
	uint64_t flag;
} super_words[] = {
	{ "async", 0 },
	{ "sync", KMS_SYNCHRONOUS },
	{ "dirsync", KMS_DIRSYNC },
	{ "lazytime", KMS_LAZYTIME },
	{ "nolazytime", 0 },
	{ "mand", KMS_MANDLOCK },
	{ "nomand", 0 },
};

static bool super_flag(const char *item, uint64_t *flags)
{
	for (size_t i = 0; i < sizeof(super_words) / sizeof(super_words[0]); i++) {
		if (strcmp(item, super_words[i].word) == 0) {
			*flags |= super_words[i].flag;
			return true;
		}
	}
	return false;
}

struct text {
	char s[DATA_ROOM];
	size_t n;
};

static int add(struct text *t, const char *s, size_t len)
{
	if (len > sizeof(t->s) - 1 - t->n)
		return -E2BIG;
	memcpy(t->s + t->n, s, len);
	t->n += len;
	t->s[t->n] = '\0';
	return 0;
}

/* A comma that is neither escaped nor in quotes would end the option: context="a:b:c1,c2". */
static int add_item(struct text *t, const char *item)
{
	const char *value = strchr(item, '=');
	bool quote = value && value - item >= 7 && strncmp(value - 7, "context", 7) == 0 && strchr(value, ',');
	int err = t->n ? add(t, ",", 1) : 0;

	if (err < 0 || !quote)
		return err < 0 ? err : add(t, item, strlen(item));
	err = add(t, item, (size_t)(value + 1 - item));
	if (err == 0)
		err = add(t, "\"", 1);
	if (err == 0)
		err = add(t, value + 1, strlen(value + 1));
	return err < 0 ? err : add(t, "\"", 1);
}

/* "/proc/self/fd/N" */
static void fd_path(char path[32], int fd)
{
	static const char dir[] = "/proc/self/fd/";
	char digits[12], *d = digits + sizeof(digits), *p = path + sizeof(dir) - 1;

	memcpy(path, dir, sizeof(dir));
	do
		*--d = (char)('0' + fd % 10);
	while (fd /= 10);
	memcpy(p, d, (size_t)(digits + sizeof(digits) - d));
	p[digits + sizeof(digits) - d] = '\0';
}

/*
 * A tmpfs over the container's root for as long as this takes: mount(2) wants a place in the mount namespace, and
 * nobody else can put anything into this one.  The root is no part of a shared tree before it is "/".
 */
static int stage(struct init *in)
{
	autofd fs = sys_fsopen("tmpfs"), tree = -EBADF;
	int err = fs < 0 ? fs : sys_fsconfig(fs, KFSCONFIG_CMD_CREATE, NULL, NULL);

	tree = err < 0 ? err : sys_fsmount(fs, 0);
	err = tree < 0 ? tree : sys_mkdirat(tree, "m", 0700);
	if (err == 0)
		err = sys_move_mount_fd(tree, in->root);
	return err < 0 ? err : TAKE_FD(tree);
}

static int open_staged(int stage)
{
	return sys_openat2(stage, "m", O_PATH | O_DIRECTORY, 0, KRESOLVE_BENEATH | KRESOLVE_NO_SYMLINKS);
}

/* The new mount, taken off the stage: a detached tree. */
static int mount_staged(int stage, const char *source, const char *type, uint64_t flags, const char *data)
{
	autofd onto = open_staged(stage), there = -EBADF;
	char target[32];
	int err = onto;

	if (err >= 0) {
		fd_path(target, onto);
		err = sys_mount(source, target, type, flags, data);
	}
	there = err < 0 ? err : open_staged(stage);
	return there < 0 ? there : tree_clone(there, false);
}

int oldmount(struct init *in, const struct plan_op *op, struct report *r)
{
	const char *item = op_str(in, op, 2), *source = "none";
	autofd proc = proc_open_host(), place = -EBADF, tree = -EBADF;
	struct text data = { .n = 0 };
	uint64_t flags = 0;
	char path[32];
	int err = proc < 0 ? proc : 0;

	for (uint64_t i = 0; err == 0 && i < op->n[2]; i++, item += strlen(item) + 1) {
		if (strncmp(item, "source=", 7) == 0)
			source = item + 7;
		else if (!super_flag(item, &flags))
			err = add_item(&data, item);
	}
	if (err == 0) {
		place = stage(in);
		err = place < 0 ? place : 0;
	}
	if (err == 0) {
		tree = mount_staged(place, source, op_str(in, op, 0), flags, data.s);
		fd_path(path, place);
		err = sys_umount2(path, MNT_DETACH);
		err = tree < 0 ? tree : err;
	}
	if (err == -E2BIG)
		return report_at(r, err, LINK_STAGE_OP, "options longer than the page that mount(2) takes");
	if (err < 0)
		return report_at(r, err, LINK_STAGE_OP, "options longer than fsconfig(2) takes");
	return TAKE_FD(tree);
}
