/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AppArmor and SELinux.  What a write to an attribute of /proc/self means has been decided by who could mount something
 * else there (CVE-2019-16884, CVE-2019-19921): so it is the host's /proc, verified, held since before anything of the
 * container was in sight, and nothing below it that is mounted or linked is followed.  Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { LABEL_MAX = 4096 }; /* a page is all that such a file takes */

static int open_attribute(const struct init *in, const char *name)
{
	const uint64_t below = KRESOLVE_BENEATH | KRESOLVE_NO_XDEV | KRESOLVE_NO_MAGICLINKS;
	autofd self = -EBADF;

	if (in->attributes < 0)
		return -EBADMSG;
	self = sys_openat2(in->attributes, "self", O_PATH | O_DIRECTORY, 0, below);
	return self < 0 ? self : sys_openat2(self, name, O_WRONLY, 0, below | KRESOLVE_NO_SYMLINKS);
}

/* In one write: the kernel takes each for a whole value. */
static int write_attribute(int fd, const char *value)
{
	size_t len = strlen(value);
	ssize_t n = fd < 0 ? fd : sys_write(fd, value, len);

	if (n < 0)
		return (int)n;
	return (size_t)n == len ? 0 : -EIO;
}

int init_apparmor(struct init *in, const struct plan_op *op, struct report *r)
{
	static const char prefix[] = "exec ";
	const char *name = op_str(in, op, 0);
	size_t len = strlen(name);
	char text[LABEL_MAX];
	autofd fd = -EBADF;
	int err;

	if (sizeof(prefix) + len > sizeof(text))
		return -ENAMETOOLONG;
	memcpy(text, prefix, sizeof(prefix) - 1);
	memcpy(text + sizeof(prefix) - 1, name, len + 1);
	/* A directory of its own since 5.8; before, the one file was the one module's. */
	fd = open_attribute(in, "attr/apparmor/exec");
	if (fd == -ENOENT)
		fd = open_attribute(in, "attr/exec");
	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_OP, "/proc/self/attr/exec");
	err = write_attribute(fd, text);
	return err == -ENOENT ? report_at(r, err, LINK_STAGE_OP, "the kernel has no profile of that name") : err;
}

int init_selinux(struct init *in, const struct plan_op *op, struct report *r)
{
	autofd fd = open_attribute(in, "attr/exec");

	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_OP, "/proc/self/attr/exec");
	return write_attribute(fd, op_str(in, op, 0));
}

/* NULL: no other than the process's own again. */
int lsm_label_keys(struct init *in, const char *label)
{
	autofd fd = open_attribute(in, "attr/keycreate");

	return fd < 0 ? fd : write_attribute(fd, label ? label : "\n");
}

int init_file_label(struct init *in, const struct plan_op *op, struct report *r)
{
	const uint64_t how = KRESOLVE_IN_ROOT | KRESOLVE_NO_SYMLINKS | KRESOLVE_NO_MAGICLINKS;
	const char *label = op_str(in, op, 1);
	bool held = op->flags & PLAN_F_HOLD;
	int err, tree = held ? live_slot(in, op, r) : in->root;
	autofd fd = tree < 0 ? tree
			     : sys_openat2(tree, held ? "." : op_str(in, op, 0), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0,
					   held ? 0 : how);

	if (fd < 0)
		return report_at(r, fd, LINK_STAGE_DEST, NULL);
	err = sys_fsetxattr(fd, "security.selinux", label, strlen(label) + 1);
	return err == -EOPNOTSUPP ? 0
				  : err; /* a policy that labels no such file system lets nobody forbid it, either */
}
