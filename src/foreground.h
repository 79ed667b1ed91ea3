/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kin as the stand-in for a process in a container: signals are passed on, the terminal is relayed, and nothing
 * else happens until the process has ended.  One loop over its pidfd, a signalfd and the terminal.
 *
 * Signals are blocked before the process exists, so one that comes while it is made is not lost but passed on as
 * soon as there is somebody to have it.  (The library gives the process an empty mask.)  Room: the CLI.
 */
#ifndef KIN_FOREGROUND_H
#define KIN_FOREGROUND_H

#include <signal.h>

#include <libcontainer.h>

#include "base/err.h"
#include "tty.h"

struct foreground {
	sigset_t mask; /* as it was */
	int signals; /* signalfd */
	int notify; /* borrowed: what the program tells arrives here until it is ready; 0: nobody waits for that */
	struct tty tty;
};

int foreground_begin(struct foreground *f, struct lct_err *err);

/* Takes the console (-EBADF: the process has our own descriptors).  Returns when pidfd is readable and everything
 * that was written to the console is delivered.  watched (NULL: nothing): a container whose OOM kills are looked at as
 * they happen, for they cannot be asked for once systemd has removed its cgroup. */
int foreground_wait(struct foreground *f, int pidfd, int console, lct_container *watched, struct lct_err *err);

/* Leaves terminal and signal mask as they were; to be called on every way out. */
void foreground_end(struct foreground *f);

#define autoforeground __attribute__((cleanup(foreground_end))) struct foreground
#endif
