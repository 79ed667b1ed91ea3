/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Amounts of memory, as people write and read them.  Room: the CLI. */
#ifndef KIN_SIZE_H
#define KIN_SIZE_H

#include <stdint.h>

/* "512", "64m", "1.5G", "2 GiB", "100kb": always powers of 1024, as runc has it.  -EINVAL, -ERANGE above INT64_MAX. */
int size_parse(const char *text, int64_t *ret);

enum { SIZE_TEXT = 16 };
/* "0B", "17.5MiB" */
const char *size_text(uint64_t bytes, char ret[SIZE_TEXT]);
#endif
