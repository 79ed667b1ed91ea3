/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a cgroup has used and is using, read from its files.  A file or a key that is not there (no controller, an older
 * kernel) leaves USAGE_NONE: zero means zero.  Room: run.
 */
#ifndef CGROUP_USAGE_H
#define CGROUP_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define USAGE_NONE UINT64_MAX /* not known; as a limit: "max" is USAGE_MAX */
#define USAGE_MAX  (UINT64_MAX - 1)

struct usage_psi_line {
	double avg10, avg60, avg300;
	uint64_t total; /* us; USAGE_NONE: no such line */
};
struct usage_psi {
	struct usage_psi_line some, full;
};

struct usage_io { /* a line of io.stat */
	uint32_t major, minor;
	uint64_t rbytes, wbytes, dbytes, rios, wios, dios;
};

struct usage_hugetlb {
	const char *size; /* "2MB" */
	uint64_t current, max, failcnt;
};

struct usage_key { /* of memory.stat */
	const char *name;
	uint64_t value;
};

struct usage {
	/* cpu.stat: in every cgroup; us */
	uint64_t cpu, cpu_user, cpu_system, cpu_periods, cpu_throttled_periods, cpu_throttled;
	uint64_t memory, memory_max, memory_peak, swap, swap_max, swap_peak;
	/* memory.events */
	uint64_t memory_low, memory_high, memory_limit_hits, oom, oom_kill;
	uint64_t pids, pids_max, pids_peak, pids_limit_hits;
	struct usage_psi cpu_psi, memory_psi, io_psi;
	struct usage_io *io;
	size_t n_io;
	struct usage_hugetlb *hugetlb;
	size_t n_hugetlb;
	struct usage_key *memory_stat;
	size_t n_memory_stat;
	const char *cpus, *mems; /* cpuset.cpus.effective, NULL: none */
};

/* All of it; arrays and strings live in the arena.  -ENOENT: the cgroup is gone. */
int usage_read(struct arena *a, int fd, struct usage *ret);

/* The counters alone, without allocation: for the exit record.  io_*: sums over all devices.  -ENOENT: as above. */
struct usage_totals {
	uint64_t cpu, cpu_user, cpu_system, cpu_throttled; /* us */
	uint64_t memory_peak, oom, oom_kill, memory_limit_hits;
	uint64_t pids_peak, pids_limit_hits;
	uint64_t io_read_bytes, io_write_bytes, io_reads, io_writes;
	uint64_t cpu_pressure, memory_pressure, io_pressure; /* us, "some" */
};
int usage_read_totals(int fd, struct usage_totals *ret);

/* memory.events kept open: POLLPRI tells of changes (poll only after a read), at most every 10 ms (cgroup_file_notify).
 * The file goes with the cgroup: -ENODEV then. */
struct oom_counts {
	uint64_t hits, kills; /* "max": the limit was met; "oom_kill" */
};
int oom_open(int fd); /* -ENOENT: no memory controller here */
int oom_read(int events, struct oom_counts *ret);
#endif
