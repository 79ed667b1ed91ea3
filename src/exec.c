/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin exec.  Room: the CLI. */
#include <limits.h>
#include <string.h>

#include "base/fd.h"
#include "cli.h"
#include "document.h"
#include "foreground.h"
#include "outcome.h"
#include "sys/sys.h"

struct values {
	const char *process;
	const char *console_socket, *pidfd_socket, *pid_file;
	const char *cwd, *user;
	struct opt_list env, caps;
	struct opt_numbers gids;
	uint32_t preserve_fds;
	bool tty, detach, no_new_privs, ignore_paused, no_new_keyring, no_subreaper;
	const char *apparmor, *process_label, *cgroup;
};

static const struct opt opts[] = {
	OPT(OPT_STRING, 'p', "process", "FILE",
	    "an OCI process object, - is standard input; then the arguments and most options do not count",
	    OPT_AT(values, process), .complete = "file"),
	OPT(OPT_STRING, 0, "cwd", "DIR", "working directory in the container", OPT_AT(values, cwd)),
	OPT(OPT_LIST, 'e', "env", "NAME=VALUE", "add to the environment; may be repeated", OPT_AT(values, env)),
	OPT(OPT_BOOL, 't', "tty", NULL, "give it a terminal", OPT_AT(values, tty)),
	OPT(OPT_STRING, 'u', "user", "UID[:GID]", "run as these ids", OPT_AT(values, user)),
	OPT(OPT_NUMBERS, 'g', "additional-gids", "GID", "add a supplementary group; may be repeated",
	    OPT_AT(values, gids)),
	OPT(OPT_LIST, 'c', "cap", "CAP_NAME", "add a capability; may be repeated", OPT_AT(values, caps)),
	OPT(OPT_BOOL, 0, "no-new-privs", NULL, "set no_new_privs", OPT_AT(values, no_new_privs)),
	OPT(OPT_BOOL, 'd', "detach", NULL, "return when the program is executed", OPT_AT(values, detach)),
	OPT(OPT_STRING, 0, "pid-file", "FILE", "write the pid of the process to FILE", OPT_AT(values, pid_file),
	    .complete = "file"),
	OPT(OPT_STRING, 0, "console-socket", "SOCKET", "AF_UNIX socket that gets the master of the process's terminal",
	    OPT_AT(values, console_socket), .complete = "file"),
	OPT(OPT_STRING, 0, "pidfd-socket", "SOCKET", "AF_UNIX socket that gets a pidfd of the process",
	    OPT_AT(values, pidfd_socket), .complete = "file"),
	OPT(OPT_NUMBER, 0, "preserve-fds", "N", "keep descriptors 3 to 2+N open in the process",
	    OPT_AT(values, preserve_fds)),
	OPT(OPT_STRING, 0, "cgroup", "PATH", "put it in this sub-cgroup of the container's; / is the container's own",
	    OPT_AT(values, cgroup)),
	OPT(OPT_BOOL, 0, "ignore-paused", NULL, "also in a paused container: it begins when that is resumed",
	    OPT_AT(values, ignore_paused)),
	OPT(OPT_BOOL, 0, "no-new-keyring", NULL, "keep the caller's session keyring", OPT_AT(values, no_new_keyring)),
	OPT(OPT_BOOL, 0, "no-subreaper", NULL, "accepted: kin never makes itself a subreaper",
	    OPT_AT(values, no_subreaper), .flags = OPT_HIDDEN),
	OPT(OPT_STRING, 0, "apparmor", "PROFILE", "AppArmor profile of the process", OPT_AT(values, apparmor)),
	OPT(OPT_STRING, 0, "process-label", "LABEL", "SELinux label of the process", OPT_AT(values, process_label)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Options end at ID; all after it is the program and its arguments. In the foreground signals are passed on,\n"
	"the terminal is relayed, and the process's exit status is ours: its code, or 128 + N when signal N killed\n"
	"it. When the program could not be executed the exit status is 255.",
	NULL,
};

/* runc has [CONTROLLER[,CONTROLLER...]:]PATH; the controllers are of cgroup v1, and with v2 an error there, too. */
static int check_cgroup(const char *path, struct lct_err *err)
{
	size_t len = path ? strcspn(path, ":") : 0;

	if (!path || !path[len])
		return 0;
	if (!len)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "invalid --cgroup argument: %s (empty <controller> prefix)", path);
	return err_set(err, LCT_E_USAGE, EINVAL, NULL,
		       "invalid --cgroup argument: %s (unknown controller %.*s: in cgroup v2 one path is for all)",
		       path, len > 64 ? 64 : (int)len, path);
}

static int options(struct cli *cli, const struct values *v, char **args, struct lct_exec_opts *ret, struct lct_err *err)
{
	*ret = (struct lct_exec_opts){
		.size = sizeof(*ret),
		.args = args,
		.env = v->env.v,
		.cwd = v->cwd,
		.user = v->user,
		.additional_gids = v->gids.v,
		.n_additional_gids = v->gids.n,
		.caps = v->caps.v,
		.no_new_privs = v->no_new_privs,
		.terminal = v->tty,
		.console_socket = v->console_socket,
		.pidfd_socket = v->pidfd_socket,
		.pid_file = v->pid_file,
		.flags = (v->detach ? LCT_DETACHED : 0) | (v->no_new_keyring ? LCT_NO_NEW_KEYRING : 0),
		.preserve_fds = v->preserve_fds,
		.ignore_paused = v->ignore_paused,
		.cgroup = v->cgroup,
		.apparmor = v->apparmor,
		.process_label = v->process_label,
	};
	if (v->console_socket && !v->detach)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "cannot use console socket if kin will not detach or allocate tty");
	if (v->process) {
		char *text;
		int r = document_read(&cli->arena, v->process, &text, &ret->process_json_len, err);

		ret->process_json = r < 0 ? NULL : text;
		return r;
	}
	/* `exec ID -- PROGRAM`, as people write it for other tools */
	if (*args && !strcmp(*args, "--"))
		ret->args = ++args;
	if (!*args)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "process args cannot be empty");
	if (v->detach && v->tty && !v->console_socket)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "cannot allocate tty if kin will detach without setting console socket");
	if (v->console_socket && !v->tty)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "cannot use console socket if kin will not detach or allocate tty");
	return 0;
}

static void process_done(struct lct_process *p)
{
	fd_done(&p->pidfd);
	fd_done(&p->console);
}

#define autoprocess __attribute__((cleanup(process_done))) struct lct_process

static int attend(lct_container *ct, const char *id, struct lct_exec_opts *o, struct lct_err *err)
{
	struct lct_outcome outcome = { .size = sizeof(outcome) };
	autoprocess p = { .pidfd = -EBADF, .console = -EBADF };
	autoforeground f = { 0 };
	int waited, r = foreground_begin(&f, err);

	/* Before it is executed: a program asks once, and at once. */
	tty_size(&f.tty, &o->console_height, &o->console_width);
	if (r >= 0)
		r = lct_exec(ct, o, &p, err);
	if (r < 0)
		return r;
	r = foreground_wait(&f, p.pidfd, TAKE_FD(p.console), NULL, err);
	if (r < 0) /* a process that nobody attends to is not what was asked for */
		(void)sys_pidfd_send_signal(p.pidfd, SIGKILL);
	waited = lct_wait_process(&p, INT_MAX, &outcome, r < 0 ? NULL : err);
	if (r < 0 || waited < 0)
		return r < 0 ? r : waited;
	return outcome_status(&outcome, id, err);
}

static int exec(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	autoprocess p = { .pidfd = -EBADF, .console = -EBADF };
	autocontainer *ct = NULL;
	struct lct_exec_opts o;
	int r;

	(void)n_args;
	if (v->preserve_fds <= MAX_PRESERVE_FDS)
		cli_seal_fds(v->preserve_fds);
	r = check_cgroup(v->cgroup, err);
	if (r >= 0)
		r = cli_find(cli, args[0], &ct, err);
	if (r >= 0)
		r = options(cli, v, args + 1, &o, err);
	if (r < 0)
		return r;
	return v->detach ? lct_exec(ct, &o, &p, err) : attend(ct, args[0], &o, err);
}

const struct command exec_command = {
	.name = "exec",
	.args = "ID [PROGRAM [ARGUMENTS...]]",
	.summary = "execute one more process in a container",
	.about = about,
	.opts = opts,
	.order = OPT_STOP,
	.min_args = 1,
	.max_args = -1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.prefix = "exec failed: ",
	.failure = 255,
	.run = exec,
};
