/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * System calls that return -errno: the one layer that touches errno.  Calls that can be interrupted are repeated
 * here (bounded by their callers' deadlines).  Every room: no heap, no stdio.
 */
#ifndef SYS_SYS_H
#define SYS_SYS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "sys/kernel.h"

struct statfs;
struct pollfd;

/* files */
int sys_openat(int dirfd, const char *path, int flags, mode_t mode);	   /* CLOEXEC added; EINTR repeated */
int sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve); /* CLOEXEC added;
										* EAGAIN repeated at most 128 times */
int sys_mkdirat(int dirfd, const char *path, mode_t mode);
int sys_mknodat(int dirfd, const char *path, mode_t mode, dev_t dev);
int sys_symlinkat(const char *target, int dirfd, const char *path);
int sys_unlinkat(int dirfd, const char *path, int flags);
int sys_renameat(int olddir, const char *old, int newdir, const char *new);
int sys_fstat(int fd, struct stat *st);
int sys_fstatat(int dirfd, const char *path, struct stat *st, int flags);
int sys_fstatfs(int fd, struct statfs *st);
int sys_fchown(int fd, uid_t uid, gid_t gid);
int sys_fchmod(int fd, mode_t mode);
int sys_fchmodat(int dirfd, const char *path, mode_t mode);
int sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags);
int sys_fchdir(int fd);
int sys_dup3(int oldfd, int newfd, int flags);
int sys_dup_above(int fd, int least); /* F_DUPFD_CLOEXEC */
int sys_set_cloexec(int fd, bool on);
int sys_close_range(unsigned first, unsigned last, unsigned flags);
ssize_t sys_read(int fd, void *buf, size_t len);	/* EINTR repeated */
ssize_t sys_write(int fd, const void *buf, size_t len); /* EINTR repeated */
int sys_write_all(int fd, const void *buf, size_t len); /* everything or -errno (-EIO when it stops) */
ssize_t sys_readlinkat(int dirfd, const char *path, char *buf, size_t size); /* NUL-terminates; -ENAMETOOLONG */
int sys_memfd(const char *name, unsigned flags);
int sys_seal(int fd, int seals);

/* mounts */
int sys_fsopen(const char *fstype);
int sys_fsconfig(int fd, unsigned cmd, const char *key, const char *value);
int sys_fsmount(int fd, uint64_t attrs);
int sys_open_tree(int dirfd, const char *path, unsigned flags);
int sys_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags);
int sys_move_mount_fd(int mount, int onto); /* both by descriptor */
int sys_mount_setattr(int fd, const char *path, unsigned flags, const struct kmount_attr *attr);
int sys_pivot_root(const char *new_root, const char *put_old);
int sys_umount2(const char *path, int flags);

/* processes */
int sys_clone3(struct kclone_args *args); /* only with stack 0 (fork-like) */
int sys_setns(int fd, int flags);
int sys_unshare(int flags);
int sys_pidfd_open(pid_t pid);
int sys_pidfd_send_signal(int pidfd, int sig);
int sys_waitid_pidfd(int pidfd, siginfo_t *info, int options); /* __WALL added; info->si_pid 0: not yet */
int sys_pidfd_info(int pidfd, uint64_t mask, struct kpidfd_info *ret);
int sys_poll(struct pollfd *fds, unsigned n, int timeout_ms); /* EINTR: returns -EINTR, callers recompute */
int sys_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int sys_prlimit(pid_t pid, int resource, const uint64_t set[2], uint64_t old[2]); /* {soft, hard}, all ones: infinity */
int64_t sys_monotonic_ns(void);
#endif
