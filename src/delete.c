/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin delete.  Room: the CLI. */
#include "matching.h"

struct values {
	bool force;
	bool regex;
};

static const struct opt opts[] = {
	OPT(OPT_BOOL, 'f', "force", NULL, "kill what runs, and recover from anything left half done",
	    OPT_AT(values, force)),
	OPT(OPT_BOOL, 'r', "regex", NULL, "ID is a regular expression: all containers whose ID it matches",
	    OPT_AT(values, regex)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Removes all that create made. With --force it also removes a container whose create was killed at any\n"
	"moment or whose record is damaged, says nothing about an ID that does not exist, and returns 0 only when\n"
	"nothing is left.",
	"With --regex, ID is an extended regular expression, which matches anywhere in an ID unless it has ^ and $.\n"
	"All that match are tried; those that fail are told on standard error, and make the command fail. None that\n"
	"matches is success.",
	NULL,
};

static int remove_one(struct cli *cli, const char *id, void *arg, struct lct_err *err)
{
	const struct values *v = arg;
	int r = cli_runtime(cli, err);

	if (r >= 0)
		r = lct_delete(cli->runtime, id, v->force, err);
	/* Somebody else may have removed it after we saw it. */
	return r == -ENOENT && v->regex ? 0 : r;
}

static int delete (struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;

	(void)n_args;
	cli_seal_fds(0);
	return v->regex ? matching_each(cli, &(const struct matching){ args[0], "delete", remove_one, values }, err)
			: remove_one(cli, args[0], values, err);
}

const struct command delete_command = {
	.name = "delete",
	.args = "ID",
	.summary = "remove a container",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.run = delete,
};
