/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin kill.  Room: the CLI. */
#include <signal.h>

#include "matching.h"
#include "outcome.h"
#include "signals.h"

struct values {
	bool all;
	bool regex;
	bool wait;
	int wait_ms;
};

static const struct opt opts[] = {
	OPT(OPT_BOOL, 'a', "all", NULL, "signal every process of the container", OPT_AT(values, all)),
	OPT(OPT_BOOL, 'r', "regex", NULL, "ID is a regular expression: all containers whose ID it matches",
	    OPT_AT(values, regex)),
	OPT(OPT_TIME, 0, "wait", "TIME", "wait for the end, at most TIME (default: 10s); print it as JSON",
	    OPT_AT(values, wait_ms), .flags = OPT_VALUE_OPTIONAL, .given = OPT_AT(values, wait)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"SIGNAL is a number or a name with or without SIG; TERM when it is absent.",
	"Without --wait, success means that the signal was delivered and nothing more: an init without a handler\n"
	"for it lives on. With --wait, success means that init has ended, and how is printed as one JSON object;\n"
	"an end that does not come in time is a failure.",
	"With --regex, ID is an extended regular expression, which matches anywhere in an ID unless it has ^ and $.\n"
	"All that match are tried; those that fail are told on standard error, and make the command fail. None that\n"
	"matches is success.",
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

struct sending {
	const struct values *values;
	int sig;
};

static int send(struct cli *cli, const char *id, void *arg, struct lct_err *err)
{
	const struct sending *s = arg;
	autocontainer *ct = NULL;
	int r = cli_find(cli, id, &ct, err);

	if (r >= 0)
		r = lct_kill(ct, s->sig, s->values->all, err);
	return r < 0 || !s->values->wait ? r : await(ct, id, s->values, s->sig, err);
}

static int run(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	const char *signal = n_args > 1 ? args[1] : "TERM";
	struct sending s = { v, signal_number(signal) };

	if (s.sig < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "unknown signal \"%s\"", signal);
	return v->regex ? matching_each(cli, &(const struct matching){ args[0], "kill", send, &s }, err)
			: send(cli, args[0], &s, err);
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
