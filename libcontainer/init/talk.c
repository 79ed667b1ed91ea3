/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The conversation with the caller.  Until COMMIT its end is ours, too.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

/* Mid and I share one end of the link: the caller must hear of me before it hears from me. */
static void wait_for_turn(struct init *in)
{
	char c;

	if (in->turn < 0)
		return;
	(void)sys_read(in->turn, &c, 1);
	fd_done(&in->turn);
}

int talk_send(struct init *in, struct link_msg *m, const int *fds, unsigned n_fds)
{
	wait_for_turn(in);
	m->seq = ++in->seq;
	m->op = in->op;
	return link_send(in->link, m, fds, n_fds);
}

int talk_tell(struct init *in, enum link_kind kind)
{
	struct link_msg m;

	memset(&m, 0, sizeof(m));
	m.kind = (uint16_t)kind;
	return talk_send(in, &m, NULL, 0);
}

void talk_failed(struct init *in, int err, const struct report *r)
{
	if (in->link < 0)
		return;
	wait_for_turn(in);
	/* A filter of the user's may deny even this: then my end is the report. */
	(void)report_send(in->link, ++in->seq, in->op, err, r);
}

int talk_receive(struct init *in, enum link_kind kind, struct link_msg *m, int fds[LINK_FDS], struct report *r)
{
	int err = link_recv(in->link, m, fds, 0);

	if (err == 0) {
		live_take_back(in);
		_exit(1);
	}
	if (err < 0)
		return report_at(r, err, LINK_STAGE_LINK, NULL);
	if (m->kind == kind)
		return 0;
	for (int i = 0; i < LINK_FDS; i++)
		fd_done(&fds[i]);
	return report_at(r, -EPROTO, LINK_STAGE_LINK, NULL);
}

/* 0: the answer is there, with what came with it. */
static int ask_for(struct init *in, enum link_ask what, const int *given, unsigned n_given, struct link_msg *m,
		   int fds[LINK_FDS], struct report *r)
{
	uint32_t seq;
	int err;

	for (int i = 0; i < LINK_FDS; i++)
		fds[i] = -EBADF;
	memset(m, 0, sizeof(*m));
	m->kind = LINK_ASK;
	m->n[0] = what;
	err = talk_send(in, m, given, n_given);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_LINK, NULL);
	seq = in->seq;
	err = talk_receive(in, LINK_ANSWER, m, fds, r);
	if (err < 0)
		return err;
	return m->seq != seq || m->err < 0 ? report_at(r, -EPROTO, LINK_STAGE_LINK, NULL) : -m->err;
}

static int ask(struct init *in, enum link_ask what, const int *given, unsigned n_given, int ret_fds[2],
	       struct report *r)
{
	struct link_msg m;
	int fds[LINK_FDS], err = ask_for(in, what, given, n_given, &m, fds, r);

	for (int i = 0; i < 2; i++)
		ret_fds[i] = err < 0 ? -EBADF : TAKE_FD(fds[i]);
	for (int i = 0; i < LINK_FDS; i++)
		fd_done(&fds[i]);
	return err;
}

int talk_ask_two(struct init *in, enum link_ask what, int ret_fds[2], struct report *r)
{
	return ask(in, what, NULL, 0, ret_fds, r);
}

int talk_ask_with(struct init *in, enum link_ask what, const int fds[2], struct report *r)
{
	int none[2] = { -EBADF, -EBADF }, err = ask(in, what, fds, 2, none, r);

	for (int i = 0; i < 2; i++)
		fd_done(&none[i]);
	return err;
}

int talk_ask(struct init *in, enum link_ask what, int *ret_fd, struct report *r)
{
	int fds[2] = { -EBADF, -EBADF }, err = talk_ask_two(in, what, fds, r);

	if (ret_fd)
		*ret_fd = TAKE_FD(fds[0]);
	for (int i = 0; i < 2; i++)
		fd_done(&fds[i]);
	return err;
}

void talk_take_hook(struct init *in, const struct link_msg *m, int fds[LINK_FDS])
{
	static const unsigned bits[] = { LINK_HOOK_STDOUT, LINK_HOOK_STDERR };
	unsigned n = 0;

	if (fds[0] >= 0) {
		fd_done(&in->state);
		in->state = TAKE_FD(fds[0]);
		n = 1;
	}
	for (int i = 0; i < 2; i++) {
		fd_done(&in->hook_output[i]);
		if (n && n < LINK_FDS && (m->n[1] & bits[i])) {
			in->hook_output[i] = TAKE_FD(fds[n]);
			n++;
		}
	}
	for (int i = 0; i < LINK_FDS; i++)
		fd_done(&fds[i]);
}

int talk_ask_state(struct init *in, struct report *r)
{
	struct link_msg m;
	int fds[LINK_FDS], err = ask_for(in, LINK_ASK_STATE, NULL, 0, &m, fds, r);

	if (err == 0)
		talk_take_hook(in, &m, fds);
	for (int i = 0; i < LINK_FDS; i++)
		fd_done(&fds[i]);
	return err;
}
