/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals by number and by name.  Room: the CLI. */
#ifndef KIN_SIGNALS_H
#define KIN_SIGNALS_H

enum { SIGNAL_MAX = 64, SIGNAL_NAME_SIZE = 16 };

/* "9", "KILL", "SIGKILL", "sigkill", "RTMIN+3", "RTMAX-1"; 0 is allowed (a probe). -EINVAL: no such signal. */
int signal_number(const char *text);

/* "SIGKILL", "SIGRTMIN+3"; writes into buf where it must. */
const char *signal_name(int sig, char buf[SIGNAL_NAME_SIZE]);
#endif
