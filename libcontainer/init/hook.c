/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hooks that run in the container's namespaces (createContainer, startContainer): a process group each, the state
 * document on stdin, a deadline, and the end of what it printed for the error message.  Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

/* A hook without a timeout may take long, but not for ever. */
enum { LONGEST_MS = 3600 * 1000 };

struct hook {
	const char *path;
	char **argv, **envp;
	int *exec_errno; /* in a shared page: says that it was not the hook's own exit status */
	pid_t pid;
	int pidfd, output;
	int64_t deadline;
};

int init_ask_hooks(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)op;
	return talk_ask(in, LINK_ASK_HOOKS, NULL, r);
}

int init_ask_state(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)op;
	return talk_ask_state(in, r);
}

/* In the hook's process: init's memory, but nothing is kept of it. */
_Noreturn static void become_hook(const struct init *in, const struct hook *h, int output)
{
	int err = sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);

	if (err == 0)
		err = sys_setpgid(0, 0);
	if (err == 0 && in->root >= 0) { /* before pivot_root: the hook's directory is the root to be */
		(void)umask(022);
		err = sys_fchdir(in->root);
	}
	if (err == 0)
		err = sys_dup3(in->state, 0, 0);
	if (err >= 0)
		err = sys_dup3(in->hook_output[0] >= 0 ? in->hook_output[0] : output, 1, 0);
	if (err >= 0)
		err = sys_dup3(in->hook_output[1] >= 0 ? in->hook_output[1] : output, 2, 0);
	/* Also what is preserved for the program. */
	if (err >= 0)
		err = sys_close_range(3, ~0u, KCLOSE_RANGE_CLOEXEC);
	if (err >= 0)
		err = sys_execve(h->path, h->argv, h->envp);
	*h->exec_errno = -err;
	_exit(127);
}

static int spawn(struct init *in, struct hook *h)
{
	struct kclone_args args = { .flags = KCLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)&h->pidfd };
	autofd far = -EBADF;
	int pipe[2], err;

	if (in->state < 0) {
		in->state = sys_memfd("state", KMFD_CLOEXEC); /* nobody gave a document: stdin is empty */
		if (in->state < 0)
			return in->state;
	}
	err = sys_rewind(in->state);
	if (err == 0)
		err = sys_pipe(pipe);
	if (err < 0)
		return err;
	h->output = pipe[0];
	far = pipe[1];
	err = sys_nonblock(h->output, true);
	if (err < 0)
		return err;
	h->pid = sys_clone3(&args);
	if (h->pid == 0)
		become_hook(in, h, far);
	/* Both sides do it: whoever is first, the group exists before anybody may have to kill it. */
	if (h->pid > 0)
		(void)sys_setpgid(h->pid, h->pid);
	return h->pid < 0 ? h->pid : 0;
}

/* Keeps the last bytes, as one line.  False at the end of it. */
static bool take_output(int fd, char tail[LINK_TEXT])
{
	char chunk[1024];
	ssize_t n = sys_read(fd, chunk, sizeof(chunk));
	size_t have = strlen(tail), keep, add;

	if (n <= 0)
		return n == -EAGAIN;
	add = (size_t)n < LINK_TEXT - 1 ? (size_t)n : LINK_TEXT - 1;
	for (size_t i = (size_t)n - add; i < (size_t)n; i++) {
		if ((unsigned char)chunk[i] < ' ')
			chunk[i] = ' ';
	}
	keep = have < LINK_TEXT - 1 - add ? have : LINK_TEXT - 1 - add;
	memmove(tail, tail + have - keep, keep);
	memcpy(tail + keep, chunk + n - add, add);
	tail[keep + add] = '\0';
	return true;
}

static void drain(int fd, char tail[LINK_TEXT])
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	/* Bounded: a daemon of the hook's may hold the pipe and write for ever. */
	for (int i = 0; i < 64 && sys_poll(&p, 1, 0) > 0 && take_output(fd, tail); i++)
		;
	for (size_t len = strlen(tail); len && tail[len - 1] == ' ';)
		tail[--len] = '\0';
}

static void put_down(const struct hook *h)
{
	(void)sys_kill(-h->pid, SIGKILL); /* not reaped yet: the number is still its group's */
	(void)sys_pidfd_send_signal(h->pidfd, SIGKILL);
}

/* 0 when it has ended, -ETIMEDOUT when it had to be ended. */
static int wait_for(struct init *in, struct hook *h, char tail[LINK_TEXT])
{
	bool reading = true;

	for (;;) {
		struct pollfd p[3] = { { .fd = h->pidfd, .events = POLLIN },
				       { .fd = reading ? h->output : -1, .events = POLLIN },
				       { .fd = in->committed ? -1 : in->link } };
		int64_t left = (h->deadline - sys_monotonic_ns()) / 1000000 + 1;
		int r = sys_poll(p, 3, left > 0 ? (int)left : 0);

		if (r < 0 && r != -EINTR)
			return r;
		if (r > 0 && p[2].revents) { /* the caller is gone */
			put_down(h);
			_exit(1);
		}
		if (r > 0 && p[0].revents)
			return 0;
		if (r > 0 && p[1].revents)
			reading = take_output(h->output, tail);
		if (sys_monotonic_ns() >= h->deadline)
			return -ETIMEDOUT;
	}
}

static int judge(const struct hook *h, int waited, struct report *r)
{
	siginfo_t si;
	int err;

	if (waited < 0)
		put_down(h);
	err = sys_waitid_pidfd(h->pidfd, &si, WEXITED);
	if (waited < 0) {
		r->stage = waited == -ETIMEDOUT ? LINK_STAGE_HOOK_TIMEOUT : LINK_STAGE_OP;
		return waited;
	}
	if (err < 0)
		return err;
	if (*h->exec_errno)
		return report_at(r, -*h->exec_errno, LINK_STAGE_HOOK_EXEC, h->path);
	if (si.si_code == CLD_EXITED && si.si_status == 0)
		return 0;
	r->stage = LINK_STAGE_HOOK_EXIT;
	/* As wait(2) encodes it. */
	r->n = si.si_code == CLD_EXITED ? (uint64_t)(si.si_status & 0xff) << 8
					: (uint64_t)(si.si_status & 0x7f) | (si.si_code == CLD_DUMPED ? 0x80 : 0);
	return -ECHILD;
}

int init_hook(struct init *in, const struct plan_op *op, struct report *r)
{
	struct hook h = { .path = op_str(in, op, 0), .pidfd = -EBADF, .output = -EBADF };
	uint64_t ms = op->n[0] && op->n[0] < LONGEST_MS ? op->n[0] : LONGEST_MS;
	void *page;
	int err = sys_map(-1, sizeof(*h.exec_errno), &page);

	if (err == 0)
		err = strings_map(op_str(in, op, 1), op->n[1], &h.argv);
	if (err == 0)
		err = strings_map(op_str(in, op, 2), op->n[2], &h.envp);
	if (err < 0)
		return err;
	h.exec_errno = page;
	h.deadline = sys_monotonic_ns() + (int64_t)ms * 1000000;
	err = spawn(in, &h);
	if (err == 0) {
		err = wait_for(in, &h, r->text);
		drain(h.output, r->text);
		err = judge(&h, err, r);
	}
	fd_done(&h.pidfd);
	fd_done(&h.output);
	return err;
}
