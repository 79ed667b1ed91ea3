/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * start: opens the gate of a created container and stays until the kernel has executed the program, or until init has
 * said why not.  Room: run.
 */
#include "run/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sys/sys.h"

enum { MAX_PLAN = 64 << 20 };

/* "starting" is on record before START is sent: a start that is killed leaves no doubt what may have happened. */
static int set_phase(lct_container *ct, enum state phase, struct lct_err *err)
{
	ct->rec.phase = phase;
	return record_write(ct->dirfd, &ct->rec, err);
}

static int send_start(lct_container *ct, struct talk *t, bool hooks, struct lct_err *err)
{
	struct link_msg m = { .kind = LINK_START, .op = -1 };
	autofd state = hooks ? state_memfd(&ct->rec, STATE_CREATED, ct->rec.init.pid) : -EBADF;
	int fds[LINK_FDS], r;
	unsigned n;

	if (hooks && state < 0)
		return err_sys(err, state, NULL, "state document for hooks");
	n = hook_output_give(t->output, state, &m, fds);
	r = link_send(t->link, &m, fds, n);
	return r < 0 ? err_sys(err, r, NULL, "send START") : 0;
}

/* Whether want of memory was the reason; the cgroup is still there, unless it was systemd's. */
static int ended_early(lct_container *ct, int r, struct lct_err *err)
{
	autofd cgroup = container_cgroup(ct);

	return words_oom(r, cgroup, err);
}

static int poststart(lct_container *ct, const struct spec_hooks *hooks, const struct hook_output *output,
		     struct lct_err *err)
{
	char *doc = state_document(&ct->rec, STATE_RUNNING, ct->rec.init.pid, false);
	const struct hooks_order o = { hooks, &ct->rec, doc, ct->rt->environment, output };
	int r = doc ? hooks_run(&o, SPEC_HOOK_POSTSTART, err) : err_nomem(err);

	free(doc);
	/* runtime-spec runtime.md, "Lifecycle" 10: an error, and the container is stopped. */
	if (r < 0 && lct_kill(ct, SIGKILL, true, NULL) == 0 && ct->pidfd >= 0)
		(void)pidfd_wait_until(ct->pidfd, run_deadline(ct->rt->timeout_ms));
	return r;
}

static int patience_ms(const lct_container *ct, const struct spec_hooks *hooks)
{
	int64_t ms = ct->rt->timeout_ms + hooks_patience_ms(&hooks[SPEC_HOOK_START_CONTAINER]);

	return ms > MAX_PATIENCE_MS ? MAX_PATIENCE_MS : (int)ms;
}

static int open_gate(lct_container *ct, struct arena *a, const struct spec_hooks *hooks,
		     const struct hook_output *output, struct lct_err *err)
{
	struct talk t = { .id = ct->id,
			  .rec = &ct->rec,
			  .output = output,
			  .timeout_ms = patience_ms(ct, hooks),
			  .link = -EBADF,
			  .mid = -EBADF,
			  .init = -EBADF,
			  .console = -EBADF,
			  .userns = -EBADF };
	char *plan;
	int r = store_get(ct->dirfd, "plan", MAX_PLAN, a, &plan, &t.plan_len, err);

	if (r < 0)
		return r;
	if (plan_verify(plan, t.plan_len, NULL) < 0)
		return err_set(err, LCT_E_DAMAGED, EBADMSG, ct->id, "the stored plan is damaged");
	t.plan = plan;
	t.deadline = run_deadline(t.timeout_ms);
	t.init = sys_dup_above(ct->pidfd, 3);
	t.init_pid = ct->rec.init.pid;
	if (t.init < 0)
		return err_sys(err, t.init, NULL, "hold init");
	r = set_phase(ct, STATE_STARTING, err);
	if (r == 0)
		r = t.link = gate_connect(ct->dirfd, t.deadline, err);
	if (r >= 0)
		r = send_start(ct, &t, hooks[SPEC_HOOK_START_CONTAINER].n, err);
	if (r >= 0)
		r = talk_until_exec(&t, false, hooks[SPEC_HOOK_START_CONTAINER].n, err);
	talk_close(&t);
	return r < 0 ? r : 0;
}

int lct_start(lct_container *ct, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec_hooks hooks[SPEC_HOOK_KINDS] = { 0 };
	struct hook_output output = HOOK_OUTPUT_NONE;
	autofd lock = container_lock(ct, run_deadline(ct->rt->timeout_ms), err);
	int r = lock < 0 ? lock : 0;

	if (r == 0)
		r = container_allows(ct, OP_START, err);
	if (r == 0 && ct->rec.hooks_json)
		r = spec_decode_hooks(&a, ct->rec.hooks_json, strlen(ct->rec.hooks_json), hooks, err);
	if (r == 0 && (hooks[SPEC_HOOK_START_CONTAINER].n || hooks[SPEC_HOOK_POSTSTART].n))
		r = hook_output_open(&ct->rec, &output, err);
	if (r == 0) {
		r = open_gate(ct, &a, hooks, &output, err);
		if (r < 0)
			r = ended_early(ct, r, err);
	}
	if (r == 0)
		r = set_phase(ct, STATE_RUNNING, err);
	if (r == 0 && hooks[SPEC_HOOK_POSTSTART].n)
		r = poststart(ct, hooks, &output, err);
	hook_output_close(&output);
	return r;
}
