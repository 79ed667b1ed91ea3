/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the spec's seccomp section to BPF, through libseccomp, with a cache.  Compiling Podman's default profile
 * takes libseccomp around 10 ms, so the result is kept, found by a hash of the input and used only when the
 * stored input is equal byte for byte.  Room: run.
 */
#ifndef SECCOMP_SECCOMP_H
#define SECCOMP_SECCOMP_H

#include "base/arena.h"
#include "base/err.h"
#include "spec/spec.h"

struct seccomp_program {
	void *code; /* struct sock_filter[], in the arena */
	size_t len; /* bytes */
	uint64_t flags; /* SECCOMP_FILTER_FLAG_* for seccomp(2); absent flags: SPEC_ALLOW as runc; NEW_LISTENER where
			 * the program asks an agent */
	bool from_cache;
};

/* cache_dir NULL: no cache.  Otherwise made 0700 if absent; used only when a directory (no symlink) owned by the
 * effective user with no access for others; an entry only when a regular file of the same owner whose header,
 * lengths, checksum and stored input all agree.  A cache that cannot be used or written is never an error. */
int seccomp_build(struct arena *a, const struct spec_seccomp *s, const char *cache_dir, struct seccomp_program *ret,
		  struct lct_err *err);

/* Is a program from outside one that the kernel would load?  (net/core/filter.c: bpf_check_classic(), kernel/seccomp.c:
 * seccomp_check_filter().)  NULL, or what is wrong with it. */
enum seccomp_asks { SECCOMP_ASKS_NOBODY, SECCOMP_ASKS_PERHAPS /* it returns what it computes */, SECCOMP_ASKS_AGENT };
const char *seccomp_raw_fault(const void *code, size_t len, enum seccomp_asks *ret_asks);

/* The spellings libseccomp of this build knows; NULL at the end: for spec_check and `features`. */
const char *seccomp_action_name(size_t i); /* "SCMP_ACT_ALLOW" */
const char *seccomp_operator_name(size_t i); /* "SCMP_CMP_EQ" */
const char *seccomp_arch_name(size_t i); /* "SCMP_ARCH_X86_64" */
const char *seccomp_flag_name(size_t i); /* "SECCOMP_FILTER_FLAG_LOG" */
const char *seccomp_supported_flag_name(size_t i); /* of those what this kernel takes */
const char *seccomp_library_version(void); /* "2.5.4" */
#endif
