/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The benchmark: what is measured, of whom, and the figures. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { MAX_RUNTIMES = 8, TEXT = 160 };

enum bench_case {
	CASE_SPAWN, /* a program that ends at once: what the measuring itself costs, included in every figure */
	CASE_RUN,
	CASE_RUN_SECCOMP_COLD,
	CASE_RUN_SECCOMP_WARM,
	CASE_RUN_LIMITS, /* with values to set in the cgroup */
	CASE_LIBRARY, /* of that, what libcgroup takes: kin only, measured inside */
	CASE_LIFE, /* create + start + delete, and each of them alone */
	CASE_CREATE,
	CASE_START,
	CASE_DELETE,
	CASE_EXEC,
	CASE_KILL,
	CASE_STATE,
	CASE_DELETE_FORCE,
	CASE_THROUGHPUT,
	CASE_PSS,
	CASE_PRIVATE_DIRTY,
	CASE_SIZE,
	CASES
};

struct case_info {
	const char *name, *what, *unit;
	bool more_is_better;
	double reach_crun, reach_floor, reach_value; /* 0: none; of kin's median against theirs, or of itself */
	double reach_limits; /* of kin's median against that of its CASE_RUN_LIMITS */
};
extern const struct case_info case_info[CASES];

struct figure {
	size_t n;
	double median, p10, p90, least;
	char why[TEXT]; /* n 0: why there is none */
};

struct runtime {
	char name[32], path[512], root[512], version[TEXT];
	bool absent;
	bool is_floor; /* knows one command line only: ROOTFS PROGRAM */
	unsigned serial;
};

struct report {
	char machine[TEXT], date[32];
	unsigned runs;
	uint64_t seed;
	size_t n_runtimes;
	struct runtime runtimes[MAX_RUNTIMES];
	struct figure figures[CASES][MAX_RUNTIMES];
};

/* ---- spawn.c: one process, from its start to its end ---- */
struct outcome {
	double ms;
	int status; /* exit code, 128 + signal, -1: could not be started */
};
void spawn_init(const char *error_file);
/* Runs it with 0 and 1 on /dev/null and 2 in the error file; reaps whatever else ends meanwhile. */
struct outcome spawn_wait(char *const argv[]);
/* count runs, width of them at any time; milliseconds for all, or -1 when one failed. */
double spawn_many(size_t count, size_t width, bool (*prepare)(size_t i, char *argv[], void *arg), void *arg);
void spawn_reap(pid_t pid); /* waits for a process that was left to us; pid 0: only what has ended already */
void spawn_last_error(char *out, size_t size);
double now_ms(void);

/* ---- cases.c ---- */
struct bench {
	struct report *r;
	const char *work;
	double *samples[CASES][MAX_RUNTIMES];
	uint64_t random;
};

/* One sample of a case for runtime i: recorded, or false with the figure's `why` filled. */
typedef bool sampler(struct bench *b, enum bench_case c, size_t i);
sampler sample_spawn, sample_run, sample_cold, sample_life, sample_sleeper, sample_delete_force, sample_throughput,
	sample_memory, sample_library;
bool start_sleeper(struct bench *b, enum bench_case c, size_t i, const char *id);
void remove_sleeper(struct bench *b, size_t i, const char *id);
void record(struct bench *b, enum bench_case c, size_t i, double value);

/* ---- rounds.c ---- */
void measure(struct report *r, const char *work);

/* ---- report.c, json.c ---- */
void report_table(const struct report *r);
void report_markdown(const struct report *r);
int json_write(const struct report *r, const char *path);
int json_read(struct report *r, const char *path);
#endif
