/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin list.  Room: the CLI. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "compact.h"
#include "table.h"

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

enum { COLUMNS = 6 };

struct listing {
	struct buf *text; /* ids or JSON, as it is collected */
	size_t n;
	struct table table;
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

static int table_row(const struct lct_info *info, const char *state_json, void *arg)
{
	struct listing *l = arg;
	char pid[16];

	(void)state_json;
	if (info->damaged) {
		note_damaged(info);
		return 0;
	}
	snprintf(pid, sizeof(pid), "%d", (int)info->pid);
	return table_add(&l->table, (const char *[]){ info->id, pid, lct_status_name(info->status), info->bundle,
						      info->created, info->owner });
}

static int list(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	static const char *const head[COLUMNS] = { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" };
	const struct values *v = values;
	bool json = v->format && !strcmp(v->format, "json");
	_cleanup_buf_ struct buf b = { 0 };
	struct listing l = { .text = &b, .table = { .arena = &cli->arena, .columns = COLUMNS } };
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
		if (table_add(&l.table, head) < 0)
			return err_nomem(err);
		r = lct_list(cli->runtime, table_row, &l, err);
		table_print(&l.table, &(const struct table_fit){ .line_end = "\n" }, &b);
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
