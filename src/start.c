/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin start.  Room: the CLI. */
#include "cli.h"

static const struct opt opts[] = { { .type = OPT_END } };

static const char *const about[] = {
	"Returns 0 only when the kernel has executed the program. A failing startContainer hook and a failing\n"
	"execve are errors, and the container is stopped then.",
	NULL,
};

static int start(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	autocontainer *ct = NULL;
	int r;

	(void)values, (void)n_args;
	cli_seal_fds(0);
	r = cli_find(cli, args[0], &ct, err);
	return r < 0 ? r : lct_start(ct, err);
}

const struct command start_command = {
	.name = "start",
	.args = "ID",
	.summary = "execute the program of a created container",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.complete_id = true,
	.run = start,
};
