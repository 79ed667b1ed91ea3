/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin start.  Room: the CLI. */
#include "cli.h"
#include "notify.h"

static const struct opt opts[] = { { .type = OPT_END } };

static const char *const about[] = {
	"Returns 0 only when the kernel has executed the program. A failing startContainer hook and a failing\n"
	"execve are errors, and the container is stopped then. With NOTIFY_SOCKET, as it was at create, returns when "
	"the\n"
	"program has said that it is ready, or has ended.",
	NULL,
};

static int start(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	autocontainer *ct = NULL;
	bool notify;
	int r = notify_wanted(&notify, err);

	(void)values, (void)n_args;
	cli_seal_fds(0);
	if (r == 0)
		r = cli_find(cli, args[0], &ct, err);
	if (r < 0)
		return r;
	/* Created without one it has nobody to tell. */
	notify = notify && lct_notify_socket(ct, NULL) >= 0;
	r = lct_start(ct, err);
	return r < 0 || !notify ? r : notify_wait(ct, err);
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
