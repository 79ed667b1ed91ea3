/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The figures for people: on the terminal, and as Markdown. */
#include <stdio.h>
#include <string.h>

#include "bench.h"

static int find(const struct report *r, const char *name)
{
	for (size_t i = 0; i < r->n_runtimes; i++)
		if (!strcmp(r->runtimes[i].name, name))
			return (int)i;
	return -1;
}

static void value(const struct report *r, enum bench_case c, size_t i, char out[32])
{
	const struct figure *f = &r->figures[c][i];

	if (!f->n)
		snprintf(out, 32, "%s",
			 !strcmp(f->why, "-") || !f->why[0] ? "-"
			 : !strcmp(f->why, "absent")	    ? "absent"
							    : "failed");
	else
		snprintf(out, 32, f->median < 100 ? "%.2f" : "%.0f", f->median);
}

/* kin's median against the named runtime's, with what we reach for. */
static void ratio(const struct report *r, enum bench_case c, const char *name, double reach, char out[64])
{
	int kin = find(r, "kin"), other = find(r, name);
	const struct figure *a, *b;
	double q;

	snprintf(out, 64, "-");
	if (kin < 0 || other < 0)
		return;
	a = &r->figures[c][kin];
	b = &r->figures[c][other];
	if (!a->n || !b->n)
		return;
	q = a->median / b->median;
	if (reach == 0)
		snprintf(out, 64, "%.2f", q);
	else if (case_info[c].more_is_better)
		snprintf(out, 64, "%.2f (>= %.2f%s)", q, reach, q < reach ? ", missed" : "");
	else
		snprintf(out, 64, "%.2f (<= %.2f%s)", q, reach, q > reach ? ", missed" : "");
}

static void title(const struct report *r, enum bench_case c, char out[96])
{
	const struct case_info *k = &case_info[c];
	int kin = find(r, "kin");
	double part = kin < 0 || !r->figures[CASE_RUN_LIMITS][kin].n
			      ? 0
			      : r->figures[c][kin].median / r->figures[CASE_RUN_LIMITS][kin].median;

	if (k->reach_limits > 0 && part > 0)
		snprintf(out, 96, "%s, %s (%.1f %% of it, <= %.0f%s)", k->what, k->unit, part * 100,
			 k->reach_limits * 100, part > k->reach_limits ? ", missed" : "");
	else if (k->reach_value > 0)
		snprintf(out, 96, "%s, %s (<= %.0f)", k->what, k->unit, k->reach_value);
	else
		snprintf(out, 96, "%s, %s", k->what, k->unit);
}

static void cell(bool markdown, int width, const char *text)
{
	if (markdown)
		printf(" %s |", text);
	else
		printf(" %*s", width, text);
}

enum { FIRST = -64, COLUMN = 9, RATIO = -24 };

static void table(const struct report *r, bool markdown)
{
	char text[96], one[64];

	for (enum bench_case c = 0; c < CASES; c++) {
		title(r, c, text);
		if (markdown)
			printf("|");
		cell(markdown, FIRST, text);
		for (size_t i = 0; i < r->n_runtimes; i++) {
			value(r, c, i, one);
			cell(markdown, COLUMN, one);
		}
		ratio(r, c, "crun", case_info[c].reach_crun, one);
		cell(markdown, RATIO, one);
		ratio(r, c, "floor", case_info[c].reach_floor, one);
		cell(markdown, RATIO, one);
		puts("");
	}
}

static void failures(const struct report *r)
{
	for (size_t c = 0; c < CASES; c++)
		for (size_t i = 0; i < r->n_runtimes; i++) {
			const struct figure *f = &r->figures[c][i];

			if (!f->n && f->why[0] && strcmp(f->why, "-") && strcmp(f->why, "absent"))
				printf("%s, %s: %s\n", r->runtimes[i].name, case_info[c].name, f->why);
		}
}

static void machine(const struct report *r, const char *before)
{
	printf("%s%s; %s; medians of %u samples each, interleaved in random order (seed %llu)\n", before, r->machine,
	       r->date, r->runs, (unsigned long long)r->seed);
	for (size_t i = 0; i < r->n_runtimes; i++)
		printf("%s%s: %s\n", before, r->runtimes[i].name,
		       r->runtimes[i].absent ? "absent" : r->runtimes[i].version);
}

void report_table(const struct report *r)
{
	machine(r, "");
	puts("");
	cell(false, FIRST, "median");
	for (size_t i = 0; i < r->n_runtimes; i++)
		cell(false, COLUMN, r->runtimes[i].name);
	cell(false, RATIO, "kin / crun");
	cell(false, RATIO, "kin / floor");
	puts("");
	table(r, false);
	failures(r);
}

void report_markdown(const struct report *r)
{
	machine(r, "- ");
	printf("\n| median |");
	for (size_t i = 0; i < r->n_runtimes; i++)
		printf(" %s |", r->runtimes[i].name);
	printf(" kin / crun | kin / floor |\n|---|");
	for (size_t i = 0; i < r->n_runtimes + 2; i++)
		printf("---:|");
	puts("");
	table(r, true);
	failures(r);
}
