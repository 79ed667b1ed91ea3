/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for ops: what `kin plan` calls them, and what an error message says was being done.  Room: run (pure). */
#include <stddef.h>

#include "plan/plan.h"

static const struct {
	const char *name, *verb;
} ops[PLAN_CODES] = {
	[PLAN_NOP] = { "nop", "do nothing" },
	[PLAN_NONDUMPABLE] = { "nondumpable", "become undumpable" },
	[PLAN_OOM_SCORE] = { "oom_score", "set oom_score_adj" },
	[PLAN_CPU_AFFINITY] = { "cpu_affinity", "set CPU affinity" },
	[PLAN_HOLD_PROC] = { "hold_proc", "verify /proc of the host" },
	[PLAN_RLIMIT_RAISE] = { "rlimit_raise", "raise resource limit" },
	[PLAN_NS_OPEN] = { "ns_open", "open namespace" },
	[PLAN_NS_JOIN] = { "ns_join", "join namespace" },
	[PLAN_NS_JOIN_TARGET] = { "ns_join_target", "join the container's namespaces" },
	[PLAN_UNSHARE] = { "unshare", "create namespaces" },
	[PLAN_TIME_OFFSETS] = { "time_offsets", "set time offsets" },
	[PLAN_SPAWN] = { "spawn", "create the container's first process" },
	[PLAN_ASK_IDMAP] = { "ask_idmap", "map user and group ids" },
	[PLAN_BECOME_ROOT] = { "become_root", "become root of the user namespace" },
	[PLAN_NS_JOIN_CGROUP] = { "ns_join_cgroup", "join the container's cgroup namespace" },
	[PLAN_KEYRING] = { "keyring", "join session keyring" },
	[PLAN_LOOPBACK] = { "loopback", "bring up the loopback interface" },
	[PLAN_ASK_NETDEVICES] = { "ask_netdevices", "get network devices" },
	[PLAN_PROPAGATION] = { "propagation", "set mount propagation of /" },
	[PLAN_HOST_FDS] = { "host_fds", "verify /dev/null and /proc of the host" },
	[PLAN_ROOT] = { "root", "mount the root file system" },
	[PLAN_MOUNT_FS] = { "mount_fs", "mount" },
	[PLAN_MOUNT_BIND] = { "mount_bind", "bind mount" },
	[PLAN_MOUNT_CGROUP] = { "mount_cgroup", "mount cgroup" },
	[PLAN_FILE_LABEL] = { "file_label", "set SELinux label" },
	[PLAN_REMOUNT] = { "remount", "change mount" },
	[PLAN_MKDIR] = { "mkdir", "create directory" },
	[PLAN_DEV_NODE] = { "dev_node", "create device" },
	[PLAN_SYMLINK] = { "symlink", "create link" },
	[PLAN_ASK_HOOKS] = { "ask_hooks", "run hooks" },
	[PLAN_ASK_STATE] = { "ask_state", "get the state document for hooks" },
	[PLAN_HOOK] = { "hook", "run hook" },
	[PLAN_CONSOLE] = { "console", "set up the terminal" },
	[PLAN_SYSCTL] = { "sysctl", "set sysctl" },
	[PLAN_READONLY_PATH] = { "readonly_path", "make read-only" },
	[PLAN_MASK_PATH] = { "mask_path", "mask" },
	[PLAN_ROOT_READONLY] = { "root_readonly", "make the root file system read-only" },
	[PLAN_PIVOT] = { "pivot", "change to the container's root" },
	[PLAN_EXEC_ROOT] = { "exec_root", "open the container's root" },
	[PLAN_HOSTNAME] = { "hostname", "set hostname" },
	[PLAN_DOMAINNAME] = { "domainname", "set domainname" },
	[PLAN_SESSION] = { "session", "start a session" },
	[PLAN_STDIO] = { "stdio", "prepare standard input and output" },
	[PLAN_UMASK] = { "umask", "set umask" },
	[PLAN_RLIMIT] = { "rlimit", "set resource limit" },
	[PLAN_SCHEDULER] = { "scheduler", "set scheduling policy" },
	[PLAN_IO_PRIORITY] = { "io_priority", "set io priority" },
	[PLAN_PERSONALITY] = { "personality", "set personality" },
	[PLAN_MEMORY_POLICY] = { "memory_policy", "set memory policy" },
	[PLAN_APPARMOR] = { "apparmor", "apply AppArmor profile" },
	[PLAN_SELINUX] = { "selinux", "apply SELinux label" },
	[PLAN_ASK_AGENT] = { "ask_agent", "connect to the seccomp agent" },
	[PLAN_NO_NEW_PRIVS] = { "no_new_privs", "set no_new_privs" },
	[PLAN_CAP_BOUND] = { "cap_bound", "set the capability bounding set" },
	[PLAN_USER] = { "user", "change to user" },
	[PLAN_CHDIR] = { "chdir", "change to working directory" },
	[PLAN_CAPS] = { "caps", "set capabilities" },
	[PLAN_SECCOMP] = { "seccomp", "load the seccomp filter" },
	[PLAN_LOOKUP] = { "lookup", "find the program" },
	[PLAN_READY] = { "ready", "report readiness" },
	[PLAN_CLOSE] = { "close", "close descriptors" },
	[PLAN_EXEC] = { "exec", "execute" },
	[PLAN_ATTACH] = { "attach", "mount" },
	[PLAN_FIND] = { "find", "unmount" },
	[PLAN_UNMOUNT] = { "unmount", "unmount" },
	[PLAN_DONE] = { "done", "report what was mounted" },
};

const char *plan_code_name(unsigned code)
{
	return code < PLAN_CODES ? ops[code].name : "unknown";
}

const char *plan_code_verb(unsigned code)
{
	return code < PLAN_CODES ? ops[code].verb : "unknown operation";
}
