/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request, one answer.  Room: bus. */
#include <signal.h>
#include <sys/prctl.h>

#include "bus/bus.h"

int main(void)
{
	struct request q = { 0 };
	struct connection c = { 0 };

	/* Whoever asked is gone: nothing it asked for should happen any more. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_IGN);
	request_read(0, &q);
	connection_open(&q, &c);
	switch (q.verb) {
	case VERB_START:
		unit_start(&c, &q);
		break;
	case VERB_UPDATE:
		unit_update(&c, &q);
		break;
	case VERB_ATTACH:
		unit_attach(&c, &q);
		break;
	case VERB_STOP:
		unit_stop(&c, &q);
		break;
	case NO_VERB:
		break;
	}
	answer_ok();
}
