/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The user's program: found with its own credentials, and executed.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/sys.h"

#include "room.h"

static int executable(const char *path)
{
	struct stat st;
	int err = sys_fstatat(AT_FDCWD, path, &st, 0);

	if (err < 0)
		return err;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return sys_access(path, X_OK);
}

/* dir[0..len) "/" name; an empty dir is the current one: execvp(3). */
static int join(char *out, const char *dir, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (len + n + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(out, dir, len);
	if (len)
		out[len++] = '/';
	memcpy(out + len, name, n + 1);
	return 0;
}

static int search(struct init *in, const char *name, const char *dirs)
{
	int found = -ENOENT;

	for (;;) {
		size_t len = strcspn(dirs, ":");
		int err = join(in->exe, dirs, len, name);

		if (err == 0)
			err = executable(in->exe);
		if (err == 0)
			return 0;
		if (err == -EACCES) /* somewhere there is one, but not for this user: better known than "not found" */
			found = err;
		if (!dirs[len])
			return found;
		dirs += len + 1;
	}
}

int init_lookup(struct init *in, const struct plan_op *op, struct report *r)
{
	const char *name = op_str(in, op, 0), *dirs = op_str(in, op, 1);
	int err;

	if (!strchr(name, '/')) {
		err = *name ? search(in, name, dirs ? dirs : "") : -ENOENT;
		if (err == -ENOENT)
			return report_at(r, err, LINK_STAGE_LOOKUP_PATH, name);
	} else {
		err = join(in->exe, "", 0, name);
		if (err == 0)
			err = executable(in->exe);
	}
	return err < 0 ? report_at(r, err, LINK_STAGE_LOOKUP_FILE, name) : 0;
}

int init_close(struct init *in, const struct plan_op *op, struct report *r)
{
	const struct plan_head *h = in->plan;
	const struct plan_op *exec = &plan_ops(in->plan)[h->n_mid + h->n_init - 1];
	int err = strings_map(op_str(in, exec, 0), exec->n[0], &in->argv);

	if (err == 0)
		err = strings_map(op_str(in, exec, 1), exec->n[1], &in->envp);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_OP, "lay out arguments and environment");
	/* Close-on-exec rather than closed: the end of the report channel is what says that the program runs. */
	return sys_close_range((unsigned)op->n[0], ~0u, KCLOSE_RANGE_CLOEXEC);
}

int init_exec(struct init *in, const struct plan_op *op, struct report *r)
{
	(void)op;
	if (!in->argv)
		return report_at(r, -EBADMSG, LINK_STAGE_PLAN, "no CLOSE before EXEC");
	return report_at(r, sys_execve(in->exe, in->argv, in->envp), LINK_STAGE_OP, in->exe);
}
