/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every round of a case takes one sample of each runtime, in an order drawn anew, so that whatever the machine does
 * meanwhile hits all of them alike.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

enum { MEMORY_RUNS = 10 };

static size_t draw(struct bench *b, size_t below)
{
	b->random ^= b->random << 13; /* xorshift64 */
	b->random ^= b->random >> 7;
	b->random ^= b->random << 17;
	return (size_t)(b->random % below);
}

static void rounds(struct bench *b, enum bench_case c, unsigned n, sampler *sample)
{
	size_t order[MAX_RUNTIMES], n_left = 0;

	for (size_t i = 0; i < b->r->n_runtimes; i++) {
		if (b->r->runtimes[i].absent)
			snprintf(b->r->figures[c][i].why, TEXT, "absent");
		else
			order[n_left++] = i;
	}
	for (unsigned round = 0; round < n + 2 && n_left; round++) {
		if (round == 2) /* the first two warm the caches of files and pages up */
			for (enum bench_case k = 0; k < CASES; k++)
				for (size_t i = 0; i < n_left; i++)
					if (k == c || (c == CASE_LIFE && k > c && k <= CASE_DELETE) ||
					    (c == CASE_PSS && k == CASE_PRIVATE_DIRTY))
						b->r->figures[k][order[i]].n = 0;
		for (size_t i = n_left; i > 1; i--) {
			size_t k = draw(b, i), swap = order[i - 1];

			order[i - 1] = order[k];
			order[k] = swap;
		}
		for (size_t i = 0; i < n_left;) {
			if (sample(b, c, order[i]))
				i++;
			else
				order[i] = order[--n_left]; /* it cannot do this: the others go on */
			spawn_reap(0);
		}
		if (isatty(2))
			fprintf(stderr, "\r%-24s %u/%u ", case_info[c].name, round + 1, n + 2);
	}
	if (isatty(2))
		fprintf(stderr, "\r%40s\r", "");
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void summarise(struct figure *f, double *v)
{
	if (!f->n)
		return;
	qsort(v, f->n, sizeof(*v), by_value);
	f->least = v[0];
	f->median = f->n % 2 ? v[f->n / 2] : (v[f->n / 2 - 1] + v[f->n / 2]) / 2;
	f->p10 = v[f->n / 10];
	f->p90 = v[f->n - 1 - f->n / 10];
}

static void sizes(struct bench *b)
{
	struct stat st;

	for (size_t i = 0; i < b->r->n_runtimes; i++)
		if (stat(b->r->runtimes[i].path, &st) == 0)
			record(b, CASE_SIZE, i, (double)st.st_size / 1024);
}

void measure(struct report *r, const char *work)
{
	struct bench b = { .r = r, .work = work, .random = r->seed | 1 };
	unsigned blocks = r->runs / 6 < 5 ? 5 : r->runs / 6;
	char id[64];

	for (size_t k = 0; k < CASES; k++)
		for (size_t i = 0; i < r->n_runtimes; i++)
			if (!(b.samples[k][i] = calloc(r->runs + blocks + MEMORY_RUNS + 8, sizeof(double))))
				exit(1);
	rounds(&b, CASE_SPAWN, r->runs, sample_spawn);
	rounds(&b, CASE_RUN, r->runs, sample_run);
	rounds(&b, CASE_RUN_SECCOMP_COLD, r->runs, sample_cold);
	rounds(&b, CASE_RUN_SECCOMP_WARM, r->runs, sample_run);
	rounds(&b, CASE_RUN_LIMITS, r->runs, sample_run);
	rounds(&b, CASE_LIBRARY, r->runs, sample_library);
	rounds(&b, CASE_LIFE, r->runs, sample_life);
	for (size_t i = 0; i < r->n_runtimes; i++) {
		snprintf(id, sizeof(id), "bench-%s-sleeper", r->runtimes[i].name);
		if (!r->runtimes[i].absent && !r->runtimes[i].is_floor)
			(void)start_sleeper(&b, CASE_EXEC, i, id);
	}
	rounds(&b, CASE_EXEC, r->runs, sample_sleeper);
	rounds(&b, CASE_KILL, r->runs, sample_sleeper);
	rounds(&b, CASE_STATE, r->runs, sample_sleeper);
	for (size_t i = 0; i < r->n_runtimes; i++) {
		snprintf(id, sizeof(id), "bench-%s-sleeper", r->runtimes[i].name);
		if (!r->runtimes[i].absent && !r->runtimes[i].is_floor)
			remove_sleeper(&b, i, id);
	}
	rounds(&b, CASE_DELETE_FORCE, r->runs, sample_delete_force);
	rounds(&b, CASE_THROUGHPUT, blocks, sample_throughput);
	rounds(&b, CASE_PSS, MEMORY_RUNS, sample_memory);
	sizes(&b);
	for (size_t k = 0; k < CASES; k++)
		for (size_t i = 0; i < r->n_runtimes; i++) {
			summarise(&r->figures[k][i], b.samples[k][i]);
			free(b.samples[k][i]);
		}
}
