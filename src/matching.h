/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One operation for each container whose id matches a regular expression (--regex, as in crun).  Room: the CLI. */
#ifndef KIN_MATCHING_H
#define KIN_MATCHING_H

#include "cli.h"

struct matching {
	const char *expression; /* POSIX extended, regex(7); found anywhere in the id unless it is anchored */
	const char *verb; /* "kill", for the error */
	int (*one)(struct cli *cli, const char *id, void *arg, struct lct_err *err); /* 0, or -errno with err filled */
	void *arg;
};

/* Tries all of them, in the order of `list`.  None that matches is success; those that fail are told on standard error,
 * a line each, and the result is an error that counts them. */
int matching_each(struct cli *cli, const struct matching *m, struct lct_err *err);
#endif
