/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a byte offset to the line and column that an editor shows.  Room: run (pure). */
#include "json/position.h"

#include <stdarg.h>
#include <stdio.h>

int json_error_at(const struct json_input *in, size_t at, struct lct_err *err, const char *fmt, ...)
{
	size_t line = 1, column = 1;
	char message[512];
	va_list ap;

	for (size_t i = 0; i < at && i < in->len; i++) {
		if (in->text[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)in->text[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return err_config(err, in->what, "line %zu, column %zu: %s", line, column, message);
}
