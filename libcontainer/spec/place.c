/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A place as a JSON pointer.  Room: run (pure). */
#include "spec/place.h"

#include <stdio.h>
#include <string.h>

#include "json/utf8.h"

enum { DEEPEST = 16 }; /* the tables of this folder go 6 deep */

struct writer {
	char *text;
	size_t used;
};

/* All of it or nothing, so that neither an escape nor a character is cut. */
static void put(struct writer *w, const char *s, size_t len)
{
	if (PLACE_MAX - w->used <= len)
		return;
	memcpy(w->text + w->used, s, len);
	w->used += len;
	w->text[w->used] = '\0';
}

static void put_name(struct writer *w, const char *name)
{
	size_t left = strlen(name), n;

	for (; left > 0; name += n, left -= n) {
		n = utf8_length((const unsigned char *)name, left);
		if (n == 0)
			n = 1;
		if (*name == '~')
			put(w, "~0", 2);
		else if (*name == '/')
			put(w, "~1", 2);
		else
			put(w, name, n);
		if (w->used >= PLACE_MAX - 4)
			return;
	}
}

void place_text(const struct place *at, char text[PLACE_MAX])
{
	struct writer w = { text, 0 };
	const struct place *chain[DEEPEST];
	char number[24];
	size_t n = 0;

	text[0] = '\0';
	for (; at && n < DEEPEST; at = at->up)
		chain[n++] = at;
	while (n-- > 0) {
		put(&w, "/", 1);
		if (chain[n]->name) {
			put_name(&w, chain[n]->name);
		} else {
			snprintf(number, sizeof(number), "%zu", chain[n]->index);
			put(&w, number, strlen(number));
		}
	}
}
