/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What mid and init say about a failure, and their watch on the caller.  Rooms: mid, init. */
#ifndef LINK_REPORT_H
#define LINK_REPORT_H

#include <stdint.h>

#include "link/link.h"

struct report { /* what FAILED will carry beside the op and the errno */
	enum link_stage stage;
	uint64_t n;
	char text[LINK_TEXT];
};

/* Notes what failed and returns err (negative), so that `return report_at(...)` reads well. text may be NULL. */
int report_at(struct report *r, int err, enum link_stage stage, const char *text);
void report_add(struct report *r, const char *text); /* appends; what does not fit is cut */
int report_send(int sock, uint32_t seq, int op, int err, const struct report *r);

/*
 * Die with the creator, until COMMIT.  Two ways, because each has a hole: the parent-death signal is cleared by fork
 * and by changes of credentials (prctl(2)) and follows a thread, not a process; end-of-file is seen only by who looks.
 * So this is called after every such change and looks itself.
 */
void creator_or_die(int link);
#endif
