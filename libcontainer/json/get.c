/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members by name.  Objects of a configuration are small: a linear search beats an index.  Room: run (pure). */
#include "json/json.h"

#include <string.h>

const struct json *json_get(const struct json *j, const char *name)
{
	if (!j || j->type != JSON_OBJECT)
		return NULL;
	for (size_t i = 0; i < j->n; i++)
		if (strcmp(j->first[i].name, name) == 0)
			return &j->first[i];
	return NULL;
}
