/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on files and descriptors.  Every room. */
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <unistd.h>

static int ret(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	int r;

	do
		r = ret(openat(dirfd, path, flags | O_CLOEXEC, mode));
	while (r == -EINTR);
	return r;
}

int sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct kopen_how how = { .flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve };
	int r, tries = 128;

	/* RESOLVE_IN_ROOT answers EAGAIN while something is renamed anywhere: openat2(2). */
	do
		r = ret(syscall(SYS_openat2, dirfd, path, &how, sizeof(how)));
	while ((r == -EAGAIN || r == -EINTR) && tries--);
	return r;
}

int sys_mkdirat(int dirfd, const char *path, mode_t mode)
{
	return ret(mkdirat(dirfd, path, mode));
}

int sys_mknodat(int dirfd, const char *path, mode_t mode, dev_t dev)
{
	return ret(mknodat(dirfd, path, mode, dev));
}

int sys_symlinkat(const char *target, int dirfd, const char *path)
{
	return ret(symlinkat(target, dirfd, path));
}

int sys_linkat(int olddir, const char *old, int newdir, const char *new)
{
	return ret(linkat(olddir, old, newdir, new, 0));
}

int sys_utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
	return ret(utimensat(dirfd, path, times, flags));
}

int sys_unlinkat(int dirfd, const char *path, int flags)
{
	return ret(unlinkat(dirfd, path, flags));
}

int sys_renameat(int olddir, const char *old, int newdir, const char *new)
{
	return ret(renameat(olddir, old, newdir, new));
}

int sys_fstat(int fd, struct stat *st)
{
	return ret(fstat(fd, st));
}

int sys_fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	return ret(fstatat(dirfd, path, st, flags));
}

int sys_fstatfs(int fd, struct statfs *st)
{
	return ret(fstatfs(fd, st));
}

int sys_fchown(int fd, uid_t uid, gid_t gid)
{
	return ret(fchown(fd, uid, gid));
}

int sys_fchmod(int fd, mode_t mode)
{
	return ret(fchmod(fd, mode));
}

int sys_fchmodat(int dirfd, const char *path, mode_t mode)
{
	/* The raw call: libc's emulation of flags goes through /proc. */
	return ret(syscall(SYS_fchmodat, dirfd, path, mode));
}

int sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags)
{
	return ret(fchownat(dirfd, path, uid, gid, flags));
}

int sys_fchdir(int fd)
{
	return ret(fchdir(fd));
}

int sys_dup3(int oldfd, int newfd, int flags)
{
	int r;

	do
		r = ret(dup3(oldfd, newfd, flags));
	while (r == -EINTR || r == -EBUSY);
	return r;
}

int sys_dup_above(int fd, int least)
{
	return ret(fcntl(fd, F_DUPFD_CLOEXEC, least));
}

int sys_set_cloexec(int fd, bool on)
{
	return ret(fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0));
}

int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return ret(syscall(SYS_close_range, first, last, flags));
}

ssize_t sys_read(int fd, void *buf, size_t len)
{
	ssize_t n;

	do
		n = read(fd, buf, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t sys_write(int fd, const void *buf, size_t len)
{
	ssize_t n;

	do
		n = write(fd, buf, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t sys_pread(int fd, void *buf, size_t len, off_t at)
{
	ssize_t n;

	do
		n = pread(fd, buf, len, at);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int sys_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len) {
		ssize_t n = sys_write(fd, p, len);

		if (n < 0)
			return (int)n;
		if (n == 0)
			return -EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t sys_readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	ssize_t n = readlinkat(dirfd, path, buf, size);

	if (n < 0)
		return -errno;
	if ((size_t)n >= size)
		return -ENAMETOOLONG;
	buf[n] = '\0';
	return n;
}

int sys_memfd(const char *name, unsigned flags)
{
	return ret(syscall(SYS_memfd_create, name, flags));
}

int sys_seal(int fd, int seals)
{
	return ret(fcntl(fd, KF_ADD_SEALS, seals));
}

int sys_seals(int fd)
{
	return ret(fcntl(fd, KF_GET_SEALS));
}

int sys_chdir(const char *path)
{
	return ret(chdir(path));
}

int sys_chroot(const char *path)
{
	return ret(chroot(path));
}

int sys_getcwd(char *buf, size_t size)
{
	/* The raw call: libc hides an unreachable directory behind ENOENT or a search of its own. */
	return ret(syscall(SYS_getcwd, buf, size));
}

int sys_access(const char *path, int mode)
{
	int r = ret(syscall(SYS_faccessat2, AT_FDCWD, path, mode, KAT_EACCESS));

	/* 5.8; a filter written before that may answer EPERM. The old call goes by the real ids. */
	if (r == -ENOSYS || r == -EPERM)
		r = ret(syscall(SYS_faccessat, AT_FDCWD, path, mode));
	return r;
}

int sys_execve(const char *path, char *const *argv, char *const *envp)
{
	return ret(syscall(SYS_execve, path, argv, envp));
}

int sys_getdents(int fd, void *buf, size_t size)
{
	return ret(syscall(SYS_getdents64, fd, buf, size));
}

int sys_pipe(int fds[2])
{
	return ret(pipe2(fds, O_CLOEXEC));
}

int sys_nonblock(int fd, bool on)
{
	int flags = ret(fcntl(fd, F_GETFL));

	if (flags < 0)
		return flags;
	return ret(fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

int sys_rewind(int fd)
{
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

int sys_map(int fd, size_t len, void **ret_map)
{
	void *p = fd >= 0 ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0)
			  : mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	*ret_map = p;
	return 0;
}

int sys_populate(void *start, size_t len)
{
	uintptr_t page = 4096, from = (uintptr_t)start & ~(page - 1);

	/* Where pages are larger it is EINVAL, which costs nothing but the pages coming one by one. */
	return ret(syscall(SYS_madvise, from, ((uintptr_t)start + len - from + page - 1) & ~(page - 1),
			   KMADV_POPULATE_WRITE));
}

int sys_statx_mount_id(int fd, uint64_t *ret_id)
{
	struct kstatx sx;
	int r = ret(syscall(SYS_statx, fd, "", KAT_EMPTY_PATH, KSTATX_MNT_ID, &sx));

	if (r < 0)
		return r;
	if (!(sx.mask & KSTATX_MNT_ID))
		return -EOPNOTSUPP;
	*ret_id = sx.mount_id;
	return 0;
}

int sys_statx_mount_unique(int fd, uint64_t *ret_id)
{
	struct kstatx sx;
	int r = ret(syscall(SYS_statx, fd, "", KAT_EMPTY_PATH, KSTATX_MNT_ID_UNIQUE, &sx));

	if (r < 0)
		return r;
	if (!(sx.mask & KSTATX_MNT_ID_UNIQUE))
		return sys_statx_mount_id(fd, ret_id);
	*ret_id = sx.mount_id;
	return 0;
}

int sys_statx_mount_root(int fd, bool *ret_root)
{
	struct kstatx sx;
	int r = ret(syscall(SYS_statx, fd, "", KAT_EMPTY_PATH, 0, &sx));

	if (r < 0)
		return r;
	if (!(sx.attributes_mask & KSTATX_ATTR_MOUNT_ROOT))
		return -EOPNOTSUPP;
	*ret_root = sx.attributes & KSTATX_ATTR_MOUNT_ROOT;
	return 0;
}
