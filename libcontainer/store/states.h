/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state machine, written once.  A container's state is what its record says, corrected by what the kernel says
 * about its init; never inferred from a file's absence.
 *
 *   (none) -> RESERVED -> CREATING -> CREATED -> STARTING -> RUNNING <-> PAUSED -> STOPPED -> DELETING -> (none)
 *   BROKEN: the record cannot be read; only delete --force leads out.
 * Room: run (pure).
 */
#ifndef STORE_STATES_H
#define STORE_STATES_H

#include <stdbool.h>

enum state {
	STATE_NONE, /* no such container */
	STATE_RESERVED, /* the id is claimed; intent is (being) recorded; no process yet */
	STATE_CREATING, /* side effects may exist; init, if any, dies with its creator */
	STATE_CREATED, /* init waits at the gate */
	STATE_STARTING, /* START may have been sent; exec not confirmed */
	STATE_RUNNING, /* exec confirmed, init lives */
	STATE_PAUSED, /* cgroup frozen */
	STATE_STOPPED, /* init is gone */
	STATE_DELETING, /* a delete has begun and must be finished by another */
	STATE_BROKEN, /* record unreadable */
	STATE_COUNT
};

enum operation {
	OP_CREATE,
	OP_START,
	OP_EXEC,
	OP_KILL,
	OP_PAUSE,
	OP_RESUME,
	OP_UPDATE,
	OP_DELETE,
	OP_DELETE_FORCE,
	OP_STATE,
	OP_PS,
	OP_WAIT,
	OP_CHECKPOINT,
	OP_MOUNTS, /* add and remove */
	OP_COUNT
};

/* Allowed: 0.  Refused: -errno, and *ret_text is the sentence callers match ("cannot start a container that has
 * stopped"). One row of a table each. */
int state_allows(enum state s, enum operation op, const char **ret_text);
const char *state_name(enum state s); /* "starting": the record's word */
int state_from_name(const char *name); /* -ENOENT */
const char *state_oci_name(enum state s); /* one of creating created running paused stopped */
const char *operation_name(enum operation op);
#endif
