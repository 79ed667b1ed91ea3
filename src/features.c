/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin features.  Room: the CLI. */
#include <string.h>

#include "cli.h"

static const struct opt opts[] = { { .type = OPT_END } };

static int features(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	autotext *json = NULL;
	int r = lct_features(&json, err);

	(void)cli, (void)values, (void)args, (void)n_args;
	return r < 0 ? r : cli_print(json, strlen(json), err);
}

const struct command features_command = {
	.name = "features",
	.args = "",
	.summary = "print what this build can do as JSON",
	.opts = opts,
	.run = features,
};
