/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin kill.  Room: the CLI. */
#include <signal.h>

#include "outcome.h"
#include "signals.h"

struct values {
	bool all;
	bool wait;
	int wait_ms;
};

static const struct opt opts[] = {
	OPT(OPT_BOOL, 'a', "all", NULL, "signal every process of the container", OPT_AT(values, all)),
	OPT(OPT_TIME, 0, "wait", "TIME", "wait for the end, at most TIME (default: 10s); print it as JSON",
	    OPT_AT(values, wait_ms), .flags = OPT_VALUE_OPTIONAL, .given = OPT_AT(values, wait)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"SIGNAL is a number or a name with or without SIG; TERM when it is absent.",
	"Without --wait, success means that the signal was delivered and nothing more: an init without a handler\n"
	"for it lives on. With --wait, success means that init has ended, and how is printed as one JSON object;\n"
	"an end that does not come in time is a failure.",
	NULL,
};

static int await(lct_container *ct, const char *id, const struct values *v, int sig, struct lct_err *err)
{
	struct lct_outcome o = { .size = sizeof(o) };
	int ms = v->wait_ms;
	_cleanup_buf_ struct buf b = { 0 };
	char name[SIGNAL_NAME_SIZE];
	int r = lct_wait(ct, ms, &o, err);

	if (r == -ETIMEDOUT)
		return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL,
			       "container %s has not ended within %d.%03d s after %s", id, ms / 1000, ms % 1000,
			       signal_name(sig, name));
	if (r < 0)
		return r;
	outcome_json(&b, id, &o);
	return cli_print_buf(&b, err);
}

static int run(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	const char *signal = n_args > 1 ? args[1] : "TERM";
	autocontainer *ct = NULL;
	int r, sig = signal_number(signal);

	r = cli_find(cli, args[0], &ct, err);
	if (r < 0)
		return r;
	if (sig < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "unknown signal \"%s\"", signal);
	r = lct_kill(ct, sig, v->all, err);
	if (r < 0 || !v->wait)
		return r;
	return await(ct, args[0], v, sig, err);
}

const struct command kill_command = {
	.name = "kill",
	.args = "ID [SIGNAL]",
	.summary = "send a signal to a container's init",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = 2,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.defaults = &(const struct values){ .wait_ms = 10 * 1000 },
	.run = run,
};
