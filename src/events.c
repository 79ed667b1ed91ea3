/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin events.  Room: the CLI. */
#include <limits.h>
#include <string.h>

#include "cli.h"
#include "compact.h"
#include "json/json.h"
#include "sys/sys.h"

struct values {
	int interval_ms;
	bool stats;
};

static const struct opt opts[] = {
	OPT(OPT_TIME, 0, "interval", "TIME", "from one reading to the next (default: 5s)", OPT_AT(values, interval_ms)),
	OPT(OPT_BOOL, 0, "stats", NULL, "print one reading and return", OPT_AT(values, stats)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Prints, one JSON object a line, what the container uses (\"type\":\"stats\"), at once and then again and "
	"again,\n"
	"and that the kernel killed a process of it for want of memory (\"type\":\"oom\"), as soon as it happens. "
	"Names\n"
	"and units are runc's: bytes, and nanoseconds of CPU time. It returns when the container has ended.",
	NULL,
};

enum { MS = 1000 * 1000, SOON_MS = 1000 };

/* data: NULL for none. */
static int print_event(const char *type, const char *id, const char *data, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };

	buf_printf(&b, "{\"type\":\"%s\",\"id\":", type);
	json_put_string(&b, id);
	if (data) {
		buf_str(&b, ",\"data\":");
		compact(&b, data);
	}
	buf_str(&b, "}\n");
	return cli_print_buf(&b, err);
}

static int print_stats(lct_container *ct, const char *id, struct lct_err *err)
{
	autotext *json = NULL;
	int r = lct_stats_json(ct, &json, err);

	return r < 0 ? r : print_event("stats", id, json, err);
}

/* Prints what happens within that time.  1: the container has ended. */
static int watch(lct_container *ct, const char *id, int timeout_ms, struct lct_err *err)
{
	enum lct_event event;
	int r = lct_watch(ct, timeout_ms, &event, err);

	if (r == -ETIMEDOUT)
		return 0;
	if (r < 0)
		return r;
	if (event == LCT_EVENT_OOM)
		return print_event("oom", id, NULL, err);
	return event == LCT_EVENT_END;
}

/* A reading that failed because the container ended meanwhile is no failure. */
static int has_ended(lct_container *ct, const char *id, struct lct_err *err)
{
	int64_t deadline = sys_monotonic_ns() + (int64_t)SOON_MS * MS, left;
	int r = 0;

	while (r == 0 && (left = deadline - sys_monotonic_ns()) > 0)
		r = watch(ct, id, (int)(left / MS) + 1, err);
	return r;
}

static int stream(lct_container *ct, const char *id, int interval_ms, struct lct_err *err)
{
	int64_t interval = (int64_t)interval_ms * MS, next = sys_monotonic_ns() + interval, left;
	int r = 0;

	while (r == 0) {
		left = next - sys_monotonic_ns();
		if (left > 0) {
			r = watch(ct, id, left / MS >= INT_MAX ? INT_MAX : (int)(left / MS) + 1, err);
			continue;
		}
		next = sys_monotonic_ns() + interval;
		r = print_stats(ct, id, err);
		if (r < 0 && r != -EPIPE)
			r = has_ended(ct, id, NULL) == 1 ? 1 : r;
	}
	return r < 0 ? r : 0;
}

static int events(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	autocontainer *ct = NULL;
	int r;

	(void)n_args;
	if (v->interval_ms <= 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "duration interval must be greater than 0");
	r = cli_find(cli, args[0], &ct, err);
	if (r >= 0)
		r = print_stats(ct, args[0], err);
	if (r >= 0 && !v->stats)
		r = stream(ct, args[0], v->interval_ms, err);
	/* A reader that has read enough of a stream has not made it fail. */
	return r == -EPIPE && !v->stats ? 0 : r;
}

const struct command events_command = {
	.name = "events",
	.args = "ID",
	.summary = "print what a container uses, and when it runs out of memory, as JSON",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.defaults = &(const struct values){ .interval_ms = 5000 },
	.run = events,
};
