/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The proc file system, when something must be written to it.  /proc of the host is checked to be one; the
 * container's is never used (CVE-2019-16884, CVE-2025-52881).  Rooms: mid, init.
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { PROC_ROOT_INO = 1 };

int proc_open_host(void)
{
	autofd fd = sys_openat2(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY, 0, KRESOLVE_NO_SYMLINKS);
	struct statfs fs;
	struct stat st;
	int err = fd < 0 ? fd : sys_fstatfs(fd, &fs);

	if (err == 0)
		err = sys_fstat(fd, &st);
	if (err < 0)
		return err;
	/* The inode: a directory somewhere inside of a proc could be bound here. */
	return fs.f_type == KPROC_SUPER_MAGIC && st.st_ino == PROC_ROOT_INO ? TAKE_FD(fd) : -ENODEV;
}

int proc_self_open(const char *name, int flags)
{
	const uint64_t below = KRESOLVE_BENEATH | KRESOLVE_NO_XDEV | KRESOLVE_NO_MAGICLINKS;
	autofd proc = proc_open_host(), self = -EBADF;

	if (proc < 0)
		return proc;
	self = sys_openat2(proc, "self", O_PATH | O_DIRECTORY, 0, below);
	if (self < 0)
		return self;
	return sys_openat2(self, name, (uint64_t)flags, 0, below | KRESOLVE_NO_SYMLINKS);
}
