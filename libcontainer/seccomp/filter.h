/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a compiled filter.  Room: run. */
#ifndef SECCOMP_FILTER_H
#define SECCOMP_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "spec/spec.h"

enum { SECCOMP_MAX_INSNS = 4096 }; /* BPF_MAXINSNS */

/* Through libseccomp: *ret is in the arena, *ret_n counts instructions. */
int seccomp_compile(struct arena *a, const struct spec_seccomp *s, struct sock_filter **ret, size_t *ret_n,
		    struct lct_err *err);

/*
 * The instructions to put before the filter so that a system call newer than every one the profile names gets
 * ENOSYS, not the profile's default: a libc then falls back to the older call instead of failing (runc does the
 * same since 1.0.0-rc93).  out has room for SECCOMP_MAX_STUB; returns the number of instructions, 0 when the
 * profile needs none.
 */
enum { SECCOMP_MAX_STUB = 256 };
size_t seccomp_stub(const struct spec_seccomp *s, struct sock_filter out[SECCOMP_MAX_STUB]);
#endif
