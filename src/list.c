/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin list.  Room: the CLI. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

struct values {
	bool quiet;
	const char *format;
};

static const char *const formats[] = { "table", "json", NULL };

static const struct opt opts[] = {
	OPT(OPT_CHOICE, 'f', "format", "FORMAT", "table or json (default: table)", OPT_AT(values, format),
	    .choices = formats),
	OPT(OPT_BOOL, 'q', "quiet", NULL, "print the IDs only", OPT_AT(values, quiet)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Lists the containers of one state directory, sorted by ID. One whose record cannot be read is named on\n"
	"standard error; `kin delete --force` removes it.",
	NULL,
};

enum { COLUMNS = 6, MIN_WIDTH = 12, GAP = 3 };

struct row {
	char *cell[COLUMNS];
};

struct listing {
	struct arena *arena;
	struct buf *text; /* ids or JSON, as it is collected */
	struct row *rows;
	size_t n, cap;
};

static void note_damaged(const struct lct_info *info)
{
	log_notice("load container %s: its record is damaged; kin delete --force %s removes it", info->id, info->id);
}

static int id_line(const struct lct_info *info, const char *state_json, void *arg)
{
	struct listing *l = arg;

	(void)state_json;
	if (info->damaged)
		note_damaged(info);
	else
		buf_printf(l->text, "%s\n", info->id);
	return 0;
}

/* White space between values goes: the documents are written for people one at a time. */
static void compact(struct buf *b, const char *json)
{
	bool string = false;

	for (; *json; json++) {
		if (string && *json == '\\' && json[1])
			buf_char(b, *json++);
		else if (*json == '"')
			string = !string;
		if (string || !strchr(" \t\r\n", *json))
			buf_char(b, *json);
	}
}

static int json_element(const struct lct_info *info, const char *state_json, void *arg)
{
	struct listing *l = arg;

	if (info->damaged) {
		note_damaged(info);
		return 0;
	}
	buf_str(l->text, l->n++ ? "," : "");
	compact(l->text, state_json);
	return 0;
}

static struct row *new_row(struct listing *l)
{
	struct row *rows;

	if (l->n < l->cap)
		return &l->rows[l->n++];
	l->cap = l->cap ? 2 * l->cap : 32;
	rows = arena_array(l->arena, l->cap, sizeof(*rows));
	if (!rows)
		return NULL;
	if (l->n)
		memcpy(rows, l->rows, l->n * sizeof(*rows));
	l->rows = rows;
	return &l->rows[l->n++];
}

static int fill_row(struct listing *l, const char *const cell[COLUMNS])
{
	struct row *row = new_row(l);

	if (!row)
		return -ENOMEM;
	for (int i = 0; i < COLUMNS; i++) {
		row->cell[i] = arena_strdup(l->arena, cell[i] ? cell[i] : "");
		if (!row->cell[i])
			return -ENOMEM;
	}
	return 0;
}

static int table_row(const struct lct_info *info, const char *state_json, void *arg)
{
	char pid[16];

	(void)state_json;
	if (info->damaged) {
		note_damaged(info);
		return 0;
	}
	snprintf(pid, sizeof(pid), "%d", (int)info->pid);
	return fill_row(arg, (const char *[]){ info->id, pid, lct_status_name(info->status), info->bundle,
					       info->created, info->owner });
}

/* The layout of runc's list: columns of at least 12, three blanks between, none after the last. */
static void print_rows(const struct listing *l, struct buf *b)
{
	size_t width[COLUMNS];

	for (int c = 0; c < COLUMNS; c++) {
		width[c] = MIN_WIDTH;
		for (size_t i = 0; i < l->n; i++)
			if (strlen(l->rows[i].cell[c]) + GAP > width[c])
				width[c] = strlen(l->rows[i].cell[c]) + GAP;
	}
	for (size_t i = 0; i < l->n; i++)
		for (int c = 0; c < COLUMNS; c++)
			if (c + 1 < COLUMNS)
				buf_printf(b, "%-*s", (int)width[c], l->rows[i].cell[c]);
			else
				buf_printf(b, "%s\n", l->rows[i].cell[c]);
}

static int list(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	static const char *const head[COLUMNS] = { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" };
	const struct values *v = values;
	bool json = v->format && !strcmp(v->format, "json");
	_cleanup_buf_ struct buf b = { 0 };
	struct listing l = { .arena = &cli->arena, .text = &b };
	int r = cli_runtime(cli, err);

	(void)args, (void)n_args;
	if (r < 0)
		return r;
	if (v->quiet) {
		r = lct_list(cli->runtime, id_line, &l, err);
	} else if (json) {
		buf_char(&b, '[');
		r = lct_list(cli->runtime, json_element, &l, err);
		buf_str(&b, "]\n");
	} else {
		if (fill_row(&l, head) < 0)
			return err_nomem(err);
		r = lct_list(cli->runtime, table_row, &l, err);
		print_rows(&l, &b);
	}
	if (r == -ENOMEM && err && !err->text[0])
		return err_nomem(err);
	return r < 0 ? r : cli_print_buf(&b, err);
}

const struct command list_command = {
	.name = "list",
	.args = "",
	.summary = "list containers",
	.about = about,
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = list,
};
