/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on mounts.  Every room. */
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

static int ret(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_fsopen(const char *fstype)
{
	return ret(syscall(SYS_fsopen, fstype, KFSOPEN_CLOEXEC));
}

int sys_fsconfig(int fd, unsigned cmd, const char *key, const char *value)
{
	return ret(syscall(SYS_fsconfig, fd, cmd, key, value, 0));
}

int sys_fsmount(int fd, uint64_t attrs)
{
	return ret(syscall(SYS_fsmount, fd, KFSMOUNT_CLOEXEC, (unsigned)attrs));
}

int sys_open_tree(int dirfd, const char *path, unsigned flags)
{
	return ret(syscall(SYS_open_tree, dirfd, path, flags | KOPEN_TREE_CLOEXEC));
}

int sys_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
	return ret(syscall(SYS_move_mount, from, from_path, to, to_path, flags));
}

int sys_move_mount_fd(int mount, int onto)
{
	return sys_move_mount(mount, "", onto, "", KMOVE_MOUNT_F_EMPTY_PATH | KMOVE_MOUNT_T_EMPTY_PATH);
}

int sys_mount_setattr(int fd, const char *path, unsigned flags, const struct kmount_attr *attr)
{
	return ret(syscall(SYS_mount_setattr, fd, path, flags, attr, sizeof(*attr)));
}

int sys_pivot_root(const char *new_root, const char *put_old)
{
	return ret(syscall(SYS_pivot_root, new_root, put_old));
}

int sys_mount(const char *source, const char *target, const char *type, uint64_t flags, const char *data)
{
	return ret(mount(source, target, type, (unsigned long)flags, data));
}

int sys_umount2(const char *path, int flags)
{
	return ret(umount2(path, flags));
}
