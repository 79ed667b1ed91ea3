/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kin: the command line of libcontainer.  The table of commands, the global options, and the one place where a
 * failure becomes words and an exit status:
 *   0    done
 *   1    wrong usage, or the operation failed
 *   3    no such command
 *   255  `exec` could not execute (as runc)
 *   else the container's own status of `run` and of `exec` in the foreground; 128 + signal when it was killed
 * Room: the CLI.
 */
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "cli.h"
#include "help.h"
#include "places.h"
#include "seccomp/seccomp.h"
#include "sys/sys.h"

const struct command *const commands[] = {
	&create_command,   &start_command,
	&run_command,	   &exec_command,
	&kill_command,	   &pause_command,
	&resume_command,   &update_command,
	&mounts_command,   &checkpoint_command,
	&restore_command,  &delete_command,
	&state_command,	   &list_command,
	&ps_command,	   &events_command,
	&stats_command,	   &wait_command,
	&plan_command,	   &spec_command,
	&features_command, NULL,
};

static const char *const log_formats[] = { "text", "json", NULL };
static const char *const levels[] = { "error", "warning", "info", "debug", NULL };
static const char *const managers[] = { "cgroupfs", "systemd", "disabled", NULL };
static const char *const rootless[] = { "auto", "true", "false", NULL };
static const char *const dumps[] = { "bash", "man", NULL };

const struct opt global_opts[] = {
	OPT(OPT_STRING, 0, "root", "DIR", "state directory of containers", OPT_AT(globals, root),
	    .complete = "directory"),
	OPT(OPT_STRING, 0, "log", "WHERE", "failures go there, too: [file:]PATH is appended to; journald:ID; syslog:ID",
	    OPT_AT(globals, log), .complete = "file"),
	OPT(OPT_STRING, 0, "log-format", "FORMAT", "form of its records: text or json (default: text)",
	    OPT_AT(globals, log_format), .choices = log_formats /* for completion; checked in runc's words below */),
	OPT(OPT_CHOICE, 0, "log-level", "LEVEL", "error, warning, info or debug (default: error)",
	    OPT_AT(globals, log_level), .choices = levels),
	OPT(OPT_BOOL, 0, "debug", NULL, "say more, on standard error and in the log", OPT_AT(globals, debug)),
	OPT(OPT_BOOL, 0, "systemd-cgroup", NULL, "the same as --cgroup-manager=systemd",
	    OPT_AT(globals, systemd_cgroup)),
	OPT(OPT_CHOICE, 0, "cgroup-manager", "MANAGER", "cgroupfs, systemd or disabled (default: cgroupfs)",
	    OPT_AT(globals, cgroup_manager), .choices = managers),
	OPT(OPT_CHOICE, 0, "rootless", "WHETHER",
	    "auto, true or false: for callers of runc; the kernel is asked anyway", OPT_AT(globals, rootless),
	    .choices = rootless),
	OPT(OPT_CHOICE, 0, "dump-options", "FORM", "print the options as bash completion or as part of the manual page",
	    OPT_AT(globals, dump), dumps, .flags = OPT_HIDDEN),
	OPT(OPT_BOOL, 'v', "version", NULL, "show the version", OPT_AT(globals, version)),
	OPT(OPT_BOOL, 'V', "version", NULL, "", OPT_AT(globals, version), .flags = OPT_HIDDEN), /* crun's letter */
	{ .type = OPT_END },
};

extern char **environ;

const char *cli_cgroup_manager(const struct cli *cli)
{
	const struct globals *g = &cli->globals;

	return g->cgroup_manager ? g->cgroup_manager : g->systemd_cgroup ? "systemd" : "cgroupfs";
}

int cli_runtime(struct cli *cli, struct lct_err *err)
{
	struct lct_runtime_opts opts = { .size = sizeof(opts), .environment = environ };
	int r;

	if (cli->runtime)
		return 0;
	r = place_root(&cli->arena, cli->globals.root, &opts.root, err);
	if (r < 0)
		return r;
	opts.cache_dir = place_cache(&cli->arena);
	opts.runtime_dir = place_runtime_dir();
	opts.cgroup_manager = cli_cgroup_manager(cli);
	log_debug(&cli->log, "state in %s, cache in %s, cgroup manager %s", opts.root,
		  opts.cache_dir ? opts.cache_dir : "(none)", opts.cgroup_manager);
	return lct_open(&opts, &cli->runtime, err);
}

int cli_find(struct cli *cli, const char *id, lct_container **ret, struct lct_err *err)
{
	int r = cli_runtime(cli, err);

	return r < 0 ? r : lct_find(cli->runtime, id, ret, err);
}

int cli_print(const char *text, size_t len, struct lct_err *err)
{
	int r = sys_write_all(STDOUT_FILENO, text, len);

	return r < 0 ? err_sys(err, -r, NULL, "write standard output") : 0;
}

int cli_print_buf(const struct buf *text, struct lct_err *err)
{
	return buf_ok(text) ? cli_print(text->data, text->len, err) : err_nomem(err);
}

/* A slot among those to hand on that the caller left empty would be taken by the next file that we open, and that
 * one handed on instead.  What fills it goes at execve. */
static void fill_empty_slots(unsigned preserve)
{
	autofd null = -EBADF;

	for (unsigned fd = 3; fd < 3 + preserve; fd++) {
		if (fcntl((int)fd, F_GETFD) >= 0)
			continue;
		if (null < 0)
			null = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (null == (int)fd)
			(void)TAKE_FD(null);
		else if (null < 0 || dup3(null, (int)fd, O_CLOEXEC) < 0)
			return; /* no more than the limit allows: then nothing else gets that number either */
	}
}

void cli_seal_fds(unsigned preserve)
{
	/* Kernels before 5.11 have no CLOSE_RANGE_CLOEXEC; there kin-init alone closes. */
	(void)sys_close_range(3 + preserve, ~0U, CLOSE_RANGE_CLOEXEC);
	fill_empty_slots(preserve);
}

/* First of all: a descriptor 0, 1 or 2 that is closed would be given to the next file opened, and a message or a
 * container's output would go there. */
static bool standard_fds(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			return false;
	return true;
}

static int fail(const struct cli *cli, const char *prefix, const struct lct_err *err, int status)
{
	char message[sizeof(err->text) + 64];

	snprintf(message, sizeof(message), "%s%s", prefix ? prefix : "",
		 err->text[0] ? err->text : errno_text(err->errnum));
	log_error(&cli->log, message);
	return status;
}

/* Text of our own making, which cannot be a failure of an operation. */
static int print(struct cli *cli, const struct buf *text)
{
	struct lct_err err = { 0 };

	return cli_print_buf(text, &err) < 0 ? fail(cli, NULL, &err, 1) : 0;
}

static int print_version(struct cli *cli)
{
	_cleanup_buf_ struct buf b = { 0 };

	buf_printf(&b, "kin version %s\ncommit: %s\nspec: %s\nlibseccomp: %s\n", lct_version(), lct_commit(),
		   lct_spec_version(), seccomp_library_version());
	return print(cli, &b);
}

static const struct command *command_by_name(const char *name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

static int no_such_command(const struct cli *cli, const char *name)
{
	struct lct_err err = { 0 };

	err_set(&err, LCT_E_USAGE, EINVAL, NULL, "No help topic for '%s'", name);
	return fail(cli, NULL, &err, 3);
}

static int help(struct cli *cli, const char *topic)
{
	_cleanup_buf_ struct buf b = { 0 };
	const struct command *c = topic ? command_by_name(topic) : NULL;

	if (topic && !c && strcmp(topic, "help") != 0)
		return no_such_command(cli, topic);
	if (c)
		help_command(&b, c);
	else
		help_program(&b);
	return print(cli, &b);
}

static int dump(struct cli *cli)
{
	_cleanup_buf_ struct buf b = { 0 };

	if (!strcmp(cli->globals.dump, "bash"))
		dump_bash(&b);
	else
		dump_man(&b);
	return print(cli, &b);
}

static int check_count(const struct command *c, int n, struct lct_err *err)
{
	const char *how;
	int want;

	if (n >= c->min_args && (c->max_args < 0 || n <= c->max_args))
		return 0;
	want = n < c->min_args ? c->min_args : c->max_args;
	if (c->min_args == c->max_args)
		how = "exactly";
	else
		how = n < c->min_args ? "a minimum of" : "a maximum of";
	return err_set(err, LCT_E_USAGE, EINVAL, NULL, "kin: \"%s\" requires %s %d argument(s)", c->name, how, want);
}

static int run(struct cli *cli, const struct command *c, char **argv)
{
	struct lct_err err = { 0 };
	struct opt_result args;
	void *values = arena_alloc(&cli->arena, c->values_size + 1);
	int r;

	if (!values)
		return fail(cli, NULL, (err_nomem(&err), &err), 1);
	if (c->defaults)
		memcpy(values, c->defaults, c->values_size);
	r = opt_parse(&cli->arena, c->opts, c->order, argv, values, &args, &err);
	if (r >= 0 && args.help)
		return help(cli, c->name);
	if (r >= 0)
		r = check_count(c, args.n_args, &err);
	if (r < 0)
		return fail(cli, NULL, &err, 1);
	r = c->run(cli, values, args.args, args.n_args, &err);
	if (r < 0)
		return fail(cli, c->prefix, &err, c->failure ? c->failure : 1);
	return r;
}

static int configure_log(struct cli *cli, struct lct_err *err)
{
	const struct globals *g = &cli->globals;

	cli->log.debug = g->debug || (g->log_level && !strcmp(g->log_level, "debug"));
	cli->log.json = g->log_format && !strcmp(g->log_format, "json");
	if (g->log_format && !cli->log.json && strcmp(g->log_format, "text") != 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "invalid log-format: %s", g->log_format);
	return g->log ? log_place(&cli->log, g->log, err) : 0;
}

static int kin(struct cli *cli, char **argv)
{
	struct lct_err err = { 0 };
	const struct command *c;
	struct opt_result args;
	const char *name;
	int parsed, r;

	parsed = opt_parse(&cli->arena, global_opts, OPT_STOP, argv, &cli->globals, &args, &err);
	/* What was understood of --log before the mistake is used to report it. */
	r = configure_log(cli, parsed < 0 ? NULL : &err);
	if (parsed < 0 || r < 0)
		return fail(cli, NULL, &err, 1);
	name = args.n_args ? args.args[0] : NULL;
	if (cli->globals.version)
		return print_version(cli);
	if (cli->globals.dump)
		return dump(cli);
	if (args.help || !name)
		return help(cli, NULL);
	if (!strcmp(name, "help") || !strcmp(name, "h"))
		return help(cli, args.args[1]);
	c = command_by_name(name);
	return c ? run(cli, c, args.args + 1) : no_such_command(cli, name);
}

int main(int argc, char **argv)
{
	struct cli cli = { 0 };
	struct lct_err err = { 0 };
	int status;

	if (!standard_fds())
		return 1;
	/* --root, --log and the environment are the caller's: with somebody else's rights they would be a way in. */
	if (geteuid() != getuid() || getegid() != getgid()) {
		err_set(&err, LCT_E_USAGE, EPERM, NULL, "kin must not be installed setuid or setgid");
		return fail(&cli, NULL, &err, 1);
	}
	status = kin(&cli, argc ? argv + 1 : argv);
	lct_close(cli.runtime);
	arena_done(&cli.arena);
	return status;
}
