/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ENOSYS for system calls newer than the profile: written by hand, as libseccomp has no rule "above N".  Room: run. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>

#include "seccomp/filter.h"
#include "seccomp/names.h"

enum { MAX_ARCHES = 32, MAX_SECTION = 6, X32_BIT = 0x40000000 };

_Static_assert(MAX_ARCHES *MAX_SECTION <= SECCOMP_MAX_STUB, "the stub fits");

struct newest {
	uint32_t token; /* SCMP_ARCH_* */
	int nr; /* the highest call that the profile names, -1: none */
};

/* Only where the default is an errno: a default that kills or traps is a demand, and one that lets calls through
 * hides nothing from the libc.  (runc rewrites kills, too.) */
static bool wanted(const struct spec_seccomp *s)
{
	return !strcmp(s->default_action, "SCMP_ACT_ERRNO") && !(s->has_default_errno && s->default_errno == ENOSYS);
}

static size_t arches(const struct spec_seccomp *s, struct newest out[MAX_ARCHES])
{
	size_t n = 0;

	out[n++] = (struct newest){ seccomp_arch_native(), -1 };
	for (size_t i = 0; i < s->n_architectures && n < MAX_ARCHES; i++) {
		uint32_t token;
		size_t k = 0;

		if (seccomp_arch(s->architectures[i], &token) < 0)
			continue;
		while (k < n && out[k].token != token)
			k++;
		if (k == n)
			out[n++] = (struct newest){ token, -1 };
	}
	return n;
}

static void find_newest(const struct spec_seccomp *s, struct newest *arch)
{
	for (size_t i = 0; i < s->n_rules; i++)
		for (size_t k = 0; k < s->rules[i].n_names; k++) {
			int nr = seccomp_syscall_resolve_name_arch(arch->token, s->rules[i].names[k]);

			/* negative: libseccomp's stand-in for a call that this architecture has not */
			if (nr > arch->nr)
				arch->nr = nr;
		}
}

/* Falls through to what follows for another architecture, and for a call that is not newer. */
static size_t section(const struct newest *arch, struct sock_filter *out)
{
	static const uint32_t nosys = SECCOMP_RET_ERRNO | ENOSYS;
	/* x32 shares x86_64's audit number and differs by a bit of the call's number. */
	bool x32 = arch->token == SCMP_ARCH_X32, shared = x32 || arch->token == SCMP_ARCH_X86_64;
	uint32_t audit = x32 ? AUDIT_ARCH_X86_64 : arch->token;
	size_t n = 0;

	out[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	out[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, audit, 0, shared ? 4 : 3);
	out[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	if (shared)
		out[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, X32_BIT, x32 ? 0 : 2, x32 ? 2 : 0);
	out[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)arch->nr, 0, 1);
	out[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, nosys);
	return n;
}

size_t seccomp_stub(const struct spec_seccomp *s, struct sock_filter out[SECCOMP_MAX_STUB])
{
	struct newest arch[MAX_ARCHES];
	size_t n_arch, n = 0;

	if (!wanted(s))
		return 0;
	n_arch = arches(s, arch);
	for (size_t i = 0; i < n_arch; i++) {
		find_newest(s, &arch[i]);
		/* Nothing of this architecture is named: every call would be "newer", so the default decides. */
		if (arch[i].nr >= 0)
			n += section(&arch[i], out + n);
	}
	return n;
}
