/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The terminal of a container: a pair from its own devpts.  Nothing is opened by a name that the image could have
 * put there: ptmx is checked to be the file system's own, its peer comes by ioctl (CVE-2025-52565, CVE-2026-88264).
 * Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

static int on_devpts(int fd)
{
	struct statfs fs;
	int err = sys_fstatfs(fd, &fs);

	if (err < 0)
		return err;
	return fs.f_type == KDEVPTS_SUPER_MAGIC ? 0 : -ENODEV;
}

static int open_master(struct init *in)
{
	const uint64_t below = KRESOLVE_BENEATH | KRESOLVE_NO_SYMLINKS | KRESOLVE_NO_MAGICLINKS;
	autofd dir = sys_openat2(in->root, "dev/pts", O_PATH | O_DIRECTORY, 0, below), fd = -EBADF;
	int err = dir < 0 ? dir : on_devpts(dir);

	if (err < 0)
		return err;
	fd = sys_openat2(dir, "ptmx", O_RDWR | O_NOCTTY, 0, below | KRESOLVE_NO_XDEV);
	if (fd < 0)
		return fd;
	if (!is_device(fd, S_IFCHR, 5, 2))
		return -ENODEV;
	err = sys_pty_unlock(fd);
	return err < 0 ? err : TAKE_FD(fd);
}

/* Unix98 ptys have the majors 136 to 143: Documentation/admin-guide/devices.txt. */
static int open_peer(int master)
{
	autofd fd = sys_pty_peer(master);
	struct stat st;
	int err = fd < 0 ? fd : on_devpts(fd);

	if (err == 0)
		err = sys_fstat(fd, &st);
	if (err < 0)
		return err;
	if (!S_ISCHR(st.st_mode) || major(st.st_rdev) < 136 || major(st.st_rdev) > 143)
		return -ENODEV;
	return TAKE_FD(fd);
}

static int bind_console(struct init *in, struct report *r)
{
	autofd tree = tree_clone(in->console, false);

	if (tree < 0)
		return report_at(r, tree, LINK_STAGE_SOURCE, "/dev/console");
	return tree_onto(in, tree, "/dev/console", BELOW_NOFOLLOW, r);
}

static void name_of(int number, char text[LINK_TEXT])
{
	static const char dir[] = "/dev/pts/";
	char digits[12], *p = digits + sizeof(digits);

	*--p = '\0';
	do
		*--p = (char)('0' + number % 10);
	while (number /= 10);
	memcpy(text, dir, sizeof(dir) - 1);
	memcpy(text + sizeof(dir) - 1, p, strlen(p) + 1);
}

int init_console(struct init *in, const struct plan_op *op, struct report *r)
{
	autofd master = open_master(in);
	struct link_msg m;
	int err;

	if (master < 0)
		return report_at(r, master, LINK_STAGE_SOURCE, "/dev/pts/ptmx");
	in->console = open_peer(master);
	if (in->console < 0)
		return report_at(r, in->console, LINK_STAGE_SOURCE, "the peer of /dev/pts/ptmx");
	if (op->n[0] || op->n[1])
		(void)sys_tty_size(master, (unsigned)op->n[0], (unsigned)op->n[1]);
	(void)sys_fchown(in->console, (uid_t)op->n[2], (gid_t)-1);
	err = op->flags & PLAN_F_BIND_CONSOLE ? bind_console(in, r) : 0;
	if (err < 0)
		return err;
	memset(&m, 0, sizeof(m));
	m.kind = LINK_CONSOLE;
	err = sys_pty_number(master);
	if (err < 0)
		return err;
	name_of(err, m.text);
	err = talk_send(in, &m, &master, 1);
	return err < 0 ? report_at(r, err, LINK_STAGE_LINK, NULL) : 0;
}
