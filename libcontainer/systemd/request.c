/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests, see systemd/request.h.  Room: run (pure). */
#include "systemd/request.h"

#include <inttypes.h>
#include <string.h>

#include "systemd/parts.h"

static void add_head(struct buf *b, const struct systemd_bus *bus)
{
	_cleanup_buf_ struct buf own = { 0 }, shared = { 0 };

	buf_printf(&own, "%s/systemd/private", bus->user ? bus->runtime_dir : "/run");
	buf_printf(&shared, "%s", bus->user ? bus->runtime_dir : "/run/dbus");
	buf_str(&shared, bus->user ? "/bus" : "/system_bus_socket");
	buf_printf(b, REQUEST_MAGIC "\ndeadline %" PRId64 "\n", bus->deadline_ns);
	if (!buf_ok(&own) || !buf_ok(&shared)) {
		b->failed = true;
		return;
	}
	buf_str(b, "direct");
	line_word(b, own.data);
	buf_str(b, "\nbus");
	line_word(b, shared.data);
	buf_char(b, '\n');
}

static void add_verb(struct buf *b, const char *verb, const char *unit)
{
	buf_str(b, verb);
	line_word(b, unit);
	buf_char(b, '\n');
}

/* systemd has a limit for units that say nothing (DefaultTasksMax); a container without a limit has none. */
static void add_tasks(struct buf *b, const struct spec_resources *res)
{
	for (size_t i = 0; i < res->n_limits; i++)
		if (!strcmp(res->limits[i].file, "pids.max"))
			return;
	line_u64(b, "TasksMax", true, UINT64_MAX);
}

static void add_scope(struct buf *b, const struct systemd_unit *u, const char *description, pid_t pid)
{
	static const char *const accounting[] = { "CPUAccounting", "MemoryAccounting", "IOAccounting",
						  "TasksAccounting" };

	line_string(b, "Description", false, description);
	line_string(b, "Slice", false, u->slice);
	line_bool(b, "Delegate", false, true);
	line_bool(b, "DefaultDependencies", false, false);
	line_string(b, "CollectMode", false, "inactive-or-failed");
	for (size_t i = 0; i < sizeof(accounting) / sizeof(accounting[0]); i++)
		line_bool(b, accounting[i], false, true);
	line_property(b, "PIDs", false, "au");
	buf_printf(b, " 1 %" PRId64 "\n", (int64_t)pid);
}

int systemd_request_start(const struct systemd_bus *bus, const struct systemd_unit *u, const char *description,
			  pid_t pid, const struct spec_resources *res, const struct spec_annotation *annotations,
			  size_t n_annotations, struct buf *ret, struct lct_err *err)
{
	int r;

	add_head(ret, bus);
	add_verb(ret, "start", u->name);
	add_scope(ret, u, description, pid);
	add_tasks(ret, res);
	unit_limits(ret, res, true);
	/* Only the machine's systemd may attach programs. */
	if (!bus->user && unit_devices(ret, res, true) < 0)
		return err_nomem(err);
	r = unit_annotations(ret, annotations, n_annotations, err);
	if (r < 0)
		return r;
	buf_str(ret, "end\n");
	return buf_ok(ret) ? 0 : err_nomem(err);
}

int systemd_request_update(const struct systemd_bus *bus, const char *unit, const struct spec_resources *res,
			   struct buf *ret, struct lct_err *err)
{
	_cleanup_buf_ struct buf properties = { 0 };

	unit_limits(&properties, res, false);
	if (!bus->user && res->has_device_rules && unit_devices(&properties, res, false) < 0)
		return err_nomem(err);
	if (!buf_ok(&properties))
		return err_nomem(err);
	if (!properties.len)
		return 0;
	add_head(ret, bus);
	add_verb(ret, "update", unit);
	buf_add(ret, properties.data, properties.len);
	buf_str(ret, "end\n");
	return buf_ok(ret) ? 0 : err_nomem(err);
}

int systemd_request_attach(const struct systemd_bus *bus, const char *unit, const char *subgroup, pid_t pid,
			   struct buf *ret)
{
	add_head(ret, bus);
	buf_str(ret, "attach");
	line_word(ret, unit);
	line_word(ret, subgroup);
	line_number(ret, (uint64_t)pid);
	buf_str(ret, "\nend\n");
	return buf_ok(ret) ? 0 : -ENOMEM;
}

int systemd_request_stop(const struct systemd_bus *bus, const char *unit, const char *description, struct buf *ret)
{
	add_head(ret, bus);
	buf_str(ret, "stop");
	line_word(ret, unit);
	line_word(ret, description);
	buf_str(ret, "\nend\n");
	return buf_ok(ret) ? 0 : -ENOMEM;
}

const char *systemd_description(struct arena *a, const char *root, const char *id, const char *given)
{
	_cleanup_buf_ struct buf b = { 0 };
	const char *why, *type;
	char *rest;
	size_t at;

	if (given && gvariant_add(&b, given, false, &why, &at) == 0) {
		rest = arena_strndup(a, b.data + 1, b.len - 1);
		if (!rest)
			return NULL;
		type = request_word(&rest);
		if (type && !strcmp(type, "s"))
			return request_word(&rest);
	}
	return arena_printf(a, "kin container %s (%s)", id, root);
}
