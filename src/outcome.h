/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a process ended, as an exit status and as JSON.  Room: the CLI. */
#ifndef KIN_OUTCOME_H
#define KIN_OUTCOME_H

#include "base/buf.h"
#include "cli.h"

/* The shell's number: the code, or 128 + signal; -ENODATA with err filled when nobody knows. */
int outcome_status(const struct lct_outcome *o, const char *id, struct lct_err *err);

/* One line: {"id":...,"ended":"exit"|"signal"|"unknown","exitStatus":N|null,...} */
void outcome_json(struct buf *b, const char *id, const struct lct_outcome *o);
#endif
