/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin as the stand-in for a process; see foreground.h.  Room: the CLI. */
#include <poll.h>
#include <sys/signalfd.h>

#include "base/fd.h"
#include "foreground.h"
#include "log.h"
#include "notify.h"
#include "relay.h"
#include "sys/sys.h"

/* Not caught: those that cannot be, and those that tell of a fault of our own.  Blocked and left alone: what our own
 * reading and writing may cause, and the end of children, which the pidfd tells. */
static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };
static const int ours[] = { SIGPIPE, SIGTTIN, SIGTTOU, SIGCHLD, SIGURG };

int foreground_begin(struct foreground *f, struct lct_err *err)
{
	sigset_t blocked, wanted;

	sigfillset(&blocked);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&blocked, faults[i]);
	wanted = blocked;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		sigdelset(&wanted, ours[i]);
	sigprocmask(SIG_SETMASK, &blocked, &f->mask);
	f->tty = tty_find();
	f->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	if (f->signals < 0)
		return err_sys(err, errno, NULL, "open a signalfd");
	return 0;
}

void foreground_end(struct foreground *f)
{
	if (!f->signals)
		return; /* never begun */
	tty_leave_raw(&f->tty);
	fd_done(&f->signals);
	sigprocmask(SIG_SETMASK, &f->mask, NULL);
}

static bool ends_us(unsigned sig)
{
	return sig == SIGTERM || sig == SIGINT || sig == SIGHUP || sig == SIGQUIT;
}

/* Returns true when one came that should end a program which only delivers what is left. */
static bool take_signals(struct foreground *f, int pidfd, int console)
{
	struct signalfd_siginfo info;
	bool end = false;

	while (sys_read(f->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGWINCH) {
			if (console >= 0)
				tty_copy_size(&f->tty, console);
			continue;
		}
		if (info.ssi_signo == SIGCONT && console >= 0)
			tty_enter_raw(&f->tty);
		/* It may have ended just now; then the pidfd says so next. */
		(void)sys_pidfd_send_signal(pidfd, (int)info.ssi_signo);
		end |= ends_us(info.ssi_signo);
	}
	return end;
}

/* The library keeps what it sees for lct_wait. */
static void look(lct_container *watched)
{
	enum lct_event event;

	(void)lct_watch(watched, 0, &event, NULL);
}

/* What cannot be told is no reason to give the container up. */
static void pass(struct foreground *f)
{
	struct lct_err failed = { 0 };
	int r = notify_pass(f->notify, &failed);

	if (r < 0)
		log_notice("%s", failed.text);
	if (r)
		f->notify = 0;
}

enum { PROCESS, SIGNALS, EVENTS, NOTIFY, RELAY };

static int loop(struct foreground *f, int pidfd, lct_container *watched, struct relay *r)
{
	bool ended = false;

	for (;;) {
		struct pollfd fds[RELAY + RELAY_FDS] = {
			[PROCESS] = { .fd = ended ? -1 : pidfd, .events = POLLIN },
			[SIGNALS] = { .fd = f->signals, .events = POLLIN },
			[EVENTS] = { .fd = watched && !ended ? lct_events_fd(watched) : -1, .events = POLLPRI },
			[NOTIFY] = { .fd = f->notify > 0 ? f->notify : -1, .events = POLLIN },
		};
		int timeout = -1, n;

		if (r)
			timeout = relay_want(r, fds + RELAY);
		n = sys_poll(fds, r ? RELAY + RELAY_FDS : RELAY, timeout);
		if (n < 0 && n != -EINTR)
			return n;
		if (n < 0)
			continue;
		if (fds[SIGNALS].revents && take_signals(f, pidfd, r ? r->console : -EBADF) && ended)
			return 0;
		if (fds[EVENTS].revents)
			look(watched);
		if (fds[NOTIFY].revents)
			pass(f);
		if (fds[PROCESS].revents) {
			ended = true;
			if (!r)
				return 0;
			relay_end(r);
		}
		if (r)
			relay_step(r, fds + RELAY);
		if (ended && relay_finished(r))
			return 0;
	}
}

int foreground_wait(struct foreground *f, int pidfd, int console, lct_container *watched, struct lct_err *err)
{
	struct relay relay;
	int r;

	if (console < 0) { /* its descriptors are ours: nothing to relay */
		r = loop(f, pidfd, watched, NULL);
	} else {
		r = relay_open(&relay, STDIN_FILENO, STDOUT_FILENO, console);
		tty_copy_size(&f->tty, console);
		tty_enter_raw(&f->tty);
		if (r >= 0)
			r = loop(f, pidfd, watched, &relay);
		relay_close(&relay);
		tty_leave_raw(&f->tty);
	}
	return r < 0 ? err_sys(err, -r, NULL, "wait for the process") : 0;
}
