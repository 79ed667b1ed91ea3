/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Detached mounts.  A tree gets all its flags before anybody can see it, so there is no moment in which it is
 * writable and no second lookup in which it is another (CVE-2025-52565, CVE-2026-115521); it is attached by
 * descriptor onto a descriptor.  Room: init.
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

static int set(int tree, uint64_t on, uint64_t off, uint64_t propagation, bool recursive)
{
	struct kmount_attr attr = { .attr_set = on, .attr_clr = off, .propagation = propagation };

	/* The access-time mode is one field of several bits: mount_setattr(2) wants all of it cleared first. */
	if (on & KMOUNT_ATTR__ATIME)
		attr.attr_clr |= KMOUNT_ATTR__ATIME;
	return sys_mount_setattr(tree, "", KAT_EMPTY_PATH | (recursive ? KAT_RECURSIVE : 0), &attr);
}

int tree_attrs(int tree, const struct attrs *a)
{
	int err = 0;

	if (a->rec_set || a->rec_clear)
		err = set(tree, a->rec_set, a->rec_clear, 0, true);
	if (err == 0 && (a->set || a->clear))
		err = set(tree, a->set, a->clear, 0, false);
	if (err == 0 && a->propagation)
		err = set(tree, 0, 0, a->propagation & ~KMS_REC, a->propagation & KMS_REC);
	return err;
}

/*
 * Flags that a mount got from a more privileged namespace are locked (mount_namespaces(7)): nothing but leaving them
 * works, and the kernel says EPERM and no word about which.
 */
static const struct {
	uint64_t attr, flag; /* of mount_setattr(2), of statfs(2) */
	const char *word;
} lockable[] = {
	{ KMOUNT_ATTR_RDONLY, KST_RDONLY, "ro" },
	{ KMOUNT_ATTR_NOSUID, KST_NOSUID, "nosuid" },
	{ KMOUNT_ATTR_NODEV, KST_NODEV, "nodev" },
	{ KMOUNT_ATTR_NOEXEC, KST_NOEXEC, "noexec" },
};

int tree_attrs_or_why(int tree, const struct attrs *a, struct report *r)
{
	uint64_t clear = a->clear | a->rec_clear;
	struct attrs less = *a;
	struct statfs fs;
	int err = tree_attrs(tree, a);

	if (err != -EPERM || sys_fstatfs(tree, &fs) < 0)
		return err < 0 ? report_at(r, err, LINK_STAGE_ATTR, NULL) : 0;
	/* "rw" is what callers write for every volume that is not "ro": no wish to change what the host gave. */
	if ((less.clear & KMOUNT_ATTR_RDONLY) && ((uint64_t)fs.f_flags & KST_RDONLY)) {
		less.clear &= ~(uint64_t)KMOUNT_ATTR_RDONLY;
		clear = less.clear | less.rec_clear;
		err = tree_attrs(tree, &less);
		if (err != -EPERM)
			return err < 0 ? report_at(r, err, LINK_STAGE_ATTR, NULL) : 0;
	}
	(void)report_at(r, err, LINK_STAGE_ATTR, NULL);
	for (size_t i = 0; i < sizeof(lockable) / sizeof(lockable[0]); i++) {
		if (!(clear & lockable[i].attr) ||
		    (!((uint64_t)fs.f_flags & lockable[i].flag) && !(a->rec_clear & lockable[i].attr)))
			continue;
		report_add(r, r->text[0] ? ", " : "");
		report_add(r, lockable[i].word);
	}
	if (!r->text[0] && ((a->set | a->rec_set | clear) & (KMOUNT_ATTR__ATIME | KMOUNT_ATTR_NODIRATIME)))
		report_add(r, "the access time mode");
	if (r->text[0])
		report_add(r, " of the source is locked: a user namespace cannot change it");
	return err;
}

int tree_clone(int fd, bool recursive)
{
	return sys_open_tree(fd, "", KAT_EMPTY_PATH | KOPEN_TREE_CLONE | (recursive ? KAT_RECURSIVE : 0));
}

int tree_attach(struct init *in, int tree, int onto)
{
	struct stat root, st;
	int err = sys_fstat(onto, &st), fd;
	bool over;

	if (err == 0)
		err = sys_fstat(in->root, &root);
	if (err < 0)
		return err;
	over = st.st_dev == root.st_dev && st.st_ino == root.st_ino;
	/* Its processes have their root, and would not see it. */
	if (over && in->live.on)
		return -EBUSY;
	err = sys_move_mount_fd(tree, onto);
	if (err < 0 || !over)
		return err;
	/* Something was mounted over the root itself: that is the root from now on. */
	fd = sys_openat2(tree, ".", O_PATH | O_DIRECTORY, 0, 0);
	if (fd < 0)
		return fd;
	close(in->root);
	in->root = fd;
	keep_none(in); /* what was below it is out of sight */
	return 0;
}

/* That something may lie over parts of proc has been decided by the text of the destination; a symlink of the image's
 * would turn any other into one (CVE-2019-16884). */
int mount_point(struct init *in, const char *path, enum below_kind kind, unsigned flags, struct report *r)
{
	autofd onto = below_make(in, path, kind, 0755, flags);
	struct statfs fs;

	if (onto < 0)
		return report_at(r, onto, LINK_STAGE_DEST, NULL);
	if (!(flags & BELOW_ON_PROC) && sys_fstatfs(onto, &fs) == 0 && fs.f_type == KPROC_SUPER_MAGIC)
		return report_at(r, -EPERM, LINK_STAGE_DEST, "a symlink in the root file system leads into /proc");
	return TAKE_FD(onto);
}

int tree_onto(struct init *in, int tree, const char *path, unsigned flags, struct report *r)
{
	autofd onto = -EBADF;
	struct stat st;
	int err = sys_fstat(tree, &st);

	if (err < 0)
		return err;
	onto = mount_point(in, path, S_ISDIR(st.st_mode) ? BELOW_DIR : BELOW_FILE, flags, r);
	if (onto < 0)
		return onto;
	err = tree_attach(in, tree, onto);
	return err < 0 ? report_at(r, err, LINK_STAGE_ATTACH, NULL) : 0;
}
