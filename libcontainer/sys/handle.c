/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on file handles, locks, extended attributes and BPF.  Every room. */
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { HANDLE_ROOM = 128 }; /* MAX_HANDLE_SZ of open_by_handle_at(2) */

struct khandle { /* struct file_handle, whose array has no size of its own */
	uint32_t bytes;
	int32_t type;
	uint8_t data[HANDLE_ROOM];
};

static int ret(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_flock(int fd, int operation)
{
	int r;

	do
		r = ret(flock(fd, operation));
	while (r == -EINTR);
	return r;
}

int sys_faccessat(int dirfd, const char *path, int mode)
{
	return ret(syscall(SYS_faccessat2, dirfd, path, mode, AT_EACCESS));
}

int sys_fsetxattr(int fd, const char *name, const void *value, size_t size)
{
	return ret(fsetxattr(fd, name, value, size, 0));
}

ssize_t sys_flistxattr(int fd, char *names, size_t size)
{
	ssize_t n = flistxattr(fd, names, size);

	return n < 0 ? -errno : n;
}

ssize_t sys_fgetxattr(int fd, const char *name, void *value, size_t size)
{
	ssize_t n = fgetxattr(fd, name, value, size);

	return n < 0 ? -errno : n;
}

int sys_bpf(int cmd, void *attr, unsigned size)
{
	int r, tries = 5;

	/* The verifier answers EAGAIN when a signal interrupts it: bpf(2). */
	do
		r = ret(syscall(SYS_bpf, cmd, attr, size));
	while (r == -EAGAIN && tries--);
	return r;
}

int sys_handle_of(int fd, int *type, uint32_t *len, uint8_t *handle)
{
	struct khandle h = { .bytes = HANDLE_ROOM };
	int mount_id, r;

	r = ret(syscall(SYS_name_to_handle_at, fd, "", &h, &mount_id, KAT_EMPTY_PATH));
	if (r < 0)
		return r;
	if (h.bytes > *len)
		return -EOVERFLOW;
	memcpy(handle, h.data, h.bytes);
	*len = h.bytes;
	*type = h.type;
	return 0;
}

int sys_open_handle(int mountfd, int type, uint32_t len, const uint8_t *handle)
{
	struct khandle h = { .bytes = len, .type = type };

	if (len > HANDLE_ROOM)
		return -EOVERFLOW;
	memcpy(h.data, handle, len);
	return ret(syscall(SYS_open_by_handle_at, mountfd, &h, O_CLOEXEC));
}
