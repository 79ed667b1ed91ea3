/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux.  Room: run (pure). */
#include "spec/decode.h"

#include <string.h>

#define SPEC struct spec

struct namespace
{
	const char *type, *path;
};

static const struct field namespace_fields[] = {
	ROW_STRING("type", struct namespace, type, .flags = REQUIRED),
	ROW_STRING("path", struct namespace, path, .flags = EMPTY_ABSENT),
};
static const struct shape namespace_shape = { FIELDS(namespace_fields), .size = sizeof(struct namespace) };

static void keep_namespace(struct decoder *d, const struct place *at, SPEC *s, const struct namespace *ns)
{
	const struct place type = place_member(at, "type");

	for (size_t kind = 0; kind < SPEC_NS_KINDS; kind++) {
		if (strcmp(spec_ns_name(kind), ns->type) != 0)
			continue;
		if (s->ns[kind].listed)
			report_at(d->report, at, "duplicate namespace \"%s\"", ns->type);
		s->ns[kind] = (struct spec_ns){ .listed = true, .path = ns->path, .index = at->index };
		return;
	}
	report_at(d->report, &type, "unknown namespace \"%.*s\"", SHOWN(ns->type));
}

static void decode_namespaces(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	size_t n = 0;
	struct namespace *list = decode_list(d, at, v, &namespace_shape, &n);

	for (size_t i = 0; i < n && !report_full(d->report); i++) {
		const struct place element = place_element(at, i);

		if (list[i].type && *list[i].type)
			keep_namespace(d, &element, out, &list[i]);
	}
}

static const struct field idmap_fields[] = {
	ROW_U32("containerID", struct spec_idmap, container_id, .flags = REQUIRED),
	ROW_U32("hostID", struct spec_idmap, host_id, .flags = REQUIRED),
	ROW_U32("size", struct spec_idmap, size, .flags = REQUIRED),
};
const struct shape idmap_shape = { FIELDS(idmap_fields), .size = sizeof(struct spec_idmap) };

static const struct field monotonic_fields[] = {
	ROW_I64("secs", SPEC, time_offset_monotonic_s),
	ROW_U32("nanosecs", SPEC, time_offset_monotonic_ns, .max = 999999999),
};
static const struct shape monotonic_shape = { FIELDS(monotonic_fields) };

static const struct field boottime_fields[] = {
	ROW_I64("secs", SPEC, time_offset_boottime_s),
	ROW_U32("nanosecs", SPEC, time_offset_boottime_ns, .max = 999999999),
};
static const struct shape boottime_shape = { FIELDS(boottime_fields) };

/* The names are clocks, not properties: one that we do not know asks for something that we cannot do. */
static void decode_time_offsets(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	SPEC *s = out;

	if (!decode_is(d, at, v, JSON_OBJECT))
		return;
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct json *clock = &v->first[i];
		const struct place member = place_member(at, clock->name);

		if (strcmp(clock->name, "monotonic") == 0)
			decode_object(d, &member, clock, &monotonic_shape, s);
		else if (strcmp(clock->name, "boottime") == 0)
			decode_object(d, &member, clock, &boottime_shape, s);
		else
			report_at(d->report, &member, "unknown clock");
		s->has_time_offsets = true;
	}
}

static void decode_sysctl(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	SPEC *s = out;

	if (!decode_is(d, at, v, JSON_OBJECT))
		return;
	s->sysctl = decode_alloc(d, v->n ? v->n : 1, sizeof(*s->sysctl));
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct json *m = &v->first[i];
		const struct place member = place_member(at, m->name);
		const char *value = decode_string(d, &member, m);

		s->sysctl[i] = (struct spec_sysctl){ .key = m->name, .value = value ? value : "" };
	}
	s->n_sysctl = s->sysctl ? v->n : 0;
}

static const struct field net_device_fields[] = {
	ROW_STRING("name", struct spec_net_device, container_name, .flags = EMPTY_ABSENT),
};
static const struct shape net_device_shape = { FIELDS(net_device_fields) };

static void decode_net_devices(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	SPEC *s = out;

	if (!decode_is(d, at, v, JSON_OBJECT))
		return;
	s->net_devices = decode_alloc(d, v->n ? v->n : 1, sizeof(*s->net_devices));
	for (size_t i = 0; i < v->n && s->net_devices && !report_full(d->report); i++) {
		const struct json *m = &v->first[i];
		const struct place member = place_member(at, m->name);

		if (m->type != JSON_NULL)
			decode_object(d, &member, m, &net_device_shape, &s->net_devices[i]);
		s->net_devices[i].name = m->name;
	}
	s->n_net_devices = s->net_devices && !report_full(d->report) ? v->n : 0;
}

/* The spec's four and their recursive forms, as mount(8) has them. */
static const char *const propagations[] = { "shared", "slave",	  "private",	 "unbindable", "rshared",
					    "rslave", "rprivate", "runbindable", NULL };

static const struct field linux_fields[] = {
	ROW_CALL("namespaces", decode_namespaces),
	ROW_LIST("uidMappings", SPEC, uid_mappings, struct spec_idmap, &idmap_shape),
	ROW_LIST("gidMappings", SPEC, gid_mappings, struct spec_idmap, &idmap_shape),
	ROW_CALL("timeOffsets", decode_time_offsets),
	ROW_LIST("devices", SPEC, devices, struct spec_device, &device_shape),
	ROW_STRING("cgroupsPath", SPEC, cgroups_path, .flags = EMPTY_ABSENT),
	ROW_CALL("resources", decode_resources),
	ROW_STRING("rootfsPropagation", SPEC, rootfs_propagation, .flags = EMPTY_ABSENT, .words = propagations),
	ROW_CALL("seccomp", decode_seccomp, .at = TARGET(SPEC, seccomp, struct spec_seccomp)),
	ROW_CALL("sysctl", decode_sysctl),
	ROW_STRINGS("maskedPaths", SPEC, masked_paths),
	ROW_STRINGS("readonlyPaths", SPEC, readonly_paths),
	ROW_STRING("mountLabel", SPEC, mount_label, .flags = EMPTY_ABSENT),
	ROW_CALL("intelRdt", decode_rdt, .at = TARGET(SPEC, rdt, struct spec_rdt)),
	ROW_CALL("personality", decode_personality),
	ROW_CALL("memoryPolicy", decode_memory_policy),
	ROW_CALL("netDevices", decode_net_devices),
};
static const struct shape linux_shape = { FIELDS(linux_fields) };

void decode_linux(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((SPEC *)out)->has_linux = true;
	decode_object(d, at, v, &linux_shape, out);
}
