/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A JSON document on one line; see compact.h.  Room: the CLI. */
#include <string.h>

#include "compact.h"

void compact(struct buf *b, const char *json)
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
