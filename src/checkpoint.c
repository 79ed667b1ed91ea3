/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin checkpoint.  Room: the CLI. */
#include <fcntl.h>
#include <unistd.h>

#include "criu.h"

struct values {
	struct criu_values criu;
};

static const struct opt opts[] = {
	CRIU_OPTIONS(struct values, criu),
	OPT(OPT_BOOL, 0, "leave-running", NULL, "let the container go on", OPT_AT(values, criu.leave_running)),
	OPT(OPT_BOOL, 0, "pre-dump", NULL, "its memory alone, ahead of time; it goes on",
	    OPT_AT(values, criu.pre_dump)),
	OPT(OPT_STRING, 0, "parent-path", "DIR", "images of a pre-dump to add to, relative to those to be written",
	    OPT_AT(values, criu.parent_path), .complete = "directory"),
	OPT(OPT_BOOL, 0, "tcp-skip-in-flight", NULL, "without TCP connections that are being made",
	    OPT_AT(values, criu.tcp_skip_in_flight)),
	OPT(OPT_BOOL, 0, "link-remap", NULL, "with files that are deleted but open", OPT_AT(values, criu.link_remap)),
	OPT(OPT_STRING, 0, "page-server", "ADDRESS:PORT", "send the memory there, or serve it there with --lazy-pages",
	    OPT_AT(values, criu.page_server)),
	OPT(OPT_NUMBER, 0, "status-fd", "N", "descriptor that gets a NUL byte when lazy pages can be asked for",
	    OPT_AT(values, criu.status_fd)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Writes a running container to files by the program criu (3.14 or newer), which must be installed, and root's\n"
	"privileges are needed. Without --leave-running and --pre-dump the container is deleted after that; `kin "
	"restore`\n"
	"makes one of the files. When criu fails the container goes on, and the message has criu's reason and its log.",
	NULL,
};

static int check(const struct values *v, struct lct_err *err)
{
	if (v->criu.lazy_pages && (!v->criu.status_fd || !v->criu.page_server))
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "--lazy-pages needs --status-fd and --page-server");
	if (v->criu.status_fd && (v->criu.status_fd > INT32_MAX || fcntl((int)v->criu.status_fd, F_GETFD) < 0))
		return err_set(err, LCT_E_USAGE, EBADF, NULL, "--status-fd %u is not open", v->criu.status_fd);
	return 0;
}

static int checkpoint(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	autocontainer *ct = NULL;
	struct lct_criu_opts o;
	int r = check(v, err);

	(void)n_args;
	if (r >= 0)
		r = criu_options(cli, &v->criu, &o, err);
	if (r >= 0)
		r = cli_find(cli, args[0], &ct, err);
	if (r >= 0)
		r = lct_checkpoint(ct, &o, err);
	if (r < 0 || v->criu.leave_running || v->criu.pre_dump)
		return r;
	/* As runc: what was checkpointed is gone, and its id free for the restore.  A `kin run` in the foreground may be first. */
	return lct_remove(ct, false, err);
}

const struct command checkpoint_command = {
	.name = "checkpoint",
	.args = "ID",
	.summary = "write a running container to files",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.run = checkpoint,
};
