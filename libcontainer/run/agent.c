/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The seccomp agent: connected to before anything is filtered, so that one that is not there is an error of create; what
 * it is told is written here, too (runtime-spec config-linux.md, "The Container Process State"), and sent by init, with
 * the listener, when the filter is loaded.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "json/json.h"
#include "sys/sys.h"

/* An agent that does not read must not hold init for ever: socket(7), SO_SNDTIMEO. */
enum { PATIENCE_S = 10 };

static int message(const struct talk *t, const char *metadata)
{
	_cleanup_buf_ struct buf b = { 0 };
	pid_t pid = t->rec->init.pid ? t->rec->init.pid : t->init_pid; /* of the container, not of an exec's process */
	char *state = state_document(t->rec, t->state, pid, false);

	if (!state)
		return -ENOMEM;
	buf_str(&b, "{\"ociVersion\":");
	json_put_string(&b, lct_spec_version());
	buf_printf(&b, ",\"fds\":[\"seccompFd\"],\"pid\":%d,\"metadata\":", (int)t->init_pid);
	json_put_string(&b, metadata ? metadata : "");
	buf_str(&b, ",\"state\":");
	buf_str(&b, state);
	buf_char(&b, '}');
	free(state);
	return buf_ok(&b) ? memfd_sealed("kin-agent", b.data, b.len, false) : -ENOMEM;
}

static int connected(const char *path, int64_t deadline_ns)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	autofd sock = socket_connect(path, deadline_ns);
	int r = sock < 0 ? sock : sys_nonblock(sock, false);

	if (r == 0 && setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0)
		r = -errno;
	return r < 0 ? r : TAKE_FD(sock);
}

int agent_ask(const struct talk *t, const struct plan_op *op, int ret_fds[2], struct lct_err *err)
{
	const char *path = plan_data(t->plan, op->s[0]), *where = plan_data(t->plan, op->where);

	ret_fds[0] = connected(path, t->deadline);
	if (ret_fds[0] < 0)
		return err_sys(err, ret_fds[0], where, "connect to the seccomp agent at %s", path);
	ret_fds[1] = message(t, plan_has(op->s[1]) ? plan_data(t->plan, op->s[1]) : NULL);
	return ret_fds[1] < 0 ? err_sys(err, ret_fds[1], where, "message for the seccomp agent") : 0;
}
