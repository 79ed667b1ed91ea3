/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names within one object.  Room: run (pure). */
#ifndef JSON_MEMBERS_H
#define JSON_MEMBERS_H

#include "json/json.h"

/* A value whose parent is not complete yet. */
struct json_pending {
	struct json value;
	uint32_t name_end; /* behind the name's closing quote */
};

/* The first member, in the order of the text, whose name stood there before: *ret, NULL when all differ.
 * O(n log n) whatever the names are: a hash table would need a secret to be that.  -ENOMEM. */
int json_duplicate(const struct json_pending *members, size_t n, const struct json_pending **ret);
#endif
