/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec's spellings of what the kernel numbers.  Room: run (pure). */
#include <errno.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/resource.h>

#include "spec/spec.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

static const char *const hooks[SPEC_HOOK_KINDS] = {
	[SPEC_HOOK_PRESTART] = "prestart",
	[SPEC_HOOK_CREATE_RUNTIME] = "createRuntime",
	[SPEC_HOOK_CREATE_CONTAINER] = "createContainer",
	[SPEC_HOOK_START_CONTAINER] = "startContainer",
	[SPEC_HOOK_POSTSTART] = "poststart",
	[SPEC_HOOK_POSTSTOP] = "poststop",
};

static const struct {
	const char *name;
	uint64_t flag;
	const char *file;
} namespaces[SPEC_NS_KINDS] = {
	[SPEC_NS_MOUNT] = { "mount", CLONE_NEWNS, "mnt" },
	[SPEC_NS_PID] = { "pid", CLONE_NEWPID, "pid" },
	[SPEC_NS_NETWORK] = { "network", CLONE_NEWNET, "net" },
	[SPEC_NS_IPC] = { "ipc", CLONE_NEWIPC, "ipc" },
	[SPEC_NS_UTS] = { "uts", CLONE_NEWUTS, "uts" },
	[SPEC_NS_USER] = { "user", CLONE_NEWUSER, "user" },
	[SPEC_NS_CGROUP] = { "cgroup", CLONE_NEWCGROUP, "cgroup" },
	[SPEC_NS_TIME] = { "time", CLONE_NEWTIME, "time" },
};

/* Our own list and not cap_from_name(3), which takes numbers, lower case and what only its own build knows. */
static const char *const capabilities[] = {
	[0] = "CAP_CHOWN",
	[1] = "CAP_DAC_OVERRIDE",
	[2] = "CAP_DAC_READ_SEARCH",
	[3] = "CAP_FOWNER",
	[4] = "CAP_FSETID",
	[5] = "CAP_KILL",
	[6] = "CAP_SETGID",
	[7] = "CAP_SETUID",
	[8] = "CAP_SETPCAP",
	[9] = "CAP_LINUX_IMMUTABLE",
	[10] = "CAP_NET_BIND_SERVICE",
	[11] = "CAP_NET_BROADCAST",
	[12] = "CAP_NET_ADMIN",
	[13] = "CAP_NET_RAW",
	[14] = "CAP_IPC_LOCK",
	[15] = "CAP_IPC_OWNER",
	[16] = "CAP_SYS_MODULE",
	[17] = "CAP_SYS_RAWIO",
	[18] = "CAP_SYS_CHROOT",
	[19] = "CAP_SYS_PTRACE",
	[20] = "CAP_SYS_PACCT",
	[21] = "CAP_SYS_ADMIN",
	[22] = "CAP_SYS_BOOT",
	[23] = "CAP_SYS_NICE",
	[24] = "CAP_SYS_RESOURCE",
	[25] = "CAP_SYS_TIME",
	[26] = "CAP_SYS_TTY_CONFIG",
	[27] = "CAP_MKNOD",
	[28] = "CAP_LEASE",
	[29] = "CAP_AUDIT_WRITE",
	[30] = "CAP_AUDIT_CONTROL",
	[31] = "CAP_SETFCAP",
	[32] = "CAP_MAC_OVERRIDE",
	[33] = "CAP_MAC_ADMIN",
	[34] = "CAP_SYSLOG",
	[35] = "CAP_WAKE_ALARM",
	[36] = "CAP_BLOCK_SUSPEND",
	[37] = "CAP_AUDIT_READ",
	[38] = "CAP_PERFMON", /* 5.8 */
	[39] = "CAP_BPF", /* 5.8 */
	[40] = "CAP_CHECKPOINT_RESTORE", /* 5.9 */
};

static const char *const rlimits[] = {
	[RLIMIT_CPU] = "RLIMIT_CPU",	       [RLIMIT_FSIZE] = "RLIMIT_FSIZE",
	[RLIMIT_DATA] = "RLIMIT_DATA",	       [RLIMIT_STACK] = "RLIMIT_STACK",
	[RLIMIT_CORE] = "RLIMIT_CORE",	       [RLIMIT_RSS] = "RLIMIT_RSS",
	[RLIMIT_NPROC] = "RLIMIT_NPROC",       [RLIMIT_NOFILE] = "RLIMIT_NOFILE",
	[RLIMIT_MEMLOCK] = "RLIMIT_MEMLOCK",   [RLIMIT_AS] = "RLIMIT_AS",
	[RLIMIT_LOCKS] = "RLIMIT_LOCKS",       [RLIMIT_SIGPENDING] = "RLIMIT_SIGPENDING",
	[RLIMIT_MSGQUEUE] = "RLIMIT_MSGQUEUE", [RLIMIT_NICE] = "RLIMIT_NICE",
	[RLIMIT_RTPRIO] = "RLIMIT_RTPRIO",     [RLIMIT_RTTIME] = "RLIMIT_RTTIME",
};

static int find(const char *const *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i], name) == 0)
			return (int)i;
	return -ENOENT;
}

const char *spec_hook_name(enum spec_hook_kind kind)
{
	return hooks[kind];
}

const char *spec_ns_name(enum spec_ns_kind kind)
{
	return namespaces[kind].name;
}

uint64_t spec_ns_flag(enum spec_ns_kind kind)
{
	return namespaces[kind].flag;
}

const char *spec_ns_file(enum spec_ns_kind kind)
{
	return namespaces[kind].file;
}

int spec_capability(const char *name)
{
	return find(capabilities, N(capabilities), name);
}

const char *spec_capability_name(int cap)
{
	return cap >= 0 && (size_t)cap < N(capabilities) ? capabilities[cap] : NULL;
}

int spec_rlimit_resource(const char *name)
{
	return find(rlimits, N(rlimits), name);
}

const char *spec_rlimit_name(int resource)
{
	return resource >= 0 && (size_t)resource < N(rlimits) ? rlimits[resource] : NULL;
}
