/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Failures in words: one line on standard error, and exactly one record in the --log file.  Podman decodes the
 * whole file as a single JSON object and containerd takes the last one whose level is "error", so nothing else is
 * ever written there unless --debug asks for it.  Room: the CLI.
 */
#ifndef KIN_LOG_H
#define KIN_LOG_H

#include <stdbool.h>

struct log {
	const char *path; /* NULL: standard error only */
	bool json;
	bool debug;
};

/* Losing the record never changes a result: a full disk or a FIFO without a reader is ignored. */
void log_error(const struct log *log, const char *message);

/* Standard error only, for what did not fail the command. */
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Only with --debug: to both. */
void log_debug(const struct log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#endif
