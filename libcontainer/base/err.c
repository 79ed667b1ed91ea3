/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors as values.  Room: run. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 5, 0))) static int fill(struct lct_err *err, enum lct_code code, int errnum,
						      const char *where, const char *fmt, va_list ap, const char *tail)
{
	size_t n = 0;

	if (!err)
		return errnum ? -errnum : -EINVAL;
	err->code = code;
	err->errnum = errnum;
	snprintf(err->where, sizeof(err->where), "%s", where ? where : "");
	err->text[0] = '\0';
	if (where && where[0])
		n = (size_t)snprintf(err->text, sizeof(err->text), "%s: ", err->where);
	vsnprintf(err->text + n, sizeof(err->text) - n, fmt, ap);
	if (tail) {
		n = strlen(err->text);
		snprintf(err->text + n, sizeof(err->text) - n, ": %s", tail);
	}
	/* One line, always: names from a config may hold anything. */
	for (char *p = err->text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '?';
	return errnum ? -errnum : -EINVAL;
}

int err_set(struct lct_err *err, enum lct_code code, int errnum, const char *where, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = fill(err, code, errnum, where, fmt, ap, NULL);
	va_end(ap);
	return r;
}

int err_sys(struct lct_err *err, int errnum, const char *where, const char *fmt, ...)
{
	va_list ap;
	int r;

	if (errnum < 0)
		errnum = -errnum;
	va_start(ap, fmt);
	r = fill(err, LCT_E_SYSTEM, errnum, where, fmt, ap, errno_text(errnum));
	va_end(ap);
	return r;
}

int err_config(struct lct_err *err, const char *where, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = fill(err, LCT_E_CONFIG, EINVAL, where, fmt, ap, NULL);
	va_end(ap);
	return r;
}

int err_nomem(struct lct_err *err)
{
	return err_set(err, LCT_E_SYSTEM, ENOMEM, NULL, "out of memory");
}
