/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a container has used: asked of its cgroup while that is there, kept in the record with its end.  OOM kills are
 * looked at while waiting, too: a cgroup of systemd's is gone as soon as nobody is in it.  Room: run.
 */
#include "run/run.h"

#include <poll.h>
#include <string.h>

#include "sys/sys.h"

_Static_assert(LCT_UNKNOWN == USAGE_NONE && LCT_UNLIMITED == USAGE_MAX, "the same words for the same");
_Static_assert(sizeof(struct lct_usage) % sizeof(uint64_t) == 0, "numbers only");

enum { INIT, EVENTS, FDS };

#define LOOK_NS		INT64_C(1000000000)
#define FOLLOW_LEAST_NS INT64_C(250000)
#define FOLLOW_MOST_NS	INT64_C(16000000)

void usage_unknown(struct lct_usage *ret)
{
	memset(ret, 0xff, sizeof(*ret));
}

bool usage_oom(const struct lct_usage *u)
{
	return u->memory_oom_kill && u->memory_oom_kill != LCT_UNKNOWN;
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

/* systemd removes the cgroup as soon as nobody is in it, which can be before us: what init itself did last may then be
 * lost, and the kernel has it nowhere else. */
static void look(lct_container *ct)
{
	struct lct_usage now;

	if (!ct->rec.unit)
		return;
	read_cgroup(ct, &now);
	fill(&now, &ct->last);
	ct->last = now;
}

/*
 * In a unit: once the limit is met a kill may follow at once, and when it was the last process systemd removes the cgroup.
 * The kernel tells of memory.events at most every 10 ms, so who waits to be told may find it gone.
 */
static void follow(lct_container *ct, struct oom_counts *now)
{
	for (int64_t nap = FOLLOW_LEAST_NS; nap < FOLLOW_MOST_NS; nap *= 2) {
		struct pollfd init = { .fd = ct->pidfd, .events = POLLIN };
		struct oom_counts next;

		(void)sys_poll_ns(&init, 1, nap);
		if (oom_read(ct->events, &next) < 0)
			return;
		if (next.kills > now->kills) {
			*now = next;
			return;
		}
		*now = next;
	}
}

static void keep_oom(lct_container *ct, struct oom_counts now)
{
	bool moved = ct->oom.hits != LCT_UNKNOWN && now.hits > ct->oom.hits;

	if (moved && ct->rec.unit && now.kills == ct->oom.kills)
		follow(ct, &now);
	ct->oom = now;
	if (moved)
		look(ct);
}

uint64_t usage_oom_kills(lct_container *ct)
{
	struct oom_counts now;

	if (ct->events == -EBADF) {
		autofd cgroup = ct->rec.cgroup ? container_cgroup(ct) : -ENOENT;

		ct->events = cgroup >= 0 ? oom_open(cgroup) : -ENOENT;
		if (ct->events < 0)
			ct->events = -ENOENT;
	}
	if (ct->events < 0)
		return ct->oom.kills;
	if (oom_read(ct->events, &now) == 0) {
		keep_oom(ct, now);
		return ct->oom.kills;
	}
	fd_done(&ct->events); /* a removed one is always ready for poll(2) */
	ct->events = -ENOENT;
	return ct->oom.kills;
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
		if (r > 0)
			return 2;
		look(ct);
		if (left <= 0)
			return 0;
	}
}

int lct_events_fd(lct_container *ct)
{
	(void)usage_oom_kills(ct);
	return ct->events >= 0 ? ct->events : -ENOENT;
}
