/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the commands of kin share: the global options, the table of commands, and the way to the runtime.
 * A command returns its exit status, or -errno with *err filled: main.c alone prints and logs failures.
 * Room: the CLI.
 */
#ifndef KIN_CLI_H
#define KIN_CLI_H

#include <libcontainer.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "log.h"
#include "opt.h"

struct globals {
	const char *root;
	const char *log;
	const char *log_format;
	const char *log_level;
	const char *cgroup_manager;
	const char *rootless;
	const char *dump;
	bool systemd_cgroup;
	bool debug;
	bool version;
};

struct cli {
	struct arena arena;
	struct globals globals;
	struct log log;
	lct_runtime *runtime;
};

struct command {
	const char *name;
	const char *args; /* "ID [SIGNAL]", for the synopsis */
	const char *summary; /* one line, lower case, no full stop */
	const char *const *about; /* paragraphs for --help and the manual page, NULL-terminated; NULL: none */
	const struct opt *opts;
	enum opt_order order;
	int min_args, max_args; /* max_args -1: any number */
	const char *const *verbs; /* what the first argument can be, NULL-terminated; NULL: anything */
	bool complete_id; /* the first argument (with verbs: the second) is a container's id */
	size_t values_size; /* of the struct that the options are stored in */
	const void *defaults; /* such a struct; NULL: all zero */
	const char *prefix; /* of failure messages; NULL: none */
	int failure; /* exit status of failures after the arguments were understood; 0: 1 */
	int (*run)(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err);
};

extern const struct command create_command, start_command, run_command, exec_command, kill_command, pause_command,
	resume_command, update_command, mounts_command, checkpoint_command, restore_command, delete_command,
	state_command, list_command, ps_command, events_command, stats_command, wait_command, plan_command,
	spec_command, features_command;

extern const struct command *const commands[]; /* NULL-terminated, in the order of --help */
extern const struct opt global_opts[];

/* Opens the runtime once; later calls return 0 at once. */
int cli_runtime(struct cli *cli, struct lct_err *err);
const char *cli_cgroup_manager(const struct cli *cli); /* of containers to be made: "cgroupfs", ... */
int cli_find(struct cli *cli, const char *id, lct_container **ret, struct lct_err *err);

/* Everything to standard output, or an error: a truncated document must not look like success. */
int cli_print(const char *text, size_t len, struct lct_err *err);
int cli_print_buf(const struct buf *text, struct lct_err *err);

/* Descriptors that the caller leaked, above those it meant to hand on, become close-on-exec (rule: nothing the
 * caller forgot to close may reach a hook, a container or ps). */
void cli_seal_fds(unsigned preserve);
enum { MAX_PRESERVE_FDS = 65536 }; /* the library refuses more */

static inline void container_done(lct_container **ct)
{
	lct_free(*ct);
	*ct = NULL;
}
#define autocontainer __attribute__((cleanup(container_done))) lct_container

static inline void text_done(char **text)
{
	free(*text);
	*text = NULL;
}
#define autotext __attribute__((cleanup(text_done))) char
#endif
