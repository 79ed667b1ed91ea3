/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The handshake of create, start and delete --force as a model for spin.
 *
 * Processes: the creator (run/ in `create`), init (mid is folded into it: it says SPAWNED and is gone), a starter
 * (`start`), and a killer that may SIGKILL the creator or init at any moment.  Afterwards a deleter recovers.
 *
 * Claims:
 *  - an init that outlives its creator is on record (nobody is orphaned without a trace);
 *  - the user's program runs only after START was sent, and START only after "starting" is on record;
 *  - `start` says success only when the program was executed;
 *  - `create` says success only when init is at the gate or dead, with its identity on record;
 *  - after delete --force neither init nor cgroup nor record is left;
 *  - nobody waits for ever (no invalid end state).
 */

mtype = { SPAWNED, READY, COMMIT, COMMITTED, START, STARTING, FAILED };
mtype = { NONE, INTENT, CREATED, STARTING_P, RUNNING };

chan to_init = [2] of { mtype };
chan from_init = [4] of { mtype };
chan gate = [1] of { mtype };
chan gate_back = [2] of { mtype };

mtype record = NONE;
bool rec_init = false;		/* the record names init */
bool cgroup = false;
bool init_alive = false, init_at_gate = false, executed = false;
bool creator_alive = true, creator_done = false, create_ok = false;
bool starter_done = false, start_ok = false, start_sent = false;
bool gate_open = false;
bool committed = false;		/* init no longer dies with the creator */
bool deleted = false;
byte kills = 0;

/* What the kernel does when init ends. */
inline init_ends() {
	d_step { init_alive = false; init_at_gate = false; gate_open = false }
}

proctype Init() {
	mtype m;

	atomic { if :: init_alive -> from_init!SPAWNED :: else -> goto out fi }
	/* mounts, hooks, ids ... each may fail */
	if
	:: atomic { init_alive -> from_init!READY }
	:: atomic { init_alive -> from_init!FAILED; init_ends(); goto out }
	:: atomic { !init_alive -> goto out }
	fi;
	/* COMMIT or the creator's death (end-of-file, PDEATHSIG) */
	if
	:: atomic { init_alive && nempty(to_init) -> to_init?m; assert(m == COMMIT); assert(rec_init);
		    committed = true; init_at_gate = true; gate_open = true; from_init!COMMITTED }
	:: atomic { init_alive && !creator_alive && empty(to_init) -> init_ends(); goto out }
	:: atomic { !init_alive -> goto out }
	fi;
	/* the gate: no deadline, but delete's SIGKILL ends it */
	do
	:: atomic { init_alive && nempty(gate) -> gate?m; assert(m == START); init_at_gate = false; gate_back!STARTING;
		    break }
	:: atomic { !init_alive -> goto out }
	od;
	if
	:: atomic { init_alive -> executed = true; gate_open = false }	/* execve; CLOEXEC closes the channel */
	:: atomic { init_alive -> gate_back!FAILED; init_ends() }	/* hook or execve failed */
	:: atomic { !init_alive -> skip }
	fi;
out:	skip
}

inline undo() {
	atomic { init_ends(); cgroup = false; record = NONE; rec_init = false }
}

proctype Creator() {
	mtype m;

	if :: atomic { creator_alive -> record = INTENT } :: !creator_alive -> goto out fi;
	if :: atomic { creator_alive -> assert(record == INTENT); cgroup = true } :: !creator_alive -> goto out fi;
	if :: atomic { creator_alive -> init_alive = true; run Init() } :: !creator_alive -> goto out fi;
	do
	:: atomic { creator_alive && nempty(from_init) -> from_init?m;
		if
		:: m == SPAWNED -> skip
		:: m == READY -> break
		:: m == FAILED -> undo(); goto out
		fi }
	:: atomic { creator_alive && !init_alive && empty(from_init) -> undo(); goto out }
	:: !creator_alive -> goto out
	od;
	if :: atomic { creator_alive -> record = CREATED; rec_init = true } :: !creator_alive -> goto out fi;
	if :: atomic { creator_alive -> to_init!COMMIT } :: !creator_alive -> goto out fi;
	do
	:: atomic { creator_alive && nempty(from_init) -> from_init?m; assert(m == COMMITTED);
		    create_ok = true; break }
	:: atomic { creator_alive && !init_alive && empty(from_init) -> undo(); break }
	:: !creator_alive -> break
	od;
out:	creator_done = true
}

proctype Starter() {
	mtype m;

	(creator_done);
	if
	:: record == CREATED && rec_init -> skip
	:: else -> goto out	/* refused by the table of states */
	fi;
	record = STARTING_P;
	if
	:: atomic { gate_open -> assert(record == STARTING_P); start_sent = true; gate!START }
	:: atomic { !gate_open && !init_alive -> goto out }
	:: atomic { !gate_open && init_alive && !committed -> goto out }	/* nobody listens: ECONNREFUSED */
	fi;
	do
	:: atomic { nempty(gate_back) -> gate_back?m;
		if
		:: m == STARTING -> skip
		:: m == FAILED -> goto out
		fi }
	:: atomic { empty(gate_back) && !gate_open && executed -> start_ok = true; record = RUNNING; break }
	:: atomic { empty(gate_back) && !init_alive && !executed -> break }
	od;
out:	starter_done = true
}

/* At most one SIGKILL each, whenever it pleases. */
proctype Killer() {
	if
	:: atomic { creator_alive && !creator_done -> creator_alive = false }
	:: skip
	fi;
	if
	:: atomic { init_alive -> init_ends() }
	:: skip
	fi
}

proctype Deleter() {
	(creator_done && starter_done);
	/* Without a COMMIT on its way, init must end by itself: a deadlock here means that it does not. */
	(!init_alive || committed);
	assert(!(init_alive && committed) || rec_init);
	assert(!cgroup || record != NONE);
	atomic { init_ends(); cgroup = false }
	atomic { record = NONE; rec_init = false }
	deleted = true
}

init {
	atomic { run Creator(); run Starter(); run Killer(); run Deleter() }
	(deleted);
	assert(!init_alive && !cgroup && record == NONE);
	assert(!executed || start_sent);
	assert(!start_ok || executed)
}
