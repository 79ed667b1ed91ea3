/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec's spellings and libseccomp's numbers, in alphabetical order as `features` shows them.  Room: run. */
#include "seccomp/names.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "seccomp/seccomp.h"
#include "sys/sys.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

enum { MAX_FILTER_ERRNO = 4095 }; /* the kernel's MAX_ERRNO: SECCOMP_RET_ERRNO cuts larger values down to it */

static const struct {
	const char *name;
	uint32_t value;
	bool takes_errno;
} actions[] = {
	{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, false },
	{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), true },
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL, false },
	{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, false },
	{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, false },
	{ "SCMP_ACT_LOG", SCMP_ACT_LOG, false },
	{ "SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY, false },
	{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), true },
	{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP, false },
};

static const struct {
	const char *name;
	enum scmp_compare value;
} operators[] = {
	{ "SCMP_CMP_EQ", SCMP_CMP_EQ }, { "SCMP_CMP_GE", SCMP_CMP_GE }, { "SCMP_CMP_GT", SCMP_CMP_GT },
	{ "SCMP_CMP_LE", SCMP_CMP_LE }, { "SCMP_CMP_LT", SCMP_CMP_LT }, { "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
	{ "SCMP_CMP_NE", SCMP_CMP_NE },
};

/* Asked of the library by name: what it knows depends on its version, not on the header we were built with. */
static const struct {
	const char *name, *library;
} arches[] = {
	{ "SCMP_ARCH_AARCH64", "aarch64" },
	{ "SCMP_ARCH_ARM", "arm" },
	{ "SCMP_ARCH_LOONGARCH64", "loongarch64" },
	{ "SCMP_ARCH_M68K", "m68k" },
	{ "SCMP_ARCH_MIPS", "mips" },
	{ "SCMP_ARCH_MIPS64", "mips64" },
	{ "SCMP_ARCH_MIPS64N32", "mips64n32" },
	{ "SCMP_ARCH_MIPSEL", "mipsel" },
	{ "SCMP_ARCH_MIPSEL64", "mipsel64" },
	{ "SCMP_ARCH_MIPSEL64N32", "mipsel64n32" },
	{ "SCMP_ARCH_PARISC", "parisc" },
	{ "SCMP_ARCH_PARISC64", "parisc64" },
	{ "SCMP_ARCH_PPC", "ppc" },
	{ "SCMP_ARCH_PPC64", "ppc64" },
	{ "SCMP_ARCH_PPC64LE", "ppc64le" },
	{ "SCMP_ARCH_RISCV64", "riscv64" },
	{ "SCMP_ARCH_S390", "s390" },
	{ "SCMP_ARCH_S390X", "s390x" },
	{ "SCMP_ARCH_SH", "sh" },
	{ "SCMP_ARCH_SHEB", "sheb" },
	{ "SCMP_ARCH_X32", "x32" },
	{ "SCMP_ARCH_X86", "x86" },
	{ "SCMP_ARCH_X86_64", "x86_64" },
};

static const struct {
	const char *name;
	uint64_t value;
} flags[] = {
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
	/* The process that loads the filter has one thread: nothing to synchronise. */
	{ "SECCOMP_FILTER_FLAG_TSYNC", 0 },
	/* 5.19.  Means something only to SCMP_ACT_NOTIFY; the kernel refuses it without a listener. */
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", KSECCOMP_WAIT_KILLABLE_RECV },
};

int seccomp_action(const char *name, const uint32_t *errno_ret, uint32_t *ret)
{
	uint32_t data = errno_ret ? *errno_ret : EPERM;

	for (size_t i = 0; i < N(actions); i++) {
		if (strcmp(actions[i].name, name))
			continue;
		if (!actions[i].takes_errno && errno_ret)
			return -EINVAL;
		/* TRACE hands the number to the tracer, which may mean anything by it: 16 bits fit. */
		if (data > (actions[i].value == SCMP_ACT_ERRNO(0) ? (uint32_t)MAX_FILTER_ERRNO : UINT16_MAX))
			return -ERANGE;
		*ret = actions[i].value | (actions[i].takes_errno ? data : 0);
		return 0;
	}
	return -ENOENT;
}

int seccomp_operator(const char *name, enum scmp_compare *ret)
{
	for (size_t i = 0; i < N(operators); i++) {
		if (strcmp(operators[i].name, name))
			continue;
		*ret = operators[i].value;
		return 0;
	}
	return -ENOENT;
}

int seccomp_arch(const char *name, uint32_t *ret)
{
	for (size_t i = 0; i < N(arches); i++) {
		if (strcmp(arches[i].name, name))
			continue;
		*ret = seccomp_arch_resolve_name(arches[i].library);
		return *ret ? 0 : -ENOENT;
	}
	return -ENOENT;
}

int seccomp_flag(const char *name, uint64_t *ret)
{
	for (size_t i = 0; i < N(flags); i++) {
		if (strcmp(flags[i].name, name))
			continue;
		*ret = flags[i].value;
		return 0;
	}
	return -ENOENT;
}

const char *seccomp_action_name(size_t i)
{
	return i < N(actions) ? actions[i].name : NULL;
}

const char *seccomp_operator_name(size_t i)
{
	return i < N(operators) ? operators[i].name : NULL;
}

const char *seccomp_arch_name(size_t i)
{
	for (size_t k = 0; k < N(arches); k++)
		if (seccomp_arch_resolve_name(arches[k].library) && i-- == 0)
			return arches[k].name;
	return NULL;
}

const char *seccomp_flag_name(size_t i)
{
	return i < N(flags) ? flags[i].name : NULL;
}

/* Asked of the kernel: without a program a flag that it knows gives EFAULT, one that it does not know EINVAL. */
const char *seccomp_supported_flag_name(size_t i)
{
	for (size_t k = 0; k < N(flags); k++) {
		uint64_t with = flags[k].value & KSECCOMP_WAIT_KILLABLE_RECV ? KSECCOMP_NEW_LISTENER : 0;

		if (sys_seccomp_flags(flags[k].value | with) && i-- == 0)
			return flags[k].name;
	}
	return NULL;
}

#define TEXT_(x) #x
#define TEXT(x)	 TEXT_(x)

const char *seccomp_library_version(void)
{
	/* The headers' version: a string made from seccomp_version() would need writable memory of the library.
	 * The cache, where the difference matters, asks the library itself. */
	return TEXT(SCMP_VER_MAJOR) "." TEXT(SCMP_VER_MINOR) "." TEXT(SCMP_VER_MICRO);
}
