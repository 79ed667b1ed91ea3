/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The point of no return: the caller records the container and says COMMIT; from then on init does not die with it.
 * A container that is created but not started waits here at a listening socket, for as long as it takes.
 * Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { SAY_IT_MS = 5000, OVERFLOW_UID = 65534 };

/*
 * Who may start: the caller's own user, as this user namespace sees it.  The host's root and a caller whose id is
 * not mapped here look like the overflow id; whoever else looks like that cannot reach the socket, which is in a
 * directory of mode 0700.
 */
static bool may_start(const struct init *in, int conn, uid_t owner)
{
	uid_t uid;

	if (sys_peer_uid(conn, &uid) < 0)
		return false;
	return uid == owner || (in->userns && uid == OVERFLOW_UID);
}

/* One connection: true when it said START; then it is where reports go. */
static bool take_start(struct init *in, int conn)
{
	struct pollfd p = { .fd = conn, .events = POLLIN };
	int fds[LINK_FDS], r;
	struct link_msg m;

	do
		r = sys_poll(&p, 1, SAY_IT_MS);
	while (r == -EINTR);
	if (r <= 0 || link_recv(conn, &m, fds, MSG_DONTWAIT) <= 0)
		return false;
	if (m.kind == LINK_START)
		talk_take_hook(in, &m, fds);
	for (int i = 0; i < LINK_FDS; i++)
		fd_done(&fds[i]);
	return m.kind == LINK_START;
}

static void wait_for_start(struct init *in, uid_t owner)
{
	for (;;) {
		struct pollfd p = { .fd = in->gate, .events = POLLIN };
		autofd conn = -EBADF;

		if (sys_poll(&p, 1, -1) < 0)
			continue;
		conn = sys_accept(in->gate);
		if (conn < 0) {
			(void)sys_poll(NULL, 0, 50); /* out of descriptors or memory, perhaps not for ever */
			continue;
		}
		if (!may_start(in, conn, owner) || !take_start(in, conn))
			continue;
		in->link = TAKE_FD(conn);
		return;
	}
}

static int commit(struct init *in, bool *ret_start, struct report *r)
{
	int fds[LINK_FDS], err = talk_tell(in, LINK_READY);
	struct link_msg m;

	if (err < 0)
		return report_at(r, err, LINK_STAGE_LINK, NULL);
	err = talk_receive(in, LINK_COMMIT, &m, fds, r);
	if (err < 0)
		return err;
	in->committed = true;
	err = sys_prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
	talk_take_hook(in, &m, fds);
	*ret_start = m.n[0] == 1;
	return err;
}

int init_ready(struct init *in, const struct plan_op *op, struct report *r)
{
	uid_t owner = 0;
	bool start;
	int err;

	fd_done(&in->root);
	fd_done(&in->target);
	err = sys_peer_uid(in->link, &owner);
	if (err == 0)
		err = commit(in, &start, r);
	if (err < 0)
		return err;
	if (!start && (op->flags & PLAN_F_GATE)) {
		if (in->gate < 0)
			return report_at(r, -EBADF, LINK_STAGE_LINK, "no start socket");
		/* Recorded, whether or not the caller is still there to hear it. */
		(void)talk_tell(in, LINK_COMMITTED);
		fd_done(&in->link);
		/*
		 * exec in a created container, by an ordinary user: setns(2) through my pidfd asks whether the caller
		 * may trace me, which only the host's root may while I am undumpable.  In a user namespace nothing is
		 * left in me by now that the container's root has not: ids, capabilities, the plan, this socket.
		 */
		if (in->userns)
			(void)sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		wait_for_start(in, owner);
		(void)sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		/* The same: who said START may go away, the container starts. */
		(void)talk_tell(in, LINK_STARTING);
	}
	fd_done(&in->gate);
	return 0;
}
