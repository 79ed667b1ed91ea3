/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables in other programs' languages: man(7) macros and bash completion.  contrib/generate writes them to
 * files.  Room: the CLI. */
#include <string.h>

#include "help.h"

/* ---- man ---- */

/* Backslashes and dashes are special to roff, and so is a dot or quote at the start of a line. */
static void roff(struct buf *b, const char *text)
{
	if (*text == '.' || *text == '\'')
		buf_str(b, "\\&");
	for (; *text; text++) {
		if (*text == '-')
			buf_str(b, "\\-");
		else if (*text == '\\')
			buf_str(b, "\\e");
		else
			buf_char(b, *text);
	}
}

static void man_option(struct buf *b, const struct opt *o)
{
	buf_str(b, ".TP\n");
	if (o->letter)
		buf_printf(b, "\\fB\\-%c\\fR, ", o->letter);
	buf_str(b, "\\fB\\-\\-");
	roff(b, o->name);
	buf_str(b, "\\fR");
	if (o->value)
		buf_printf(b, o->flags & OPT_VALUE_OPTIONAL ? "[=\\fI%s\\fR]" : "=\\fI%s\\fR", o->value);
	buf_char(b, '\n');
	roff(b, o->help);
	buf_char(b, '\n');
}

static void man_options(struct buf *b, const struct opt *opts)
{
	for (const struct opt *o = opts; o->type != OPT_END; o++)
		if (!(o->flags & OPT_HIDDEN))
			man_option(b, o);
}

void dump_man(struct buf *b)
{
	buf_str(b, ".SH GLOBAL OPTIONS\nThese stand before the command.\n");
	man_options(b, global_opts);
	buf_str(b, ".SH COMMANDS\n");
	for (const struct command *const *c = commands; *c; c++) {
		buf_printf(b, ".SS \"kin %s [OPTIONS]%s%s\"\n", (*c)->name, (*c)->args[0] ? " " : "", (*c)->args);
		roff(b, (*c)->summary);
		buf_str(b, ".\n");
		for (const char *const *p = (*c)->about; p && *p; p++) {
			buf_str(b, ".PP\n");
			roff(b, *p);
			buf_char(b, '\n');
		}
		man_options(b, (*c)->opts);
	}
}

/* ---- bash ---- */

static void bash_words(struct buf *b, const struct opt *opts)
{
	for (const struct opt *o = opts; o->type != OPT_END; o++)
		if (!(o->flags & OPT_HIDDEN))
			buf_printf(b, "--%s ", o->name);
	buf_str(b, "--help");
}

static bool takes_word(const struct opt *o)
{
	return o->type != OPT_BOOL && !(o->flags & OPT_VALUE_OPTIONAL);
}

/* One arm of the case over the option before the cursor. */
static void bash_value(struct buf *b, const char *command, const struct opt *o)
{
	if (!takes_word(o) || (o->flags & OPT_HIDDEN))
		return;
	buf_printf(b, "\t%s:--%s", command, o->name);
	if (o->letter)
		buf_printf(b, " | %s:-%c", command, o->letter);
	buf_str(b, ") ");
	if (o->choices) {
		buf_str(b, "words='");
		for (size_t i = 0; o->choices[i]; i++)
			buf_printf(b, "%s%s", i ? " " : "", o->choices[i]);
		buf_char(b, '\'');
	} else {
		buf_printf(b, "kind='%s'", o->complete ? o->complete : "none");
	}
	buf_str(b, " ;;\n");
}

static void bash_options_with_value(struct buf *b)
{
	for (const struct opt *o = global_opts; o->type != OPT_END; o++)
		if (takes_word(o))
			buf_printf(b, "%s--%s", o == global_opts ? "" : " | ", o->name);
}

static void bash_commands(struct buf *b)
{
	for (const struct command *const *c = commands; *c; c++)
		buf_printf(b, "%s ", (*c)->name);
	buf_str(b, "help");
}

static void bash_options(struct buf *b)
{
	buf_str(b, "\tcase $command in\n\t'') options='");
	bash_words(b, global_opts);
	buf_str(b, "' ;;\n");
	for (const struct command *const *c = commands; *c; c++) {
		buf_printf(b, "\t%s) options='", (*c)->name);
		bash_words(b, (*c)->opts);
		buf_printf(b, "'%s", (*c)->complete_id ? " ids=1" : "");
		for (const char *const *v = (*c)->verbs; v && *v; v++)
			buf_printf(b, "%s%s", v == (*c)->verbs ? " verbs='" : " ", *v);
		buf_str(b, (*c)->verbs ? "' ;;\n" : " ;;\n");
	}
	buf_str(b, "\tesac\n");
}

void dump_bash(struct buf *b)
{
	buf_str(b,
		"# SPDX-License-Identifier: LGPL-2.1-or-later\n"
		"# Completion of kin's command line for bash; written by contrib/generate, do not edit.\n\n"
		"_kin() {\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' kind='' words=''\n"
		"\tlocal options='' ids='' verbs='' option i\n"
		"\tlocal -a globals=()\n"
		"\tCOMPREPLY=()\n"
		"\t# bash makes a word of its own of the sign in --option=value\n"
		"\t[ \"$cur\" = = ] && cur=''\n"
		"\t[ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tcase ${COMP_WORDS[i]} in\n"
		"\t\t");
	bash_options_with_value(b);
	buf_str(b, ")\n"
		   "\t\t\toption=${COMP_WORDS[i]}\n"
		   "\t\t\ti=$((i + 1))\n"
		   "\t\t\t[ \"${COMP_WORDS[i]}\" = = ] && i=$((i + 1))\n"
		   "\t\t\t[ \"$option\" = --root ] && globals=(--root \"${COMP_WORDS[i]}\")\n"
		   "\t\t\t;;\n"
		   "\t\t-*) ;;\n"
		   "\t\t*) command=${COMP_WORDS[i]}; break ;;\n"
		   "\t\tesac\n"
		   "\tdone\n");
	bash_options(b);
	buf_str(b, "\tcase $command:$prev in\n");
	for (const struct opt *o = global_opts; o->type != OPT_END; o++)
		bash_value(b, "", o);
	for (const struct command *const *c = commands; *c; c++)
		for (const struct opt *o = (*c)->opts; o->type != OPT_END; o++)
			bash_value(b, (*c)->name, o);
	buf_str(b, "\tesac\n"
		   "\tcase $kind in\n"
		   "\tfile) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n"
		   "\tdirectory) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); return ;;\n"
		   "\tnone) return ;;\n"
		   "\tesac\n"
		   "\tif [ -z \"$words\" ]; then\n"
		   "\t\tif [[ $cur == -* ]]; then\n"
		   "\t\t\twords=$options\n"
		   "\t\telif [ -z \"$command\" ]; then\n"
		   "\t\t\twords='");
	bash_commands(b);
	buf_str(b, "'\n"
		   "\t\telif [ -n \"$verbs\" ] && [ \"$prev\" = \"$command\" ]; then\n"
		   "\t\t\twords=$verbs\n"
		   "\t\telif [ -n \"$ids\" ] && [[ -z $verbs || \" $verbs \" == *\" $prev \"* ]]; then\n"
		   "\t\t\twords=$(\"${COMP_WORDS[0]}\" \"${globals[@]}\" list -q 2>/dev/null)\n"
		   "\t\telse\n"
		   "\t\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
		   "\t\t\treturn\n"
		   "\t\tfi\n"
		   "\tfi\n"
		   "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
		   "}\n"
		   "complete -F _kin kin\n");
}
