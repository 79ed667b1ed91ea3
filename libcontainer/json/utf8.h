/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.  Room: run (pure). */
#ifndef JSON_UTF8_H
#define JSON_UTF8_H

#include <stddef.h>

/* The length (1 to 4) of the character at p, of which `left` bytes (at least 1) may be read; 0 when it is none. */
size_t utf8_length(const unsigned char *p, size_t left);

/* The longest prefix of s of at most max bytes that does not cut a character: for bounded messages. */
size_t utf8_prefix(const char *s, size_t max);
#endif
