/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words and lines of a request, see systemd/request.h.  Room: run (pure). */
#include "systemd/parts.h"

#include <inttypes.h>

void line_word(struct buf *b, const char *s)
{
	static const char hex[] = "0123456789ABCDEF";

	buf_char(b, ' ');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c > ' ' && c < 127 && c != '%') {
			buf_char(b, *s);
			continue;
		}
		buf_char(b, '%');
		buf_char(b, hex[c >> 4]);
		buf_char(b, hex[c & 15]);
	}
}

void line_number(struct buf *b, uint64_t n)
{
	buf_printf(b, " %" PRIu64, n);
}

void line_property(struct buf *b, const char *name, bool may, const char *type)
{
	buf_printf(b, "property %s %s %s", name, may ? "may" : "must", type);
}

void line_string(struct buf *b, const char *name, bool may, const char *value)
{
	line_property(b, name, may, "s");
	line_word(b, value);
	buf_char(b, '\n');
}

void line_bool(struct buf *b, const char *name, bool may, bool value)
{
	line_property(b, name, may, "b");
	line_word(b, value ? "true" : "false");
	buf_char(b, '\n');
}

void line_u64(struct buf *b, const char *name, bool may, uint64_t value)
{
	line_property(b, name, may, "t");
	line_number(b, value);
	buf_char(b, '\n');
}
