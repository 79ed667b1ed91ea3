/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A value of GVariant text on its way to the words of a request.  Private to gvariant*.c.  Room: run (pure). */
#ifndef SYSTEMD_GVARIANT_H
#define SYSTEMD_GVARIANT_H

#include "systemd/parts.h"

enum kind { BOOLEAN, NUMBER, STRING, ARRAY, TUPLE };

struct value {
	enum kind kind;
	const char *text; /* BOOLEAN, NUMBER, STRING */
	const char *said; /* the type in front of it; NULL: none */
	struct value *first, *next; /* ARRAY, TUPLE: members, and what follows in its own */
	uint64_t n;
};

struct parser {
	struct arena *a;
	const char *begin, *at;
	const char *why; /* static; NULL: out of memory */
};

static inline void *gvariant_fail(struct parser *p, const char *why)
{
	if (!p->why)
		p->why = why;
	return NULL;
}

/* "1.5", "1e3", but not "0x1e3". */
bool gvariant_is_fraction(const char *text);

/* ---- gvariant_type.c ---- */
/* Behind the complete type that s begins with; NULL: it begins with none that a unit's property can have. */
const char *gvariant_type_end(const char *s);
/* The type of a value, all of it decided; NULL: failed. */
const char *gvariant_type(struct parser *p, const struct value *v);

/* ---- gvariant_words.c ---- */
/* False: failed. */
bool gvariant_words(struct parser *p, struct buf *b, const struct value *v, const char *type);
bool gvariant_microseconds(struct buf *b, const char *text);
#endif
