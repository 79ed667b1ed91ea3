/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Failures in words: one line on standard error, and exactly one record where --log says: a file, the journal, syslog.  Podman decodes the
 * whole file as a single JSON object and containerd takes the last one whose level is "error", so nothing else is
 * ever written there unless --debug asks for it.  Room: the CLI.
 */
#ifndef KIN_LOG_H
#define KIN_LOG_H

#include <stdbool.h>

#include "base/err.h"

enum log_place { LOG_NOWHERE, LOG_TO_FILE, LOG_TO_JOURNAL, LOG_TO_SYSLOG };

struct log {
	enum log_place place; /* besides standard error */
	const char *name; /* path of the file, identifier for the others */
	bool json;
	bool debug;
};

/* --log: PATH, file:PATH, journald:ID, syslog:ID (crun's).  *log is left alone on an error. */
int log_place(struct log *log, const char *where, struct lct_err *err);

/* Losing the record never changes a result: a full disk or a FIFO without a reader is ignored. */
void log_error(const struct log *log, const char *message);

/* Standard error only, for what did not fail the command. */
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Only with --debug: to both. */
void log_debug(const struct log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#endif
