/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/intelRdt.  Room: run (pure). */
#include <string.h>

#include "spec/check.h"
#include "spec/decode.h"

#define RDT struct spec_rdt

static const struct field rdt_fields[] = {
	ROW_STRING("closID", RDT, clos_id, .flags = EMPTY_ABSENT),
	ROW_STRING("l3CacheSchema", RDT, l3_cache_schema, .flags = EMPTY_ABSENT),
	ROW_STRING("memBwSchema", RDT, mem_bw_schema, .flags = EMPTY_ABSENT),
	ROW_STRINGS("schemata", RDT, schemata),
	ROW_BOOL("enableMonitoring", RDT, enable_monitoring),
};
static const struct shape rdt_shape = { FIELDS(rdt_fields) };

/* An object in which nothing is said asks for nothing: resctrl stays untouched. */
void decode_rdt(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	RDT *rdt = out;

	if (!decode_asks(v))
		return;
	rdt->present = true;
	decode_object(d, at, v, &rdt_shape, rdt);
}

/* A directory's name, and none that the kernel has for its own: resctrl.rst. */
static bool is_class(const char *name)
{
	static const char *const own[] = { ".", "..", "info", "mon_groups", "mon_data" };

	if (strcmp(name, "/") == 0) /* the class of everybody */
		return true;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(name, own[i]) == 0)
			return false;
	return !strpbrk(name, "/\n") && strlen(name) <= 255;
}

void check_rdt(struct report *r, const struct place *up, const struct spec_rdt *s)
{
	const struct place at = place_member(up, "intelRdt"), clos = place_member(&at, "closID");
	const struct place bandwidth = place_member(&at, "memBwSchema");

	if (s->clos_id && !is_class(s->clos_id))
		report_at(r, &clos, "\"%.*s\" is not the name of a class of service", SHOWN(s->clos_id));
	if (s->mem_bw_schema && (strncmp(s->mem_bw_schema, "MB:", 3) != 0 || strchr(s->mem_bw_schema, '\n')))
		report_at(r, &bandwidth, "\"%.*s\" is not one line that begins with \"MB:\"", SHOWN(s->mem_bw_schema));
}
