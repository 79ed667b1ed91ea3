/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --regex; see matching.h.  Room: the CLI. */
#include "matching.h"

#include <regex.h>

struct ids {
	struct arena *arena;
	regex_t re;
	char **v;
	size_t n, room;
};

/* Collected before anything is done: what is done may take entries away from the directory that is being read. */
static int collect(const struct lct_info *info, const char *state_json, void *arg)
{
	struct ids *ids = arg;
	char **more;

	(void)state_json;
	if (regexec(&ids->re, info->id, 0, NULL, 0) != 0)
		return 0;
	if (ids->n == ids->room) {
		ids->room = ids->room ? 2 * ids->room : 16;
		more = arena_array(ids->arena, ids->room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		for (size_t i = 0; i < ids->n; i++)
			more[i] = ids->v[i];
		ids->v = more;
	}
	ids->v[ids->n] = arena_strdup(ids->arena, info->id);
	return ids->v[ids->n++] ? 0 : -ENOMEM;
}

static int find(struct cli *cli, const char *expression, struct ids *ids, struct lct_err *err)
{
	char why[128];
	int r = regcomp(&ids->re, expression, REG_EXTENDED | REG_NOSUB);

	if (r != 0) {
		regerror(r, &ids->re, why, sizeof(why));
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "regular expression \"%s\": %s", expression, why);
	}
	r = lct_list(cli->runtime, collect, ids, err);
	regfree(&ids->re);
	if (r == -ENOMEM && err && !err->text[0])
		return err_nomem(err);
	return r;
}

int matching_each(struct cli *cli, const struct matching *m, struct lct_err *err)
{
	struct ids ids = { .arena = &cli->arena };
	size_t failed = 0;
	int r = cli_runtime(cli, err);

	if (r >= 0)
		r = find(cli, m->expression, &ids, err);
	for (size_t i = 0; r >= 0 && i < ids.n; i++) {
		struct lct_err one = { 0 };

		if (m->one(cli, ids.v[i], m->arg, &one) >= 0)
			continue;
		log_notice("%s %s: %s", m->verb, ids.v[i], one.text);
		failed++;
	}
	if (r >= 0 && failed)
		return err_set(err, LCT_E_SYSTEM, EIO, NULL, "%s: %zu of the %zu containers that match \"%s\" failed",
			       m->verb, failed, ids.n, m->expression);
	return r;
}
