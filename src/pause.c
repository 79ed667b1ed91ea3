/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin pause and kin resume.  Room: the CLI. */
#include "cli.h"

struct values {
	int timeout_ms; /* -1: the runtime's */
};

static const struct opt opts[] = {
	OPT(OPT_TIME, 't', "timeout", "TIME", "give up after TIME (default: 1m)", OPT_AT(values, timeout_ms)),
	{ .type = OPT_END },
};

static const struct values defaults = { .timeout_ms = -1 };

static const char *const about_pause[] = {
	"Freezes every process of a created or running container and returns when the kernel has confirmed it. What\n"
	"cannot be frozen in time (a process that waits for a device or a file server) is an error, and the\n"
	"container runs on as before.",
	NULL,
};

static const char *const about_resume[] = {
	"Lets the processes of a paused container go on.",
	NULL,
};

static int apply(struct cli *cli, const struct values *v, const char *id,
		 int (*verb)(lct_container *, int, struct lct_err *), struct lct_err *err)
{
	autocontainer *ct = NULL;
	int r;

	if (v->timeout_ms == 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "--timeout must be greater than 0");
	r = cli_find(cli, id, &ct, err);
	return r < 0 ? r : verb(ct, v->timeout_ms < 0 ? 0 : v->timeout_ms, err);
}

static int pause_container(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	(void)n_args;
	return apply(cli, values, args[0], lct_pause, err);
}

static int resume_container(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	(void)n_args;
	return apply(cli, values, args[0], lct_resume, err);
}

const struct command pause_command = {
	.name = "pause",
	.args = "ID",
	.summary = "freeze the processes of a container",
	.about = about_pause,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.defaults = &defaults,
	.run = pause_container,
};

const struct command resume_command = {
	.name = "resume",
	.args = "ID",
	.summary = "let the processes of a paused container go on",
	.about = about_resume,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.defaults = &defaults,
	.run = resume_container,
};
