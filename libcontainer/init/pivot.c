/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container's root becomes "/", and the host's tree goes away.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { MOUNTINFO_MAX = 4 << 20 };

static int set_propagation(int fd, uint64_t flags)
{
	const struct attrs a = { .propagation = flags };

	return tree_attrs(fd, &a);
}

/* pivot_root(2), "pivot_root(".", ".")": the old root lies over the new one and is taken off it. */
static int pivot(struct init *in)
{
	autofd old = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	int err = old < 0 ? old : sys_fchdir(in->root);

	if (err == 0)
		err = sys_pivot_root(".", ".");
	/* Nothing of its unmounting may reach the host. */
	if (err == 0)
		err = set_propagation(old, KMS_SLAVE | KMS_REC);
	if (err == 0)
		err = sys_umount2(".", MNT_DETACH);
	return err;
}

/* ---- without pivot_root: the host's root is a ramfs, which cannot be unmounted ---- */

/* Undoes mountinfo's \ooo, in place. */
static void unescape(char *s)
{
	char *out = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* A process that escapes the chroot must not find a full proc or sysfs of the host: what cannot go is covered. */
static int hide(const char *path)
{
	autofd fd = sys_openat(AT_FDCWD, path, O_PATH, 0), fs = -EBADF, tree = -EBADF;
	int err;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd; /* below one that is hidden already */
	err = set_propagation(fd, KMS_SLAVE | KMS_REC);
	if (err < 0)
		return err == -EINVAL ? 0 : err; /* covered by another mount: out of reach */
	err = sys_umount2(path, MNT_DETACH);
	if (err != -EINVAL && err != -EPERM)
		return err;
	fs = sys_fsopen("tmpfs");
	err = fs < 0 ? fs : sys_fsconfig(fs, KFSCONFIG_CMD_CREATE, NULL, NULL);
	if (err < 0)
		return err;
	tree = sys_fsmount(fs, KMOUNT_ATTR_RDONLY);
	return tree < 0 ? tree : sys_move_mount_fd(tree, fd);
}

/* "36 35 98:0 / /proc rw,noatime master:1 - proc proc rw": field 5, and the first after " - ". */
static int hide_line(char *line, const char *rootfs)
{
	char *path = line, *type = strstr(line, " - "), *end;

	for (int field = 1; path && field < 5; field++) {
		path = strchr(path, ' ');
		path = path ? path + 1 : NULL;
	}
	if (!path || !type)
		return -EBADMSG;
	type += 3;
	end = strchr(path, ' ');
	if (end)
		*end = '\0';
	if (strncmp(type, "proc ", 5) != 0 && strncmp(type, "sysfs ", 6) != 0)
		return 0;
	unescape(path);
	return is_below(path, rootfs) ? 0 : hide(path);
}

static int hide_host(const char *rootfs)
{
	autofd fd = proc_self_open("mountinfo", O_RDONLY);
	size_t len = 0;
	ssize_t n;
	char *text;
	int err;

	if (fd < 0)
		return fd;
	err = sys_map(-1, MOUNTINFO_MAX, (void **)&text);
	if (err < 0)
		return err;
	/* All of it before anything changes. */
	while ((n = sys_read(fd, text + len, MOUNTINFO_MAX - 1 - len)) > 0)
		len += (size_t)n;
	if (n < 0 || len == MOUNTINFO_MAX - 1)
		return n < 0 ? (int)n : -E2BIG;
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		err = hide_line(line, rootfs);
		if (err < 0)
			return err;
	}
	return 0;
}

static int move(struct init *in)
{
	int err = in->rootfs ? hide_host(in->rootfs) : -EINVAL;

	if (err == 0)
		err = sys_move_mount(in->root, "", AT_FDCWD, "/", KMOVE_MOUNT_F_EMPTY_PATH);
	if (err == 0)
		err = sys_fchdir(in->root);
	if (err == 0)
		err = sys_chroot(".");
	return err;
}

int init_pivot(struct init *in, const struct plan_op *op, struct report *r)
{
	uint64_t propagation = op->n[0] ? op->n[0] : in->propagation;
	int err;

	(void)r;
	/* Nothing of the host stays open: the old root must really go, and a directory held is a way out. */
	fd_done(&in->null);
	fd_done(&in->mask);
	fd_done(&in->proc);
	keep_none(in);
	err = op->flags & PLAN_F_NO_PIVOT ? move(in) : pivot(in);
	if (err == 0)
		err = sys_chdir("/");
	if (err == 0 && propagation)
		err = set_propagation(in->root, propagation);
	fd_done(&in->root);
	return err;
}
