/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A JSON document on one line: those of the library are laid out for people one at a time.  Room: the CLI. */
#ifndef KIN_COMPACT_H
#define KIN_COMPACT_H

#include "base/buf.h"

/* Appends `json` without the white space between its values. */
void compact(struct buf *b, const char *json);
#endif
