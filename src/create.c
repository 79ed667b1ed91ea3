/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin create.  Room: the CLI. */
#include "creating.h"
#include "notify.h"

struct values {
	struct creating creating;
};

static const struct opt opts[] = { CREATING_OPTIONS(struct values, creating), { .type = OPT_END } };

static const char *const about[] = {
	"Makes a container from a bundle and returns when everything is ready but the user's program itself, which\n"
	"`kin start` executes. ID is 1 to 240 of the characters A-Z a-z 0-9 _ + . - and begins with none of the last "
	"two.",
	NULL,
};

static int create(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	struct lct_create_opts o = creating_opts(&v->creating, LCT_DETACHED);
	autocontainer *ct = NULL;
	int r = notify_ask(&o, err);

	(void)n_args;
	if (r == 0)
		r = cli_runtime(cli, err);
	return r < 0 ? r : lct_create(cli->runtime, args[0], &o, &ct, err);
}

const struct command create_command = {
	.name = "create",
	.args = "ID",
	.summary = "make a container, ready to start",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.values_size = sizeof(struct values),
	.prefix = "kin create failed: ",
	.run = create,
};
