/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A service manager that waits for the program to be ready (systemd's Type=notify, Podman's --sdnotify): it said so to kin,
 * by NOTIFY_SOCKET, and what the program says is passed on.  No more of it than READY=1: the container is not to speak
 * for us.  Room: the CLI.
 */
#ifndef KIN_NOTIFY_H
#define KIN_NOTIFY_H

#include <stdbool.h>

#include <libcontainer.h>

#include "base/err.h"

/* Is there somebody who waits?  An error when NOTIFY_SOCKET is no address that can be written to. */
int notify_wanted(bool *ret, struct lct_err *err);
/* The same, for a container to be: LCT_NOTIFY in its flags. */
int notify_ask(struct lct_create_opts *o, struct lct_err *err);

/* Something has arrived at the container's socket: 1 when the manager was told that it is ready, 0 when that was not it.
 * kin itself is the service's main process and stays. */
int notify_pass(int socket, struct lct_err *err);

/* Of a container that goes on without kin: returns when the manager was told, with the pid of the new main process, or when
 * the container has ended.  For how long is the manager's to say (TimeoutStartSec). */
int notify_wait(lct_container *ct, struct lct_err *err);
#endif
