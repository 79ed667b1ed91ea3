/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "0-3,7" as a bit mask.  Room: run (pure). */
#include "spec/number_set.h"

#include <string.h>

enum { WORD = 32 };

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* NULL: no number there, or one from `limit` on. */
static const char *number(const char *s, unsigned limit, unsigned *ret)
{
	unsigned n = 0;

	s = skip_blanks(s);
	if (*s < '0' || *s > '9')
		return NULL;
	for (; *s >= '0' && *s <= '9'; s++) {
		n = n * 10 + (unsigned)(*s - '0');
		if (n >= limit)
			return NULL;
	}
	*ret = n;
	return skip_blanks(s);
}

/* One element, "N" or "N-M"; where it ends, or NULL. */
static const char *range(const char *s, unsigned limit, unsigned *first, unsigned *last)
{
	s = number(s, limit, first);
	*last = *first;
	if (s && *s == '-')
		s = number(s + 1, limit, last);
	return s && *first <= *last && (*s == ',' || !*s) ? s : NULL;
}

void number_set_decode(struct decoder *d, const struct place *at, const struct json *v, unsigned limit,
		       struct spec_set *ret)
{
	const char *text = decode_string(d, at, v), *s = text;
	unsigned first = 0, last = 0;

	if (!text)
		return;
	ret->words = decode_alloc(d, (limit + WORD - 1) / WORD, sizeof(*ret->words));
	while (ret->words && *(s = skip_blanks(s))) {
		if (*s == ',') {
			s++;
			continue;
		}
		s = range(s, limit, &first, &last);
		if (!s) {
			report_at(d->report, at, "\"%.*s\" is not a list like \"0-3,7\" of numbers below %u",
				  SHOWN(text), limit);
			return;
		}
		for (; first <= last; first++)
			ret->words[first / WORD] |= UINT32_C(1) << first % WORD;
		if (ret->n < last / WORD + 1)
			ret->n = last / WORD + 1;
	}
	if (*text && !ret->n && ret->words)
		report_at(d->report, at, "\"%.*s\" has no number in it", SHOWN(text));
}
