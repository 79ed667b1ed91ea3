/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory for yajl, set aside before it runs: yajl uses what malloc returns without looking, so out of memory inside
 * of it would be a crash of our caller.  What it needs is bounded: its handle and lexer, a stack of one byte per
 * level, and two buffers that double up to the longest token, hence at most 8 * length of the input.  The pages
 * come zeroed and untouched from the kernel: only what is used costs.  Room: run.
 */
#ifndef JSON_RESERVE_H
#define JSON_RESERVE_H

#include <stddef.h>
#include <yajl/yajl_common.h>

struct reserve {
	char *data;
	size_t used, size;
};

#define _cleanup_reserve_ __attribute__((cleanup(reserve_done)))

int reserve_init(struct reserve *r, size_t input_len); /* -ENOMEM */
void reserve_done(struct reserve *r);
yajl_alloc_funcs reserve_funcs(struct reserve *r);
#endif
