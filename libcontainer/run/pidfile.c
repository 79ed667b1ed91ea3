/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pid file: digits only, no newline (containerd parses it with Atoi), there at once or not at all.  Room: run. */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "sys/sys.h"

int pid_file_write(const char *path, pid_t pid, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	autofd fd = -EBADF;
	char *tmp = arena_printf(&a, "%s.%d.tmp", path, (int)pid);
	char digits[16];
	int r, n = snprintf(digits, sizeof(digits), "%d", (int)pid);

	if (!tmp)
		return err_nomem(err);
	fd = sys_openat(AT_FDCWD, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_sys(err, fd, path, "write the pid file");
	r = sys_write_all(fd, digits, (size_t)n);
	if (r == 0)
		r = sys_renameat(AT_FDCWD, tmp, AT_FDCWD, path);
	if (r == 0)
		return 0;
	(void)sys_unlinkat(AT_FDCWD, tmp, 0);
	return err_sys(err, r, path, "write the pid file");
}
