/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * System calls on what the calling process is: signals, session, ids, capabilities, names.  The raw calls where libc
 * would change every thread or keep signals of its own.  Every room; run/ uses none that changes.
 */
#include "sys/sys.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int ret(long r)
{
	return r < 0 ? -errno : (int)r;
}

void sys_signals_default(void)
{
	struct ksigaction dfl;
	uint64_t none = 0;

	memset(&dfl, 0, sizeof(dfl));
	for (int sig = 1; sig <= KSIGNALS; sig++)
		(void)syscall(SYS_rt_sigaction, sig, &dfl, NULL, sizeof(none));
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
}

int sys_setsid(void)
{
	return ret(setsid());
}

int sys_setpgid(pid_t pid, pid_t group)
{
	return ret(setpgid(pid, group));
}

int sys_kill(pid_t pid, int sig)
{
	return ret(kill(pid, sig));
}

int sys_setgroups(const uint32_t *groups, size_t n)
{
	return ret(syscall(KSYS_setgroups, n, groups));
}

int sys_setresgid(gid_t gid)
{
	return ret(syscall(KSYS_setresgid, gid, gid, gid));
}

int sys_setresuid(uid_t uid)
{
	return ret(syscall(KSYS_setresuid, uid, uid, uid));
}

int sys_capset(const uint64_t set[3])
{
	struct kcap_head head = { .version = KCAP_VERSION_3 };
	struct kcap_data data[2];

	for (int i = 0; i < 2; i++)
		data[i] = (struct kcap_data){ .effective = (uint32_t)(set[0] >> 32 * i),
					      .permitted = (uint32_t)(set[1] >> 32 * i),
					      .inheritable = (uint32_t)(set[2] >> 32 * i) };
	return ret(syscall(SYS_capset, &head, data));
}

int sys_capget(uint64_t set[3])
{
	struct kcap_head head = { .version = KCAP_VERSION_3 };
	struct kcap_data data[2];
	int r = ret(syscall(SYS_capget, &head, data));

	if (r < 0)
		return r;
	set[0] = data[0].effective | (uint64_t)data[1].effective << 32;
	set[1] = data[0].permitted | (uint64_t)data[1].permitted << 32;
	set[2] = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

int sys_seccomp_filter(const void *code, size_t n_insn, uint64_t flags)
{
	struct ksock_fprog prog = { .len = (unsigned short)n_insn, .filter = code };

	return ret(syscall(SYS_seccomp, KSECCOMP_SET_MODE_FILTER, flags, &prog));
}

bool sys_seccomp_flags(uint64_t flags)
{
	return ret(syscall(SYS_seccomp, KSECCOMP_SET_MODE_FILTER, flags, NULL)) == -EFAULT;
}

int sys_sethostname(const char *name, size_t len)
{
	return ret(sethostname(name, len));
}

int sys_setdomainname(const char *name, size_t len)
{
	return ret(syscall(SYS_setdomainname, name, len));
}

long sys_keyctl(int cmd, unsigned long a, unsigned long b, unsigned long c)
{
	long r = syscall(SYS_keyctl, cmd, a, b, c, 0);

	return r < 0 ? -errno : r;
}

int sys_ns_type(int fd)
{
	return ret(ioctl(fd, KNS_GET_NSTYPE));
}
