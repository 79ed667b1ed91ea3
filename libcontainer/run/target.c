/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container that is entered, by exec and by mounts: which of its namespaces are not the caller's.  Room: run. */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sys/sys.h"

static bool same_user_namespace(int proc)
{
	struct stat own, its;

	return sys_fstatat(AT_FDCWD, "/proc/self/ns/user", &own, 0) == 0 &&
	       sys_fstatat(proc, "ns/user", &its, 0) == 0 && own.st_ino == its.st_ino && own.st_dev == its.st_dev;
}

int target_open(lct_container *ct, uint64_t *ret_ns, struct lct_err *err)
{
	const struct record *rec = &ct->rec;
	uint64_t ns = rec->new_ns | rec->joined_ns;
	autofd proc = -EBADF;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", (int)rec->init.pid);
	proc = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0);
	/* Opened first, checked after: while the pidfd has not ended, the pid is its own. */
	if (proc < 0 || pidfd_ended(ct->pidfd) != 0)
		return err_set(err, LCT_E_STATE, ESRCH, NULL, "container not running");
	if ((ns & KCLONE_NEWUSER) && same_user_namespace(proc)) /* setns(2): not into one's own again */
		ns &= ~KCLONE_NEWUSER;
	*ret_ns = ns;
	return TAKE_FD(proc);
}

bool target_keeps_groups(const struct record *r)
{
	for (size_t i = 0; i < r->n_annotations; i++)
		if (!strcmp(r->annotations[2 * i], SPEC_KEEP_GROUPS))
			return strcmp(r->annotations[2 * i + 1], "0") != 0;
	return false;
}
