/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is asked of systemd (org.freedesktop.systemd1(5)).  A start is one call on the manager's own socket; on a bus
 * AddMatch comes before it, as the end of the job is told by a signal.  Room: bus.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bus/bus.h"
#include "systemd/request.h"

#define UNIT_EXISTS  "org.freedesktop.systemd1.UnitExists"
#define NO_SUCH_UNIT "org.freedesktop.systemd1.NoSuchUnit"

static const char *error_of(sd_bus_message *reply)
{
	const sd_bus_error *e = sd_bus_message_get_error(reply);

	return e ? e->name : NULL;
}

_Noreturn static void answer_reply(sd_bus_message *reply)
{
	const sd_bus_error *e = sd_bus_message_get_error(reply);

	/* libsystemd makes an error of its own when the connection ends in the middle of a call. */
	answer_error(e && e->name ? e->name : REQUEST_BROKEN, "%s", e && e->message ? e->message : "");
}

static void append(int r, const char *what)
{
	if (r < 0)
		answer_errno(what, r);
}

/* ---- properties ---- */

static void append_property(sd_bus_message *m, const struct property *p)
{
	char *words = p->words ? strdup(p->words) : NULL;

	if (p->words && !words)
		answer_errno(p->name, -ENOMEM);
	append(sd_bus_message_open_container(m, 'r', "sv"), p->name);
	append(sd_bus_message_append_basic(m, 's', p->name), p->name);
	append(sd_bus_message_open_container(m, 'v', p->type), p->name);
	append(value_append(m, p->type, words), p->name);
	append(sd_bus_message_close_container(m), p->name);
	append(sd_bus_message_close_container(m), p->name);
	free(words);
}

static size_t append_properties(sd_bus_message *m, const struct request *q)
{
	size_t n = 0;

	append(sd_bus_message_open_container(m, 'a', "(sv)"), "properties");
	for (size_t i = 0; i < q->n_properties; i++) {
		if (q->properties[i].left_out)
			continue;
		append_property(m, &q->properties[i]);
		n++;
	}
	append(sd_bus_message_close_container(m), "properties");
	return n;
}

static bool names(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word)) {
		char before = p == text ? ' ' : p[-1], after = p[n];

		if (!(after >= 'a' && after <= 'z') && !(after >= 'A' && after <= 'Z') &&
		    !(before >= 'a' && before <= 'z') && !(before >= 'A' && before <= 'Z'))
			return true;
	}
	return false;
}

/* An older systemd does not have every property, nor every value: those that may be left out are, the one that it
 * names or else all.  False: there was nothing to leave out, or it is about something else. */
static bool leave_out(struct request *q, sd_bus_message *reply)
{
	static const char *const about[] = { "org.freedesktop.DBus.Error.PropertyReadOnly",
					     "org.freedesktop.DBus.Error.UnknownProperty",
					     "org.freedesktop.DBus.Error.InvalidArgs" };
	const sd_bus_error *e = sd_bus_message_get_error(reply);
	const char *text = e && e->message ? e->message : "";
	bool ours = false, named = false, some = false;

	for (size_t i = 0; e && i < sizeof(about) / sizeof(about[0]); i++)
		ours = ours || !strcmp(e->name, about[i]);
	for (size_t i = 0; i < q->n_properties; i++) {
		named = named || names(text, q->properties[i].name);
		if (ours && q->properties[i].may && !q->properties[i].left_out && names(text, q->properties[i].name))
			some = q->properties[i].left_out = true;
	}
	if (some || named || !ours)
		return some;
	for (size_t i = 0; i < q->n_properties; i++)
		if (q->properties[i].may && !q->properties[i].left_out)
			some = q->properties[i].left_out = true;
	return some;
}

/* ---- jobs ---- */

struct job {
	const char *path; /* NULL: not known yet; the signal comes after the reply */
	char result[32];
	bool done;
};

static int on_removed(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	const char *path, *unit, *result;
	struct job *j = userdata;
	uint32_t id;

	(void)ret_error;
	if (sd_bus_message_read(m, "uoss", &id, &path, &unit, &result) < 0 || !j->path || strcmp(path, j->path))
		return 0;
	strncat(j->result, result, sizeof(j->result) - 1);
	j->done = true;
	return 0;
}

static void watch_jobs(const struct connection *c, struct job *j)
{
	int r = sd_bus_match_signal_async(c->bus, NULL, c->direct ? NULL : "org.freedesktop.systemd1",
					  "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "JobRemoved",
					  on_removed, NULL, j);

	append(r, "watch jobs");
}

static void finish_job(const struct connection *c, sd_bus_message *reply, struct job *j)
{
	append(sd_bus_message_read(reply, "o", &j->path), "read the job");
	connection_until(c, &j->done);
	sd_bus_message_unref(reply);
	j->path = NULL;
}

/* ---- verbs ---- */

static sd_bus_message *call_with_unit(const struct connection *c, const char *method, const char *unit)
{
	sd_bus_message *m = connection_method(c, method);

	append(sd_bus_message_append_basic(m, 's', unit), method);
	return connection_call(c, m);
}

static sd_bus_message *try_start(const struct connection *c, const struct request *q)
{
	sd_bus_message *m = connection_method(c, "StartTransientUnit");

	append(sd_bus_message_append(m, "ss", q->unit, "replace"), "start");
	(void)append_properties(m, q);
	append(sd_bus_message_append(m, "a(sa(sv))", 0), "start"); /* no units beside it */
	return connection_call(c, m);
}

void unit_start(const struct connection *c, struct request *q)
{
	struct job j = { 0 };
	sd_bus_message *reply;
	const char *error;
	bool again = false;

	watch_jobs(c, &j);
	for (;;) {
		reply = try_start(c, q);
		error = error_of(reply);
		if (!error)
			break;
		if (!strcmp(error, UNIT_EXISTS)) {
			if (again)
				answer_error(REQUEST_EXISTS, "%s", q->unit);
			/* Left over from one that failed: forgotten then; a living one does not mind. */
			again = true;
			sd_bus_message_unref(call_with_unit(c, "ResetFailedUnit", q->unit));
		} else if (!leave_out(q, reply)) {
			answer_reply(reply);
		}
		sd_bus_message_unref(reply);
	}
	finish_job(c, reply, &j);
	if (strcmp(j.result, "done"))
		answer_error(REQUEST_JOB, "%s", j.result);
}

/* systemd writes the files after the reply and before the next message: with the answer to that they are written, and
 * who writes them himself then is the last. */
static void settle(const struct connection *c)
{
	sd_bus_message *m = connection_message(c, "/org/freedesktop/systemd1", "org.freedesktop.DBus.Peer", "Ping");

	sd_bus_message_unref(connection_call(c, m));
}

void unit_update(const struct connection *c, struct request *q)
{
	sd_bus_message *m, *reply;

	for (;;) {
		m = connection_method(c, "SetUnitProperties");
		append(sd_bus_message_append(m, "sb", q->unit, true), "update");
		if (append_properties(m, q) == 0)
			return;
		reply = connection_call(c, m);
		if (!error_of(reply))
			break;
		if (!leave_out(q, reply))
			answer_reply(reply);
		sd_bus_message_unref(reply);
	}
	settle(c);
}

void unit_attach(const struct connection *c, const struct request *q)
{
	sd_bus_message *m = connection_method(c, "AttachProcessesToUnit"), *reply;

	append(sd_bus_message_append(m, "ssau", q->unit, q->subgroup, 1, q->pid), "attach");
	reply = connection_call(c, m);
	if (error_of(reply))
		answer_reply(reply);
}

/* A unit that is not there has its name for a description. */
static bool is_ours(const struct connection *c, const struct request *q)
{
	const char *text = "";
	char *path = NULL;
	sd_bus_message *m, *reply;
	bool ours;

	append(sd_bus_path_encode("/org/freedesktop/systemd1/unit", q->unit, &path), "description");
	m = connection_message(c, path, "org.freedesktop.DBus.Properties", "Get");
	append(sd_bus_message_append(m, "ss", "org.freedesktop.systemd1.Unit", "Description"), "description");
	reply = connection_call(c, m);
	if (error_of(reply))
		answer_reply(reply);
	append(sd_bus_message_read(reply, "v", "s", &text), "description");
	ours = !strcmp(text, q->description);
	sd_bus_message_unref(reply);
	free(path);
	return ours;
}

void unit_stop(const struct connection *c, const struct request *q)
{
	struct job j = { 0 };
	sd_bus_message *m, *reply;
	const char *error;

	if (!is_ours(c, q))
		return;
	watch_jobs(c, &j);
	m = connection_method(c, "StopUnit");
	append(sd_bus_message_append(m, "ss", q->unit, "replace"), "stop");
	reply = connection_call(c, m);
	error = error_of(reply);
	if (error && !strcmp(error, NO_SUCH_UNIT))
		return;
	if (error)
		answer_reply(reply);
	finish_job(c, reply, &j);
	if (strcmp(j.result, "done"))
		answer_error(REQUEST_JOB, "%s", j.result);
	/* Failed or not, it is to be forgotten; most are by now. */
	reply = call_with_unit(c, "ResetFailedUnit", q->unit);
	error = error_of(reply);
	if (error && strcmp(error, NO_SUCH_UNIT))
		answer_reply(reply);
}
