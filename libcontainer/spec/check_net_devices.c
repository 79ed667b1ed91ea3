/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/netDevices (config-linux.md, "Network Devices").  Room: run (pure). */
#include <string.h>

#include "spec/check.h"

enum { NAME_MAX_LEN = 15 }; /* IFNAMSIZ - 1 */
enum { MANY = 1000 }; /* nobody has as many, and each is looked for among all others */

/* dev_valid_name() of net/core/dev.c, in which nothing else makes a name wrong. */
static const char *fault(const char *name)
{
	if (!*name)
		return "is empty";
	if (strlen(name) > NAME_MAX_LEN)
		return "is longer than 15 bytes";
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "is a directory's";
	return name[strcspn(name, "/: \t\n\v\f\r")] ? "has a slash, a colon or white space" : NULL;
}

/* dev_alloc_name(): one %d, and no other %. */
static bool is_template(const char *name)
{
	const char *percent = strchr(name, '%');

	return percent && percent[1] == 'd' && !strchr(percent + 1, '%');
}

static void check_name(struct report *r, const struct place *at, const char *name, bool template)
{
	const char *why = fault(name);

	if (why)
		report_at(r, at, "the name \"%.*s\" of a network device %s", SHOWN(name), why);
	else if (strchr(name, '%') && !(template && is_template(name)))
		report_at(r, at, "the name \"%.*s\" of a network device has a %% that is not its only %%d",
			  SHOWN(name));
}

/* Two devices of one name: the second could not be moved when the first had been. */
static void check_unique(struct report *r, const struct place *list, const struct spec *s, size_t i)
{
	const struct spec_net_device *d = s->net_devices;
	const char *name = d[i].container_name ? d[i].container_name : d[i].name;
	const struct place at = place_member(list, d[i].name);

	for (size_t k = 0; k < i && !strchr(name, '%'); k++)
		if (!strcmp(name, d[k].container_name ? d[k].container_name : d[k].name)) {
			report_at(r, &at, "the name \"%.*s\" is given twice", SHOWN(name));
			return;
		}
}

void check_net_devices(struct report *r, const struct place *up, const struct spec *s)
{
	const struct place at = place_member(up, "netDevices");

	if (s->n_net_devices && !s->ns[SPEC_NS_NETWORK].listed)
		report_at(r, &at, "needs \"network\" in /linux/namespaces");
	if (s->n_net_devices > MANY)
		report_at(r, &at, "more than %d network devices", MANY);
	for (size_t i = 0; i < s->n_net_devices && i < MANY && !report_full(r); i++) {
		const struct spec_net_device *d = &s->net_devices[i];
		const struct place member = place_member(&at, d->name), name = place_member(&member, "name");

		check_name(r, &member, d->name, false);
		if (d->container_name)
			check_name(r, &name, d->container_name, true);
		check_unique(r, &at, s, i);
	}
}
