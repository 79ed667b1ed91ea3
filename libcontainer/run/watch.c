/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch: what happens to a container, one event after the other.  Room: run. */
#include "run/run.h"

/* Asked before memory.events is: a process that was killed for want of memory was counted before it was killed, so
 * nothing is missed once init is seen to have ended. */
static bool has_ended(const lct_container *ct)
{
	return ct->pidfd < 0 || pidfd_ended(ct->pidfd) == 1;
}

/* Where the cgroup is gone already, whoever saw the end may have put it on record. */
static uint64_t kills(lct_container *ct, bool ended)
{
	uint64_t n = usage_oom_kills(ct);

	if (n == LCT_UNKNOWN && ended && container_load(ct, NULL) == 0 && ct->rec.exited)
		n = ct->rec.usage.memory_oom_kill;
	return n == LCT_UNKNOWN ? 0 : n;
}

int lct_watch(lct_container *ct, int timeout_ms, enum lct_event *ret, struct lct_err *err)
{
	int64_t deadline = run_deadline(timeout_ms);
	int r = 0;

	if (timeout_ms < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "a timeout must not be negative");
	if (ct->pidfd < 0)
		r = container_load(ct, err);
	if (r < 0)
		return r;
	if (!ct->rec.init.pid)
		return err_set(err, LCT_E_STATE, EINVAL, NULL, "container %s is still being created", ct->id);
	if (ct->found) {
		ct->oom_seen = kills(ct, has_ended(ct));
		ct->found = false;
	}
	for (;;) {
		bool ended = has_ended(ct);
		uint64_t now = kills(ct, ended);

		if (now > ct->oom_seen) {
			ct->oom_seen = now;
			*ret = LCT_EVENT_OOM;
			return 0;
		}
		if (ended) {
			*ret = LCT_EVENT_END;
			return 0;
		}
		r = usage_wait(ct, deadline);
		if (r < 0)
			return err_sys(err, r, NULL, "wait for init");
		if (r == 0)
			return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL,
				       "nothing happened to container %s within %d ms", ct->id, timeout_ms);
	}
}
