/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stats: what a container uses now, in numbers and as runc's document.  Room: run. */
#include "cgroup/usage.h"
#include "run/run.h"

#include <stdlib.h>
#include <string.h>

#include "run/stats.h"

/* Without the controller the processes are counted, as runc does. */
static void count_pids(int cgroup, struct usage *u)
{
	pid_t *pids;
	size_t n;

	if (u->pids != USAGE_NONE || cgroup_pids(cgroup, &pids, &n) < 0)
		return;
	free(pids);
	u->pids = n;
}

static int read_now(lct_container *ct, struct arena *a, struct usage *ret, struct lct_err *err)
{
	autofd cgroup = -EBADF;
	int r = container_load(ct, err);

	if (r == 0)
		r = container_allows(ct, OP_UPDATE, err); /* the states in which there is something to measure */
	if (r < 0)
		return r;
	if (!ct->rec.cgroup)
		return err_set(err, LCT_E_STATE, EOPNOTSUPP, NULL,
			       "container %s has no cgroup of its own: nobody counts what it uses", ct->id);
	cgroup = container_cgroup(ct);
	r = cgroup < 0 ? cgroup : usage_read(a, cgroup, ret);
	if (r == -ENOENT) /* ended since */
		return err_set(err, LCT_E_STATE, ESRCH, NULL, "container not running");
	if (r == -ENOMEM)
		return err_nomem(err);
	if (r < 0)
		return err_sys(err, r, ct->rec.cgroup, "read the container's cgroup");
	count_pids(cgroup, ret);
	return 0;
}

int lct_stats_json(lct_container *ct, char **ret, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	struct usage u;
	int r = read_now(ct, &a, &u, err);

	*ret = NULL;
	if (r < 0)
		return r;
	r = stats_document(&a, &u, &b);
	*ret = r == 0 ? buf_take(&b) : NULL;
	return *ret ? 0 : err_nomem(err);
}

static void add(uint64_t *sum, uint64_t v)
{
	if (v != USAGE_NONE)
		*sum += v;
}

static void sum_io(const struct usage *u, struct lct_usage *ret)
{
	if (!u->n_io)
		return;
	ret->io_read_bytes = ret->io_write_bytes = ret->io_reads = ret->io_writes = 0;
	for (size_t i = 0; i < u->n_io; i++) {
		add(&ret->io_read_bytes, u->io[i].rbytes);
		add(&ret->io_write_bytes, u->io[i].wbytes);
		add(&ret->io_reads, u->io[i].rios);
		add(&ret->io_writes, u->io[i].wios);
	}
}

static void fill(const struct usage *u, struct lct_stats *ret)
{
	*ret = (struct lct_stats){
		.taken_ns = clock_now_ns(),
		.usage = { .cpu_usec = u->cpu,
			   .cpu_user_usec = u->cpu_user,
			   .cpu_system_usec = u->cpu_system,
			   .cpu_throttled_usec = u->cpu_throttled,
			   .memory_peak = u->memory_peak,
			   .memory_oom = u->oom,
			   .memory_oom_kill = u->oom_kill,
			   .memory_max_hits = u->memory_limit_hits,
			   .pids_peak = u->pids_peak,
			   .pids_max_hits = u->pids_limit_hits,
			   .io_read_bytes = LCT_UNKNOWN,
			   .io_write_bytes = LCT_UNKNOWN,
			   .io_reads = LCT_UNKNOWN,
			   .io_writes = LCT_UNKNOWN,
			   .cpu_pressure_usec = u->cpu_psi.some.total,
			   .memory_pressure_usec = u->memory_psi.some.total,
			   .io_pressure_usec = u->io_psi.some.total },
		.memory = u->memory,
		.memory_max = u->memory_max,
		.pids = u->pids,
		.pids_max = u->pids_max,
	};
	sum_io(u, &ret->usage);
}

int lct_stats(lct_container *ct, struct lct_stats *ret, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_stats s;
	struct usage u;
	size_t size = ret->size;
	int r = read_now(ct, &a, &u, err);

	if (r < 0)
		return r;
	fill(&u, &s);
	memcpy(ret, &s, size < sizeof(s) ? size : sizeof(s));
	ret->size = size;
	return 0;
}
