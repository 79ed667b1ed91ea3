/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a container has used: asked of its cgroup while that is there, kept in the record with its end.  OOM kills are
 * looked at while waiting, too: a cgroup of systemd's is gone as soon as nobody is in it.  Room: run.
 */
#include "cgroup/usage.h"
#include "run/run.h"

#include <poll.h>
#include <string.h>

#include "sys/sys.h"

_Static_assert(LCT_UNKNOWN == USAGE_NONE && LCT_UNLIMITED == USAGE_MAX, "the same words for the same");
_Static_assert(sizeof(struct lct_usage) % sizeof(uint64_t) == 0, "numbers only");

enum { INIT, EVENTS, FDS };

#define LOOK_NS INT64_C(1000000000)

void usage_unknown(struct lct_usage *ret)
{
	memset(ret, 0xff, sizeof(*ret));
}

bool usage_oom(const struct lct_usage *u)
{
	return u->memory_oom_kill && u->memory_oom_kill != LCT_UNKNOWN;
}

uint64_t usage_oom_kills(lct_container *ct)
{
	uint64_t now;

	if (ct->events == -EBADF) {
		autofd cgroup = ct->rec.cgroup ? container_cgroup(ct) : -ENOENT;

		ct->events = cgroup >= 0 ? oom_open(cgroup) : -ENOENT;
		if (ct->events < 0)
			ct->events = -ENOENT;
	}
	if (ct->events < 0)
		return ct->oom_kills;
	now = oom_kills(ct->events);
	if (now != USAGE_NONE) {
		ct->oom_kills = now;
		return now;
	}
	fd_done(&ct->events); /* a removed one is always ready for poll(2) */
	ct->events = -ENOENT;
	return ct->oom_kills;
}

static void take(struct lct_usage *ret, const struct usage_totals *t)
{
	*ret = (struct lct_usage){
		.cpu_usec = t->cpu,
		.cpu_user_usec = t->cpu_user,
		.cpu_system_usec = t->cpu_system,
		.cpu_throttled_usec = t->cpu_throttled,
		.memory_peak = t->memory_peak,
		.memory_oom = t->oom,
		.memory_oom_kill = t->oom_kill,
		.memory_max_hits = t->memory_limit_hits,
		.pids_peak = t->pids_peak,
		.pids_max_hits = t->pids_limit_hits,
		.io_read_bytes = t->io_read_bytes,
		.io_write_bytes = t->io_write_bytes,
		.io_reads = t->io_reads,
		.io_writes = t->io_writes,
		.cpu_pressure_usec = t->cpu_pressure,
		.memory_pressure_usec = t->memory_pressure,
		.io_pressure_usec = t->io_pressure,
	};
}

static void read_cgroup(lct_container *ct, struct lct_usage *ret)
{
	autofd cgroup = ct->rec.cgroup ? container_cgroup(ct) : -ENOENT;
	struct usage_totals t;

	usage_unknown(ret);
	if (cgroup >= 0 && usage_read_totals(cgroup, &t) == 0)
		take(ret, &t);
}

/* What is not known now, as it was known last. */
static void fill(struct lct_usage *now, const struct lct_usage *last)
{
	for (size_t at = 0; at < sizeof(*now); at += sizeof(uint64_t)) {
		uint64_t v;

		memcpy(&v, (const char *)now + at, sizeof(v));
		if (v == LCT_UNKNOWN)
			memcpy((char *)now + at, (const char *)last + at, sizeof(v));
	}
}

/* systemd removes the cgroup as soon as nobody is in it, which can be before us. */
static void look(lct_container *ct)
{
	struct lct_usage now;

	if (!ct->rec.unit)
		return;
	read_cgroup(ct, &now);
	fill(&now, &ct->last);
	ct->last = now;
}

void usage_observe(lct_container *ct, struct lct_usage *ret)
{
	uint64_t kills = usage_oom_kills(ct);

	read_cgroup(ct, ret);
	fill(ret, &ct->last);
	if (kills != LCT_UNKNOWN && (ret->memory_oom_kill == LCT_UNKNOWN || ret->memory_oom_kill < kills))
		ret->memory_oom_kill = kills;
}

int usage_wait(lct_container *ct, int64_t deadline_ns)
{
	for (;;) {
		struct pollfd fds[FDS] = { [INIT] = { .fd = ct->pidfd, .events = POLLIN },
					   [EVENTS] = { .fd = ct->events, .events = POLLPRI } };
		int64_t left = deadline_ns - clock_now_ns(), most = ct->rec.unit ? LOOK_NS : INT64_MAX;
		int r = sys_poll_ns(fds, FDS, left <= 0 ? 0 : left < most ? left : most);

		if (r < 0 && r != -EINTR)
			return r;
		if (r > 0 && fds[EVENTS].revents)
			(void)usage_oom_kills(ct);
		if (r > 0 && fds[INIT].revents)
			return 1;
		look(ct);
		if (r > 0)
			return 2;
		if (left <= 0)
			return 0;
	}
}

int lct_events_fd(lct_container *ct)
{
	(void)usage_oom_kills(ct);
	return ct->events >= 0 ? ct->events : -ENOENT;
}
