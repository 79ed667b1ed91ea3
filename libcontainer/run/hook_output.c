/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the output of hooks goes when annotations (crun's) name files for it: opened here, with the caller's privileges
 * and by the host's paths, whoever runs the hooks; init gets the descriptors along with the state document.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "sys/sys.h"

static const char *const keys[] = { SPEC_HOOKS_STDOUT, SPEC_HOOKS_STDERR };
static const unsigned bits[] = { LINK_HOOK_STDOUT, LINK_HOOK_STDERR };

static const char *path_of(const struct record *rec, const char *key)
{
	for (size_t i = 0; i < rec->n_annotations; i++)
		if (!strcmp(rec->annotations[2 * i], key))
			return rec->annotations[2 * i + 1];
	return NULL;
}

/* A FIFO that nobody reads is an error, not a wait; but hooks are not to meet with EAGAIN. */
static int open_one(const char *path)
{
	autofd fd = sys_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK, 0600);
	int r = fd < 0 ? fd : sys_nonblock(fd, false);

	return r < 0 ? r : TAKE_FD(fd);
}

int hook_output_open(const struct record *rec, struct hook_output *ret, struct lct_err *err)
{
	*ret = HOOK_OUTPUT_NONE;
	for (int i = 0; i < 2; i++) {
		const char *path = path_of(rec, keys[i]);
		char where[64];

		if (!path)
			continue;
		ret->fd[i] = open_one(path);
		if (ret->fd[i] >= 0)
			continue;
		snprintf(where, sizeof(where), "/annotations/%s", keys[i]);
		return err_sys(err, ret->fd[i], where, "open %s for what hooks print", path);
	}
	return 0;
}

void hook_output_close(struct hook_output *o)
{
	fd_done(&o->fd[0]);
	fd_done(&o->fd[1]);
}

unsigned hook_output_give(const struct hook_output *o, int state, struct link_msg *m, int fds[LINK_FDS])
{
	unsigned n = 0;

	if (state < 0)
		return 0;
	fds[n++] = state;
	for (int i = 0; o && i < 2; i++)
		if (o->fd[i] >= 0) {
			m->n[1] |= bits[i];
			fds[n++] = o->fd[i];
		}
	return n;
}

const char *hook_output_words(const struct record *rec, char *buf, size_t size)
{
	const char *out = path_of(rec, keys[0]), *errors = path_of(rec, keys[1]);

	buf[0] = '\0';
	if (out || errors)
		snprintf(buf, size, " (%s%s%s%s%s)", out ? "its output is in " : "", out ? out : "",
			 out && errors ? ", " : "", errors ? "its errors are in " : "", errors ? errors : "");
	return buf;
}
