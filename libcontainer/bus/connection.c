/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way to systemd: its own socket where the caller may use it (no message bus, so no AddMatch and no Hello), else the
 * bus.  Who we are is told by the kernel (SCM_CREDENTIALS' uid, SO_PEERCRED): libsystemd sends no user id with
 * AUTH EXTERNAL, so it is the right one from inside a user namespace, too.
 *
 * sd_bus_call() waits for the end of the authentication without regard to its timeout; here one deadline covers all.
 * Room: bus.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "bus/bus.h"
#include "systemd/request.h"

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* The D-Bus specification, "Server Addresses": what is no letter, digit or one of -_/.* is %xx. */
static char *address_of(const char *path)
{
	char *text = malloc(strlen("unix:path=") + 3 * strlen(path) + 1), *to = text;

	if (!text)
		answer_error(REQUEST_BAD, "out of memory");
	to += sprintf(to, "unix:path=");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-_/.", c))
			*to++ = *path;
		else
			to += sprintf(to, "%%%02x", c);
	}
	*to = '\0';
	return text;
}

static int try_socket(const struct socket *s, sd_bus **ret)
{
	char *address = address_of(s->path);
	sd_bus *bus = NULL;
	int r = sd_bus_new(&bus);

	if (r >= 0)
		r = sd_bus_set_address(bus, address);
	if (r >= 0 && !s->direct)
		r = sd_bus_set_bus_client(bus, true);
	if (r >= 0)
		r = sd_bus_start(bus);
	free(address);
	if (r < 0)
		sd_bus_unref(bus);
	else
		*ret = bus;
	return r;
}

/* Process ids are told to systemd as we see them.  If the socket's owner has none here, it sees others. */
static void check_peer(sd_bus *bus)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	if (getsockopt(sd_bus_get_fd(bus), SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 && peer.pid == 0)
		answer_error(REQUEST_FOREIGN, "systemd is not in this pid namespace");
}

void connection_open(const struct request *q, struct connection *c)
{
	int r = -ENOENT, worst = -ENOENT;

	for (size_t i = 0; i < q->n_sockets; i++) {
		r = try_socket(&q->sockets[i], &c->bus);
		if (r >= 0) {
			c->direct = q->sockets[i].direct;
			c->deadline_ns = q->deadline_ns;
			check_peer(c->bus);
			return;
		}
		if (r != -ENOENT && r != -ENOTDIR)
			worst = r;
	}
	answer_error(REQUEST_ABSENT, "%d %s", -worst, q->sockets[0].path);
}

static void wait_for_more(const struct connection *c)
{
	struct pollfd p = { .fd = sd_bus_get_fd(c->bus) };
	int64_t left = c->deadline_ns - now_ns();
	uint64_t until = UINT64_MAX;
	struct timespec ts;
	int events = sd_bus_get_events(c->bus);

	if (events < 0)
		answer_errno("wait for systemd", events);
	if (left <= 0)
		answer_error(REQUEST_TIMEOUT, "%d no answer", ETIMEDOUT);
	/* libsystemd's own timer (CLOCK_MONOTONIC, us), for the authentication: 0 is "at once". */
	if (sd_bus_get_timeout(c->bus, &until) > 0 && until != UINT64_MAX && until < INT64_MAX / 1000) {
		int64_t timer = (int64_t)until * 1000 - now_ns();

		if (timer < left)
			left = timer > 0 ? timer : 0;
	}
	p.events = (short)events;
	ts = (struct timespec){ left / 1000000000, left % 1000000000 };
	if (ppoll(&p, 1, &ts, NULL) < 0 && errno != EINTR)
		answer_errno("wait for systemd", -errno);
}

void connection_until(const struct connection *c, const bool *done)
{
	while (!*done) {
		int r = sd_bus_process(c->bus, NULL);

		if (r < 0)
			answer_errno("systemd closed the connection", r);
		if (r == 0)
			wait_for_more(c);
	}
}

sd_bus_message *connection_message(const struct connection *c, const char *path, const char *interface,
				   const char *method)
{
	sd_bus_message *m = NULL;
	int r = sd_bus_message_new_method_call(c->bus, &m, "org.freedesktop.systemd1", path, interface, method);

	if (r < 0)
		answer_errno(method, r);
	return m;
}

sd_bus_message *connection_method(const struct connection *c, const char *method)
{
	return connection_message(c, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", method);
}

struct waiting {
	sd_bus_message *reply;
	bool done;
};

static int on_reply(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct waiting *w = userdata;

	(void)ret_error;
	w->reply = sd_bus_message_ref(m);
	w->done = true;
	return 0;
}

sd_bus_message *connection_call(const struct connection *c, sd_bus_message *m)
{
	struct waiting w = { 0 };
	int r;

	r = sd_bus_call_async(c->bus, NULL, m, on_reply, &w, UINT64_MAX);
	if (r < 0)
		answer_errno("send to systemd", r);
	sd_bus_message_unref(m);
	connection_until(c, &w.done);
	return w.reply;
}
