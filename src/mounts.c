/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin mounts add and kin mounts remove.  Room: the CLI. */
#include <string.h>

#include "cli.h"
#include "document.h"

static const struct opt opts[] = {
	{ .type = OPT_END },
};

static const char *const verbs[] = { "add", "remove", NULL };

static const char *const about[] = {
	"Mounts into a container that is created, running or paused, or unmounts from it. FILE (-: standard input)\n"
	"has a JSON array of mounts as they stand in config.json, of 256 at most:",
	"    [{\"destination\": \"/data\", \"source\": \"/srv/data\", \"options\": [\"rbind\", \"ro\"]}]",
	"All of them, in their order, or none: when one fails, those before it are taken back. Sources are the\n"
	"caller's, relative ones below the bundle; destinations are below the container's root, wherever symbolic\n"
	"links in it lead, and are made where they are missing, which a read-only root does not allow. Every option\n"
	"of config.json has its meaning but remount and copy-symlink; nothing can be mounted over / and /proc, nor\n"
	"inside /proc but on the files that LXCFS provides. What tmpcopyup copies counts as the caller's memory.",
	"remove takes off what add has mounted, in the reverse order; only the destinations count, and whether they\n"
	"are dest-nofollow. What is not there, or is not the very mount that was added, is an error, and nothing is\n"
	"changed. Mounts of config.json stay. What is mounted below goes, too, and mount points stay.",
	"The processes of the container and those of kin exec see the mounts. config.json is not changed: they are\n"
	"gone with the container.",
	NULL,
};

static int mounts(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	bool add = !strcmp(args[0], verbs[0]);
	autocontainer *ct = NULL;
	size_t len;
	char *text;
	int r;

	(void)values;
	(void)n_args;
	if (!add && strcmp(args[0], verbs[1]) != 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "kin mounts: \"%s\" is neither add nor remove", args[0]);
	r = cli_find(cli, args[1], &ct, err);
	if (r >= 0)
		r = document_read(&cli->arena, args[2], &text, &len, err);
	if (r < 0)
		return r;
	return (add ? lct_mounts_add : lct_mounts_remove)(ct, text, len, 0, err);
}

const struct command mounts_command = {
	.name = "mounts",
	.args = "add|remove ID FILE",
	.summary = "mount into a container that lives, and unmount",
	.about = about,
	.opts = opts,
	.min_args = 3,
	.max_args = 3,
	.verbs = verbs,
	.complete_id = true,
	.values_size = 0,
	.run = mounts,
};
