/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may be done to a container in which state: one row of a table each.  Room: run (pure). */
#include "store/states.h"

#include <errno.h>
#include <string.h>

struct refusal {
	int error; /* positive; 0: allowed */
	const char *text;
};

/* The sentences are runc's where runc has one: callers match on them. */
#define OK                                                                                                             \
	{                                                                                                              \
		0, NULL                                                                                                \
	}
#define ABSENT                                                                                                         \
	{                                                                                                              \
		ENOENT, "container does not exist"                                                                     \
	}
#define TAKEN                                                                                                          \
	{                                                                                                              \
		EEXIST, "container with given ID already exists"                                                       \
	}
#define DAMAGED                                                                                                        \
	{                                                                                                              \
		EBADMSG, "the record of the container is damaged (delete --force removes it)"                          \
	}
#define NOT_RUNNING                                                                                                    \
	{                                                                                                              \
		ESRCH, "container not running"                                                                         \
	}
#define NOT_PAUSED                                                                                                     \
	{                                                                                                              \
		EINVAL, "container not paused"                                                                         \
	}
#define NOT_STOPPED                                                                                                    \
	{                                                                                                              \
		EBUSY, "container is not stopped"                                                                      \
	}

/* As runc says it. */
#define NOT_CHECKPOINTED(state)                                                                                        \
	{                                                                                                              \
		EBUSY, "container cannot be checkpointed in " state " state"                                           \
	}

static const struct refusal table[STATE_COUNT][OP_COUNT] = {
	[STATE_NONE] = {
		[OP_CREATE] = OK,
		[OP_START] = ABSENT,
		[OP_EXEC] = ABSENT,
		[OP_KILL] = ABSENT,
		[OP_PAUSE] = ABSENT,
		[OP_RESUME] = ABSENT,
		[OP_UPDATE] = ABSENT,
		[OP_DELETE] = ABSENT,
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = ABSENT,
		[OP_PS] = ABSENT,
		[OP_WAIT] = ABSENT,
		[OP_CHECKPOINT] = ABSENT,
		[OP_MOUNTS] = ABSENT,
	},
	[STATE_RESERVED] = {
		[OP_CREATE] = TAKEN,
		[OP_START] = { EBUSY, "cannot start a container in the creating state" },
		[OP_EXEC] = NOT_RUNNING,
		[OP_KILL] = NOT_RUNNING,
		[OP_PAUSE] = NOT_RUNNING,
		[OP_RESUME] = NOT_PAUSED,
		[OP_UPDATE] = NOT_RUNNING,
		[OP_DELETE] = NOT_STOPPED,
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = OK,
		[OP_PS] = OK,
		[OP_WAIT] = NOT_RUNNING,
		[OP_CHECKPOINT] = NOT_CHECKPOINTED("creating"),
		[OP_MOUNTS] = NOT_RUNNING,
	},
	[STATE_CREATING] = {
		[OP_CREATE] = TAKEN,
		[OP_START] = { EBUSY, "cannot start a container in the creating state" },
		[OP_EXEC] = NOT_RUNNING,
		[OP_KILL] = OK, /* callers may kill during create; without a recorded init the kill itself says so */
		[OP_PAUSE] = NOT_RUNNING,
		[OP_RESUME] = NOT_PAUSED,
		[OP_UPDATE] = NOT_RUNNING,
		[OP_DELETE] = NOT_STOPPED,
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = OK,
		[OP_PS] = OK,
		[OP_WAIT] = OK,
		[OP_CHECKPOINT] = NOT_CHECKPOINTED("creating"),
		[OP_MOUNTS] = NOT_RUNNING,
	},
	[STATE_CREATED] = {
		[OP_CREATE] = TAKEN,
		[OP_START] = OK,
		[OP_EXEC] = OK,
		[OP_KILL] = OK,
		[OP_PAUSE] = OK,
		[OP_RESUME] = NOT_PAUSED,
		[OP_UPDATE] = OK,
		[OP_DELETE] = OK, /* as runc: kills the waiting init */
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = OK,
		[OP_PS] = OK,
		[OP_WAIT] = OK,
		[OP_CHECKPOINT] = NOT_CHECKPOINTED("created"),
		[OP_MOUNTS] = OK,
	},
	/* Seen under the lock, this is what a killed `start` left: the gate knows whether START was taken. */
	[STATE_STARTING] = {
		[OP_CREATE] = TAKEN,
		[OP_START] = OK,
		[OP_EXEC] = OK,
		[OP_KILL] = OK,
		[OP_PAUSE] = OK,
		[OP_RESUME] = NOT_PAUSED,
		[OP_UPDATE] = OK,
		[OP_DELETE] = NOT_STOPPED,
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = OK,
		[OP_PS] = OK,
		[OP_WAIT] = OK,
		[OP_CHECKPOINT] = NOT_CHECKPOINTED("created"),
		[OP_MOUNTS] = OK,
	},
	[STATE_RUNNING] = {
		[OP_CREATE] = TAKEN,
		[OP_START] = { EALREADY, "cannot start an already running container" },
		[OP_EXEC] = OK,
		[OP_KILL] = OK,
		[OP_PAUSE] = OK,
		[OP_RESUME] = NOT_PAUSED,
		[OP_UPDATE] = OK,
		[OP_DELETE] = NOT_STOPPED,
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = OK,
		[OP_PS] = OK,
		[OP_WAIT] = OK,
		[OP_CHECKPOINT] = OK,
		[OP_MOUNTS] = OK,
	},
	[STATE_PAUSED] = {
		[OP_CREATE] = TAKEN,
		[OP_START] = { EBUSY, "cannot start a container in the paused state" },
		[OP_EXEC] = { EBUSY, "cannot exec in a paused container (use --ignore-paused to override)" },
		[OP_KILL] = OK,
		[OP_PAUSE] = { EALREADY, "container paused" },
		[OP_RESUME] = OK,
		[OP_UPDATE] = OK,
		[OP_DELETE] = NOT_STOPPED,
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = OK,
		[OP_PS] = OK,
		[OP_WAIT] = OK,
		[OP_CHECKPOINT] = OK,
		[OP_MOUNTS] = OK, /* who is frozen holds no lock that matters */
	},
	[STATE_STOPPED] = {
		[OP_CREATE] = TAKEN,
		[OP_START] = { ESRCH, "cannot start a container that has stopped" },
		[OP_EXEC] = { ESRCH, "cannot exec in a stopped container" },
		[OP_KILL] = NOT_RUNNING,
		[OP_PAUSE] = NOT_RUNNING,
		[OP_RESUME] = NOT_PAUSED,
		[OP_UPDATE] = NOT_RUNNING,
		[OP_DELETE] = OK,
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = OK,
		[OP_PS] = OK,
		[OP_WAIT] = OK,
		[OP_CHECKPOINT] = NOT_CHECKPOINTED("stopped"),
		[OP_MOUNTS] = NOT_RUNNING,
	},
	[STATE_DELETING] = {
		[OP_CREATE] = TAKEN,
		[OP_START] = { ESRCH, "cannot start a container that has stopped" },
		[OP_EXEC] = { ESRCH, "cannot exec in a stopped container" },
		[OP_KILL] = NOT_RUNNING,
		[OP_PAUSE] = NOT_RUNNING,
		[OP_RESUME] = NOT_PAUSED,
		[OP_UPDATE] = NOT_RUNNING,
		[OP_DELETE] = OK, /* finishes what a killed delete began */
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = OK,
		[OP_PS] = OK,
		[OP_WAIT] = OK,
		[OP_CHECKPOINT] = NOT_CHECKPOINTED("stopped"),
		[OP_MOUNTS] = NOT_RUNNING,
	},
	[STATE_BROKEN] = {
		[OP_CREATE] = TAKEN,
		[OP_START] = DAMAGED,
		[OP_EXEC] = DAMAGED,
		[OP_KILL] = DAMAGED,
		[OP_PAUSE] = DAMAGED,
		[OP_RESUME] = DAMAGED,
		[OP_UPDATE] = DAMAGED,
		[OP_DELETE] = DAMAGED,
		[OP_DELETE_FORCE] = OK,
		[OP_STATE] = DAMAGED,
		[OP_PS] = DAMAGED,
		[OP_WAIT] = DAMAGED,
		[OP_CHECKPOINT] = DAMAGED,
		[OP_MOUNTS] = DAMAGED,
	},
};

static const struct {
	const char *name, *oci;
} names[STATE_COUNT] = {
	[STATE_NONE] = { "none", "stopped" },	       [STATE_RESERVED] = { "reserved", "creating" },
	[STATE_CREATING] = { "creating", "creating" }, [STATE_CREATED] = { "created", "created" },
	[STATE_STARTING] = { "starting", "created" }, /* exec is not confirmed, so it is not "running" */
	[STATE_RUNNING] = { "running", "running" },    [STATE_PAUSED] = { "paused", "paused" },
	[STATE_STOPPED] = { "stopped", "stopped" },    [STATE_DELETING] = { "deleting", "stopped" },
	[STATE_BROKEN] = { "broken", "stopped" },
};

static const char *const operations[OP_COUNT] = {
	[OP_CREATE] = "create",
	[OP_START] = "start",
	[OP_EXEC] = "exec",
	[OP_KILL] = "kill",
	[OP_PAUSE] = "pause",
	[OP_RESUME] = "resume",
	[OP_UPDATE] = "update",
	[OP_DELETE] = "delete",
	[OP_DELETE_FORCE] = "delete --force",
	[OP_STATE] = "state",
	[OP_PS] = "ps",
	[OP_WAIT] = "wait",
	[OP_CHECKPOINT] = "checkpoint",
	[OP_MOUNTS] = "mounts",
};

int state_allows(enum state s, enum operation op, const char **ret_text)
{
	const struct refusal *r;

	if ((unsigned)s >= STATE_COUNT || (unsigned)op >= OP_COUNT) {
		if (ret_text)
			*ret_text = "no such state or operation";
		return -EINVAL;
	}
	r = &table[s][op];
	if (ret_text)
		*ret_text = r->text;
	return -r->error;
}

const char *state_name(enum state s)
{
	return (unsigned)s < STATE_COUNT ? names[s].name : "broken";
}

int state_from_name(const char *name)
{
	for (int s = 0; s < STATE_COUNT; s++)
		if (!strcmp(names[s].name, name))
			return s;
	return -ENOENT;
}

const char *state_oci_name(enum state s)
{
	return (unsigned)s < STATE_COUNT ? names[s].oci : "stopped";
}

const char *operation_name(enum operation op)
{
	return (unsigned)op < OP_COUNT ? operations[op] : "unknown operation";
}
