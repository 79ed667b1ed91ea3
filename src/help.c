/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --help, from the tables.  Room: the CLI. */
#include <string.h>

#include "help.h"

enum { HELP_COLUMN = 32 };

static void pad(struct buf *b, size_t from)
{
	size_t used = b->len - from;

	if (used + 2 > HELP_COLUMN) {
		buf_char(b, '\n');
		used = 0;
	}
	for (; used < HELP_COLUMN; used++)
		buf_char(b, ' ');
}

static void option_line(struct buf *b, const struct opt *o)
{
	size_t begin = b->len;

	if (o->letter)
		buf_printf(b, "  -%c, --%s", o->letter, o->name);
	else
		buf_printf(b, "      --%s", o->name);
	if (o->flags & OPT_VALUE_OPTIONAL)
		buf_printf(b, "[=%s]", o->value);
	else if (o->value)
		buf_printf(b, "=%s", o->value);
	pad(b, begin);
	buf_printf(b, "%s\n", o->help);
}

static void option_lines(struct buf *b, const struct opt *opts)
{
	static const struct opt help = { OPT_BOOL, 'h', "help", .help = "show this help" };

	for (const struct opt *o = opts; o->type != OPT_END; o++)
		if (!(o->flags & OPT_HIDDEN))
			option_line(b, o);
	option_line(b, &help);
}

void help_program(struct buf *b)
{
	buf_str(b, "Usage: kin [GLOBAL OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n\n"
		   "kin runs OCI containers: bundles, directories with a config.json and a root file system.\n"
		   "`kin COMMAND --help` tells about a command.\n\nCommands:\n");
	for (const struct command *const *c = commands; *c; c++)
		buf_printf(b, "  %-10s %s\n", (*c)->name, (*c)->summary);
	buf_printf(b, "  %-10s %s\n", "help", "show this help, or that of a command");
	buf_str(b, "\nGlobal options:\n");
	option_lines(b, global_opts);
}

void help_command(struct buf *b, const struct command *c)
{
	buf_printf(b, "Usage: kin [GLOBAL OPTIONS] %s [OPTIONS]%s%s\n\n%s: %s\n", c->name, c->args[0] ? " " : "",
		   c->args, c->name, c->summary);
	for (const char *const *p = c->about; p && *p; p++)
		buf_printf(b, "\n%s\n", *p);
	buf_str(b, "\nOptions:\n");
	option_lines(b, c->opts);
}
