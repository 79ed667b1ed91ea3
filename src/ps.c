/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin ps.  Room: the CLI. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "cli.h"
#include "sys/sys.h"

extern char **environ;

struct values {
	const char *format;
};

static const char *const formats[] = { "table", "json", NULL };

static const struct opt opts[] = {
	OPT(OPT_CHOICE, 'f', "format", "FORMAT", "table or json (default: table)", OPT_AT(values, format),
	    .choices = formats),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"The table is what the machine's ps prints, given PS-ARGUMENTS (default: -ef), cut down to the container's\n"
	"processes. As JSON it is the list of their pids, or null when the container is stopped.",
	NULL,
};

/* ps's output and messages go to one pipe: its complaint is what the user has to see. */
static int spawn(char **argv, int out, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int r = posix_spawn_file_actions_init(&actions);

	if (r)
		return -r;
	r = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!r)
		r = posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	if (!r)
		r = posix_spawnp(ret_pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

static int read_all(int fd, struct buf *b)
{
	char chunk[4096];

	for (;;) {
		ssize_t n = sys_read(fd, chunk, sizeof(chunk));

		if (n <= 0)
			return (int)n;
		buf_add(b, chunk, (size_t)n);
	}
}

static int complaint(struct buf *b, int status, struct lct_err *err)
{
	const char *first = b->len ? b->data : "";

	return err_set(err, LCT_E_SYSTEM, EINVAL, NULL, "ps %s %d: %.*s",
		       WIFEXITED(status) ? "exited with" : "was killed by signal",
		       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), (int)strcspn(first, "\n"), first);
}

static int run_ps(char **argv, struct buf *b, struct lct_err *err)
{
	int pipe_fds[2], status = 0, r;
	autofd in = -EBADF, out = -EBADF;
	pid_t pid;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return err_sys(err, errno, NULL, "make a pipe for ps");
	in = pipe_fds[0];
	out = pipe_fds[1];
	r = spawn(argv, out, &pid);
	if (r < 0)
		return err_sys(err, -r, NULL, "execute ps");
	fd_done(&out);
	r = read_all(in, b);
	fd_done(&in);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	buf_char(b, '\0');
	if (r < 0)
		return err_sys(err, -r, NULL, "read what ps prints");
	if (!buf_ok(b))
		return err_nomem(err);
	return status ? complaint(b, status, err) : 0;
}

/* The n-th word of a line, by white space. */
static const char *word(const char *line, const char *end, size_t n, size_t *ret_len)
{
	for (;; n--) {
		const char *begin;

		while (line < end && (*line == ' ' || *line == '\t'))
			line++;
		begin = line;
		while (line < end && *line != ' ' && *line != '\t')
			line++;
		if (begin == line)
			return NULL;
		if (!n) {
			*ret_len = (size_t)(line - begin);
			return begin;
		}
	}
}

static int pid_column(const char *line, const char *end)
{
	const char *w;
	size_t len;

	for (int i = 0; (w = word(line, end, (size_t)i, &len)); i++)
		if (len == 3 && !memcmp(w, "PID", 3))
			return i;
	return -ENOENT;
}

struct pids {
	pid_t *v;
	size_t n;
};

static bool is_member(const struct pids *pids, const char *digits, size_t len)
{
	char text[16];
	uint32_t pid;

	if (len >= sizeof(text))
		return false;
	memcpy(text, digits, len);
	text[len] = '\0';
	if (opt_number(text, INT32_MAX, &pid) < 0)
		return false;
	for (size_t i = 0; i < pids->n; i++)
		if ((uint32_t)pids->v[i] == pid)
			return true;
	return false;
}

static int filter(const char *text, const struct pids *pids, struct buf *out, struct lct_err *err)
{
	int column = -1;

	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		size_t len;
		const char *w;

		end = line + strcspn(line, "\n");
		if (column < 0) {
			column = pid_column(line, end);
			if (column < 0)
				return err_set(err, LCT_E_USAGE, EINVAL, NULL, "couldn't find PID field in ps output");
			buf_printf(out, "%.*s\n", (int)(end - line), line);
			continue;
		}
		w = word(line, end, (size_t)column, &len);
		if (w && is_member(pids, w, len))
			buf_printf(out, "%.*s\n", (int)(end - line), line);
	}
	return 0;
}

static int table(struct cli *cli, const struct pids *pids, char **args, int n_args, struct buf *out,
		 struct lct_err *err)
{
	_cleanup_buf_ struct buf text = { 0 };
	char **argv = arena_array(&cli->arena, (size_t)n_args + 3, sizeof(*argv));
	int r;

	if (!argv)
		return err_nomem(err);
	argv[0] = (char[]){ "ps" };
	argv[1] = (char[]){ "-ef" };
	if (n_args)
		memcpy(argv + 1, args, (size_t)n_args * sizeof(*argv));
	r = run_ps(argv, &text, err);
	return r < 0 ? r : filter(text.data, pids, out, err);
}

static void json(const struct pids *pids, struct buf *out)
{
	if (!pids->n) {
		buf_str(out, "null\n");
		return;
	}
	for (size_t i = 0; i < pids->n; i++)
		buf_printf(out, "%c%d", i ? ',' : '[', (int)pids->v[i]);
	buf_str(out, "]\n");
}

static void pids_done(struct pids *pids)
{
	free(pids->v);
}

static int ps(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	struct pids pids __attribute__((cleanup(pids_done))) = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	autocontainer *ct = NULL;
	int r;

	cli_seal_fds(0);
	r = cli_find(cli, args[0], &ct, err);
	if (r >= 0)
		r = lct_pids(ct, &pids.v, &pids.n, err);
	if (r < 0)
		return r;
	if (v->format && !strcmp(v->format, "json")) {
		json(&pids, &out);
		r = 0;
	} else {
		r = table(cli, &pids, args + 1, n_args - 1, &out, err);
	}
	return r < 0 ? r : cli_print_buf(&out, err);
}

const struct command ps_command = {
	.name = "ps",
	.args = "ID [PS-ARGUMENTS...]",
	.summary = "show the processes of a container",
	.about = about,
	.opts = opts,
	.order = OPT_STOP,
	.min_args = 1,
	.max_args = -1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.run = ps,
};
