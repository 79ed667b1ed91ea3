/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/resources/unified: files of cgroup v2 by their own names.  Room: run (pure). */
#include "spec/limits.h"

#include <string.h>

/* What is in the cgroup, and whether it runs, is the runtime's: with one of these the container would be killed or
 * stopped before it starts, or could not enter its cgroup, or somebody else's process would be taken in and die with it. */
static const char *const refused[] = { "cgroup.procs", "cgroup.threads", "cgroup.kill", "cgroup.freeze",
				       "cgroup.type" };

static bool check_name(struct decoder *d, const struct place *at, const char *name)
{
	if (strchr(name, '/') || !strchr(name, '.') || name[0] == '.') {
		report_at(d->report, at, "must be the name of a cgroup v2 file, as \"memory.high\"");
		return false;
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strcmp(name, refused[i]) == 0) {
			report_at(d->report, at, "cannot be set: the processes of the container are the runtime's");
			return false;
		}
	return true;
}

void decode_unified(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	if (!decode_is(d, at, v, JSON_OBJECT))
		return;
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct json *m = &v->first[i];
		const struct place member = place_member(at, m->name);
		const char *value;

		if (m->type == JSON_NULL)
			continue;
		value = decode_string(d, &member, m);
		if (value && check_name(d, &member, m->name) && *value)
			limits_add(d, out, at, m->name, (struct spec_limit){ .file = m->name, .value = value });
	}
}
