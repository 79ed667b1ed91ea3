/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who a process is: file handle, inode and start time of the process a pidfd holds.  Room: run. */
#include "store/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

static int read_small(const char *path, char *text, size_t size)
{
	autofd fd = sys_openat(AT_FDCWD, path, O_RDONLY, 0);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = sys_read(fd, text, size - 1);
	if (n < 0)
		return (int)n;
	text[n] = '\0';
	return (int)n;
}

int identity_boot_id(char ret[37])
{
	char text[64];
	int r = read_small("/proc/sys/kernel/random/boot_id", text, sizeof(text));

	if (r < 0)
		return r;
	if (r < 36)
		return -EBADMSG;
	memcpy(ret, text, 36);
	ret[36] = '\0';
	return 0;
}

/* Field 22 of /proc/PID/stat.  The second field is the program's own name for itself and may hold anything, ") 1 2"
 * included: fields are counted from the last parenthesis. */
static int start_time(pid_t pid, uint64_t *ret)
{
	char path[32], text[1024], *p;
	uint64_t n = 0;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	r = read_small(path, text, sizeof(text));
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	p = strrchr(text, ')');
	for (int field = 2; p && field < 22; field++) {
		p = strchr(p, ' ');
		if (p)
			p++;
	}
	if (!p || *p < '0' || *p > '9')
		return -EBADMSG;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return -EBADMSG;
	*ret = n;
	return *p == ' ' ? 0 : -EBADMSG;
}

/* Number of the pidfd's inode: unique for the life of the machine where pidfds have their own file system. */
static int pidfs_inode(int pidfd, uint64_t *ret)
{
	struct statfs fs;
	struct stat st;
	int r = sys_fstatfs(pidfd, &fs);

	*ret = 0;
	if (r < 0)
		return r;
	if (fs.f_type != KPIDFS_MAGIC)
		return 0;
	r = sys_fstat(pidfd, &st);
	if (r == 0)
		*ret = st.st_ino;
	return r;
}

/* Signal 0 reaches everything that has not been reaped; a foreign owner (EPERM) is there, too. */
static bool reaped(int pidfd)
{
	return sys_pidfd_send_signal(pidfd, 0) == -ESRCH;
}

int identity_of(int pidfd, pid_t pid, struct identity *ret)
{
	struct identity id = { .pid = pid };
	int r, no_time;

	if (pid < 1)
		return -EINVAL;
	r = pidfs_inode(pidfd, &id.pidfs_inode);
	if (r < 0)
		return r;
	/* Only on a real pidfs: before 6.9 the call would describe the one anonymous inode all pidfds share. */
	if (id.pidfs_inode) {
		id.handle_len = IDENTITY_HANDLE;
		if (sys_handle_of(pidfd, &id.handle_type, &id.handle_len, id.handle) < 0) {
			id.handle_len = 0; /* before 6.14, or forbidden by a seccomp filter around us */
			id.handle_type = 0;
		}
	}
	no_time = start_time(pid, &id.start_time);
	/* The file was read by number: had the process been reaped by now, it might have been another's. */
	if (reaped(pidfd))
		return -ESRCH;
	/* A /proc that hides the process (hidepid, another pid namespace) is bearable where the inode names it. */
	if (no_time < 0 && !id.pidfs_inode)
		return no_time;
	*ret = id;
	return 0;
}

/* By handle: cannot name another process.  -EOPNOTSUPP: ask otherwise. */
static int open_by_handle(const struct identity *id)
{
	autofd self = -EBADF;
	int fd;

	if (!id->handle_len || id->handle_len > IDENTITY_HANDLE)
		return -EOPNOTSUPP;
	fd = sys_open_handle(KFD_PIDFS_ROOT, id->handle_type, id->handle_len, id->handle);
	if (fd == -EBADF) { /* 6.14 to 6.16: any descriptor of that file system serves */
		self = sys_pidfd_open(getpid());
		if (self < 0)
			return self;
		fd = sys_open_handle(self, id->handle_type, id->handle_len, id->handle);
	}
	if (fd >= 0)
		return fd;
	if (fd == -ESTALE)
		return -ESRCH;
	if (fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM)
		return fd;
	return -EOPNOTSUPP;
}

/* Is the process behind the pidfd the one described?  0, or -ESRCH when it is another. */
static int compare(int pidfd, const struct identity *id)
{
	uint64_t inode, started;
	int r = pidfs_inode(pidfd, &inode);

	if (r < 0)
		return r;
	if (id->pidfs_inode && inode)
		return inode == id->pidfs_inode ? 0 : -ESRCH;
	if (!id->start_time)
		return -EINVAL;
	r = start_time(id->pid, &started);
	if (r < 0)
		return r;
	/* The number was ours only if our process had it during the read, and that it still has it proves. */
	return started == id->start_time && !reaped(pidfd) ? 0 : -ESRCH;
}

int identity_open(const struct identity *id)
{
	autofd fd = -EBADF;
	uint64_t inode;
	int r;

	if (id->pid < 1)
		return id->pid ? -EINVAL : -ESRCH;
	fd = open_by_handle(id);
	if (fd >= 0) {
		/* It cannot be a recycled number's; but handle and inode of one record belong together. */
		r = id->pidfs_inode ? pidfs_inode(fd, &inode) : 0;
		if (r == 0 && id->pidfs_inode && inode != id->pidfs_inode)
			r = -ESRCH;
		return r < 0 ? r : TAKE_FD(fd);
	}
	if (fd == -EOPNOTSUPP) {
		fd = sys_pidfd_open(id->pid);
		/* The number is a thread's of some other process now: pidfd_open(2), EINVAL, since 6.16 ENOENT. */
		if (fd == -EINVAL || fd == -ENOENT)
			return -ESRCH;
	}
	if (fd < 0)
		return fd;
	r = compare(fd, id);
	return r < 0 ? r : TAKE_FD(fd);
}

int pidfd_ended(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int r;

	do
		r = sys_poll(&p, 1, 0);
	while (r == -EINTR);
	if (r <= 0)
		return r;
	return p.revents & POLLNVAL ? -EBADF : 1;
}

int pidfd_wait_until(int pidfd, int64_t deadline_ns)
{
	for (;;) {
		struct pollfd p = { .fd = pidfd, .events = POLLIN };
		int64_t left = deadline_ns - clock_now_ns();
		int r = sys_poll_ns(&p, 1, left > 0 ? left : 0);

		if (r > 0)
			return p.revents & POLLNVAL ? -EBADF : 1;
		if (r < 0 && r != -EINTR)
			return r;
		if (left <= 0)
			return 0;
	}
}

int64_t clock_now_ns(void)
{
	return sys_monotonic_ns();
}
