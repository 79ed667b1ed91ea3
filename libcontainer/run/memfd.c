/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes as a sealed anonymous file.  Room: run. */
#include "run/run.h"
#include "sys/sys.h"

int memfd_sealed(const char *name, const void *data, size_t len, bool exec)
{
	unsigned base = KMFD_CLOEXEC | KMFD_ALLOW_SEALING;
	int seals = KF_SEAL_SEAL | KF_SEAL_SHRINK | KF_SEAL_GROW | KF_SEAL_WRITE;
	autofd fd = -EBADF;
	int r;

	fd = sys_memfd(name, base | (exec ? KMFD_EXEC : KMFD_NOEXEC_SEAL));
	if (fd == -EINVAL) /* before 6.3 the mode cannot be said */
		fd = sys_memfd(name, base);
	if (fd < 0)
		return fd;
	r = sys_write_all(fd, data, len);
	if (r < 0)
		return r;
	if (exec && sys_seal(fd, seals | KF_SEAL_EXEC) == 0)
		return TAKE_FD(fd);
	r = sys_seal(fd, seals);
	return r < 0 ? r : TAKE_FD(fd);
}
