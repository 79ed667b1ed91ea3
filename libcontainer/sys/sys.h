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
#include <time.h>

#include "sys/kernel.h"

struct statfs;
struct pollfd;

/* files */
int sys_openat(int dirfd, const char *path, int flags, mode_t mode); /* CLOEXEC added; EINTR repeated */
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
ssize_t sys_read(int fd, void *buf, size_t len); /* EINTR repeated */
ssize_t sys_write(int fd, const void *buf, size_t len); /* EINTR repeated */
ssize_t sys_pread(int fd, void *buf, size_t len, off_t at); /* EINTR repeated */
int sys_write_all(int fd, const void *buf, size_t len); /* everything or -errno (-EIO when it stops) */
ssize_t sys_readlinkat(int dirfd, const char *path, char *buf, size_t size); /* NUL-terminates; -ENAMETOOLONG */
int sys_memfd(const char *name, unsigned flags);
int sys_seal(int fd, int seals);
int sys_seals(int fd);
int sys_flock(int fd, int operation);
int sys_faccessat(int dirfd, const char *path, int mode); /* with the effective ids */
int sys_fsetxattr(int fd, const char *name, const void *value, size_t size);
ssize_t sys_fgetxattr(int fd, const char *name, void *value, size_t size);
ssize_t sys_flistxattr(int fd, char *names, size_t size);
int sys_linkat(int olddir, const char *old, int newdir, const char *new);
int sys_utimensat(int dirfd, const char *path, const struct timespec times[2], int flags);
int sys_bpf(int cmd, void *attr, unsigned size);

/* file handles (of pidfds): *len is the room in `handle`, then its length */
int sys_handle_of(int fd, int *type, uint32_t *len, uint8_t *handle);
int sys_open_handle(int mountfd, int type, uint32_t len, const uint8_t *handle);

/* mounts */
int sys_fsopen(const char *fstype);
int sys_fsconfig(int fd, unsigned cmd, const char *key, const char *value);
int sys_fsmount(int fd, uint64_t attrs);
int sys_open_tree(int dirfd, const char *path, unsigned flags);
int sys_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags);
int sys_move_mount_fd(int mount, int onto); /* both by descriptor */
int sys_mount_setattr(int fd, const char *path, unsigned flags, const struct kmount_attr *attr);
int sys_pivot_root(const char *new_root, const char *put_old);
int sys_mount(const char *source, const char *target, const char *type, uint64_t flags, const char *data);
int sys_umount2(const char *path, int flags);

/* processes */
int sys_clone3(struct kclone_args *args); /* only with stack 0 (fork-like) */
int sys_clone_thread(int (*run)(void *), void *stack_top, int flags, void *arg, pid_t *tid); /* tid: set, and cleared */
int sys_setns(int fd, int flags);
int sys_unshare(int flags);
int sys_pidfd_open(pid_t pid);
int sys_pidfd_send_signal(int pidfd, int sig);
int sys_waitid_pidfd(int pidfd, siginfo_t *info, int options); /* __WALL added; info->si_pid 0: not yet */
int sys_pidfd_info(int pidfd, uint64_t mask, struct kpidfd_info *ret);
int sys_poll(struct pollfd *fds, unsigned n, int timeout_ms); /* EINTR: returns -EINTR, callers recompute */
int sys_poll_ns(struct pollfd *fds, unsigned n, int64_t timeout_ns); /* ppoll(2), otherwise as sys_poll */
int sys_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int sys_prlimit(pid_t pid, int resource, const uint64_t set[2], uint64_t old[2]); /* {soft, hard}, all ones: infinity */
int sys_sched_setattr(pid_t pid, const struct ksched_attr *attr); /* pid 0: the caller */
int sys_ioprio_set(pid_t pid, unsigned class, unsigned priority); /* the same */
int sys_sched_setaffinity(const unsigned long *mask, size_t n); /* the caller's; n words */
int sys_set_mempolicy(unsigned mode, const unsigned long *nodes, size_t bits);
int sys_personality(unsigned long persona);
int64_t sys_monotonic_ns(void);
void sys_nap_ns(int64_t ns); /* less than a second; a signal may end it early */
/* more on files */
int sys_chdir(const char *path);
int sys_chroot(const char *path);
int sys_getcwd(char *buf, size_t size); /* as the kernel says it: may begin with "(unreachable)" */
int sys_access(const char *path, int mode); /* with the effective ids and capabilities */
int sys_execve(const char *path, char *const *argv, char *const *envp); /* returns only -errno */
int sys_getdents(int fd, void *buf, size_t size);
int sys_pipe(int fds[2]); /* both CLOEXEC */
int sys_nonblock(int fd, bool on);
int sys_rewind(int fd);
int sys_map(int fd, size_t len, void **ret); /* fd -1: zeroed, shared, writable; else private, read-only */
int sys_populate(void *start, size_t len); /* writable pages in one go: MADV_POPULATE_WRITE, 5.14 */
int sys_statx_mount_id(int fd, uint64_t *ret);
int sys_statx_mount_unique(int fd, uint64_t *ret); /* never given to another again: 6.8; before, as mount_id */
int sys_statx_mount_root(int fd, bool *ret); /* is it what is mounted, and not something below? */

/* sockets */
int sys_accept(int sock); /* CLOEXEC */
/* What sendmsg(2) says; fd -EBADF: none.  EINTR repeated, no SIGPIPE. */
ssize_t sys_send_fd(int sock, const void *data, size_t len, int fd);
int sys_peer_uid(int sock, uid_t *ret);
int sys_loopback_up(void);
int sys_socket_namespace(int sock); /* SIOCGSKNS, 4.10 */
int sys_netlink(void); /* a rtnetlink(7) socket of the network namespace we are in */

/* terminals */
int sys_pty_unlock(int master);
int sys_pty_number(int master);
int sys_pty_peer(int master); /* TIOCGPTPEER, 4.13: no path is looked up */
int sys_tty_size(int fd, unsigned rows, unsigned columns);
int sys_tty_control(int fd); /* becomes the controlling terminal */

/* what a process is */
void sys_signals_default(void); /* every disposition SIG_DFL, empty mask */
int sys_setsid(void);
int sys_setpgid(pid_t pid, pid_t group);
int sys_kill(pid_t pid, int sig);
int sys_setgroups(const uint32_t *groups, size_t n);
int sys_setresgid(gid_t gid);
int sys_setresuid(uid_t uid);
int sys_capset(const uint64_t set[3]); /* effective, permitted, inheritable */
int sys_capget(uint64_t set[3]);
int sys_seccomp_filter(const void *code, size_t n_insn, uint64_t flags); /* with NEW_LISTENER: its descriptor */
bool sys_seccomp_flags(uint64_t flags); /* does the kernel know them? */
int sys_sethostname(const char *name, size_t len);
int sys_setdomainname(const char *name, size_t len);
long sys_keyctl(int cmd, unsigned long a, unsigned long b, unsigned long c);
int sys_ns_type(int fd); /* CLONE_NEW* */
#endif
