/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From init's report (op, stage, errno) to one line for a person.  Callers match parts of these texts
 * case-sensitively (Docker's exit codes 126 and 127, Podman's error classes).  Room: run.
 */
#include "run/run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define PREFIX "unable to start container process: "

static const char *signal_word(int sig)
{
	static const char *const names[] = {
		[SIGHUP] = "HUP",   [SIGINT] = "INT",	[SIGQUIT] = "QUIT", [SIGILL] = "ILL",	[SIGTRAP] = "TRAP",
		[SIGABRT] = "ABRT", [SIGBUS] = "BUS",	[SIGFPE] = "FPE",   [SIGKILL] = "KILL", [SIGUSR1] = "USR1",
		[SIGSEGV] = "SEGV", [SIGUSR2] = "USR2", [SIGPIPE] = "PIPE", [SIGALRM] = "ALRM", [SIGTERM] = "TERM",
		[SIGXCPU] = "XCPU", [SIGXFSZ] = "XFSZ", [SIGSYS] = "SYS",
	};

	return sig > 0 && (size_t)sig < sizeof(names) / sizeof(names[0]) && names[sig] ? names[sig] : "?";
}

int words_died(const char *who, const struct lct_outcome *how, struct lct_err *err)
{
	switch (how->how) {
	case LCT_EXIT_CODE:
		return err_set(err, LCT_E_DIED, EPIPE, NULL, PREFIX "%s exited with status %d without a report", who,
			       how->status);
	case LCT_EXIT_SIGNAL:
		return err_set(err, LCT_E_DIED, EPIPE, NULL, PREFIX "%s was killed by signal %d (SIG%s)", who,
			       how->status, signal_word(how->status));
	default:
		return err_set(err, LCT_E_DIED, EPIPE, NULL, PREFIX "%s ended without a report", who);
	}
}

int words_oom(int r, int cgroup, struct lct_err *err)
{
	autofd events = r < 0 && cgroup >= 0 ? oom_open(cgroup) : -EBADF;
	struct oom_counts seen;
	struct lct_err was;

	if (!err || events < 0 || oom_read(events, &seen) < 0 || !seen.kills || seen.kills == USAGE_NONE)
		return r;
	was = *err;
	(void)err_set(err, (enum lct_code)was.code, was.errnum, NULL,
		      "%s: out of memory: the kernel killed a process of the container, whose memory limit is too low",
		      was.text);
	memcpy(err->where, was.where, sizeof(err->where));
	return r;
}

/* The user's program: exec: "NAME": ... */
static int program_words(const struct link_msg *m, const char *name, struct lct_err *err)
{
	const char *what = errno_text(m->err);

	if (m->stage == LINK_STAGE_LOOKUP_PATH && m->err == ENOENT)
		return err_set(err, LCT_E_PROGRAM, m->err, NULL,
			       PREFIX "exec: \"%s\": executable file not found in $PATH", name);
	if (m->stage == LINK_STAGE_LOOKUP_FILE && m->err == ENOENT)
		return err_set(err, LCT_E_PROGRAM, m->err, NULL, PREFIX "exec: \"%s\": stat %s: %s", name, name, what);
	if (m->err == EISDIR) /* execve(2) says EACCES, and Podman looks for its words: 126 */
		return err_set(err, LCT_E_PROGRAM, EACCES, NULL,
			       PREFIX "exec: \"%s\": is a directory: permission denied", name);
	return err_set(err, LCT_E_PROGRAM, m->err, NULL, PREFIX "exec: \"%s\": %s", name, what);
}

static int hook_words(const struct talk *t, const struct link_msg *m, const char *where, const char *path,
		      struct lct_err *err)
{
	const char *sep = m->text[0] ? ": " : "";
	int status = (int)m->n[0];
	char buf[256];
	const char *went = hook_output_words(t->rec, buf, sizeof(buf));

	switch (m->stage) {
	case LINK_STAGE_HOOK_TIMEOUT:
		return err_set(err, LCT_E_HOOK, ETIMEDOUT, where, "hook %s did not end within its timeout%s%s%s", path,
			       went, sep, m->text);
	case LINK_STAGE_HOOK_EXIT:
		if (WIFSIGNALED(status))
			return err_set(err, LCT_E_HOOK, ECANCELED, where, "hook %s was killed by signal %d%s%s%s", path,
				       WTERMSIG(status), went, sep, m->text);
		return err_set(err, LCT_E_HOOK, ECANCELED, where, "hook %s ended with exit status %d%s%s%s", path,
			       WEXITSTATUS(status), went, sep, m->text);
	default:
		return err_set(err, LCT_E_HOOK, m->err, where, "hook %s: %s", path, errno_text(m->err));
	}
}

/* What the op is about: its destination where it has one. */
static const char *subject(const struct plan_op *op, const void *plan)
{
	switch (op->code) {
	case PLAN_MOUNT_FS:
	case PLAN_MOUNT_BIND:
	case PLAN_MOUNT_CGROUP:
	case PLAN_REMOUNT:
	case PLAN_ATTACH:
	case PLAN_FIND:
	case PLAN_UNMOUNT:
	case PLAN_SYMLINK:
		return plan_data(plan, op->s[1]);
	case PLAN_APPARMOR:
	case PLAN_SELINUX:
	case PLAN_NS_OPEN:
	case PLAN_ROOT:
	case PLAN_MKDIR:
	case PLAN_DEV_NODE:
	case PLAN_SYSCTL:
	case PLAN_READONLY_PATH:
	case PLAN_MASK_PATH:
	case PLAN_CHDIR:
		return plan_data(plan, op->s[0]);
	case PLAN_RLIMIT:
	case PLAN_RLIMIT_RAISE:
		return spec_rlimit_name((int)op->n[0]);
	default:
		return "";
	}
}

static const char *stage_words(const struct link_msg *m, const struct plan_op *op, const void *plan, char *buf,
			       size_t size)
{
	switch (m->stage) {
	case LINK_STAGE_DEST:
		return ": destination";
	case LINK_STAGE_SOURCE:
		snprintf(buf, size, ": source %s", plan_has(op->s[0]) ? plan_data(plan, op->s[0]) : "");
		return buf;
	case LINK_STAGE_OPTION:
		return ": option";
	case LINK_STAGE_ATTACH:
		return ": attach";
	case LINK_STAGE_ATTR:
		return ": set attributes";
	case LINK_STAGE_CWD_OUTSIDE:
		return ": the directory is not inside the container";
	default:
		return "";
	}
}

static int op_words(const struct link_msg *m, const struct plan_op *op, const void *plan, struct lct_err *err)
{
	const char *where = plan_data(plan, op->where), *given = subject(op, plan), *of = given ? given : "";
	const char *fs = op->code == PLAN_MOUNT_FS ? plan_data(plan, op->s[0]) : "";
	char place[192], source[256];

	snprintf(place, sizeof(place), "%s%s%s%s", where, of[0] ? " (" : "", of, of[0] ? ")" : "");
	return err_set(err, LCT_E_SYSTEM, m->err, place, "%s%s%s%s%s%s%s%s", plan_code_verb(op->code), fs[0] ? " " : "",
		       fs, stage_words(m, op, plan, source, sizeof(source)), m->text[0] ? ": " : "", m->text,
		       m->err ? ": " : "", m->err ? errno_text(m->err) : "");
}

int words_failed(const struct talk *t, const struct link_msg *m, struct lct_err *err)
{
	const struct plan_head *h = t->plan;
	const struct plan_op *op;

	if (m->stage == LINK_STAGE_PLAN)
		return err_set(err, LCT_E_SYSTEM, EBADMSG, NULL, PREFIX "the plan is damaged (op %d)", m->op);
	if (m->op < 0 || (uint32_t)m->op >= h->n_mid + h->n_init)
		return err_set(err, LCT_E_SYSTEM, m->err, NULL, PREFIX "kin-init: %s%s%s", m->text,
			       m->text[0] ? ": " : "", errno_text(m->err));
	op = &plan_ops(t->plan)[m->op];
	switch (op->code) {
	case PLAN_LOOKUP:
		return program_words(m, plan_data(t->plan, op->s[0]), err);
	case PLAN_EXEC: /* the list of arguments begins with the name */
		return program_words(m, plan_data(t->plan, op->s[0]), err);
	case PLAN_HOOK:
		return hook_words(t, m, plan_data(t->plan, op->where), plan_data(t->plan, op->s[0]), err);
	default:
		return op_words(m, op, t->plan, err);
	}
}
