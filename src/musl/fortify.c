/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the distribution's static libraries (libseccomp, libcap, yajl, libcgroup) want from a C library beside the standard's
 * functions: they were compiled with _FORTIFY_SOURCE, whose checking calls musl does not have.  Declared as in the
 * Linux Standard Base.  Room: the CLI.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __fprintf_chk(FILE *f, int flag, const char *fmt, ...);
int __snprintf_chk(char *s, size_t n, int flag, size_t room, const char *fmt, ...);
int __sprintf_chk(char *s, int flag, size_t room, const char *fmt, ...);
int __asprintf_chk(char **ret, int flag, const char *fmt, ...);
int __vfprintf_chk(FILE *f, int flag, const char *fmt, va_list ap);
void *__memcpy_chk(void *to, const void *from, size_t n, size_t room);
char *__strcpy_chk(char *to, const char *from, size_t room);
char *__strncat_chk(char *to, const char *from, size_t n, size_t room);
char *__realpath_chk(const char *path, char *ret, size_t room);
_Noreturn void __longjmp_chk(jmp_buf env, int value);

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

int __vfprintf_chk(FILE *f, int flag, const char *fmt, va_list ap)
{
	(void)flag;
	return vfprintf(f, fmt, ap);
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

char *__strcpy_chk(char *to, const char *from, size_t room)
{
	return __memcpy_chk(to, from, strlen(from) + 1, room);
}

char *__strncat_chk(char *to, const char *from, size_t n, size_t room)
{
	size_t len = strlen(to), more = strnlen(from, n);

	if (len >= room || more >= room - len)
		abort();
	memcpy(to + len, from, more);
	to[len + more] = '\0';
	return to;
}

char *__realpath_chk(const char *path, char *ret, size_t room)
{
	if (room < PATH_MAX)
		abort();
	return realpath(path, ret);
}

/* Of flex's and bison's makings in libcgroup's reader of cgconfig.conf, which kin does not call.  glibc's check is that
 * the jump goes up the stack; setjmp itself is musl's, so its jmp_buf is, too. */
void __longjmp_chk(jmp_buf env, int value)
{
	longjmp(env, value);
}
