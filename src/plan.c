/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin plan.  Room: the CLI. */
#include <string.h>

#include "creating.h"

struct values {
	struct creating creating;
};

static const struct opt opts[] = { BUNDLE_OPTIONS(struct values, creating), { .type = OPT_END } };

static const char *const about[] = {
	"Prints, one step a line, everything that create would do inside the container, in order. It needs no\n"
	"privilege and changes nothing. Of a configuration that is wrong it prints all that is wrong, one line each.",
	NULL,
};

/* Nothing is read from or written to the state directory, so not having one is no reason to fail. */
static int runtime(struct cli *cli, struct lct_err *err)
{
	if (!cli->globals.root && cli_runtime(cli, NULL) < 0)
		cli->globals.root = "/run/kin";
	return cli_runtime(cli, err);
}

static int plan(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	struct values *v = values;
	struct lct_create_opts o;
	autotext *text = NULL;
	int r = runtime(cli, err);

	if (r < 0)
		return r;
	if (n_args && v->creating.bundle)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "the bundle is given twice: --bundle %s and %s",
			       v->creating.bundle, args[0]);
	if (n_args)
		v->creating.bundle = args[0];
	o = creating_opts(&v->creating, 0);
	r = lct_plan_text(cli->runtime, &o, &text, err);
	if (r == 0)
		return cli_print(text, strlen(text), err);
	/* The list is the command's answer; standard error and the log get one line, as of every failure. */
	if (text && *text)
		(void)cli_print(text, strlen(text), NULL);
	return r;
}

const struct command plan_command = {
	.name = "plan",
	.args = "[BUNDLE]",
	.summary = "print what create would do, step by step",
	.about = about,
	.opts = opts,
	.max_args = 1,
	.values_size = sizeof(struct values),
	.run = plan,
};
