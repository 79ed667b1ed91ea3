/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The caller's side of the link (link/link.h has the sequence): starts the intermediate and answers until init is
 * ready, committed, or has executed the program.  Every wait polls the peer's pidfd beside the socket and has a
 * deadline.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/sys.h"

extern const char kin_init_start[] __attribute__((visibility("hidden")));
extern const uint64_t kin_init_size __attribute__((visibility("hidden")));

/* ---- beginning ---- */

static int send_setup(struct talk *t, const struct talk_setup *s, int plan, struct lct_err *err)
{
	struct link_msg m = { .kind = LINK_SETUP, .op = -1, .n = { LINK_SETUP_PLAN, 3 + s->preserve } };
	int fds[LINK_FDS] = { plan }, r;
	unsigned n = 1;

	if (s->cgroup >= 0) {
		m.n[0] |= LINK_SETUP_CGROUP;
		fds[n++] = s->cgroup;
	}
	if (s->target >= 0) {
		m.n[0] |= LINK_SETUP_TARGET;
		fds[n++] = s->target;
	}
	if (s->gate >= 0) {
		m.n[0] |= LINK_SETUP_GATE;
		fds[n++] = s->gate;
	}
	r = link_send(t->link, &m, fds, n);
	return r < 0 ? err_sys(err, r, NULL, "send the plan") : 0;
}

/* A caller may have 0, 1 or 2 closed: the container gets /dev/null there, never one of our descriptors. */
static int fill_stdio(const int *given, int ret[3], int *null, struct lct_err *err)
{
	for (int i = 0; i < 3; i++) {
		ret[i] = given ? given[i] : i;
		if (fcntl(ret[i], F_GETFD) >= 0)
			continue;
		if (*null < 0) {
			autofd fd = sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0);

			*null = fd < 0 ? fd : sys_dup_above(fd, 3);
			if (*null < 0)
				return err_sys(err, *null, "/dev/null", "open");
		}
		ret[i] = *null;
	}
	return 0;
}

static int start_mid(struct talk *t, const struct talk_setup *s, int far, struct lct_err *err)
{
	autofd program = -EBADF, null = -EBADF;
	char number[12], *const argv[] = { (char *)"kin-init", number, NULL }, *const envp[] = { NULL };
	struct child c = { .argv = argv, .envp = envp, .cwd = -EBADF, .keep = far, .preserve = s->preserve };
	int r = fill_stdio(s->stdio, c.stdio, &null, err);

	if (r < 0)
		return r;
	program = memfd_sealed("kin-init", kin_init_start, (size_t)kin_init_size, true);
	if (program < 0)
		return err_sys(err, program, NULL, "make the sealed kin-init");
	snprintf(number, sizeof(number), "%d", far);
	c.exec_fd = program;
	t->mid_pid = child_spawn(&c, &t->mid);
	return t->mid_pid < 0 ? err_sys(err, t->mid_pid, NULL, "execute kin-init") : 0;
}

int talk_setup(struct talk *t, const struct talk_setup *s, struct lct_err *err)
{
	autofd plan = memfd_sealed("kin-plan", t->plan, t->plan_len, false);

	return plan < 0 ? err_sys(err, plan, NULL, "seal the plan") : send_setup(t, s, plan, err);
}

int talk_open(struct talk *t, const struct talk_setup *s, struct lct_err *err)
{
	autofd far = -EBADF;
	int pair[2], r;

	t->link = t->mid = t->init = t->console = t->userns = -EBADF;
	t->deadline = run_deadline(t->timeout_ms);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, errno, NULL, "make the link");
	t->link = pair[0];
	far = pair[1];
	if ((unsigned)far < 3 + s->preserve) { /* the container's numbers are not ours to take */
		r = sys_dup_above(far, (int)(3 + s->preserve));
		if (r < 0)
			return err_sys(err, r, NULL, "place the link above the preserved descriptors");
		fd_done(&far);
		far = r;
	}
	/* It finds its instructions there already: no round trip. */
	r = s->hold ? 0 : talk_setup(t, s, err);
	return r < 0 ? r : start_mid(t, s, far, err);
}

/* ---- reading ---- */

static int died(int *pidfd, pid_t pid, const char *who, struct lct_err *err)
{
	struct lct_outcome how = { 0 };

	/* End-of-file comes a moment before the pidfd says it. */
	(void)pidfd_wait_until(*pidfd, run_deadline(1000));
	run_observe(*pidfd, pid, &how);
	fd_done(pidfd);
	return words_died(who, &how, err);
}

static const char *peer(const struct talk *t)
{
	return t->init >= 0 ? "init" : "the intermediate process";
}

static int peer_died(struct talk *t, struct lct_err *err)
{
	return t->init >= 0 ? died(&t->init, t->init_pid, "init", err) : died(&t->mid, t->mid_pid, peer(t), err);
}

/* Next message: 1; 0 when nothing more will come: end-of-file, or the peer has ended; or -errno with *err. */
static int next(struct talk *t, struct link_msg *m, int fds[LINK_FDS], struct lct_err *err)
{
	for (;;) {
		struct pollfd p[2] = { { .fd = t->link, .events = POLLIN },
				       { .fd = t->init >= 0 ? t->init : t->mid, .events = POLLIN } };
		int64_t left = (t->deadline - clock_now_ns()) / 1000000 + 1;
		int r = sys_poll(p, 2, left <= 0 ? 0 : left > 3600000 ? 3600000 : (int)left);

		if (r < 0 && r != -EINTR)
			return err_sys(err, r, NULL, "poll the link");
		if (r > 0) { /* what was said before the end comes first */
			r = link_recv(t->link, m, fds, MSG_DONTWAIT);
			if (r >= 0 || (r == -EAGAIN && p[1].revents))
				return r > 0;
			if (r != -EAGAIN)
				return err_sys(err, r, NULL, "message from %s", peer(t));
		}
		if (clock_now_ns() >= t->deadline)
			return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL, "%s did not answer within %d ms", peer(t),
				       t->timeout_ms);
	}
}

static int unexpected(const struct link_msg *m, struct lct_err *err)
{
	return err_set(err, LCT_E_DIED, EPROTO, NULL, "unexpected message %u from init", m->kind);
}

/* ---- answers ---- */

static int take_spawned(struct talk *t, const struct link_msg *m, int fds[LINK_FDS], struct lct_err *err)
{
	if (t->init >= 0 || m->n_fds != 1 || m->n[0] < 2 || m->n[0] > INT32_MAX)
		return unexpected(m, err);
	t->init = TAKE_FD(fds[0]);
	t->init_pid = (pid_t)m->n[0];
	return t->after_spawn ? t->after_spawn(t->arg, err) : 0;
}

static const struct plan_op *op_of(const struct talk *t, int op)
{
	const struct plan_head *h = t->plan;

	return op >= 0 && (uint32_t)op < h->n_mid + h->n_init ? &plan_ops(t->plan)[op] : NULL;
}

static int open_source(struct talk *t, const struct link_msg *m, struct lct_err *err)
{
	const struct plan_op *op = op_of(t, m->op);

	return op && op->code == PLAN_MOUNT_BIND ? source_open(t, op, err) : unexpected(m, err);
}

static int begin_hooks(struct talk *t, struct lct_err *err)
{
	if (t->hooked)
		return 0;
	t->hooked = true;
	return t->before_hooks ? t->before_hooks(t->arg, err) : 0;
}

static int run_hooks(struct talk *t, struct lct_err *err)
{
	char *doc = state_document(t->rec, STATE_CREATING, t->init_pid, false);
	const struct hooks_order o = { t->spec->hooks, t->rec, doc, t->environment, t->output };
	int r = doc ? 0 : err_nomem(err);

	for (int kind = SPEC_HOOK_PRESTART; r == 0 && kind <= SPEC_HOOK_CREATE_RUNTIME; kind++)
		r = hooks_run(&o, (enum spec_hook_kind)kind, err);
	free(doc);
	return r;
}

static int ask_agent(const struct talk *t, const struct link_msg *m, int ret_fds[2], struct lct_err *err)
{
	const struct plan_op *op = op_of(t, m->op);

	return op && op->code == PLAN_ASK_AGENT ? agent_ask(t, op, ret_fds, err) : unexpected(m, err);
}

/* What only the initial user namespace's capabilities allow: sched(7), ioprio_set(2). */
static int set_priority(const struct talk *t, const struct link_msg *m, struct lct_err *err)
{
	const struct plan_op *op = op_of(t, m->op);
	struct ksched_attr attr;
	int r;

	if (!op || !(op->flags & PLAN_F_ASK) || (op->code != PLAN_SCHEDULER && op->code != PLAN_IO_PRIORITY) ||
	    t->init < 0)
		return unexpected(m, err);
	if (op->code == PLAN_IO_PRIORITY) {
		r = sys_ioprio_set(t->init_pid, (unsigned)op->n[0], (unsigned)op->n[1]);
	} else {
		plan_sched_attr(op, &attr);
		r = sys_sched_setattr(t->init_pid, &attr);
	}
	return r < 0 ? err_sys(err, r, plan_data(t->plan, op->where), "%s", plan_code_verb(op->code)) : 0;
}

static int move_devices(struct talk *t, const struct link_msg *m, int given[LINK_FDS], struct lct_err *err)
{
	if (!t->spec || !t->devices || t->devices->moved || m->n_fds != 2)
		return unexpected(m, err);
	return netdevices_move(t->devices, t->arena, t->spec, TAKE_FD(given[0]), TAKE_FD(given[1]), err);
}

static int answer(struct talk *t, const struct link_msg *ask, int given[LINK_FDS], struct lct_err *err)
{
	struct link_msg m = { .kind = LINK_ANSWER, .seq = ask->seq, .op = ask->op };
	autofd fd = -EBADF, second = -EBADF;
	int fds[LINK_FDS] = { -EBADF, -EBADF, -EBADF, -EBADF }, r = 0;
	unsigned n;

	switch (ask->n[0]) {
	case LINK_ASK_IDMAP:
		r = idmap_write(t->host, t->needs, t->init_pid, t->deadline, err);
		break;
	case LINK_ASK_TREE:
		fd = r = open_source(t, ask, err);
		break;
	case LINK_ASK_HOOKS:
		r = t->spec ? begin_hooks(t, err) : unexpected(ask, err);
		if (r == 0)
			r = run_hooks(t, err);
		break;
	case LINK_ASK_STATE:
		r = begin_hooks(t, err);
		if (r == 0)
			fd = r = state_memfd(t->rec, STATE_CREATING, t->init_pid);
		break;
	case LINK_ASK_NETDEVICES:
		r = move_devices(t, ask, given, err);
		break;
	case LINK_ASK_AGENT:
		r = ask_agent(t, ask, fds, err);
		fd = fds[0];
		second = fds[1];
		break;
	case LINK_ASK_PRIORITY:
		r = set_priority(t, ask, err);
		break;
	default:
		return unexpected(ask, err);
	}
	if (r < 0 && ask->n[0] != LINK_ASK_TREE)
		return r;
	if (r == -EPROTO)
		return r;
	m.err = r < 0 ? -r : 0;
	/* A missing source is init's to judge (it may be optional); *err already has the words for it. */
	fds[0] = fd;
	n = second >= 0 ? 2 : fd >= 0 ? 1 : 0;
	if (ask->n[0] == LINK_ASK_STATE)
		n = hook_output_give(t->output, fd, &m, fds);
	r = link_send(t->link, &m, fds, n);
	if (r < 0)
		return err_sys(err, r, NULL, "answer init");
	if (m.err && !(op_of(t, ask->op)->flags & PLAN_F_OPTIONAL))
		return -m.err;
	t->deadline = run_deadline(t->timeout_ms);
	return 0;
}

static int take_console(struct talk *t, const struct link_msg *m, int fds[LINK_FDS], struct lct_err *err)
{
	if (m->n_fds != 1)
		return unexpected(m, err);
	if (t->console_socket)
		return console_send(t->console_socket, fds[0], m->text, t->deadline, err);
	console_plain(fds[0]);
	t->console = TAKE_FD(fds[0]);
	return 0;
}

static int take_mounted(struct talk *t, const struct link_msg *m, struct lct_err *err)
{
	if (!t->mounted || m->n[1] >= PLAN_MAX_HELD)
		return unexpected(m, err);
	t->mounted[m->n[1]] = m->n[0];
	return 0;
}

/* ---- the three stretches ---- */

/* The intermediate exited when it had said SPAWNED: reaped here, unless the host program's own wait for any child was
 * faster. */
static int reap_mid(struct talk *t, const struct link_msg *m, struct lct_err *err)
{
	struct lct_outcome how;

	if (t->init < 0)
		return unexpected(m, err);
	(void)pidfd_wait_until(t->mid, t->deadline);
	run_observe(t->mid, 0, &how);
	fd_done(&t->mid);
	return 0;
}

int talk_until_ready(struct talk *t, struct lct_err *err)
{
	for (;;) {
		struct link_msg m;
		int fds[LINK_FDS] __attribute__((unused));
		int r = next(t, &m, fds, err);

		if (r <= 0)
			return r < 0 ? r : peer_died(t, err);
		switch (m.kind) {
		case LINK_SPAWNED:
			r = take_spawned(t, &m, fds, err);
			break;
		case LINK_ASK:
			r = answer(t, &m, fds, err);
			break;
		case LINK_CONSOLE:
			r = take_console(t, &m, fds, err);
			break;
		case LINK_MOUNTED:
			r = take_mounted(t, &m, err);
			break;
		case LINK_READY:
			return reap_mid(t, &m, err);
		case LINK_FAILED:
			r = words_failed(t, &m, err);
			break;
		default:
			r = unexpected(&m, err);
		}
		for (int i = 0; i < LINK_FDS; i++)
			fd_done(&fds[i]);
		if (r < 0)
			return r;
	}
}

int talk_commit(struct talk *t, bool start, int state, struct lct_err *err)
{
	struct link_msg m = { .kind = LINK_COMMIT, .op = -1, .n = { start } };
	int fds[LINK_FDS], r;
	unsigned n;

	n = hook_output_give(t->output, state, &m, fds);
	r = link_send(t->link, &m, fds, n);
	if (r < 0)
		return err_sys(err, r, NULL, "send COMMIT");
	if (start)
		return 0; /* the exec itself acknowledges it, or a FAILED */
	r = next(t, &m, fds, err);
	if (r <= 0)
		return r < 0 ? r : peer_died(t, err);
	for (int i = 0; i < LINK_FDS; i++)
		fd_done(&fds[i]);
	if (m.kind == LINK_FAILED)
		return words_failed(t, &m, err);
	return m.kind == LINK_COMMITTED ? 0 : unexpected(&m, err);
}

/*
 * End-of-file alone could be a death whose pidfd is not readable yet, and a program that has ended already is no
 * failure: the kernel is asked whether init has executed.  A process that is gone altogether (this is not its parent)
 * said STARTING and no FAILED; without hooks there was nothing but the exec in between.
 */
static int judge(struct talk *t, bool starting, bool hooks, struct lct_err *err)
{
	int r = exec_confirmed(t->init_pid);

	if (r == 1 || (r == -ESRCH && starting && !hooks))
		return 0;
	return peer_died(t, err);
}

int talk_until_exec(struct talk *t, bool starting, bool hooks, struct lct_err *err)
{
	for (;;) {
		struct link_msg m;
		int fds[LINK_FDS], r = next(t, &m, fds, err);

		if (r <= 0)
			return r < 0 ? r : judge(t, starting, hooks, err);
		for (int i = 0; i < LINK_FDS; i++)
			fd_done(&fds[i]);
		if (m.kind == LINK_FAILED) {
			r = words_failed(t, &m, err);
			/* It ends by itself.  A shim must not hear of the failure before it hears of the end: dockerd asks
			 * at once, and never removes what is not stopped. */
			(void)pidfd_wait_until(t->init, t->deadline);
			return r;
		}
		if (m.kind != LINK_STARTING)
			return unexpected(&m, err);
		starting = true;
	}
}

/* ---- the end ---- */

static void put_down(int *pidfd)
{
	siginfo_t si;

	if (*pidfd < 0)
		return;
	(void)sys_pidfd_send_signal(*pidfd, SIGKILL);
	if (pidfd_wait_until(*pidfd, run_deadline(10000)) == 1)
		(void)sys_waitid_pidfd(*pidfd, &si, WEXITED | WNOHANG);
	fd_done(pidfd);
}

void talk_abort(struct talk *t)
{
	/* mid first: a mid that lives could still make an init, which end-of-file would then end. */
	put_down(&t->mid);
	fd_done(&t->link);
	put_down(&t->init);
	fd_done(&t->console);
	fd_done(&t->userns);
}

void talk_dismiss(struct talk *t)
{
	put_down(&t->mid);
	fd_done(&t->link);
}

void talk_close(struct talk *t)
{
	fd_done(&t->link);
	fd_done(&t->mid);
	fd_done(&t->init);
	fd_done(&t->console);
	fd_done(&t->userns);
}
