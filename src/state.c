/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin state.  Room: the CLI. */
#include <string.h>

#include "cli.h"

static const struct opt opts[] = { { .type = OPT_END } };

static int state(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };
	autocontainer *ct = NULL;
	autotext *json = NULL;
	int r = cli_find(cli, args[0], &ct, err);

	(void)values, (void)n_args;
	if (r < 0)
		return r;
	r = lct_state_json(ct, &json, err);
	if (r < 0)
		return r;
	buf_str(&b, json);
	if (b.len && b.data[b.len - 1] != '\n')
		buf_char(&b, '\n');
	return cli_print_buf(&b, err);
}

const struct command state_command = {
	.name = "state",
	.args = "ID",
	.summary = "print the state of a container as JSON",
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.complete_id = true,
	.run = state,
};
