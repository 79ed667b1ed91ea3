/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where in the document we are: a chain of frames on the C stack, written out as a JSON pointer (RFC 6901) only
 * when somebody has something to say about it.  Room: run (pure).
 */
#ifndef SPEC_PLACE_H
#define SPEC_PLACE_H

#include <libcontainer.h>
#include <stddef.h>

struct place {
	const struct place *up; /* NULL: the document */
	const char *name; /* NULL: an element of an array */
	size_t index;
};

enum { PLACE_MAX = sizeof(((struct lct_err *)0)->where) };

static inline struct place place_member(const struct place *up, const char *name)
{
	return (struct place){ .up = up, .name = name };
}

static inline struct place place_element(const struct place *up, size_t index)
{
	return (struct place){ .up = up, .index = index };
}

/* "/linux/sysctl/a~1b"; bounded, never cutting a character.  A NULL place is "". */
void place_text(const struct place *at, char text[PLACE_MAX]);
#endif
