/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cases.  Every round of a case takes one sample of each runtime, in an order drawn anew, so that whatever the
 * machine does meanwhile hits all of them alike.  Preparations are outside the time taken.
 */
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

enum { BLOCK = 20, WIDTH = 2, MEMORY_RUNS = 10, MAX_ARGV = 32 };

const struct case_info case_info[CASES] = {
	[CASE_SPAWN] = { "spawn", "a static program that ends at once (part of every figure)", "ms" },
	[CASE_RUN] = { "run", "run, no seccomp", "ms", .reach_crun = 0.30, .reach_floor = 1.4 },
	[CASE_RUN_SECCOMP_COLD] = { "run-seccomp-cold", "run, Podman's seccomp profile, no cache", "ms" },
	[CASE_RUN_SECCOMP_WARM] = { "run-seccomp-warm", "run, Podman's seccomp profile", "ms", .reach_crun = 0.30 },
	[CASE_LIFE] = { "create-start-delete", "create + start + delete", "ms" },
	[CASE_CREATE] = { "create", "create", "ms", .reach_crun = 0.35 },
	[CASE_START] = { "start", "start", "ms" },
	[CASE_DELETE] = { "delete", "delete (stopped)", "ms" },
	[CASE_EXEC] = { "exec", "exec", "ms", .reach_crun = 0.45 },
	[CASE_KILL] = { "kill", "kill", "ms", .reach_crun = 0.30 },
	[CASE_STATE] = { "state", "state", "ms", .reach_crun = 0.30 },
	[CASE_DELETE_FORCE] = { "delete-force", "delete -f (running)", "ms", .reach_crun = 0.20 },
	[CASE_THROUGHPUT] = { "throughput", "run, 2 in parallel", "per s", .more_is_better = true, .reach_crun = 2.5 },
	[CASE_PSS] = { "pss", "created init: proportional memory", "kB" },
	[CASE_PRIVATE_DIRTY] = { "private-dirty", "created init: private dirty memory", "kB", .reach_value = 150 },
	[CASE_SIZE] = { "size", "program file", "kB" },
};

struct bench {
	struct report *r;
	const char *work;
	double *samples[CASES][MAX_RUNTIMES];
	uint64_t random;
};

/* ---- command lines ---- */

struct line {
	char *argv[MAX_ARGV];
	char text[MAX_ARGV][600];
	int n;
};

static void word(struct line *l, const char *fmt, const char *a, const char *b)
{
	snprintf(l->text[l->n], sizeof(l->text[0]), fmt, a, b);
	l->argv[l->n] = l->text[l->n];
	l->argv[++l->n] = NULL;
}

/* RUNTIME --root DIR COMMAND [--bundle DIR] [--pid-file FILE] ID */
static struct line command(const struct bench *b, const struct runtime *rt, const char *name, const char *bundle,
			   const char *id)
{
	struct line l = { .n = 0 };

	word(&l, "%s%s", rt->path, "");
	if (rt->is_floor) {
		word(&l, "%s/%s", b->work, "rootfs");
		word(&l, "%s%s", "/bin/busybox", "");
		word(&l, "%s%s", "true", "");
		return l;
	}
	word(&l, "%s%s", "--root", "");
	word(&l, "%s%s", rt->root, "");
	word(&l, "%s%s", name, "");
	if (bundle) {
		word(&l, "%s%s", "--bundle", "");
		word(&l, "%s/%s", b->work, bundle);
	}
	if (!strcmp(name, "create")) {
		word(&l, "%s%s", "--pid-file", "");
		word(&l, "%s/pid%s", b->work, "");
	}
	word(&l, "%s%s", id, "");
	return l;
}

static const char *new_id(struct runtime *rt, char id[64])
{
	snprintf(id, 64, "bench-%s-%u", rt->name, rt->serial++);
	return id;
}

static pid_t created_pid(const struct bench *b)
{
	char path[512];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/pid", b->work);
	f = fopen(path, "re");
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
	snprintf(b->r->figures[c][i].why, TEXT, "%s: status %d%s%s", what, status, last[0] ? ": " : "", last);
	return false;
}

static void record(struct bench *b, enum bench_case c, size_t i, double value)
{
	b->samples[c][i][b->r->figures[c][i].n++] = value;
}

static bool timed(struct bench *b, enum bench_case c, size_t i, struct line l, double *ret)
{
	struct outcome o = spawn_wait(l.argv);

	if (o.status != 0)
		return failed(b, c, i, l.argv[l.n > 3 ? 3 : 0], o.status);
	*ret = o.ms;
	return true;
}

static bool sample_spawn(struct bench *b, enum bench_case c, size_t i)
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

static bool sample_run(struct bench *b, enum bench_case c, size_t i)
{
	struct runtime *rt = &b->r->runtimes[i];
	const char *bundle = c == CASE_RUN ? "bundle" : "bundle-seccomp";
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

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	return at->level ? remove(path) : 0;
}

/* kin's is where the script put it (for root: below /var/cache, which is private to us), crun's below its root. */
static bool sample_cold(struct bench *b, enum bench_case c, size_t i)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/.cache", b->r->runtimes[i].root);
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	nftw("/var/cache/kin", remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return sample_run(b, c, i);
}

static bool unknown_to_floor(struct bench *b, enum bench_case c, size_t i)
{
	if (b->r->runtimes[i].is_floor)
		snprintf(b->r->figures[c][i].why, TEXT, "-");
	return b->r->runtimes[i].is_floor;
}

static bool sample_life(struct bench *b, enum bench_case c, size_t i)
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

static bool start_sleeper(struct bench *b, enum bench_case c, size_t i, const char *id)
{
	struct runtime *rt = &b->r->runtimes[i];
	double ms;

	return timed(b, c, i, command(b, rt, "create", "bundle-sleep", id), &ms) &&
	       timed(b, c, i, command(b, rt, "start", NULL, id), &ms);
}

static void remove_sleeper(struct bench *b, size_t i, const char *id)
{
	struct line l = command(b, &b->r->runtimes[i], "delete", NULL, "--force");

	word(&l, "%s%s", id, "");
	(void)spawn_wait(l.argv);
	spawn_reap(0);
}

static bool sample_delete_force(struct bench *b, enum bench_case c, size_t i)
{
	struct runtime *rt = &b->r->runtimes[i];
	struct line l;
	char id[64];
	double ms;

	if (unknown_to_floor(b, c, i) || !start_sleeper(b, c, i, new_id(rt, id)))
		return false;
	l = command(b, rt, "delete", NULL, "--force");
	word(&l, "%s%s", id, "");
	if (!timed(b, c, i, l, &ms))
		return false;
	record(b, c, i, ms);
	return true;
}

/* exec, kill and state, of one container that runs all the while */
static bool sample_sleeper(struct bench *b, enum bench_case c, size_t i)
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
		word(&l, "%s%s", "/bin/busybox", "");
		word(&l, "%s%s", "true", "");
	} else if (c == CASE_KILL) {
		word(&l, "%s%s", "WINCH", ""); /* ignored by who does not ask for it */
	}
	if (!timed(b, c, i, l, &ms))
		return false;
	record(b, c, i, ms);
	return true;
}

struct many {
	struct bench *b;
	struct runtime *rt;
	struct line line[BLOCK];
};

static bool prepare_one(size_t n, char *argv[], void *arg)
{
	struct many *m = arg;

	memcpy(argv, m->line[n].argv, sizeof(m->line[n].argv));
	return true;
}

static bool sample_throughput(struct bench *b, enum bench_case c, size_t i)
{
	static struct many m;
	char id[64];
	double ms;

	m.b = b;
	m.rt = &b->r->runtimes[i];
	for (size_t n = 0; n < BLOCK; n++) {
		struct line l = command(b, m.rt, "run", "bundle", new_id(m.rt, id));

		m.line[n] = l;
		for (int k = 0; k < l.n; k++)
			m.line[n].argv[k] = m.line[n].text[k];
	}
	ms = spawn_many(BLOCK, WIDTH, prepare_one, &m);
	if (ms < 0)
		return failed(b, c, i, "run", -1);
	record(b, c, i, BLOCK * 1e3 / ms);
	return true;
}

static bool smaps(pid_t pid, double *pss, double *dirty)
{
	char path[64], line[256];
	int found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		found += sscanf(line, "Pss: %lf", pss) == 1 || sscanf(line, "Private_Dirty: %lf", dirty) == 1;
	fclose(f);
	return found == 2;
}

static bool sample_memory(struct bench *b, enum bench_case c, size_t i)
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

/* ---- rounds ---- */

static size_t draw(struct bench *b, size_t below)
{
	b->random ^= b->random << 13; /* xorshift64 */
	b->random ^= b->random >> 7;
	b->random ^= b->random << 17;
	return (size_t)(b->random % below);
}

static void rounds(struct bench *b, enum bench_case c, unsigned n, bool (*sample)(struct bench *, enum bench_case, size_t))
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
