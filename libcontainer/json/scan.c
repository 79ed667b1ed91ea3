/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A first pass over the raw text.  yajl lets vertical tabs pass as white space, replaces lone surrogates by "?",
 * gives NUL inside of strings and has a lenient idea of UTF-8: two parsers that differ on such input see two
 * different configurations, so none of it goes in.  Room: run (pure).
 */
#include "json/position.h"

#include "json/utf8.h"

/* Four hexadecimal digits; -1 when they are not (yajl then says so). */
static int hex4(const struct json_input *in, size_t at)
{
	int value = 0;

	if (in->len - at < 4)
		return -1;
	for (size_t i = at; i < at + 4; i++) {
		unsigned char c = (unsigned char)in->text[i];

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value * 16 + ((c | 32) - 'a' + 10);
		else
			return -1;
	}
	return value;
}

/* The \uXXXX (or pair of them) whose backslash is at *at; moves *at behind it. */
static int scan_unicode_escape(const struct json_input *in, size_t *at, struct lct_err *err)
{
	int first = hex4(in, *at + 2), second = -1;

	if (first < 0) {
		*at += 2;
		return 0;
	}
	if (first == 0)
		return json_error_at(in, *at, err, "a NUL character (\\u0000) is not allowed");
	if (first < 0xd800 || first > 0xdfff) {
		*at += 6;
		return 0;
	}
	if (first < 0xdc00 && in->len - *at >= 12 && in->text[*at + 6] == '\\' && in->text[*at + 7] == 'u')
		second = hex4(in, *at + 8);
	if (second < 0xdc00 || second > 0xdfff)
		return json_error_at(in, *at, err, "lone surrogate \\u%04x", (unsigned)first);
	*at += 12;
	return 0;
}

int json_scan(const struct json_input *in, struct lct_err *err)
{
	const unsigned char *p = (const unsigned char *)in->text;
	size_t i = 0, n;
	int r;

	while (i < in->len) {
		if (p[i] == '\\' && i + 1 < in->len) {
			if (p[i + 1] != 'u') {
				/* One byte only: the second is looked at as any other unless it is a backslash. */
				i += p[i + 1] == '\\' ? 2 : 1;
				continue;
			}
			r = scan_unicode_escape(in, &i, err);
			if (r < 0)
				return r;
		} else if (p[i] >= 0x80) {
			n = utf8_length(p + i, in->len - i);
			if (n == 0)
				return json_error_at(in, i, err, "invalid UTF-8 (byte 0x%02x)", p[i]);
			i += n;
		} else if (p[i] < ' ' && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') {
			return json_error_at(in, i, err, "control character 0x%02x is not allowed", p[i]);
		} else {
			i++;
		}
	}
	return 0;
}
