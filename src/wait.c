/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin wait.  Room: the CLI. */
#include <limits.h>
#include <string.h>

#include "outcome.h"
#include "sys/sys.h"

struct values {
	int timeout_ms; /* -1: none */
	const char *format;
};

static const char *const formats[] = { "status", "json", NULL };

static const struct opt opts[] = {
	OPT(OPT_TIME, 't', "timeout", "TIME", "give up after TIME (default: never)", OPT_AT(values, timeout_ms)),
	OPT(OPT_CHOICE, 'f', "format", "FORMAT", "status or json (default: status)", OPT_AT(values, format),
	    .choices = formats),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Waits until each container has ended and prints its exit status, a line each: the program's code, or\n"
	"128 + N when signal N killed it. Anybody who may read the state directory may ask, not only the parent.\n"
	"Time is written as 500ms, 5s or 1m30s.",
	NULL,
};

/* What is left until the deadline; INT_MAX when there is none. */
static int left(const struct values *v, int64_t begin)
{
	int64_t used = (sys_monotonic_ns() - begin) / 1000000;

	if (v->timeout_ms < 0)
		return INT_MAX;
	return used >= v->timeout_ms ? 0 : v->timeout_ms - (int)used;
}

static int one(const struct values *v, int64_t begin, const char *id, lct_container *ct, struct lct_err *err)
{
	struct lct_outcome o = { .size = sizeof(o) };
	_cleanup_buf_ struct buf b = { 0 };
	int status, r;

	do
		r = lct_wait(ct, left(v, begin), &o, err);
	while (r == -ETIMEDOUT && v->timeout_ms < 0);
	if (r == -ETIMEDOUT)
		return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL, "container %s has not ended in time", id);
	if (r < 0)
		return r;
	if (v->format && !strcmp(v->format, "json")) {
		outcome_json(&b, id, &o);
		return cli_print_buf(&b, err);
	}
	status = outcome_status(&o, id, err);
	if (status < 0)
		return status;
	buf_printf(&b, "%d\n", status);
	return cli_print_buf(&b, err);
}

static int run(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	int64_t begin = sys_monotonic_ns();
	lct_container **cts = arena_array(&cli->arena, (size_t)n_args, sizeof(*cts));
	int r = cts ? 0 : err_nomem(err);

	/* All are held from the beginning: one that ends while another is waited for is not missed. */
	for (int i = 0; r >= 0 && i < n_args; i++)
		r = cli_find(cli, args[i], &cts[i], err);
	for (int i = 0; r >= 0 && i < n_args; i++)
		r = one(values, begin, args[i], cts[i], err);
	for (int i = 0; cts && i < n_args; i++)
		lct_free(cts[i]);
	return r < 0 ? r : 0;
}

const struct command wait_command = {
	.name = "wait",
	.args = "ID...",
	.summary = "wait for containers and print their exit status",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = -1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.defaults = &(const struct values){ .timeout_ms = -1 },
	.run = run,
};
