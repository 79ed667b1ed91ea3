/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The figures for programs: a JSON file, written and read back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_tree.h>

#include "bench.h"

static void text(yajl_gen g, const char *name, const char *value)
{
	yajl_gen_string(g, (const unsigned char *)name, strlen(name));
	yajl_gen_string(g, (const unsigned char *)value, strlen(value));
}

static void number(yajl_gen g, const char *name, double value)
{
	char out[32];

	snprintf(out, sizeof(out), "%.10g", value);
	yajl_gen_string(g, (const unsigned char *)name, strlen(name));
	yajl_gen_number(g, out, strlen(out));
}

static void open_list(yajl_gen g, const char *name)
{
	yajl_gen_string(g, (const unsigned char *)name, strlen(name));
	yajl_gen_array_open(g);
}

static void write_figure(yajl_gen g, const char *runtime, const struct figure *f)
{
	yajl_gen_map_open(g);
	text(g, "runtime", runtime);
	number(g, "n", (double)f->n);
	if (f->n) {
		number(g, "median", f->median);
		number(g, "p10", f->p10);
		number(g, "p90", f->p90);
		number(g, "min", f->least);
	} else {
		text(g, "why", f->why);
	}
	yajl_gen_map_close(g);
}

static void write_report(yajl_gen g, const struct report *r)
{
	char seed[32];

	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)r->seed);
	yajl_gen_map_open(g);
	text(g, "machine", r->machine);
	text(g, "date", r->date);
	number(g, "runs", r->runs);
	text(g, "seed", seed); /* 64 bits: more than a JSON number keeps */
	open_list(g, "runtimes");
	for (size_t i = 0; i < r->n_runtimes; i++) {
		yajl_gen_map_open(g);
		text(g, "name", r->runtimes[i].name);
		text(g, "version", r->runtimes[i].version);
		number(g, "present", !r->runtimes[i].absent);
		yajl_gen_map_close(g);
	}
	yajl_gen_array_close(g);
	open_list(g, "cases");
	for (size_t c = 0; c < CASES; c++) {
		yajl_gen_map_open(g);
		text(g, "name", case_info[c].name);
		text(g, "what", case_info[c].what);
		text(g, "unit", case_info[c].unit);
		open_list(g, "figures");
		for (size_t i = 0; i < r->n_runtimes; i++)
			write_figure(g, r->runtimes[i].name, &r->figures[c][i]);
		yajl_gen_array_close(g);
		yajl_gen_map_close(g);
	}
	yajl_gen_array_close(g);
	yajl_gen_map_close(g);
}

int json_write(const struct report *r, const char *path)
{
	yajl_gen g = yajl_gen_alloc(NULL);
	FILE *f = fopen(path, "we");
	const unsigned char *out;
	size_t len;
	int bad;

	if (!g || !f)
		return -1;
	yajl_gen_config(g, yajl_gen_beautify, 1);
	yajl_gen_config(g, yajl_gen_indent_string, "\t");
	write_report(g, r);
	yajl_gen_get_buf(g, &out, &len);
	bad = fwrite(out, 1, len, f) != len;
	bad |= fclose(f) != 0;
	yajl_gen_free(g);
	return bad ? -1 : 0;
}

static yajl_val get(yajl_val v, const char *name)
{
	const char *path[] = { name, NULL };

	return yajl_tree_get(v, path, yajl_t_any);
}

static double get_number(yajl_val v, const char *name)
{
	v = get(v, name);
	return YAJL_IS_NUMBER(v) ? strtod(YAJL_GET_NUMBER(v), NULL) : 0;
}

static void get_text(yajl_val v, const char *name, char *out, size_t size)
{
	const char *s = YAJL_GET_STRING(get(v, name));

	snprintf(out, size, "%s", s ? s : "");
}

static void read_figure(yajl_val v, struct figure *f)
{
	f->n = (size_t)get_number(v, "n");
	f->median = get_number(v, "median");
	f->p10 = get_number(v, "p10");
	f->p90 = get_number(v, "p90");
	f->least = get_number(v, "min");
	get_text(v, "why", f->why, sizeof(f->why));
}

/* In the order in which they were written: a file of another version of the benchmark is refused. */
static int read_report(struct report *r, yajl_val root)
{
	yajl_val runtimes = get(root, "runtimes"), cases = get(root, "cases");
	char seed[32], name[64];

	if (!YAJL_IS_ARRAY(runtimes) || !YAJL_IS_ARRAY(cases) || cases->u.array.len != CASES ||
	    runtimes->u.array.len > MAX_RUNTIMES)
		return -1;
	get_text(root, "machine", r->machine, sizeof(r->machine));
	get_text(root, "date", r->date, sizeof(r->date));
	get_text(root, "seed", seed, sizeof(seed));
	r->seed = strtoull(seed, NULL, 10);
	r->runs = (unsigned)get_number(root, "runs");
	r->n_runtimes = runtimes->u.array.len;
	for (size_t i = 0; i < r->n_runtimes; i++) {
		yajl_val v = runtimes->u.array.values[i];

		get_text(v, "name", r->runtimes[i].name, sizeof(r->runtimes[i].name));
		get_text(v, "version", r->runtimes[i].version, sizeof(r->runtimes[i].version));
		r->runtimes[i].absent = get_number(v, "present") == 0;
	}
	for (size_t c = 0; c < CASES; c++) {
		yajl_val figures = get(cases->u.array.values[c], "figures");

		get_text(cases->u.array.values[c], "name", name, sizeof(name));
		if (strcmp(name, case_info[c].name) || !YAJL_IS_ARRAY(figures) || figures->u.array.len != r->n_runtimes)
			return -1;
		for (size_t i = 0; i < r->n_runtimes; i++)
			read_figure(figures->u.array.values[i], &r->figures[c][i]);
	}
	return 0;
}

int json_read(struct report *r, const char *path)
{
	enum { LIMIT = 1 << 20 };
	FILE *f = fopen(path, "re");
	char *in = calloc(1, LIMIT), problem[128];
	yajl_val root = NULL;
	int ret = -1;

	if (f && in && fread(in, 1, LIMIT - 1, f) > 0)
		root = yajl_tree_parse(in, problem, sizeof(problem));
	if (root)
		ret = read_report(r, root);
	yajl_tree_free(root);
	free(in);
	if (f)
		fclose(f);
	return ret;
}
