/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of a plan as words, and strings as one token.  Private to plan/.  Room: run. */
#ifndef PLAN_WORDS_H
#define PLAN_WORDS_H

#include <stdint.h>

#include "base/buf.h"

enum words_kind {
	WORDS_NONE = 0, /* not shown */
	WORDS_NUMBER, /* always */
	WORDS_NONZERO,
	WORDS_SIGNED, /* always */
	WORDS_OCTAL, /* always */
	WORDS_HEX, /* unless 0 */
	WORDS_RLIMIT, /* NOFILE */
	WORDS_LIMIT, /* always; or "unlimited" */
	WORDS_NAMESPACES, /* always; "mount,pid" or "-" */
	WORDS_PROPAGATION, /* "rslave", unless 0 */
	WORDS_ATTRS, /* "ro,nosuid,noatime", unless 0 */
	WORDS_CAPS, /* always; "KILL,SETUID" or "-" */
	WORDS_POLICY, /* "FIFO" */
	WORDS_HOOK, /* "createContainer" */
};

void words_number(struct buf *b, const char *key, enum words_kind kind, uint64_t n);
/* As it is where nothing in it could be misread, in quotes with escapes otherwise. */
void words_string(struct buf *b, const char *s);
#endif
