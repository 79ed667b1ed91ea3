/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which security modules are at work.  Room: run. */
#include <fcntl.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "host/host.h"
#include "sys/sys.h"

/* "Y"; the file is there on kernels that have the module, used or not. */
static bool has_apparmor(void)
{
	autofd fd = sys_openat(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", O_RDONLY, 0);
	char c = 0;

	return fd >= 0 && sys_read(fd, &c, 1) == 1 && c == 'Y';
}

/* Where selinuxfs is not mounted user space is to take SELinux for disabled: selinux(8), and so do containers that
 * hide it. */
static bool has_selinux(void)
{
	struct statfs fs;

	return statfs("/sys/fs/selinux", &fs) == 0 && (uint32_t)fs.f_type == KSELINUX_MAGIC;
}

void host_probe_lsm(struct host *h)
{
	h->apparmor = has_apparmor();
	h->selinux = has_selinux();
}
