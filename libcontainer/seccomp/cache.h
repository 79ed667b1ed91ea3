/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiled filters kept on disk.  An entry is trusted for its owner and its equal input, never for its name.
 * Room: run. */
#ifndef SECCOMP_CACHE_H
#define SECCOMP_CACHE_H

#include "base/arena.h"
#include "base/buf.h"
#include "spec/spec.h"

enum { SECCOMP_CACHE_ENTRIES = 256 };

/* Everything the compiled filter depends on, as bytes that differ whenever any of it differs: appended to *ret. */
void seccomp_cache_key(const struct spec_seccomp *s, struct buf *ret);

/* The directory, ready for use: a descriptor, or -errno when it may not be used. */
int seccomp_cache_open(const char *dir);

/* 1 and the filter in the arena; 0: no usable entry (one that is there but unusable has been removed). */
int seccomp_cache_load(int dir, struct arena *a, const struct buf *key, void **ret, size_t *ret_len);

/* Best effort: 0 or -errno. */
int seccomp_cache_store(int dir, const struct buf *key, const void *code, size_t len);
#endif
