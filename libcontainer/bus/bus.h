/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program that talks to systemd: one request (systemd/request.h) on standard input, one line of answer on standard
 * output, and the end.  A program of its own, for libsystemd cannot be linked statically and nobody else needs it; it is
 * carried as bytes in libcontainer (run/systemd.c).  Room: bus.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

struct property {
	const char *name, *type;
	char *words; /* encoded, NULL: none */
	bool may, left_out;
};

enum verb { NO_VERB, VERB_START, VERB_UPDATE, VERB_ATTACH, VERB_STOP };

struct socket {
	const char *path;
	bool direct; /* the manager's own: no message bus in between */
};

enum { MOST_SOCKETS = 4 };

struct request {
	int64_t deadline_ns;
	struct socket sockets[MOST_SOCKETS];
	size_t n_sockets;
	enum verb verb;
	const char *unit, *subgroup, *description;
	uint32_t pid;
	struct property *properties;
	size_t n_properties;
};

/* ---- answer.c: each ends the program ---- */
_Noreturn void answer_ok(void);
_Noreturn void answer_error(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void answer_errno(const char *what, int r); /* of a call of sd-bus */

/* ---- read.c ---- */
void request_read(int fd, struct request *ret); /* or an answer */

/* ---- value.c ---- */
/* Appends what the words say; they are used up (decoded in place), so give it a copy. */
int value_append(sd_bus_message *m, const char *type, char *words);

/* ---- connection.c ---- */
struct connection {
	sd_bus *bus;
	bool direct;
	int64_t deadline_ns;
};
void connection_open(const struct request *q, struct connection *ret); /* or an answer */
sd_bus_message *connection_message(const struct connection *c, const char *path, const char *interface,
				   const char *method);
sd_bus_message *connection_method(const struct connection *c, const char *method); /* of the manager */
/* Sends m (which it releases) and waits; the reply, which may be an error of the other side.  No reply: an answer. */
sd_bus_message *connection_call(const struct connection *c, sd_bus_message *m);
/* Goes on with what comes until *done. */
void connection_until(const struct connection *c, const bool *done);

/* ---- unit.c ---- */
void unit_start(const struct connection *c, struct request *q);
void unit_update(const struct connection *c, struct request *q);
void unit_attach(const struct connection *c, const struct request *q);
void unit_stop(const struct connection *c, const struct request *q);
#endif
