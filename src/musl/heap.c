/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The heap of the command line, where it is linked with musl: a command lives for milliseconds, so memory is handed out
 * upwards from one populated mapping and given back by exit.  Only the last block can grow in place or be freed.
 * musl's own allocator takes and returns a mapping for nearly every larger block: some 50 system calls and 30 page
 * faults of a `kin run`, which this saves.  The command line has one thread.  Room: the CLI.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 16, FIRST = 192 * 1024, MORE = 1024 * 1024 };

struct block {
	size_t size; /* of the data, a multiple of ALIGN */
	size_t unused;
};
_Static_assert(sizeof(struct block) == ALIGN, "blocks keep the alignment");

static struct {
	char *at, *end; /* the free rest of the current mapping */
	char *last; /* data of the block handed out last */
} heap;

static int grow(size_t need)
{
	size_t size = heap.end ? MORE : FIRST;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (heap.end ? 0 : MAP_POPULATE);
	char *p;

	if (size < need)
		size = (need + 4095) & ~(size_t)4095;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (p == MAP_FAILED)
		return -1;
	heap.at = p;
	heap.end = p + size;
	return 0;
}

static void *take(size_t size)
{
	struct block *b;

	if (size > PTRDIFF_MAX - 8192) {
		errno = ENOMEM;
		return NULL;
	}
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if ((size_t)(heap.end - heap.at) < size + sizeof(*b) && grow(size + sizeof(*b)) < 0)
		return NULL;
	b = (struct block *)heap.at;
	b->size = size;
	heap.last = heap.at + sizeof(*b);
	heap.at = heap.last + size;
	return heap.last;
}

static size_t size_of(const void *p)
{
	return ((const struct block *)p - 1)->size;
}

void *malloc(size_t size)
{
	return take(size);
}

void free(void *p)
{
	if (!p || p != heap.last)
		return;
	heap.at = heap.last - sizeof(struct block);
	heap.last = NULL; /* the one before is not known */
}

void *calloc(size_t n, size_t size)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	p = take(total);
	/* What was freed may be handed out again, so the mapping's zeroes cannot be relied on. */
	return p ? memset(p, 0, total) : NULL;
}

void *realloc(void *p, size_t size)
{
	size_t old = p ? size_of(p) : 0;
	void *q;

	if (p && size <= old)
		return p;
	if (p && p == heap.last && size <= (size_t)(heap.end - heap.last) - ALIGN) {
		size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
		((struct block *)p - 1)->size = size;
		heap.at = heap.last + size;
		return p;
	}
	q = take(size);
	if (q && p)
		memcpy(q, p, old);
	return q;
}

/* Nobody here asks for more than malloc's alignment; a block without its header could not be reallocated. */
void *aligned_alloc(size_t align, size_t size)
{
	if (align <= ALIGN)
		return take(size);
	errno = ENOMEM;
	return NULL;
}
