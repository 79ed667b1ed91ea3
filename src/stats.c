/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin stats.  Room: the CLI. */
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"
#include "readings.h"
#include "sys/sys.h"

struct values {
	bool no_stream;
	const char *format;
	int interval_ms;
};

static const char *const formats[] = { "table", "json", NULL };

static const struct opt opts[] = {
	OPT(OPT_BOOL, 0, "no-stream", NULL, "print once and return", OPT_AT(values, no_stream)),
	OPT(OPT_CHOICE, 'f', "format", "FORMAT", "table or json (default: table)", OPT_AT(values, format),
	    .choices = formats),
	OPT(OPT_TIME, 'i', "interval", "TIME", "from one table to the next (default: 2s)", OPT_AT(values, interval_ms)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Shows what containers use, again and again: those that are named, until the last of them has ended, or all\n"
	"that run. CPU % is of one CPU, since the table before (at first: within half a second). MEM % is of the\n"
	"container's limit, or of the machine's memory where it has none. A dash stands for what the kernel does\n"
	"not tell, mostly for want of a cgroup controller.",
	"As JSON each round is an array on one line, of objects with id, status, cpuPercent, memoryBytes,\n"
	"memoryLimitBytes, memoryPercent, pids, pidsLimit and usage, which has the totals so far: plain numbers, in\n"
	"bytes and microseconds. What is not known is left out, and a limit of null is none.",
	NULL,
};

enum { MS = 1000 * 1000, FIRST_MS = 500 };

struct show {
	bool json, terminal;
	unsigned round;
};

/* Longer than poll(2) can wait in one go, or cut short by a signal that was handled: both are only seen here. */
static void sleep_until(int64_t deadline)
{
	int64_t left;

	while ((left = deadline - sys_monotonic_ns()) > 0)
		(void)sys_poll_ns(NULL, 0, left);
}

/* On a terminal each table is written over the one before: cursor home, and what is left of each line and of the
 * screen cleared, so nothing flickers. */
static void put_screen(const struct readings *now, struct show *s, struct buf *b)
{
	struct table_fit fit = { .line_end = "\033[K\n" };
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		fit.width = size.ws_col;
	buf_str(b, s->round ? "\033[H" : "\033[H\033[2J");
	/* The heading, and the line that the cursor stands in. */
	readings_table(now, size.ws_row > 3 ? size.ws_row - 2U : SIZE_MAX, &fit, b);
	buf_str(b, "\033[J");
}

static int show(const struct readings *now, struct show *s, struct lct_err *err)
{
	static const struct table_fit unlimited = { .line_end = "\n" };
	_cleanup_buf_ struct buf b = { 0 };

	if (s->json) {
		readings_json(now, &b);
	} else if (s->terminal) {
		put_screen(now, s, &b);
	} else {
		buf_str(&b, s->round ? "\n" : "");
		readings_table(now, SIZE_MAX, &unlimited, &b);
	}
	s->round++;
	return cli_print_buf(&b, err);
}

/* ids: NULL for all containers. */
static int rounds(struct cli *cli, char **ids, const struct values *v, struct show *s, struct lct_err *err)
{
	struct readings round[2] = { 0 };
	struct readings *now = &round[0], *before = &round[1];
	int64_t interval = (int64_t)v->interval_ms * MS, next = sys_monotonic_ns();
	int r = readings_take(now, cli, ids, true, NULL, err);

	next += v->interval_ms < FIRST_MS ? interval : (int64_t)FIRST_MS * MS;
	while (r >= 0) {
		struct readings *third = before;

		sleep_until(next);
		next = sys_monotonic_ns() + interval;
		before = now;
		now = third;
		r = readings_take(now, cli, ids, false, before, err);
		if (r < 0 || (ids && !now->n && !v->no_stream))
			break;
		r = show(now, s, err);
		if (v->no_stream)
			break;
	}
	readings_done(now);
	readings_done(before);
	return r;
}

static int stats(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	struct show s = { .json = v->format && !strcmp(v->format, "json") };
	int r;

	if (v->interval_ms <= 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "duration interval must be greater than 0");
	s.terminal = !s.json && !v->no_stream && isatty(STDOUT_FILENO);
	r = cli_runtime(cli, err);
	if (r >= 0)
		r = rounds(cli, n_args ? args : NULL, v, &s, err);
	/* A reader that has read enough of a stream has not made it fail. */
	return r == -EPIPE && !v->no_stream ? 0 : r;
}

const struct command stats_command = {
	.name = "stats",
	.args = "[ID...]",
	.summary = "show what containers use",
	.about = about,
	.opts = opts,
	.max_args = -1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.defaults = &(const struct values){ .interval_ms = 2000 },
	.run = stats,
};
