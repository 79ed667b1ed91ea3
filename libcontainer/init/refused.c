/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is it the kernel, or a filter around us, that has no such system call?  An outer container's profile may be older than
 * the calls of the mount API, and its ENOSYS or EPERM would read like a missing right.  Asked only when an op has failed
 * so: each call is made with arguments that it answers with another error when it is there.  Rooms: mid,
 * init.
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "sys/sys.h"

#include "room.h"

static int try_open_tree(void)
{
	return sys_open_tree(-1, "", KAT_EMPTY_PATH);
}

static int try_move_mount(void)
{
	return sys_move_mount_fd(-1, -1);
}

static int try_mount_setattr(void)
{
	const struct kmount_attr attr = { .attr_set = KMOUNT_ATTR_RDONLY };

	return sys_mount_setattr(-1, "", KAT_EMPTY_PATH, &attr);
}

static int try_fsopen(void)
{
	return sys_fsopen(NULL);
}

static int try_fsconfig(void)
{
	return sys_fsconfig(-1, KFSCONFIG_SET_FLAG, NULL, NULL);
}

static int try_fsmount(void)
{
	return sys_fsmount(-1, 0);
}

static int try_openat2(void)
{
	return sys_openat2(-1, "x", O_PATH, 0, 0);
}

static int try_clone3(void)
{
	struct kclone_args args = { .flags = KCLONE_PARENT, .exit_signal = SIGCHLD };

	return sys_clone3(&args);
}

static int try_close_range(void)
{
	return sys_close_range(1, 0, 0);
}

static const struct {
	int (*try)(void);
	const char *words;
	bool rights; /* without CAP_SYS_ADMIN it is EPERM whatever the arguments */
} calls[] = {
	{ try_openat2, "openat2 (Linux 5.6)", false },
	{ try_clone3, "clone3 (Linux 5.7)", false },
	{ try_close_range, "close_range (Linux 5.9)", false },
	{ try_open_tree, "open_tree (Linux 5.2)", true },
	{ try_move_mount, "move_mount (Linux 5.2)", true },
	{ try_mount_setattr, "mount_setattr (Linux 5.12)", true },
	{ try_fsopen, "fsopen (Linux 5.2)", true },
	{ try_fsconfig, "fsconfig (Linux 5.2)", true },
	{ try_fsmount, "fsmount (Linux 5.2)", true },
};

/* Ops of the time when init has every right in its namespaces: a refusal is not about rights. */
static bool is_mounting(const struct plan_op *op)
{
	return (op->code >= PLAN_PROPAGATION && op->code <= PLAN_ROOT_READONLY && op->code != PLAN_HOOK) ||
	       op->code == PLAN_ATTACH;
}

void refused_note(int err, const struct plan_op *op, struct report *r)
{
	if (err != -ENOSYS && err != -EPERM)
		return;
	if (!is_mounting(op) && op->code != PLAN_SPAWN && op->code != PLAN_CLOSE)
		return;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		int got = calls[i].rights && !is_mounting(op) ? 0 : calls[i].try();

		if (got != -ENOSYS && got != -EPERM)
			continue;
		report_add(r, r->text[0] ? ": " : "");
		report_add(r, "the system call ");
		report_add(r, calls[i].words);
		report_add(r, " is needed, and the kernel or an outer container's seccomp filter refuses it");
		return;
	}
}
