/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hooks of the runtime's namespaces: prestart, createRuntime, poststart, poststop (runtime-spec config.md, "POSIX-
 * platform Hooks").  Those of the container's namespaces are init's business.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/sys.h"

/* A hook without a timeout may take its time, as one that init runs; nothing waits for ever. */
enum { NO_TIMEOUT_MS = 3600 * 1000 };

static int hook_failed(const struct hooks_order *o, const char *where, const struct spec_hook *h, int r,
		       const struct lct_outcome *how, const char *tail, struct lct_err *err)
{
	const char *sep = tail[0] ? ": " : "";
	char buf[256];
	const char *went = hook_output_words(o->rec, buf, sizeof(buf));

	if (r == -ETIMEDOUT)
		return err_set(err, LCT_E_HOOK, ETIMEDOUT, where,
			       "hook %s did not end within its timeout of %d s%s%s%s", h->path,
			       h->timeout_s > 0 && h->timeout_s < NO_TIMEOUT_MS / 1000 ? h->timeout_s
										       : NO_TIMEOUT_MS / 1000,
			       went, sep, tail);
	if (r < 0)
		return err_set(err, LCT_E_HOOK, -r, where, "hook %s: %s", h->path, errno_text(r));
	if (how->how == LCT_EXIT_UNKNOWN)
		return err_set(err, LCT_E_HOOK, ECHILD, where,
			       "hook %s ended, but the host program reaped it first: its result is unknown%s%s%s",
			       h->path, went, sep, tail);
	return err_set(err, LCT_E_HOOK, ECANCELED, where, "hook %s %s %d%s%s%s", h->path,
		       how->how == LCT_EXIT_SIGNAL ? "was killed by signal" : "ended with exit status", how->status,
		       went, sep, tail);
}

static int hook_run(const struct hooks_order *o, const struct spec_hook *h, const char *where, int cwd,
		    struct lct_err *err)
{
	static char *const empty[] = { NULL };
	char *const argv0[] = { (char *)h->path, NULL };
	const struct hook_output *to = o->output ? o->output : &HOOK_OUTPUT_NONE;
	char tail[256] = "";
	autofd state = -EBADF, out = -EBADF, in = -EBADF, pidfd = -EBADF;
	struct lct_outcome how = { 0 };
	int p[2], r;
	pid_t pid;

	state = memfd_sealed("kin-state", o->state_json, strlen(o->state_json), false);
	if (state < 0)
		return err_sys(err, state, where, "state document for hook %s", h->path);
	(void)lseek(state, 0, SEEK_SET);
	if (pipe2(p, O_CLOEXEC) < 0)
		return err_sys(err, errno, where, "pipe for hook %s", h->path);
	out = p[0];
	in = p[1];
	pid = child_spawn(
		&(struct child){ .path = h->path,
				 .argv = h->n_args ? h->args : argv0,
				 .envp = h->has_env	  ? h->env
					 : o->environment ? o->environment
							  : empty,
				 .stdio = { state, to->fd[0] >= 0 ? to->fd[0] : in, to->fd[1] >= 0 ? to->fd[1] : in },
				 .cwd = cwd,
				 .keep = -EBADF,
				 .group = true },
		&pidfd);
	if (pid < 0)
		return hook_failed(o, where, h, pid, &how, tail, err);
	fd_done(&in);
	r = child_wait(pidfd, pid, true, out,
		       run_deadline(h->timeout_s > 0 && h->timeout_s < NO_TIMEOUT_MS / 1000 ? h->timeout_s * 1000
											    : NO_TIMEOUT_MS),
		       tail, sizeof(tail), &how);
	if (r == 0 && how.how == LCT_EXIT_CODE && how.status == 0)
		return 0;
	return hook_failed(o, where, h, r, &how, tail, err);
}

int hooks_run(const struct hooks_order *o, enum spec_hook_kind kind, struct lct_err *err)
{
	const struct spec_hooks *list = &o->hooks[kind];
	autofd cwd = -EBADF;

	if (!list->n)
		return 0;
	cwd = sys_openat(AT_FDCWD, o->rec->bundle, O_PATH | O_DIRECTORY, 0);
	if (cwd < 0)
		return err_sys(err, cwd, o->rec->bundle, "open bundle for hooks");
	for (size_t i = 0; i < list->n; i++) {
		char where[64];
		int r;

		snprintf(where, sizeof(where), "/hooks/%s/%zu", spec_hook_name(kind), i);
		r = hook_run(o, &list->v[i], where, cwd, err);
		/* runtime-spec runtime.md, "Lifecycle" 13: after a failing poststop hook the others are still called. */
		if (r < 0 && kind != SPEC_HOOK_POSTSTOP)
			return r;
	}
	return 0;
}

int64_t hooks_patience_ms(const struct spec_hooks *hooks)
{
	int64_t ms = 0;

	for (size_t i = 0; i < hooks->n; i++)
		ms += hooks->v[i].timeout_s ? (int64_t)hooks->v[i].timeout_s * 1000 : NO_TIMEOUT_MS;
	return ms;
}
