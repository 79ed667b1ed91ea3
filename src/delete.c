/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin delete.  Room: the CLI. */
#include "cli.h"

struct values {
	bool force;
};

static const struct opt opts[] = {
	OPT(OPT_BOOL, 'f', "force", NULL, "kill what runs, and recover from anything left half done",
	    OPT_AT(values, force)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Removes all that create made. With --force it also removes a container whose create was killed at any\n"
	"moment or whose record is damaged, says nothing about an ID that does not exist, and returns 0 only when\n"
	"nothing is left.",
	NULL,
};

static int delete (struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	int r;

	(void)n_args;
	cli_seal_fds(0);
	r = cli_runtime(cli, err);
	return r < 0 ? r : lct_delete(cli->runtime, args[0], v->force, err);
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
