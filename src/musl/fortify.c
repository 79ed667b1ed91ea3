/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the distribution's static libraries (libseccomp, libcap, yajl) want from a C library beside the standard's
 * functions: they were compiled with _FORTIFY_SOURCE, whose checking calls musl does not have.  Declared as in the
 * Linux Standard Base.  Room: the CLI.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __fprintf_chk(FILE *f, int flag, const char *fmt, ...);
int __snprintf_chk(char *s, size_t n, int flag, size_t room, const char *fmt, ...);
int __sprintf_chk(char *s, int flag, size_t room, const char *fmt, ...);
int __asprintf_chk(char **ret, int flag, const char *fmt, ...);
void *__memcpy_chk(void *to, const void *from, size_t n, size_t room);

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

int __fprintf_chk(FILE *f, int flag, const char *fmt, ...)
{
	va_list ap;
	int n;

	(void)flag;
	va_start(ap, fmt);
	n = vfprintf(f, fmt, ap);
	va_end(ap);
	return n;
}

int __snprintf_chk(char *s, size_t n, int flag, size_t room, const char *fmt, ...)
{
	va_list ap;
	int r;

	(void)flag;
	if (n > room)
		abort();
	va_start(ap, fmt);
	r = vsnprintf(s, n, fmt, ap);
	va_end(ap);
	return r;
}

int __sprintf_chk(char *s, int flag, size_t room, const char *fmt, ...)
{
	va_list ap;
	int r;

	(void)flag;
	va_start(ap, fmt);
	r = vsnprintf(s, room, fmt, ap);
	va_end(ap);
	if (r < 0 || (size_t)r >= room)
		abort();
	return r;
}

int __asprintf_chk(char **ret, int flag, const char *fmt, ...)
{
	va_list ap;
	int n;

	(void)flag;
	va_start(ap, fmt);
	n = vasprintf(ret, fmt, ap);
	va_end(ap);
	return n;
}

void *__memcpy_chk(void *to, const void *from, size_t n, size_t room)
{
	if (n > room)
		abort();
	return memcpy(to, from, n);
}
