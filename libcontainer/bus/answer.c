/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer is the last thing that the program does; the system takes back what it holds.  Room: bus. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bus/bus.h"
#include "systemd/request.h"

enum { LINE = 900 }; /* what the caller keeps of it is a little more */

_Noreturn static void say(char *line, int status)
{
	size_t n;

	for (char *p = line; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = ' ';
	n = strlen(line);
	line[n] = '\n';
	if (write(1, line, n + 1) < 0)
		_exit(3);
	_exit(status);
}

_Noreturn void answer_ok(void)
{
	char line[] = "ok\0";

	say(line, 0);
}

_Noreturn void answer_error(const char *name, const char *fmt, ...)
{
	char line[LINE + 2];
	int n = snprintf(line, LINE, "error %s ", name);
	va_list ap;

	if (n > 0 && n < LINE) {
		va_start(ap, fmt);
		vsnprintf(line + n, (size_t)(LINE - n), fmt, ap);
		va_end(ap);
	}
	say(line, 1);
}

_Noreturn void answer_errno(const char *what, int r)
{
	/* The name of the number: its text is the caller's to choose. */
	answer_error(r == -ETIMEDOUT ? REQUEST_TIMEOUT : REQUEST_BROKEN, "%d %s", -r, what);
}
