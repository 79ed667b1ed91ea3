/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec's spellings turned into libseccomp's numbers.  Room: run. */
#ifndef SECCOMP_NAMES_H
#define SECCOMP_NAMES_H

#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* errno_ret is NULL when the config gives none.  0, -ENOENT: no such action, -EINVAL: this action takes no errno,
 * -ERANGE: an errno the kernel would cut off. */
int seccomp_action(const char *name, const uint32_t *errno_ret, uint32_t *ret);

/* 0 or -ENOENT. */
int seccomp_operator(const char *name, enum scmp_compare *ret);
int seccomp_arch(const char *name, uint32_t *ret);
int seccomp_flag(const char *name, uint64_t *ret);
#endif
