/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin in a container's place; see attend.h.  Room: the CLI. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "attend.h"
#include "base/fd.h"
#include "outcome.h"
#include "size.h"

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

int attend(struct cli *cli, const char *id, struct foreground *f, lct_container *ct, int console, bool keep,
	   struct lct_err *err)
{
	struct lct_outcome outcome = { .size = sizeof(outcome) };
	int r = lct_pidfd(ct);

	/* -ESRCH: it has ended and somebody saw it before us. */
	if (r >= 0)
		r = foreground_wait(f, r, console, in_unit(cli) ? ct : NULL, err);
	else
		fd_done(&console);
	if (r >= 0 || r == -ESRCH)
		r = ending(ct, keep, &outcome, err);
	if (r >= 0) {
		tell_oom(cli, id, ct, &outcome);
		return outcome_status(&outcome, id, err);
	}
	/* A container that nobody attends to is not what was asked for. */
	(void)lct_remove(ct, true, NULL);
	return r;
}

int attend_tidy(struct cli *cli, lct_container *ct, int status)
{
	struct lct_err failed = { 0 };

	if (lct_remove(ct, false, &failed) >= 0)
		return status;
	/* The program's own status says more, unless it says that all is well. */
	log_error(&cli->log, failed.text);
	return status ? status : 1;
}
