/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exec: one more process in a container.  What it is: exec_process.c; the filter is the one in the container's own plan; the
 * namespaces are entered through init's pidfd.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup/tree.h"
#include "sys/sys.h"

enum { MAX_PLAN = 64 << 20 };

struct exec {
	lct_container *ct;
	struct arena *a;
	struct lct_exec_opts o;
	struct host host;
	struct spec_process process;
	struct plan_exec_opts po;
	struct buf plan;
	struct plan_needs needs;
	struct talk talk;
};

/* ---- where ---- */

static void take_op(struct exec *x, const char *plan, const struct plan_op *op)
{
	const struct spec_set nodes = { (uint32_t *)plan_data(plan, op->s[0]), op->n[1] };

	switch (op->code) {
	case PLAN_ASK_AGENT: /* comes before SECCOMP */
		x->po.filter.agent = plan_data(plan, op->s[0]);
		x->po.filter.metadata = plan_has(op->s[1]) ? plan_data(plan, op->s[1]) : NULL;
		break;
	case PLAN_SECCOMP:
		x->po.filter.code = plan_data(plan, op->s[0]);
		x->po.filter.len = op->s[0].len;
		x->po.filter.flags = op->n[0];
		break;
	case PLAN_PERSONALITY:
		x->po.personality = (struct spec_personality){ true, (uint32_t)op->n[0] };
		break;
	case PLAN_MEMORY_POLICY:
		x->po.memory_policy = (struct spec_memory_policy){ true, (uint32_t)op->n[0], 0, nodes };
		break;
	default:
		break;
	}
}

/* What the container itself got by its config's /linux: the filter, personality and memory policy. */
static int take_from_plan(struct exec *x, struct lct_err *err)
{
	const struct plan_head *h;
	char *plan;
	size_t len;
	int r;

	if (!x->ct->rec.has_seccomp && !x->ct->rec.has_attributes)
		return 0;
	r = store_get(x->ct->dirfd, "plan", MAX_PLAN, x->a, &plan, &len, err);
	if (r < 0)
		return r;
	if (plan_verify(plan, len, NULL) < 0)
		return err_set(err, LCT_E_DAMAGED, EBADMSG, x->ct->id, "the stored plan is damaged");
	h = (const struct plan_head *)plan;
	for (uint32_t i = 0; i < h->n_mid + h->n_init; i++)
		take_op(x, plan, &plan_ops(plan)[i]);
	return x->po.filter.len || !x->ct->rec.has_seccomp
		       ? 0
		       : err_set(err, LCT_E_DAMAGED, EBADMSG, x->ct->id, "the stored plan has lost its seccomp filter");
}

static bool setgroups_denied(int proc)
{
	char text[8] = "";
	autofd fd = sys_openat(proc, "setgroups", O_RDONLY, 0);

	return fd >= 0 && sys_read(fd, text, sizeof(text) - 1) > 0 && !strncmp(text, "deny", 4);
}

static int find_target(struct exec *x, struct lct_err *err)
{
	autofd proc = -EBADF, root = -EBADF;
	uint64_t ns;
	int r = target_open(x->ct, &ns, err);

	if (r < 0)
		return r;
	proc = r;
	x->po.target_ns = ns & ~KCLONE_NEWCGROUP;
	x->po.target_cgroup_ns = ns & KCLONE_NEWCGROUP;
	x->po.setgroups_denied = setgroups_denied(proc);
	for (size_t i = 0; i < x->process.n_env; i++)
		if (!strncmp(x->process.env[i], "HOME=", 5))
			return 0;
	root = sys_openat(proc, "root", O_PATH | O_DIRECTORY, 0);
	x->po.home = root >= 0 ? bundle_home(x->a, root, x->process.user.uid) : NULL;
	return 0;
}

/* ---- do it ---- */

static int prepare(struct exec *x, struct lct_err *err)
{
	int r = host_probe(x->a, &x->host, err);

	if (r == 0)
		r = exec_process(x->a, x->ct->dirfd, &x->o, &x->process, err);
	if (r == 0 && x->o.console_socket && !x->process.terminal)
		r = err_set(err, LCT_E_USAGE, EINVAL, NULL,
			    "cannot use console socket if kin will not detach or allocate tty");
	if (r == 0 && (x->o.flags & LCT_DETACHED) && x->process.terminal && !x->o.console_socket)
		r = err_set(err, LCT_E_USAGE, EINVAL, NULL,
			    "cannot allocate tty if kin will detach without setting console socket");
	if (r == 0 && spec_asks_lsm(&x->process, NULL))
		host_probe_lsm(&x->host);
	if (r == 0)
		r = take_from_plan(x, err);
	if (r == 0)
		r = find_target(x, err);
	if (r == 0 && !x->process.has_console_size && (x->o.console_height || x->o.console_width)) {
		x->process.has_console_size = true;
		x->process.console_height = x->o.console_height;
		x->process.console_width = x->o.console_width;
	}
	x->po.id = x->ct->id;
	x->po.keep_groups = target_keeps_groups(&x->ct->rec);
	x->po.preserve_fds = x->o.preserve_fds;
	x->po.no_new_keyring = x->ct->rec.no_new_keyring || (x->o.flags & LCT_NO_NEW_KEYRING);
	return r < 0 ? r : plan_compile_exec(x->a, &x->process, &x->host, &x->po, &x->plan, &x->needs, err);
}

/* The cgroup init is in now: where the container has made sub-cgroups, its own can hold no process. */
static int init_cgroup(struct exec *x)
{
	char path[40], text[4096], *line;
	autofd fd = -EBADF;
	ssize_t n;

	if (!x->host.cgroup_mount)
		return -ENOENT;
	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)x->ct->rec.init.pid);
	fd = sys_openat(AT_FDCWD, path, O_RDONLY, 0);
	n = fd < 0 ? -1 : sys_read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return -ENOENT;
	text[n] = '\0';
	line = strstr(text, "0::/");
	if (!line || (line != text && line[-1] != '\n'))
		return -ENOENT;
	line[strcspn(line, "\n")] = '\0';
	line = arena_printf(x->a, "%s%s", x->host.cgroup_mount, line + 3);
	return line ? sys_openat(AT_FDCWD, line, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0) : -ENOMEM;
}

/* A sub-cgroup of the container's own, and nothing beside it: found by walking down, never by comparing names. */
static int sub_cgroup(struct exec *x, int own, struct lct_err *err)
{
	const char *rel = x->o.cgroup + strspn(x->o.cgroup, "/");
	int fd;

	autofd base = cgroup_sub_open(own, x->ct->rec.cgroup_sub);

	if (own < 0)
		return err_set(err, LCT_E_STATE, EOPNOTSUPP, x->o.cgroup, "the container has no cgroup of its own");
	fd = base < 0 ? base : tree_open_below(base, rel, O_RDONLY);
	return fd < 0 ? err_sys(err, fd, x->o.cgroup, "open the sub-cgroup of container %s", x->ct->id) : fd;
}

/* How the new process gets into the cgroup: it is cloned into it; or the intermediate is put there, by us or, into the
 * container's unit, by systemd (cgroup is then not looked at). */
enum way { WAY_CLONE, WAY_ENTER, WAY_SYSTEMD };

static int attempt(struct exec *x, int cgroup, enum way way, struct lct_err *err)
{
	const struct talk_setup s = { .stdio = x->o.stdio,
				      .preserve = x->o.preserve_fds,
				      .cgroup = way == WAY_CLONE ? cgroup : -EBADF,
				      .target = x->ct->pidfd,
				      .gate = -EBADF,
				      .hold = way != WAY_CLONE || x->ct->rec.rdt_clos };
	int r;

	x->talk = (struct talk){ .plan = x->plan.data,
				 .plan_len = x->plan.len,
				 .needs = &x->needs,
				 .host = &x->host,
				 .id = x->ct->id,
				 .rec = &x->ct->rec,
				 .state = container_state(x->ct),
				 .console_socket = x->o.console_socket,
				 .timeout_ms = run_timeout(x->ct->rt, x->o.timeout_ms) };
	r = talk_open(&x->talk, &s, err);
	if (r == 0 && way == WAY_ENTER) {
		r = cgroup_enter(cgroup, x->talk.mid_pid);
		if (r < 0)
			(void)err_sys(err, r, x->ct->rec.cgroup, "enter the cgroup of container %s", x->ct->id);
	}
	if (r == 0 && way == WAY_SYSTEMD)
		r = systemd_attach(x->ct->rt, &x->ct->rec, x->talk.mid_pid, x->talk.deadline, err);
	if (r == 0)
		r = rdt_enter(&x->ct->rec, x->talk.mid_pid, true, err);
	if (r == 0 && s.hold)
		r = talk_setup(&x->talk, &s, err);
	if (r == 0)
		r = talk_until_ready(&x->talk, err);
	if (r < 0)
		talk_abort(&x->talk);
	return r;
}

/* The intermediate is in the container's user namespace when it clones, and then a cgroup that was given to the container's
 * root is closed to it, as whom it is on the host: user_namespaces(7). */
static int into(struct exec *x, int cgroup, struct lct_err *err)
{
	int r = attempt(x, cgroup, WAY_CLONE, err);

	return r == -EACCES && cgroup >= 0 && x->host.real_root && !x->talk.init_pid
		       ? attempt(x, cgroup, WAY_ENTER, err)
		       : r;
}

static int spawn(struct exec *x, struct lct_err *err)
{
	autofd own = container_cgroup(x->ct), inside = -EBADF, other = -EBADF;
	int r;

	if (x->o.cgroup) {
		other = sub_cgroup(x, own, err);
		return other < 0 ? other : into(x, other, err);
	}
	inside = inside_open(&x->ct->rec, own);
	if (inside < 0 && own >= 0) /* the container has removed it */
		inside = init_cgroup(x);
	if (inside < 0 && own >= 0)
		return err_sys(err, inside, x->ct->rec.cgroup, "open the sub-cgroup of container %s", x->ct->id);
	r = into(x, inside, err);
	/* From outside of the user's subtree (a login session) the kernel lets nobody but systemd move a process into it:
	 * cgroups(7), "Cgroup delegation containment". */
	if (r == -EACCES && x->ct->rec.unit && !x->talk.init_pid)
		return attempt(x, -EBADF, WAY_SYSTEMD, err);
	if ((r != -EBUSY && r != -ENOENT && r != -EOPNOTSUPP) || own < 0 || x->talk.init_pid)
		return r;
	other = init_cgroup(x);
	return other < 0 ? r : into(x, other, err);
}

static int execute(struct exec *x, struct lct_err *err)
{
	int r = spawn(x, err);

	if (r == 0 && x->o.pidfd_socket)
		r = socket_send_pidfd(x->o.pidfd_socket, x->talk.init, "setns", x->talk.deadline, err);
	if (r == 0)
		r = talk_commit(&x->talk, true, -EBADF, err);
	if (r == 0)
		r = talk_until_exec(&x->talk, true, false, err);
	/* Only now: for conmon a pid file means that the runtime did not fail. */
	if (r == 0 && x->o.pid_file)
		r = pid_file_write(x->o.pid_file, x->talk.init_pid, err);
	if (r < 0)
		talk_abort(&x->talk);
	return r;
}

int lct_exec(lct_container *ct, const struct lct_exec_opts *opts, struct lct_process *ret, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct exec x = { .ct = ct, .a = &a };
	int r = container_load(ct, err);

	x.talk.link = x.talk.mid = x.talk.init = x.talk.console = x.talk.userns = -EBADF;
	if (opts)
		memcpy(&x.o, opts, opts->size < sizeof(x.o) ? opts->size : sizeof(x.o));
	if (r == 0 && !(x.o.ignore_paused && container_state(ct) == STATE_PAUSED))
		r = container_allows(ct, OP_EXEC, err);
	if (r == 0)
		r = prepare(&x, err);
	if (r == 0)
		r = execute(&x, err);
	if (r == 0) {
		ret->pid = x.talk.init_pid;
		ret->pidfd = TAKE_FD(x.talk.init);
		ret->console = TAKE_FD(x.talk.console);
	}
	talk_close(&x.talk);
	buf_done(&x.plan);
	return r;
}
