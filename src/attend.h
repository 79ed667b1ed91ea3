/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What run and restore do in the foreground, once the container runs.  Room: the CLI. */
#ifndef KIN_ATTEND_H
#define KIN_ATTEND_H

#include "cli.h"
#include "foreground.h"

/* Stands in for the container until it has ended; its exit status.  Takes the console (-EBADF: none). */
int attend(struct cli *cli, const char *id, struct foreground *f, lct_container *ct, int console, bool keep,
	   struct lct_err *err);

/* After the end: deletes it; the status that is ours then. */
int attend_tidy(struct cli *cli, lct_container *ct, int status);
#endif
