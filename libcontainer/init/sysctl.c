/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernel parameters of the container's namespaces.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

/*
 * A procfs that nobody else has: nothing can be mounted over parts of it (CVE-2025-52881), and it is writable where
 * the host's is not (inside another container).  A user namespace may be refused one; then the host's has to do.
 */
static int open_proc(struct init *in)
{
	autofd fs = -EBADF;
	int fd;

	if (in->proc >= 0)
		return 0;
	fs = sys_fsopen("proc");
	fd = fs < 0 ? fs : sys_fsconfig(fs, KFSCONFIG_CMD_CREATE, NULL, NULL);
	if (fd >= 0)
		fd = sys_fsmount(fs, KMOUNT_ATTR_NOSUID | KMOUNT_ATTR_NODEV | KMOUNT_ATTR_NOEXEC);
	if (fd == -EPERM)
		fd = proc_open_host();
	in->proc = fd;
	return fd < 0 ? fd : 0;
}

int init_sysctl(struct init *in, const struct plan_op *op, struct report *r)
{
	const uint64_t below = KRESOLVE_BENEATH | KRESOLVE_NO_XDEV | KRESOLVE_NO_SYMLINKS;
	const char *name = op_str(in, op, 0), *value = op_str(in, op, 1);
	autofd sys = -EBADF, fd = -EBADF;
	int err = open_proc(in);

	if (err < 0)
		return report_at(r, err, LINK_STAGE_SOURCE, "/proc");
	sys = sys_openat2(in->proc, "sys", O_PATH | O_DIRECTORY, 0, below);
	fd = sys < 0 ? sys : sys_openat2(sys, name, O_WRONLY, 0, below);
	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_DEST, name);
	err = sys_write_all(fd, value, strlen(value));
	return err < 0 ? report_at(r, err, LINK_STAGE_OP, name) : 0;
}
