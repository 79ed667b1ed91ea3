/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a cgroup has used, from its files.  Room: run. */
#include "cgroup/usage.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/dir.h"
#include "base/fd.h"
#include "cgroup/usage_text.h"
#include "sys/sys.h"

enum { LINE_ROOM = 4096, LIST_ROOM = 4096, FIRST_CAPACITY = 16, NAME_ROOM = 64 };

/* ---- files of lines ---- */

typedef int line_fn(const char *line, void *arg);

/* The complete lines at the beginning of text; what is left of it moves to the front.  *skip: a line longer than all the
 * room is being passed over. */
static int take_lines(char *text, size_t *len, bool *skip, line_fn *fn, void *arg)
{
	char *line = text, *end;
	int r = 0;

	while (r == 0 && (end = memchr(line, '\n', *len - (size_t)(line - text)))) {
		*end = '\0';
		r = *skip ? 0 : fn(line, arg);
		*skip = false;
		line = end + 1;
	}
	*len -= (size_t)(line - text);
	memmove(text, line, *len);
	if (*len == LINE_ROOM - 1) {
		*skip = true;
		*len = 0;
	}
	return r;
}

/* Calls fn for each line of the file until it returns non-zero, which is then returned.  No allocation. */
static int each_line(int fd, const char *file, line_fn *fn, void *arg)
{
	autofd f = sys_openat(fd, file, O_RDONLY | O_NOFOLLOW, 0);
	char text[LINE_ROOM];
	bool skip = false;
	size_t len = 0;

	if (f < 0)
		return f;
	for (;;) {
		ssize_t n = sys_read(f, text + len, sizeof(text) - 1 - len);
		int r;

		if (n < 0)
			return (int)n;
		if (n == 0 && len) { /* the last line without its end */
			text[len] = '\0';
			return skip ? 0 : fn(text, arg);
		}
		if (n == 0)
			return 0;
		len += (size_t)n;
		r = take_lines(text, &len, &skip, fn, arg);
		if (r)
			return r;
	}
}

/* ---- single numbers ---- */

struct row {
	const char *file;
	const char *key; /* NULL: the file has one value */
	size_t usage, totals; /* 1 + offset; 0: not in that struct */
};

#define IN_USAGE(m)  1 + offsetof(struct usage, m)
#define IN_TOTALS(m) 1 + offsetof(struct usage_totals, m)
#define BOTH(m)	     IN_USAGE(m), IN_TOTALS(m)
#define ONE(m)	     IN_USAGE(m), 0

/* By file.  First what tells of an OOM kill: a cgroup that systemd made may be removed while we read. */
static const struct row rows[] = {
	{ "memory.events", "oom", BOTH(oom) },
	{ "memory.events", "oom_kill", BOTH(oom_kill) },
	{ "memory.events", "max", BOTH(memory_limit_hits) },
	{ "memory.events", "high", ONE(memory_high) },
	{ "memory.events", "low", ONE(memory_low) },
	{ "cpu.stat", "usage_usec", BOTH(cpu) },
	{ "cpu.stat", "user_usec", BOTH(cpu_user) },
	{ "cpu.stat", "system_usec", BOTH(cpu_system) },
	{ "cpu.stat", "throttled_usec", BOTH(cpu_throttled) },
	{ "cpu.stat", "nr_periods", ONE(cpu_periods) },
	{ "cpu.stat", "nr_throttled", ONE(cpu_throttled_periods) },
	{ "memory.peak", NULL, BOTH(memory_peak) },
	{ "memory.current", NULL, ONE(memory) },
	{ "memory.max", NULL, ONE(memory_max) },
	{ "memory.swap.current", NULL, ONE(swap) },
	{ "memory.swap.max", NULL, ONE(swap_max) },
	{ "memory.swap.peak", NULL, ONE(swap_peak) },
	{ "pids.peak", NULL, BOTH(pids_peak) },
	{ "pids.events", "max", BOTH(pids_limit_hits) },
	{ "pids.current", NULL, ONE(pids) },
	{ "pids.max", NULL, ONE(pids_max) },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

struct take {
	const struct row *row;
	size_t n;
	bool totals;
	char *to;
};

static size_t place_of(const struct row *r, bool totals)
{
	return totals ? r->totals : r->usage;
}

static int take_line(const char *line, void *arg)
{
	const struct take *t = arg;
	uint64_t v;
	int name = t->row->key ? usage_pair(line, &v) : 0;

	if (!t->row->key) {
		v = usage_number(line);
		memcpy(t->to + place_of(t->row, t->totals) - 1, &v, sizeof(v));
		return 1;
	}
	for (size_t i = 0; name > 0 && i < t->n; i++) {
		size_t at = place_of(&t->row[i], t->totals);

		if (at && strlen(t->row[i].key) == (size_t)name && !memcmp(t->row[i].key, line, (size_t)name))
			memcpy(t->to + at - 1, &v, sizeof(v));
	}
	return 0;
}

static bool is_wanted(const struct row *r, size_t n, bool totals)
{
	for (size_t i = 0; i < n; i++)
		if (place_of(&r[i], totals))
			return true;
	return false;
}

/* Whether the cgroup is there at all. */
static bool take_numbers(int fd, void *to, bool totals)
{
	bool seen = false;

	for (size_t i = 0, n; i < ROWS; i += n) {
		struct take t = { .row = &rows[i], .totals = totals, .to = to };

		for (n = 1; i + n < ROWS && !strcmp(rows[i].file, rows[i + n].file); n++)
			;
		t.n = n;
		if (is_wanted(&rows[i], n, totals))
			seen |= each_line(fd, rows[i].file, take_line, &t) >= 0;
	}
	return seen;
}

/* ---- pressure ---- */

static int take_psi(const char *line, void *arg)
{
	(void)usage_psi_line(line, arg);
	return 0;
}

/* EOPNOTSUPP: the kernel was started with psi=0. */
static struct usage_psi read_psi(int fd, const char *file)
{
	struct usage_psi psi = { .some.total = USAGE_NONE, .full.total = USAGE_NONE };

	(void)each_line(fd, file, take_psi, &psi);
	return psi;
}

/* ---- lists ---- */

struct list {
	struct arena *a;
	void *v;
	size_t n, size; /* of an element */
};

/* Room for one more; NULL: no memory. */
static void *list_next(struct list *l)
{
	bool full = l->n == 0 || (l->n >= FIRST_CAPACITY && !(l->n & (l->n - 1)));

	if (full) {
		void *v = arena_array(l->a, l->n ? 2 * l->n : FIRST_CAPACITY, l->size);

		if (!v)
			return NULL;
		if (l->n)
			memcpy(v, l->v, l->n * l->size);
		l->v = v;
	}
	return (char *)l->v + l->n++ * l->size;
}

static int take_io(const char *line, void *arg)
{
	struct usage_io io, *next;

	if (usage_io_line(line, &io) < 0)
		return 0;
	next = list_next(arg);
	if (!next)
		return -ENOMEM;
	*next = io;
	return 0;
}

static int take_stat(const char *line, void *arg)
{
	struct list *l = arg;
	struct usage_key *next;
	uint64_t v;
	int name = usage_pair(line, &v);

	if (name < 0)
		return 0;
	next = list_next(l);
	if (!next || !(next->name = arena_strndup(l->a, line, (size_t)name)))
		return -ENOMEM;
	next->value = v;
	return 0;
}

/* -ENOMEM is the only failure: a file that is not there is an empty list. */
static int read_list(int fd, const char *file, line_fn *fn, struct list *l)
{
	return each_line(fd, file, fn, l) == -ENOMEM ? -ENOMEM : 0;
}

static int take_text(const char *line, void *arg)
{
	struct list *l = arg;

	l->v = arena_strdup(l->a, line);
	return l->v ? 1 : -ENOMEM;
}

static int read_text(struct arena *a, int fd, const char *file, const char **ret)
{
	struct list l = { .a = a };
	int r = read_list(fd, file, take_text, &l);

	*ret = l.v && *(char *)l.v ? l.v : NULL;
	return r;
}

/* ---- huge pages: a set of files for each size that the machine has ---- */

static int take_number(const char *line, void *arg)
{
	*(uint64_t *)arg = usage_number(line);
	return 1;
}

static int take_max_event(const char *line, void *arg)
{
	uint64_t v;

	if (usage_pair(line, &v) == 3 && !memcmp(line, "max", 3))
		*(uint64_t *)arg = v;
	return 0;
}

static int add_hugetlb(int fd, const char *size, size_t len, struct list *l)
{
	struct usage_hugetlb *h = list_next(l);
	char file[NAME_ROOM + 24];
	char *end = file + len + 8;

	if (!h)
		return -ENOMEM;
	*h = (struct usage_hugetlb){ arena_strndup(l->a, size, len), USAGE_NONE, USAGE_NONE, USAGE_NONE };
	memcpy(file, "hugetlb.", 8);
	memcpy(file + 8, size, len);
	memcpy(end, ".current", sizeof(".current"));
	(void)each_line(fd, file, take_number, &h->current);
	memcpy(end, ".max", sizeof(".max"));
	(void)each_line(fd, file, take_number, &h->max);
	memcpy(end, ".events", sizeof(".events"));
	(void)each_line(fd, file, take_max_event, &h->failcnt);
	return h->size ? 0 : -ENOMEM;
}

static int by_size(const void *a, const void *b)
{
	return strcmp(((const struct usage_hugetlb *)a)->size, ((const struct usage_hugetlb *)b)->size);
}

static int read_hugetlb(int fd, struct list *l)
{
	autodir *d = NULL;
	struct dirent *e;
	int r = 0;

	if (dir_open(fd, &d) < 0)
		return 0;
	while (r == 0 && dir_next(d, &e) > 0) {
		const char *size = e->d_name + 8;
		size_t len;

		if (strncmp(e->d_name, "hugetlb.", 8))
			continue;
		len = strcspn(size, ".");
		if (len && len < NAME_ROOM && !strcmp(size + len, ".current"))
			r = add_hugetlb(fd, size, len, l);
	}
	if (r == 0 && l->n)
		qsort(l->v, l->n, l->size, by_size);
	return r;
}

/* ---- all of it ---- */

static int read_lists(struct arena *a, int fd, struct usage *ret)
{
	struct list io = { .a = a, .size = sizeof(*ret->io) };
	struct list stat = { .a = a, .size = sizeof(*ret->memory_stat) };
	struct list huge = { .a = a, .size = sizeof(*ret->hugetlb) };
	int r = read_list(fd, "io.stat", take_io, &io);

	if (r == 0)
		r = read_list(fd, "memory.stat", take_stat, &stat);
	if (r == 0)
		r = read_hugetlb(fd, &huge);
	if (r == 0)
		r = read_text(a, fd, "cpuset.cpus.effective", &ret->cpus);
	if (r == 0)
		r = read_text(a, fd, "cpuset.mems.effective", &ret->mems);
	ret->io = io.v;
	ret->n_io = io.n;
	ret->memory_stat = stat.v;
	ret->n_memory_stat = stat.n;
	ret->hugetlb = huge.v;
	ret->n_hugetlb = huge.n;
	return r;
}

int usage_read(struct arena *a, int fd, struct usage *ret)
{
	*ret = (struct usage){ 0 };
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].usage)
			memcpy((char *)ret + rows[i].usage - 1, &(uint64_t){ USAGE_NONE }, sizeof(uint64_t));
	if (!take_numbers(fd, ret, false))
		return -ENOENT;
	ret->cpu_psi = read_psi(fd, "cpu.pressure");
	ret->memory_psi = read_psi(fd, "memory.pressure");
	ret->io_psi = read_psi(fd, "io.pressure");
	return read_lists(a, fd, ret);
}

static void add(uint64_t *sum, uint64_t v)
{
	uint64_t s = *sum == USAGE_NONE ? 0 : *sum;

	if (v != USAGE_NONE)
		*sum = __builtin_add_overflow(s, v, &s) || s >= USAGE_MAX ? USAGE_MAX - 1 : s;
}

static int sum_io(const char *line, void *arg)
{
	struct usage_totals *t = arg;
	struct usage_io io;

	if (usage_io_line(line, &io) < 0)
		return 0;
	add(&t->io_read_bytes, io.rbytes);
	add(&t->io_write_bytes, io.wbytes);
	add(&t->io_reads, io.rios);
	add(&t->io_writes, io.wios);
	return 0;
}

int usage_read_totals(int fd, struct usage_totals *ret)
{
	struct usage_totals t;

	memset(&t, 0xff, sizeof(t)); /* USAGE_NONE */
	*ret = t;
	if (!take_numbers(fd, &t, true))
		return -ENOENT;
	/* A controller without a device that was used: nothing was read or written. */
	if (each_line(fd, "io.stat", sum_io, &t) >= 0) {
		add(&t.io_read_bytes, 0);
		add(&t.io_write_bytes, 0);
		add(&t.io_reads, 0);
		add(&t.io_writes, 0);
	}
	t.cpu_pressure = read_psi(fd, "cpu.pressure").some.total;
	t.memory_pressure = read_psi(fd, "memory.pressure").some.total;
	t.io_pressure = read_psi(fd, "io.pressure").some.total;
	*ret = t;
	return 0;
}
