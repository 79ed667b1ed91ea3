/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin restore.  Room: the CLI. */
#include "attend.h"
#include "base/fd.h"
#include "creating.h"
#include "criu.h"

struct values {
	struct criu_values criu;
	struct creating creating;
	bool detach;
};

static const struct opt opts[] = {
	CRIU_OPTIONS(struct values, criu),
	OPT(OPT_STRING, 'b', "bundle", "DIR", "the bundle (default: the current directory)",
	    OPT_AT(values, creating.bundle), .complete = "directory"),
	OPT(OPT_STRING, 'f', "config", "FILE", "configuration instead of the bundle's config.json",
	    OPT_AT(values, creating.config), .complete = "file"),
	OPT(OPT_STRING, 0, "console-socket", "SOCKET",
	    "AF_UNIX socket that gets the master of the container's terminal", OPT_AT(values, creating.console_socket),
	    .complete = "file"),
	OPT(OPT_STRING, 0, "pid-file", "FILE", "write the pid of the container's init to FILE",
	    OPT_AT(values, creating.pid_file), .complete = "file"),
	OPT(OPT_BOOL, 'd', "detach", NULL, "return when the container runs", OPT_AT(values, detach)),
	OPT(OPT_BOOL, 0, "no-pivot", NULL, "accepted: criu decides how the root is changed",
	    OPT_AT(values, creating.no_pivot)),
	OPT(OPT_BOOL, 0, "no-subreaper", NULL, "accepted: kin never makes itself a subreaper",
	    OPT_AT(values, creating.no_subreaper)),
	OPT(OPT_BOOL, 0, "tcp-close", NULL, "TCP connections that were established are closed ones now",
	    OPT_AT(values, criu.tcp_close)),
	OPT(OPT_STRING, 0, "lsm-profile", "TYPE:NAME", "instead of the checkpoint's: apparmor:NAME or selinux:LABEL",
	    OPT_AT(values, criu.lsm_profile)),
	OPT(OPT_STRING, 0, "lsm-mount-context", "CONTEXT", "SELinux's context= of mounts, instead of the checkpoint's",
	    OPT_AT(values, criu.lsm_mount_context)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Makes a container of what `kin checkpoint` has written, by the program criu (3.14 or newer), which must be "
	"installed.\n"
	"The bundle says where the root file system, the bind mounts and the namespaces by path are now, and what the "
	"limits\n"
	"are. In the foreground it is as with `kin run`: signals and terminal are relayed, and the exit status is the "
	"program's.",
	NULL,
};

/* No signal is held back while criu works: an interrupt ends it. */
static int foreground(struct cli *cli, const char *id, const struct lct_create_opts *o,
		      const struct lct_criu_opts *criu, lct_container **ret, struct lct_err *err)
{
	autoforeground f = { 0 };
	int r;

	if (o->console_socket)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "cannot use console socket if kin will not detach or allocate tty");
	r = lct_restore(cli->runtime, id, o, criu, ret, err);
	if (r < 0)
		return r;
	r = foreground_begin(&f, err);
	if (r < 0) /* a container that nobody attends to is not what was asked for */
		(void)lct_remove(*ret, true, NULL);
	return r < 0 ? r : attend(cli, id, &f, *ret, lct_console(*ret), false, err);
}

static int restore(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	const struct lct_create_opts o = creating_opts(&v->creating, v->detach ? LCT_DETACHED : 0);
	autocontainer *ct = NULL;
	struct lct_criu_opts criu;
	int r = criu_options(cli, &v->criu, &criu, err);

	(void)n_args;
	if (r >= 0)
		r = cli_runtime(cli, err);
	if (r < 0)
		return r;
	if (v->detach)
		return lct_restore(cli->runtime, args[0], &o, &criu, &ct, err);
	r = foreground(cli, args[0], &o, &criu, &ct, err);
	return r < 0 ? r : attend_tidy(cli, ct, r);
}

const struct command restore_command = {
	.name = "restore",
	.args = "ID",
	.summary = "make a container of a checkpoint's files",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.values_size = sizeof(struct values),
	.run = restore,
};
