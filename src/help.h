/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The option tables as text for people, for man and for bash.  Each appends to b.  Room: the CLI. */
#ifndef KIN_HELP_H
#define KIN_HELP_H

#include "cli.h"

void help_program(struct buf *b);
void help_command(struct buf *b, const struct command *c);
void dump_man(struct buf *b); /* the sections COMMANDS and GLOBAL OPTIONS in man(7) macros */
void dump_bash(struct buf *b); /* a whole completion script */
#endif
