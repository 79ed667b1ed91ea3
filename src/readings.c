/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several containers use; see readings.h.  Room: the CLI. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "json/json.h"
#include "readings.h"
#include "size.h"
#include "usage.h"

/* ---- taking them ---- */

static const struct reading *same_container(const struct readings *before, const struct reading *now)
{
	for (size_t i = 0; before && i < before->n; i++)
		if (!strcmp(before->v[i].id, now->id) && !strcmp(before->v[i].created, now->created))
			return &before->v[i];
	return NULL;
}

static double cpu_percent(const struct reading *before, const struct reading *now)
{
	uint64_t from, to = now->stats.usage.cpu_usec;
	int64_t ns;

	if (!before)
		return -1;
	from = before->stats.usage.cpu_usec;
	ns = now->stats.taken_ns - before->stats.taken_ns;
	if (from == LCT_UNKNOWN || to == LCT_UNKNOWN || to < from || ns <= 0)
		return -1;
	return (double)(to - from) * 1000.0 / (double)ns * 100.0;
}

static uint64_t machine_memory(void)
{
	struct sysinfo info;

	return sysinfo(&info) < 0 ? 0 : (uint64_t)info.totalram * info.mem_unit;
}

/* A limit above what there is limits nothing. */
static uint64_t memory_bound(const struct lct_stats *s)
{
	uint64_t machine = machine_memory();

	return machine && s->memory_max != LCT_UNKNOWN && s->memory_max > machine ? machine : s->memory_max;
}

static double memory_percent(const struct lct_stats *s)
{
	uint64_t bound = memory_bound(s);

	if (s->memory == LCT_UNKNOWN || !bound || bound >= LCT_UNLIMITED)
		return -1;
	return (double)s->memory * 100.0 / (double)bound;
}

static struct reading *add(struct readings *r)
{
	struct reading *v;

	if (r->n < r->cap)
		return &r->v[r->n++];
	r->cap = r->cap ? 2 * r->cap : 32;
	v = arena_array(&r->arena, r->cap, sizeof(*v));
	if (!v)
		return NULL;
	if (r->n)
		memcpy(v, r->v, r->n * sizeof(*v));
	r->v = v;
	return &r->v[r->n++];
}

static int take_one(struct readings *r, lct_container *ct, const char *id, const struct readings *before,
		    struct lct_err *err)
{
	struct lct_info info = { .size = sizeof(info) };
	struct lct_stats s = { .size = sizeof(s) };
	struct reading *new;
	int e = lct_stats(ct, &s, err);

	if (e >= 0)
		e = lct_info(ct, &info, err);
	if (e < 0)
		return e;
	new = add(r);
	if (!new)
		return err_nomem(err);
	*new = (struct reading){ .stats = s, .status = lct_status_name(info.status) };
	new->id = arena_strdup(&r->arena, id);
	new->created = arena_strdup(&r->arena, info.created ? info.created : "");
	if (!new->id || !new->created)
		return err_nomem(err);
	new->cpu_percent = cpu_percent(same_container(before, new), new);
	new->memory_percent = memory_percent(&s);
	return 0;
}

struct names {
	struct arena *arena;
	struct opt_list ids;
	size_t cap;
};

static int collect(const struct lct_info *info, const char *state_json, void *arg)
{
	struct names *names = arg;
	char **v;

	(void)state_json;
	if (info->damaged || info->status == LCT_CREATING || info->status == LCT_STOPPED)
		return 0;
	if (names->ids.n + 1 >= names->cap) {
		names->cap = names->cap ? 2 * names->cap : 32;
		v = arena_array(names->arena, names->cap, sizeof(*v));
		if (!v)
			return -ENOMEM;
		if (names->ids.n)
			memcpy(v, names->ids.v, names->ids.n * sizeof(*v));
		names->ids.v = v;
	}
	names->ids.v[names->ids.n] = arena_strdup(names->arena, info->id);
	return names->ids.v[names->ids.n++] ? 0 : -ENOMEM;
}

static int all_ids(struct arena *a, struct cli *cli, char ***ret, struct lct_err *err)
{
	struct names names = { .arena = a };
	int r = lct_list(cli->runtime, collect, &names, err);

	*ret = names.ids.v;
	return r == -ENOMEM ? err_nomem(err) : r;
}

int readings_take(struct readings *r, struct cli *cli, char **ids, bool strict, const struct readings *before,
		  struct lct_err *err)
{
	bool all = !ids;
	int e = 0;

	readings_done(r);
	if (all)
		e = all_ids(&r->arena, cli, &ids, err);
	for (size_t i = 0; e >= 0 && ids && ids[i]; i++) {
		struct lct_err why = { 0 };
		autocontainer *ct = NULL;

		e = lct_find(cli->runtime, ids[i], &ct, &why);
		if (e >= 0)
			e = take_one(r, ct, ids[i], before, &why);
		if (e < 0 && e != -ENOMEM && (all || !strict))
			e = 0;
		if (e < 0 && err)
			*err = why;
	}
	return e < 0 ? e : 0;
}

void readings_done(struct readings *r)
{
	arena_done(&r->arena);
	*r = (struct readings){ 0 };
}

/* ---- showing them ---- */

enum { CELL = 40 };

static void percent(double value, char ret[CELL])
{
	if (value < 0)
		strcpy(ret, "-");
	else
		snprintf(ret, CELL, "%.2f%%", value);
}

static const char *bytes(uint64_t value, char ret[SIZE_TEXT])
{
	return value >= LCT_UNLIMITED ? "-" : size_text(value, ret);
}

static void pair(uint64_t a, uint64_t b, char ret[CELL])
{
	char first[SIZE_TEXT], second[SIZE_TEXT];

	snprintf(ret, CELL, "%s / %s", bytes(a, first), bytes(b, second));
}

static void count(uint64_t value, char ret[CELL])
{
	if (value == LCT_UNKNOWN)
		strcpy(ret, "-");
	else
		snprintf(ret, CELL, "%" PRIu64, value);
}

void readings_table(const struct readings *r, size_t max_rows, const struct table_fit *fit, struct buf *b)
{
	static const char *const head[] = { "ID", "CPU %", "MEM USAGE / LIMIT", "MEM %", "PIDS", "BLOCK I/O" };
	_cleanup_arena_ struct arena arena = { 0 };
	struct table t = { .arena = &arena, .columns = sizeof(head) / sizeof(head[0]) };
	char cpu[CELL], memory[CELL], part[CELL], pids[CELL], io[CELL];
	size_t shown = r->n > max_rows ? max_rows - 1 : r->n;
	int e = table_add(&t, head);

	for (size_t i = 0; e >= 0 && i < shown; i++) {
		const struct reading *v = &r->v[i];

		percent(v->cpu_percent, cpu);
		pair(v->stats.memory, memory_bound(&v->stats), memory);
		percent(v->memory_percent, part);
		count(v->stats.pids, pids);
		pair(v->stats.usage.io_read_bytes, v->stats.usage.io_write_bytes, io);
		e = table_add(&t, (const char *[]){ v->id, cpu, memory, part, pids, io });
	}
	table_print(&t, fit, b);
	if (shown < r->n)
		buf_printf(b, "... and %zu more%s", r->n - shown, fit->line_end);
	if (e < 0)
		b->failed = true;
}

static void put_amount(struct buf *b, const char *name, uint64_t value)
{
	if (value == LCT_UNKNOWN)
		return;
	if (value == LCT_UNLIMITED)
		buf_printf(b, ",\"%s\":null", name);
	else
		buf_printf(b, ",\"%s\":%" PRIu64, name, value);
}

static void put_percent(struct buf *b, const char *name, double value)
{
	if (value >= 0)
		buf_printf(b, ",\"%s\":%.3f", name, value);
}

void readings_json(const struct readings *r, struct buf *b)
{
	buf_char(b, '[');
	for (size_t i = 0; i < r->n; i++) {
		const struct reading *v = &r->v[i];

		buf_str(b, i ? ",{\"id\":" : "{\"id\":");
		json_put_string(b, v->id);
		buf_printf(b, ",\"status\":\"%s\"", v->status);
		put_percent(b, "cpuPercent", v->cpu_percent);
		put_amount(b, "memoryBytes", v->stats.memory);
		put_amount(b, "memoryLimitBytes", v->stats.memory_max);
		put_percent(b, "memoryPercent", v->memory_percent);
		put_amount(b, "pids", v->stats.pids);
		put_amount(b, "pidsLimit", v->stats.pids_max);
		buf_str(b, ",\"usage\":");
		put_usage(b, &v->stats.usage);
		buf_char(b, '}');
	}
	buf_str(b, "]\n");
}
