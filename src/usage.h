/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a container used, as JSON.  Room: the CLI. */
#ifndef KIN_USAGE_H
#define KIN_USAGE_H

#include "cli.h"

/* {"cpuUsec":...}: what is not known is left out. */
void put_usage(struct buf *b, const struct lct_usage *u);
#endif
