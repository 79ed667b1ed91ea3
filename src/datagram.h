/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Failures to the machine's log services: one datagram, in the protocol of each, to its socket.  Sent or not, at once:
 * nothing waits for a service, and a machine without it loses the message.  Room: the CLI.
 */
#ifndef KIN_DATAGRAM_H
#define KIN_DATAGRAM_H

/* level: "error", "warning", "info", "debug"; id: what callers look for, crun's ID= and syslog's tag */
void datagram_journal(const char *id, const char *level, const char *message);
void datagram_syslog(const char *id, const char *level, const char *message);
#endif
