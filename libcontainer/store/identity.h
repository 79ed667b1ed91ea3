/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who a process is, so that no other can be taken for it.  Room: run. */
#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { IDENTITY_HANDLE = 64 };

struct identity {
	pid_t pid; /* 0: no process */
	uint64_t start_time; /* field 22 of /proc/PID/stat, clock ticks since boot */
	uint64_t pidfs_inode; /* st_ino of the pidfd (6.9+), 0: unknown */
	int handle_type; /* name_to_handle_at of the pidfd (6.14+) */
	uint32_t handle_len; /* 0: none */
	uint8_t handle[IDENTITY_HANDLE];
};

/* The machine's boot id, 36 characters. */
int identity_boot_id(char ret[37]);

/* Describes the process a pidfd holds.  -ESRCH when it is gone already. */
int identity_of(int pidfd, pid_t pid, struct identity *ret);

/* Opens a pidfd to exactly that process, by handle where both have one, else by pid with start time and inode
 * compared after the open.  -ESRCH: that process is gone (also when the pid is another's now).  A zombie still
 * opens.  Returns the pidfd. */
int identity_open(const struct identity *id);

/* 1 when the process behind the pidfd has ended (zombie or reaped), 0 when it lives, -errno. Never blocks. */
int pidfd_ended(int pidfd);

/* Waits for the end with a deadline in CLOCK_MONOTONIC ns: 1 ended, 0 deadline passed, -errno. */
int pidfd_wait_until(int pidfd, int64_t deadline_ns);
int64_t clock_now_ns(void);
#endif
