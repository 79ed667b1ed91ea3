/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings as JSON, for the documents that we print.  Room: run. */
#include "json/json.h"

#include <string.h>

#include "base/buf.h"
#include "json/utf8.h"

static void put_escape(struct buf *b, unsigned char c)
{
	static const char short_forms[] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'
	};

	if (c < sizeof(short_forms) && short_forms[c]) {
		buf_char(b, '\\');
		buf_char(b, short_forms[c]);
	} else {
		buf_printf(b, "\\u%04x", c);
	}
}

void json_put_string(struct buf *b, const char *s)
{
	const unsigned char *p = (const unsigned char *)s, *plain = p;
	size_t left = strlen(s), n;

	buf_char(b, '"');
	while (left > 0) {
		n = utf8_length(p, left);
		if (n == 0 || *p < ' ' || *p == '"' || *p == '\\') {
			buf_add(b, plain, (size_t)(p - plain));
			if (n == 0)
				buf_str(b, "\xef\xbf\xbd"); /* U+FFFD */
			else
				put_escape(b, *p);
			plain = p + 1;
			n = 1;
		}
		p += n;
		left -= n;
	}
	buf_add(b, plain, (size_t)(p - plain));
	buf_char(b, '"');
}
