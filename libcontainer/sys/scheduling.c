/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on when, where and as what a process runs.  Every room. */
#include "sys/sys.h"

#include <errno.h>
#include <unistd.h>

static int ret(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_sched_setattr(pid_t pid, const struct ksched_attr *attr)
{
	return ret(syscall(SYS_sched_setattr, pid, attr, 0));
}

int sys_ioprio_set(pid_t pid, unsigned class, unsigned priority)
{
	return ret(syscall(SYS_ioprio_set, KIOPRIO_WHO_PROCESS, pid, class << KIOPRIO_CLASS_SHIFT | priority));
}

int sys_sched_setaffinity(const unsigned long *mask, size_t n)
{
	return ret(syscall(SYS_sched_setaffinity, 0, n * sizeof(*mask), mask));
}

int sys_set_mempolicy(unsigned mode, const unsigned long *nodes, size_t bits)
{
	/* The kernel takes one off: mm/mempolicy.c, get_nodes(). */
	return ret(syscall(SYS_set_mempolicy, mode, bits ? nodes : NULL, bits ? bits + 1 : 0));
}

int sys_personality(unsigned long persona)
{
	return ret(syscall(SYS_personality, persona));
}
