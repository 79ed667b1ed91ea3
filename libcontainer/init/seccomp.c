/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loading the filter.  Where it asks an agent, the kernel makes the listener in the very call after which every call of
 * ours may be one that waits for the agent's answer, or one that the filter denies: the listener cannot be left to us to
 * hand over.  A thread made just before is under no filter and shares our descriptors: it sends the listener, while we do
 * nothing but look at memory.  So no profile can lock us up, whatever it asks about.  Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { INSN = 8 /* sizeof(struct sock_filter) */, STACK = 64 * 1024, LOOK_NS = 20000, NOT_YET = -EINPROGRESS };

/* Shared with the thread. */
struct courier {
	int listener; /* NOT_YET, then what seccomp(2) said */
	pid_t tid; /* cleared by the kernel when the thread has ended */
	int agent, text_fd, sent; /* the socket; where the text is mapped from; 0 or -errno */
	const char *text;
	size_t len;
};

int init_ask_agent(struct init *in, const struct plan_op *op, struct report *r)
{
	int fds[2] = { -EBADF, -EBADF }, err = talk_ask_two(in, LINK_ASK_AGENT, fds, r);

	(void)op;
	in->agent = fds[0];
	in->agent_text = fds[1];
	if (err < 0)
		return err;
	return in->agent < 0 || in->agent_text < 0 ? report_at(r, -EPROTO, LINK_STAGE_LINK, NULL) : 0;
}

/* The listener goes with the first byte; the socket has a timeout of its own. */
static int send_all(const struct courier *c)
{
	size_t at = 0;

	while (at < c->len) {
		ssize_t n = sys_send_fd(c->agent, c->text + at, c->len - at, at ? -EBADF : c->listener);

		if (n <= 0)
			return n < 0 ? (int)n : -EPIPE;
		at += (size_t)n;
	}
	return 0;
}

/* The agent may wait for the end of the connection before it answers: even close(2) is done here. */
static void deliver(struct courier *c)
{
	c->sent = send_all(c);
	fd_done(&c->agent);
	fd_done(&c->listener);
	fd_done(&c->text_fd);
}

static int courier_main(void *arg)
{
	struct courier *c = arg;
	int listener;

	while ((listener = __atomic_load_n(&c->listener, __ATOMIC_ACQUIRE)) == NOT_YET)
		sys_nap_ns(LOOK_NS);
	if (listener >= 0)
		deliver(c);
	return 0;
}

static int courier_start(struct courier *c)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
			  CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	void *stack;
	int err = sys_map(-1, STACK, &stack);

	if (err < 0)
		return err;
	return sys_clone_thread(courier_main, (char *)stack + STACK, flags, c, &c->tid);
}

/* Without a single system call. */
static void courier_await(const struct courier *c)
{
	while (__atomic_load_n(&c->tid, __ATOMIC_ACQUIRE))
		__asm__ volatile("" ::: "memory");
}

static int load(const struct init *in, const struct plan_op *op)
{
	return sys_seccomp_filter(op_str(in, op, 0), op->s[0].len / INSN, op->n[0]);
}

static int load_and_send(struct init *in, const struct plan_op *op, struct courier *c, struct report *r)
{
	int listener, threaded = courier_start(c);

	listener = load(in, op);
	__atomic_store_n(&c->listener, listener, __ATOMIC_RELEASE);
	if (threaded >= 0)
		courier_await(c);
	/* No room for a thread (RLIMIT_NPROC, pids.max): then it is ours to send, if the filter lets us. */
	else if (listener >= 0)
		deliver(c);
	if (listener == -EBUSY)
		return report_at(r, listener, LINK_STAGE_OP, "an agent has a filter of ours already");
	if (listener < 0)
		return listener;
	return c->sent < 0 ? report_at(r, c->sent, LINK_STAGE_OP, "hand it to the agent") : 0;
}

int init_seccomp(struct init *in, const struct plan_op *op, struct report *r)
{
	struct courier c;
	struct stat st;
	void *text;
	int err;

	if (!(op->n[0] & KSECCOMP_NEW_LISTENER))
		return load(in, op);
	err = sys_fstat(in->agent_text, &st);
	if (err == 0)
		err = sys_map(in->agent_text, (size_t)st.st_size, &text);
	if (err < 0)
		return err;
	memset(&c, 0, sizeof(c));
	c.listener = NOT_YET;
	c.agent = TAKE_FD(in->agent);
	c.text_fd = TAKE_FD(in->agent_text);
	c.text = text;
	c.len = (size_t)st.st_size;
	return load_and_send(in, op, &c, r);
}
