/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's interface as kin uses it, independent of which libc's or kernel's headers are installed: the one
 * place with #ifdef.  Structures carry a k prefix so that they never collide with <linux/...>.  Every room.
 */
#ifndef SYS_KERNEL_H
#define SYS_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

/* clone3(2), 5.3; INTO_CGROUP 5.7 */
struct kclone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size,
		cgroup;
};
#define KCLONE_NEWTIME	     UINT64_C(0x00000080)
#define KCLONE_VM	     UINT64_C(0x00000100)
#define KCLONE_PIDFD	     UINT64_C(0x00001000)
#define KCLONE_VFORK	     UINT64_C(0x00004000)
#define KCLONE_PARENT	     UINT64_C(0x00008000)
#define KCLONE_NEWNS	     UINT64_C(0x00020000)
#define KCLONE_NEWCGROUP     UINT64_C(0x02000000)
#define KCLONE_NEWUTS	     UINT64_C(0x04000000)
#define KCLONE_NEWIPC	     UINT64_C(0x08000000)
#define KCLONE_NEWUSER	     UINT64_C(0x10000000)
#define KCLONE_NEWPID	     UINT64_C(0x20000000)
#define KCLONE_NEWNET	     UINT64_C(0x40000000)
#define KCLONE_CLEAR_SIGHAND UINT64_C(0x100000000)
#define KCLONE_INTO_CGROUP   UINT64_C(0x200000000)

/* openat2(2), 5.6 */
struct kopen_how {
	uint64_t flags, mode, resolve;
};
#define KRESOLVE_NO_XDEV       0x01
#define KRESOLVE_NO_MAGICLINKS 0x02
#define KRESOLVE_NO_SYMLINKS   0x04
#define KRESOLVE_BENEATH       0x08
#define KRESOLVE_IN_ROOT       0x10

#define KMADV_POPULATE_WRITE 23 /* 5.14 */

/* mount_setattr(2), 5.12 */
struct kmount_attr {
	uint64_t attr_set, attr_clr, propagation, userns_fd;
};
#define KMOUNT_ATTR_RDONLY	0x00000001
#define KMOUNT_ATTR_NOSUID	0x00000002
#define KMOUNT_ATTR_NODEV	0x00000004
#define KMOUNT_ATTR_NOEXEC	0x00000008
#define KMOUNT_ATTR__ATIME	0x00000070
#define KMOUNT_ATTR_RELATIME	0x00000000
#define KMOUNT_ATTR_NOATIME	0x00000010
#define KMOUNT_ATTR_STRICTATIME 0x00000020
#define KMOUNT_ATTR_NODIRATIME	0x00000080
#define KMOUNT_ATTR_IDMAP	0x00100000
#define KMOUNT_ATTR_NOSYMFOLLOW 0x00200000

/* mount(2)'s flags */
#define KMS_RDONLY	UINT64_C(0x1)
#define KMS_NOSUID	UINT64_C(0x2)
#define KMS_NODEV	UINT64_C(0x4)
#define KMS_NOEXEC	UINT64_C(0x8)
#define KMS_SYNCHRONOUS UINT64_C(0x10)
#define KMS_MANDLOCK	UINT64_C(0x40)
#define KMS_DIRSYNC	UINT64_C(0x80)
#define KMS_LAZYTIME	UINT64_C(0x2000000)

/* mount(2)'s propagation flags */
#define KMS_REC	       UINT64_C(0x4000)
#define KMS_UNBINDABLE UINT64_C(0x20000)
#define KMS_PRIVATE    UINT64_C(0x40000)
#define KMS_SLAVE      UINT64_C(0x80000)
#define KMS_SHARED     UINT64_C(0x100000)

/* the detached-mount API, 5.2 */
#define KFSOPEN_CLOEXEC		 1
#define KFSMOUNT_CLOEXEC	 1
#define KFSCONFIG_SET_FLAG	 0
#define KFSCONFIG_SET_STRING	 1
#define KFSCONFIG_CMD_CREATE	 6
#define KOPEN_TREE_CLONE	 1
#define KOPEN_TREE_CLOEXEC	 02000000
#define KMOVE_MOUNT_F_EMPTY_PATH 0x00000004
#define KMOVE_MOUNT_T_EMPTY_PATH 0x00000040

#define KAT_EMPTY_PATH	     0x1000
#define KAT_RECURSIVE	     0x8000
#define KAT_SYMLINK_NOFOLLOW 0x100

#define KCLOSE_RANGE_CLOEXEC 4

#define KP_PIDFD  3
#define KW_EXITED 4
#define KW_ALL	  0x40000000

/* memfd_create(2): exec bit made explicit, 6.3 */
#define KMFD_CLOEXEC	   1u
#define KMFD_ALLOW_SEALING 2u
#define KMFD_NOEXEC_SEAL   8u
#define KMFD_EXEC	   16u
#define KF_ADD_SEALS	   1033
#define KF_GET_SEALS	   1034
#define KF_SEAL_SEAL	   1
#define KF_SEAL_SHRINK	   2
#define KF_SEAL_GROW	   4
#define KF_SEAL_WRITE	   8
#define KF_SEAL_EXEC	   32

/* PIDFD_GET_INFO, 6.13; exit status 6.15 */
struct kpidfd_info {
	uint64_t mask, cgroupid;
	uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t exit_code;
	uint32_t coredump_mask, reserved;
};
#define KPIDFD_GET_INFO_V0 UINT32_C(0xc040ff0b) /* _IOWR(0xFF, 11, 64 bytes) */
#define KPIDFD_INFO_PID	   (UINT64_C(1) << 0)
#define KPIDFD_INFO_EXIT   (UINT64_C(1) << 3)

#define KNS_GET_NSTYPE 0xb703
#define KTIOCGPTPEER   0x5441
#define KNETLINK_ROUTE 0
#define KSIOCGSKNS     0x894c

/* statfs(2): f_flags */
#define KST_RDONLY UINT64_C(1)
#define KST_NOSUID UINT64_C(2)
#define KST_NODEV  UINT64_C(4)
#define KST_NOEXEC UINT64_C(8)

/* statfs(2) magics */
#define KPROC_SUPER_MAGIC    0x9fa0
#define KCGROUP2_SUPER_MAGIC 0x63677270
#define KDEVPTS_SUPER_MAGIC  0x1cd1
#define KTMPFS_MAGIC	     0x01021994
#define KSELINUX_MAGIC	     UINT32_C(0xf97cff8c)
#define KRDTGROUP_MAGIC	     0x07655821
#define KPIDFS_MAGIC	     0x50494446 /* pidfds have a file system of their own since 6.9 */

/* open_by_handle_at(2): the root of pidfs as mount descriptor, 6.17 */
#define KFD_PIDFS_ROOT (-10002)
#define KNSFS_MAGIC    0x6e736673

/* seccomp(2) */
struct ksock_fprog {
	unsigned short len;
	const void *filter;
};
#define KSECCOMP_SET_MODE_FILTER    1
#define KSECCOMP_NEW_LISTENER	    (UINT64_C(1) << 3) /* 5.0 */
#define KSECCOMP_WAIT_KILLABLE_RECV (UINT64_C(1) << 5) /* 5.19 */
#define KSECCOMP_RET_USER_NOTIF	    UINT32_C(0x7fc00000)

/* capget(2), version 3: 64 bits as two halves */
struct kcap_head {
	uint32_t version;
	int pid;
};
struct kcap_data {
	uint32_t effective, permitted, inheritable;
};
#define KCAP_VERSION_3 UINT32_C(0x20080522)

/* sched_setattr(2), 3.14; utilisation 5.3 */
struct ksched_attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};
_Static_assert(sizeof(struct ksched_attr) == 56, "sched_attr");
#define KSCHED_OTHER		0
#define KSCHED_FIFO		1
#define KSCHED_RR		2
#define KSCHED_BATCH		3
#define KSCHED_ISO		4
#define KSCHED_IDLE		5
#define KSCHED_DEADLINE		6
#define KSCHED_FLAG_KEEP_POLICY 0x08
#define KSCHED_FLAG_KEEP_PARAMS 0x10

/* ioprio_set(2) */
#define KIOPRIO_WHO_PROCESS 1
#define KIOPRIO_CLASS_SHIFT 13

/* personality(2) */
#define KPER_LINUX   0x0000
#define KPER_LINUX32 0x0008

/* set_mempolicy(2) */
#define KMPOL_DEFAULT		  0
#define KMPOL_PREFERRED		  1
#define KMPOL_BIND		  2
#define KMPOL_INTERLEAVE	  3
#define KMPOL_LOCAL		  4
#define KMPOL_PREFERRED_MANY	  5 /* 5.15 */
#define KMPOL_WEIGHTED_INTERLEAVE 6 /* 6.9 */
#define KMPOL_F_NUMA_BALANCING	  (1u << 13) /* 5.12 */
#define KMPOL_F_RELATIVE_NODES	  (1u << 14)
#define KMPOL_F_STATIC_NODES	  (1u << 15)

/* keyctl(2) */
#define KKEYCTL_JOIN_SESSION_KEYRING 1
#define KKEYCTL_SETPERM		     5
#define KKEYCTL_DESCRIBE	     6

/* rt_sigaction(2) as the kernel has it: enough room for every architecture's */
struct ksigaction {
	unsigned long words[8];
};
enum { KSIGNALS = 64 };

/* getdents64(2) */
struct kdirent {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
};

#define KAT_EACCESS 0x200

/* statx(2); the mount's id and the question of its root are 5.8 */
struct kstatx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid, mode;
	uint64_t ino, size, blocks, attributes_mask;
	uint32_t other[20];
	uint64_t mount_id;
	uint64_t more[13];
};
_Static_assert(sizeof(struct kstatx) == 256 && offsetof(struct kstatx, mount_id) == 144, "statx");
#define KSTATX_MNT_ID	       0x1000
#define KSTATX_MNT_ID_UNIQUE   0x4000 /* 6.8 */
#define KSTATX_ATTR_MOUNT_ROOT 0x2000

/* musl 1.2.3 has all of these; very old headers may not. */
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_open_tree
#define SYS_open_tree  428
#define SYS_move_mount 429
#define SYS_fsopen     430
#define SYS_fsconfig   431
#define SYS_fsmount    432
#endif

/* Ids of 32 bits where the first calls of an architecture had 16. */
#ifdef SYS_setresuid32
#define KSYS_setresuid SYS_setresuid32
#define KSYS_setresgid SYS_setresgid32
#define KSYS_setgroups SYS_setgroups32
#else
#define KSYS_setresuid SYS_setresuid
#define KSYS_setresgid SYS_setresgid
#define KSYS_setgroups SYS_setgroups
#endif

#endif
