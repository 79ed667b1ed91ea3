/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The session of the program, and its 0, 1 and 2.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

/* Also without a terminal: in the caller's session TIOCSTI would reach the caller's (CVE-2017-5226). */
int init_session(struct init *in, const struct plan_op *op, struct report *r)
{
	int err = sys_setsid();

	(void)op;
	(void)r;
	if (err < 0 || in->console < 0)
		return err < 0 ? err : 0;
	err = sys_tty_control(in->console);
	for (int fd = 0; err >= 0 && fd < 3; fd++)
		err = sys_dup3(in->console, fd, 0);
	fd_done(&in->console);
	return err < 0 ? err : 0;
}

/*
 * The container's own /dev/null, for the host's.  Its name is the image's to give: looked at without opening it
 * first, and again when it is open, before anything is done with it (CVE-2026-88265).
 */
static int open_null(struct init *in, int flags)
{
	const uint64_t how = KRESOLVE_IN_ROOT | KRESOLVE_NO_SYMLINKS | KRESOLVE_NO_MAGICLINKS;
	autofd look = sys_openat2(in->root, "/dev/null", O_PATH | O_NOFOLLOW, 0, how), fd = -EBADF;
	int err;

	if (look < 0)
		return look;
	if (!is_device(look, S_IFCHR, 1, 3))
		return -ENODEV;
	fd = sys_openat2(in->root, "/dev/null", (uint64_t)flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0, how);
	if (fd < 0)
		return fd;
	if (!is_device(fd, S_IFCHR, 1, 3))
		return -ENODEV;
	err = sys_nonblock(fd, false);
	return err < 0 ? err : TAKE_FD(fd);
}

static void replace_null(struct init *in, int fd)
{
	int flags = fcntl(fd, F_GETFL);
	autofd null = flags < 0 ? -errno : open_null(in, flags & O_ACCMODE);

	if (null >= 0)
		(void)sys_dup3(null, fd, 0);
}

int init_stdio(struct init *in, const struct plan_op *op, struct report *r)
{
	uid_t uid = (uid_t)op->n[0];

	(void)r;
	for (int fd = 0; fd < 3; fd++) {
		struct stat st;

		if (is_device(fd, S_IFCHR, 1, 3))
			replace_null(in, fd);
		/* The group stays: that of a terminal is "tty", and others may be unmapped. */
		else if (sys_fstat(fd, &st) == 0 && st.st_uid != uid)
			(void)sys_fchown(fd, uid, (gid_t)-1);
	}
	return 0;
}
