/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Measures runtimes side by side.  tests/bench/run prepares what it needs and calls it.
 *   bench --work DIR --json FILE NAME=PROGRAM...   measure, print a table, write the figures
 *   bench --markdown [FILE]                        print the figures of an earlier run
 * The number of samples comes from BENCH_RUNS (default and least for a result to quote: 60), the seed of the random
 * order from BENCH_SEED.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

static void describe_machine(struct report *r)
{
	char line[256], model[128] = "unknown processor";
	FILE *f = fopen("/proc/cpuinfo", "re");
	time_t now = time(NULL);
	struct tm tm;
	struct utsname u;
	double load = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "model name : %127[^\n]", model) == 1)
			break;
	if (f)
		fclose(f);
	uname(&u);
	(void)getloadavg(&load, 1); /* figures from a busy machine are worth little: say so beside them */
	snprintf(r->machine, sizeof(r->machine), "%.90s, %ld CPUs, Linux %.30s, load %.1f before", model,
		 sysconf(_SC_NPROCESSORS_ONLN), u.release, load);
	gmtime_r(&now, &tm);
	strftime(r->date, sizeof(r->date), "%Y-%m-%d", &tm);
}

/* "crun version 1.28" and the like: the first line. */
static void find_version(struct runtime *rt)
{
	char line[600];
	FILE *p;

	snprintf(rt->version, sizeof(rt->version), "the same work for the kernel, by the least code");
	if (rt->is_floor)
		return;
	snprintf(line, sizeof(line), "'%s' --version 2>/dev/null", rt->path);
	p = popen(line, "re");
	if (p && fgets(line, sizeof(line), p)) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(rt->version, sizeof(rt->version), "%.150s", line);
	} else {
		rt->absent = true;
	}
	if (p)
		pclose(p);
}

static int add_runtime(struct report *r, const char *arg, const char *work)
{
	const char *path = strchr(arg, '=');
	struct runtime *rt = &r->runtimes[r->n_runtimes];

	if (!path || path == arg || r->n_runtimes == MAX_RUNTIMES)
		return -1;
	r->n_runtimes++;
	snprintf(rt->name, sizeof(rt->name), "%.*s", (int)(path - arg), arg);
	snprintf(rt->path, sizeof(rt->path), "%s", path + 1);
	snprintf(rt->root, sizeof(rt->root), "%s/root-%.*s", work, (int)(path - arg), arg);
	rt->is_floor = !strcmp(rt->name, "floor");
	rt->absent = access(rt->path, X_OK) < 0;
	if (!rt->absent)
		find_version(rt);
	if (!rt->absent && mkdir(rt->root, 0700) < 0) {
		perror(rt->root);
		return -1;
	}
	return 0;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value && value[0] ? strtoull(value, NULL, 10) : otherwise;
}

static int print_markdown(const char *path)
{
	static struct report r;

	if (json_read(&r, path) < 0) {
		fprintf(stderr, "bench: no figures of this benchmark in %s\n", path);
		return 1;
	}
	report_markdown(&r);
	return 0;
}

int main(int argc, char **argv)
{
	static struct report r;
	char errors[512];
	struct timespec now;
	size_t with_figures = 0;

	if (argc >= 2 && !strcmp(argv[1], "--markdown"))
		return print_markdown(argc > 2 ? argv[2] : "build/bench.json");
	if (argc < 6 || strcmp(argv[1], "--work") || strcmp(argv[3], "--json")) {
		fprintf(stderr, "usage: bench --work DIR --json FILE NAME=PROGRAM... | bench --markdown [FILE]\n");
		return 2;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	r.seed = from_environment("BENCH_SEED", (uint64_t)now.tv_sec * 1000000007 + (uint64_t)now.tv_nsec);
	r.runs = (unsigned)from_environment("BENCH_RUNS", 60);
	if (r.runs < 1 || r.runs > 100000) {
		fprintf(stderr, "bench: BENCH_RUNS is from 1 to 100000\n");
		return 2;
	}
	describe_machine(&r);
	for (int i = 5; i < argc; i++)
		if (add_runtime(&r, argv[i], argv[2]) < 0)
			return 2;
	snprintf(errors, sizeof(errors), "%s/stderr", argv[2]);
	spawn_init(errors);
	measure(&r, argv[2]);
	report_table(&r);
	if (json_write(&r, argv[4]) < 0) {
		perror(argv[4]);
		return 1;
	}
	for (size_t i = 0; i < r.n_runtimes; i++)
		with_figures += r.figures[CASE_RUN][i].n > 0;
	return with_figures ? 0 : 1;
}
