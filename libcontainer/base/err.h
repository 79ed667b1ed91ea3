/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors as values: one line, filled once at the origin.  Room: run (and the pure parts). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <errno.h>
#include <libcontainer.h>

/* Fills *err (may be NULL) and returns -errnum (or -EINVAL when errnum is 0).  `where` may be NULL; when set, text
 * becomes "where: message".  err_sys appends ": " and the errno's text to the message. */
int err_set(struct lct_err *err, enum lct_code code, int errnum, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
int err_sys(struct lct_err *err, int errnum, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int err_config(struct lct_err *err, const char *where, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int err_nomem(struct lct_err *err); /* -ENOMEM */

/* Go's lowercase text of an errno ("no such file or directory"); callers match on it case-sensitively,
 * so strerror() is never shown.  Accepts positive or negative numbers. */
const char *errno_text(int errnum);
#endif
