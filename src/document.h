/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A JSON document that the caller names: a file, or "-" and whatever else can only be read once.  Room: the CLI. */
#ifndef KIN_DOCUMENT_H
#define KIN_DOCUMENT_H

#include "base/arena.h"
#include "base/err.h"

/* Bounded by JSON_MAX_SIZE.  *ret is in the arena, with a NUL after its len bytes. */
int document_read(struct arena *a, const char *path, char **ret, size_t *ret_len, struct lct_err *err);
#endif
