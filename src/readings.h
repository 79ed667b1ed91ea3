/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several containers use at one moment, and since the moment before.  Room: the CLI. */
#ifndef KIN_READINGS_H
#define KIN_READINGS_H

#include "cli.h"
#include "table.h"

struct reading {
	const char *id;
	const char *created; /* an id may be another container's by the next round */
	const char *status;
	struct lct_stats stats;
	double cpu_percent, memory_percent; /* negative: not known */
};

struct readings {
	struct arena arena;
	struct reading *v;
	size_t n, cap;
};

/*
 * Replaces what *r held.  ids: which containers, NULL-terminated; NULL: all that are created, running or paused.
 * strict: one of ids that cannot be read is an error; else, as with all, it is left out: it has come to its end.
 * before: the round before, or NULL.
 */
int readings_take(struct readings *r, struct cli *cli, char **ids, bool strict, const struct readings *before,
		  struct lct_err *err);
void readings_done(struct readings *r);

/* At most max_rows containers; a last line says that there are more. */
void readings_table(const struct readings *r, size_t max_rows, const struct table_fit *fit, struct buf *b);
void readings_json(const struct readings *r, struct buf *b);
#endif
