/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cases: what one sample of each is.  Preparations are outside the time taken. */
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

enum { BLOCK = 20, WIDTH = 2, MAX_ARGV = 10 };

const struct case_info case_info[CASES] = {
	[CASE_SPAWN] = { .name = "spawn",
			 .what = "a static program that ends at once (part of every figure)",
			 .unit = "ms" },
	[CASE_RUN] = { .name = "run", .what = "run, no seccomp", .unit = "ms", .reach_crun = 0.30, .reach_floor = 1.4 },
	[CASE_RUN_SECCOMP_COLD] = { .name = "run-seccomp-cold",
				    .what = "run, Podman's seccomp profile, no cache",
				    .unit = "ms" },
	[CASE_RUN_SECCOMP_WARM] = { .name = "run-seccomp-warm",
				    .what = "run, Podman's seccomp profile",
				    .unit = "ms",
				    .reach_crun = 0.30 },
	[CASE_RUN_LIMITS] = { .name = "run-limits", .what = "run, a hugetlb limit", .unit = "ms" },
	[CASE_LIBRARY] = { .name = "libcgroup",
			   .what = "of which setting it, by libcgroup",
			   .unit = "ms",
			   .reach_limits = 0.10 },
	[CASE_LIFE] = { .name = "create-start-delete", .what = "create + start + delete", .unit = "ms" },
	[CASE_CREATE] = { .name = "create", .what = "create", .unit = "ms", .reach_crun = 0.35 },
	[CASE_START] = { .name = "start", .what = "start", .unit = "ms" },
	[CASE_DELETE] = { .name = "delete", .what = "delete (stopped)", .unit = "ms" },
	[CASE_EXEC] = { .name = "exec", .what = "exec", .unit = "ms", .reach_crun = 0.45 },
	[CASE_KILL] = { .name = "kill", .what = "kill", .unit = "ms", .reach_crun = 0.30 },
	[CASE_STATE] = { .name = "state", .what = "state", .unit = "ms", .reach_crun = 0.30 },
	[CASE_DELETE_FORCE] = { .name = "delete-force",
				.what = "delete -f (running)",
				.unit = "ms",
				.reach_crun = 0.20 },
	[CASE_THROUGHPUT] = { .name = "throughput",
			      .what = "run, 2 in parallel",
			      .unit = "per s",
			      .more_is_better = true,
			      .reach_crun = 2.5 },
	[CASE_PSS] = { .name = "pss", .what = "created init: proportional memory", .unit = "kB" },
	[CASE_PRIVATE_DIRTY] = { .name = "private-dirty",
				 .what = "created init: private dirty memory",
				 .unit = "kB",
				 .reach_value = 150 },
	[CASE_SIZE] = { .name = "size", .what = "program file", .unit = "kB" },
};

/* ---- command lines ---- */

struct line { /* no pointers: it is copied about */
	char text[MAX_ARGV][512];
	size_t n;
};

static void word(struct line *l, const char *text)
{
	snprintf(l->text[l->n++], sizeof(l->text[0]), "%s", text);
}

static void path(struct line *l, const char *dir, const char *name)
{
	snprintf(l->text[l->n++], sizeof(l->text[0]), "%s/%s", dir, name);
}

static void argv_of(struct line *l, char *argv[MAX_ARGV + 1])
{
	for (size_t i = 0; i < l->n; i++)
		argv[i] = l->text[i];
	argv[l->n] = NULL;
}

/* RUNTIME --root DIR COMMAND [--bundle DIR] [--pid-file FILE] ID */
static struct line command(const struct bench *b, const struct runtime *rt, const char *name, const char *bundle,
			   const char *id)
{
	struct line l = { .n = 0 };

	word(&l, rt->path);
	if (rt->is_floor) {
		path(&l, b->work, "rootfs");
		word(&l, "/bin/busybox");
		word(&l, "true");
		return l;
	}
	word(&l, "--root");
	word(&l, rt->root);
	word(&l, name);
	if (bundle) {
		word(&l, "--bundle");
		path(&l, b->work, bundle);
	}
	if (!strcmp(name, "create")) {
		word(&l, "--pid-file");
		path(&l, b->work, "pid");
	}
	word(&l, id);
	return l;
}

static const char *new_id(struct runtime *rt, char id[64])
{
	snprintf(id, 64, "bench-%s-%u", rt->name, rt->serial++);
	return id;
}

static pid_t created_pid(const struct bench *b)
{
	char name[512];
	int pid = 0;
	FILE *f;

	snprintf(name, sizeof(name), "%s/pid", b->work);
	f = fopen(name, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%d", &pid) != 1)
		pid = 0;
	fclose(f);
	return pid;
}

/* ---- samples ---- */

static bool failed(struct bench *b, enum bench_case c, size_t i, const char *what, int status)
{
	char last[TEXT - 40];

	spawn_last_error(last, sizeof(last));
	snprintf(b->r->figures[c][i].why, TEXT, "%.20s: status %d%s%s", what, status, last[0] ? ": " : "", last);
	return false;
}

void record(struct bench *b, enum bench_case c, size_t i, double value)
{
	b->samples[c][i][b->r->figures[c][i].n++] = value;
}

static bool timed(struct bench *b, enum bench_case c, size_t i, struct line l, double *ret)
{
	char *argv[MAX_ARGV + 1];
	struct outcome o;

	argv_of(&l, argv);
	o = spawn_wait(argv);
	if (o.status != 0)
		return failed(b, c, i, l.n > 4 ? l.text[3] : l.text[0], o.status);
	*ret = o.ms;
	return true;
}

bool sample_spawn(struct bench *b, enum bench_case c, size_t i)
{
	struct runtime *rt = &b->r->runtimes[i];
	struct outcome o;

	if (!rt->is_floor) {
		snprintf(b->r->figures[c][i].why, TEXT, "-");
		return false;
	}
	o = spawn_wait((char *[]){ rt->path, NULL }); /* without arguments it ends at once, with status 2 */
	if (o.status != 2)
		return failed(b, c, i, "spawn", o.status);
	record(b, c, i, o.ms);
	return true;
}

bool sample_run(struct bench *b, enum bench_case c, size_t i)
{
	struct runtime *rt = &b->r->runtimes[i];
	const char *bundle = c == CASE_RUN ? "bundle" : c == CASE_RUN_LIMITS ? "bundle-limits" : "bundle-seccomp";
	char id[64];
	double ms;

	if (rt->is_floor && c != CASE_RUN) {
		snprintf(b->r->figures[c][i].why, TEXT, "-");
		return false;
	}
	if (!timed(b, c, i, command(b, rt, "run", bundle, new_id(rt, id)), &ms))
		return false;
	record(b, c, i, ms);
	return true;
}

/* BENCH_LIBRARY: the program (library.c), which says what it measured. */
bool sample_library(struct bench *b, enum bench_case c, size_t i)
{
	const char *program = getenv("BENCH_LIBRARY");
	char line[600], said[64] = "";
	FILE *p;

	if (strcmp(b->r->runtimes[i].name, "kin") || !program) {
		snprintf(b->r->figures[c][i].why, TEXT, "-");
		return false;
	}
	snprintf(line, sizeof(line), "'%s' /sys/fs/cgroup/bench-library", program);
	p = popen(line, "re");
	if (p && !fgets(said, sizeof(said), p))
		said[0] = '\0';
	if (!p || pclose(p) != 0 || strtod(said, NULL) <= 0)
		return failed(b, c, i, "libcgroup", -1);
	record(b, c, i, strtod(said, NULL));
	return true;
}

static int remove_one(const char *name, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	return at->level ? remove(name) : 0;
}

/* kin's is where the script put it (for root: below /var/cache, which is private to us), crun's below its root. */
bool sample_cold(struct bench *b, enum bench_case c, size_t i)
{
	char name[600];

	snprintf(name, sizeof(name), "%s/.cache", b->r->runtimes[i].root);
	nftw(name, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	nftw("/var/cache/kin", remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return sample_run(b, c, i);
}

static bool unknown_to_floor(struct bench *b, enum bench_case c, size_t i)
{
	if (b->r->runtimes[i].is_floor)
		snprintf(b->r->figures[c][i].why, TEXT, "-");
	return b->r->runtimes[i].is_floor;
}

bool sample_life(struct bench *b, enum bench_case c, size_t i)
{
	struct runtime *rt = &b->r->runtimes[i];
	double create, start, delete;
	char id[64];

	for (enum bench_case k = c; k <= CASE_DELETE; k++)
		if (unknown_to_floor(b, k, i) && k == CASE_DELETE)
			return false;
	new_id(rt, id);
	if (!timed(b, CASE_LIFE, i, command(b, rt, "create", "bundle", id), &create) ||
	    !timed(b, CASE_LIFE, i, command(b, rt, "start", NULL, id), &start))
		return false;
	spawn_reap(created_pid(b));
	if (!timed(b, CASE_LIFE, i, command(b, rt, "delete", NULL, id), &delete))
		return false;
	record(b, CASE_CREATE, i, create);
	record(b, CASE_START, i, start);
	record(b, CASE_DELETE, i, delete);
	record(b, CASE_LIFE, i, create + start + delete);
	return true;
}

bool start_sleeper(struct bench *b, enum bench_case c, size_t i, const char *id)
{
	struct runtime *rt = &b->r->runtimes[i];
	double ms;

	return timed(b, c, i, command(b, rt, "create", "bundle-sleep", id), &ms) &&
	       timed(b, c, i, command(b, rt, "start", NULL, id), &ms);
}

void remove_sleeper(struct bench *b, size_t i, const char *id)
{
	struct line l = command(b, &b->r->runtimes[i], "delete", NULL, "--force");
	char *argv[MAX_ARGV + 1];

	word(&l, id);
	argv_of(&l, argv);
	(void)spawn_wait(argv);
	spawn_reap(0);
}

bool sample_delete_force(struct bench *b, enum bench_case c, size_t i)
{
	struct runtime *rt = &b->r->runtimes[i];
	struct line l;
	char id[64];
	double ms;

	if (unknown_to_floor(b, c, i) || !start_sleeper(b, c, i, new_id(rt, id)))
		return false;
	l = command(b, rt, "delete", NULL, "--force");
	word(&l, id);
	if (!timed(b, c, i, l, &ms))
		return false;
	record(b, c, i, ms);
	return true;
}

/* exec, kill and state, of one container that runs all the while */
bool sample_sleeper(struct bench *b, enum bench_case c, size_t i)
{
	struct runtime *rt = &b->r->runtimes[i];
	struct line l;
	char id[64];
	double ms;

	if (unknown_to_floor(b, c, i))
		return false;
	snprintf(id, sizeof(id), "bench-%s-sleeper", rt->name);
	l = command(b, rt, c == CASE_EXEC ? "exec" : c == CASE_KILL ? "kill" : "state", NULL, id);
	if (c == CASE_EXEC) {
		word(&l, "/bin/busybox");
		word(&l, "true");
	} else if (c == CASE_KILL) {
		word(&l, "WINCH"); /* ignored by who does not ask for it */
	}
	if (!timed(b, c, i, l, &ms))
		return false;
	record(b, c, i, ms);
	return true;
}

static bool prepare_one(size_t n, char *argv[], void *lines)
{
	argv_of((struct line *)lines + n, argv);
	return true;
}

bool sample_throughput(struct bench *b, enum bench_case c, size_t i)
{
	struct runtime *rt = &b->r->runtimes[i];
	struct line lines[BLOCK];
	char id[64];
	double ms;

	for (size_t n = 0; n < BLOCK; n++)
		lines[n] = command(b, rt, "run", "bundle", new_id(rt, id));
	ms = spawn_many(BLOCK, WIDTH, prepare_one, lines);
	if (ms < 0)
		return failed(b, c, i, "run", -1);
	record(b, c, i, BLOCK * 1e3 / ms);
	return true;
}

static bool smaps(pid_t pid, double *pss, double *dirty)
{
	char name[64], line[256];
	int found = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(name, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		found += sscanf(line, "Pss: %lf", pss) == 1 || sscanf(line, "Private_Dirty: %lf", dirty) == 1;
	fclose(f);
	return found == 2;
}

bool sample_memory(struct bench *b, enum bench_case c, size_t i)
{
	struct runtime *rt = &b->r->runtimes[i];
	double ms, pss, dirty;
	char id[64];
	bool ok;

	if (unknown_to_floor(b, CASE_PRIVATE_DIRTY, i) && unknown_to_floor(b, c, i))
		return false;
	if (!timed(b, c, i, command(b, rt, "create", "bundle-sleep", new_id(rt, id)), &ms))
		return false;
	ok = smaps(created_pid(b), &pss, &dirty);
	remove_sleeper(b, i, id);
	if (!ok)
		return failed(b, c, i, "smaps_rollup", -1);
	record(b, CASE_PSS, i, pss);
	record(b, CASE_PRIVATE_DIRTY, i, dirty);
	return true;
}
