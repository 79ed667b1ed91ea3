/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin run.  Room: the CLI. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "creating.h"
#include "foreground.h"
#include "outcome.h"
#include "size.h"

struct values {
	struct creating creating;
	bool detach;
	bool keep;
	bool no_subreaper;
};

static const struct opt opts[] = {
	CREATING_OPTIONS(struct values, creating),
	OPT(OPT_BOOL, 'd', "detach", NULL, "return when the program is executed", OPT_AT(values, detach)),
	OPT(OPT_BOOL, 0, "keep", NULL, "keep state and cgroup after the end", OPT_AT(values, keep)),
	OPT(OPT_BOOL, 0, "no-subreaper", NULL, "accepted: kin never makes itself a subreaper",
	    OPT_AT(values, no_subreaper)),
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
	r = lct_start(*ret, err);
	if (r < 0)
		(void)lct_delete(cli->runtime, id, true, NULL);
	return r;
}

/* The cgroup of a unit is systemd's: it is gone before anybody can ask it how the container ended. */
static bool in_unit(const struct cli *cli)
{
	return !strcmp(cli_cgroup_manager(cli), "systemd");
}

/* How it ended.  On record (lct_wait) only where somebody can still ask. */
static int ending(lct_container *ct, bool keep, struct lct_outcome *ret, struct lct_err *err)
{
	struct lct_process p = { .pidfd = lct_pidfd(ct) };

	return keep || p.pidfd < 0 ? lct_wait(ct, INT_MAX, ret, err) : lct_wait_process(&p, INT_MAX, ret, err);
}

/* The exit status does not tell an OOM kill from any other SIGKILL, nor from a program's own 1. */
static void tell_oom(struct cli *cli, const char *id, lct_container *ct, const struct lct_outcome *ended)
{
	struct lct_outcome o = *ended;
	char text[256], peak[SIZE_TEXT];
	size_t len;

	if (o.how == LCT_EXIT_CODE && o.status == 0)
		return;
	if (!o.oom && lct_wait(ct, 0, &o, NULL) < 0)
		return;
	if (!o.oom)
		return;
	if (ended->how == LCT_EXIT_SIGNAL && ended->status == SIGKILL)
		snprintf(text, sizeof(text), "container %s was killed: out of memory", id);
	else
		snprintf(text, sizeof(text), "processes of container %s were killed: out of memory", id);
	len = strlen(text);
	if (o.usage.memory_peak != LCT_UNKNOWN)
		snprintf(text + len, sizeof(text) - len, " (memory.peak %s)", size_text(o.usage.memory_peak, peak));
	log_error(&cli->log, text);
}

/* Stands in for the container until it has ended; its exit status. */
static int attend(struct cli *cli, const char *id, const struct lct_create_opts *o, bool keep, struct lct_err *err)
{
	struct lct_outcome outcome = { .size = sizeof(outcome) };
	autoforeground f = { 0 };
	autocontainer *ct = NULL;
	autofd console = -EBADF;
	int r = foreground_begin(&f, err);

	if (r >= 0)
		r = bring_up(cli, id, o, &f, &ct, &console, err);
	if (r < 0)
		return r;
	r = lct_pidfd(ct);
	/* -ESRCH: it has ended and somebody saw it before us. */
	if (r >= 0)
		r = foreground_wait(&f, r, TAKE_FD(console), in_unit(cli) ? ct : NULL, err);
	if (r >= 0 || r == -ESRCH)
		r = ending(ct, keep, &outcome, err);
	if (r >= 0) {
		tell_oom(cli, id, ct, &outcome);
		return outcome_status(&outcome, id, err);
	}
	/* A container that nobody attends to is not what was asked for. */
	(void)lct_delete(cli->runtime, id, true, NULL);
	return r;
}

static int foreground(struct cli *cli, const char *id, const struct values *v, const struct lct_create_opts *o,
		      struct lct_err *err)
{
	struct lct_err failed = { 0 };
	int status;

	if (v->creating.console_socket)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "cannot use console socket if kin will not detach or allocate tty");
	status = attend(cli, id, o, v->keep, err);
	if (status < 0 || v->keep)
		return status;
	if (lct_delete(cli->runtime, id, false, &failed) < 0) {
		/* The program's own status says more, unless it says that all is well. */
		log_error(&cli->log, failed.text);
		return status ? status : 1;
	}
	return status;
}

static int run(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	const struct lct_create_opts o = creating_opts(&v->creating,
						       (v->detach ? LCT_DETACHED : 0) | (v->keep ? LCT_KEEP : 0));
	autocontainer *ct = NULL;
	int r = cli_runtime(cli, err);

	(void)n_args;
	if (r < 0)
		return r;
	return v->detach ? lct_run(cli->runtime, args[0], &o, &ct, err) : foreground(cli, args[0], v, &o, err);
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
