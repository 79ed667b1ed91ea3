/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The memory of one call: allocate freely, release once.  Room: run. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;
struct arena {
	struct arena_chunk *head;
};

#define _cleanup_arena_ __attribute__((cleanup(arena_done)))

/* Zeroed memory, aligned for any type; NULL when out of memory. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t n, size_t size); /* NULL on overflow, too */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_done(struct arena *a);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#endif
