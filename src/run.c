/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin run.  Room: the CLI. */
#include "attend.h"
#include "base/fd.h"
#include "creating.h"
#include "notify.h"

struct values {
	struct creating creating;
	bool detach;
	bool keep;
};

static const struct opt opts[] = {
	CREATING_OPTIONS(struct values, creating),
	OPT(OPT_BOOL, 'd', "detach", NULL, "return when the program is executed", OPT_AT(values, detach)),
	OPT(OPT_BOOL, 0, "keep", NULL, "keep state and cgroup after the end", OPT_AT(values, keep)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Creates and starts a container. In the foreground signals are passed on to it, its terminal (if the bundle\n"
	"asks for one) is relayed to ours, it is deleted after its end, and its exit status is ours: the program's\n"
	"code, or 128 + N when signal N killed it.",
	NULL,
};

/* On a terminal the container's one must have the right size before the program looks at it, so there the two steps
 * are taken one by one. */
static int bring_up(struct cli *cli, const char *id, const struct lct_create_opts *o, const struct foreground *f,
		    lct_container **ret, int *ret_console, struct lct_err *err)
{
	int r;

	if (f->tty.fd < 0) {
		r = lct_run(cli->runtime, id, o, ret, err);
		if (r >= 0)
			*ret_console = lct_console(*ret);
		return r;
	}
	r = lct_create(cli->runtime, id, o, ret, err);
	if (r < 0)
		return r;
	*ret_console = lct_console(*ret);
	if (*ret_console >= 0)
		tty_copy_size(&f->tty, *ret_console);
	if (o->flags & LCT_NOTIFY)
		r = lct_notify_socket(*ret, err);
	if (r >= 0)
		r = lct_start(*ret, err);
	if (r < 0)
		(void)lct_remove(*ret, true, NULL);
	return r;
}

static int bring_up_and_attend(struct cli *cli, const char *id, const struct lct_create_opts *o, bool keep,
			       lct_container **ret, struct lct_err *err)
{
	autoforeground f = { 0 };
	autofd console = -EBADF;
	int r = foreground_begin(&f, err);

	if (r >= 0)
		r = bring_up(cli, id, o, &f, ret, &console, err);
	if (r >= 0 && (o->flags & LCT_NOTIFY))
		f.notify = lct_notify_socket(*ret, NULL);
	return r < 0 ? r : attend(cli, id, &f, *ret, TAKE_FD(console), keep, err);
}

static int foreground(struct cli *cli, const char *id, const struct values *v, const struct lct_create_opts *o,
		      struct lct_err *err)
{
	autocontainer *ct = NULL;
	int status;

	if (v->creating.console_socket)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "cannot use console socket if kin will not detach or allocate tty");
	status = bring_up_and_attend(cli, id, o, v->keep, &ct, err);
	return status < 0 || v->keep ? status : attend_tidy(cli, ct, status);
}

static int detached(struct cli *cli, const char *id, const struct lct_create_opts *o, struct lct_err *err)
{
	autocontainer *ct = NULL;
	int r = lct_run(cli->runtime, id, o, &ct, err);

	return r < 0 || !(o->flags & LCT_NOTIFY) ? r : notify_wait(ct, err);
}

static int run(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	struct lct_create_opts o = creating_opts(&v->creating,
						 (v->detach ? LCT_DETACHED : 0) | (v->keep ? LCT_KEEP : 0));
	int r = notify_ask(&o, err);

	(void)n_args;
	if (r == 0)
		r = cli_runtime(cli, err);
	if (r < 0)
		return r;
	return v->detach ? detached(cli, args[0], &o, err) : foreground(cli, args[0], v, &o, err);
}

const struct command run_command = {
	.name = "run",
	.args = "ID",
	.summary = "create and start a container",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.values_size = sizeof(struct values),
	.prefix = "kin run failed: ",
	.run = run,
};
