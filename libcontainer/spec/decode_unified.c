/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/resources/unified: files of cgroup v2 by their own names.  Room: run (pure). */
#include "spec/limits.h"

#include <string.h>

/* What is in the cgroup, and whether it runs, is the runtime's: with one of these the container would be killed or
 * stopped before it starts, or could not enter its cgroup, or somebody else's process would be taken in and die with it. */
static const char *const refused[] = { "cgroup.procs", "cgroup.threads", "cgroup.kill", "cgroup.freeze",
				       "cgroup.type" };

static bool is_among(const char *const *v, size_t n, const char *name)
{
	while (n--)
		if (strcmp(v[n], name) == 0)
			return true;
	return false;
}

static bool check_name(struct decoder *d, const struct place *at, const char *name)
{
	if (strchr(name, '/') || !strchr(name, '.') || name[0] == '.') {
		report_at(d->report, at, "must be the name of a cgroup v2 file, as \"memory.high\"");
		return false;
	}
	if (!is_among(refused, sizeof(refused) / sizeof(refused[0]), name))
		return true;
	report_at(d->report, at, "cannot be set: the processes of the container are the runtime's");
	return false;
}

/* A new cgroup's own value, and without the controller that of all: asks for nothing, unless it takes a limit away.  Only of
 * controllers that the kernel knows, for of another it is a mistake to be told. */
static bool is_no_limit(const char *name, const char *value)
{
	static const char *const max[] = { "cpu.max",	       "memory.max",	   "memory.high", "memory.swap.max",
					   "memory.swap.high", "memory.zswap.max", "pids.max" };
	static const char *const zero[] = { "cpu.max.burst", "cpu.idle", "memory.low", "memory.min" };
	size_t n = strlen(name);

	if (strcmp(value, "0") == 0)
		return is_among(zero, sizeof(zero) / sizeof(zero[0]), name);
	if (strcmp(value, "max") != 0)
		return false;
	return is_among(max, sizeof(max) / sizeof(max[0]), name) ||
	       (strncmp(name, "hugetlb.", 8) == 0 && n > 12 && strcmp(name + n - 4, ".max") == 0);
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
			limits_add(d, out, at, m->name,
				   (struct spec_limit){
					   .file = m->name, .value = value, .reset = is_no_limit(m->name, value) });
	}
}
