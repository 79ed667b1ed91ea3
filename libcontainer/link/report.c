/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What mid and init say about a failure, and their watch on the caller.  Rooms: mid, init. */
#include "link/report.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sys/sys.h"

void report_add(struct report *r, const char *text)
{
	size_t have = strlen(r->text), add = strlen(text);

	if (add > sizeof(r->text) - 1 - have)
		add = sizeof(r->text) - 1 - have;
	memcpy(r->text + have, text, add);
	r->text[have + add] = '\0';
}

int report_at(struct report *r, int err, enum link_stage stage, const char *text)
{
	r->stage = stage;
	r->text[0] = '\0';
	if (text)
		report_add(r, text);
	return err;
}

int report_send(int sock, uint32_t seq, int op, int err, const struct report *r)
{
	struct link_msg m;

	memset(&m, 0, sizeof(m));
	m.kind = LINK_FAILED;
	m.seq = seq;
	m.op = op;
	m.err = err < 0 ? -err : err;
	m.stage = (uint16_t)r->stage;
	m.n[0] = r->n;
	memcpy(m.text, r->text, sizeof(m.text));
	return link_send(sock, &m, NULL, 0);
}

void creator_or_die(int link)
{
	struct pollfd p = { .fd = link };

	(void)sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (sys_poll(&p, 1, 0) != 0)
		_exit(1);
}
