/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where cgroup v2 is, and where in it the caller is.  Room: run. */
#include <sys/stat.h>
#include <sys/statfs.h>

#include "host/parse.h"
#include "host/parts.h"
#include "sys/kernel.h"

/*
 * With v2 at this place nothing of v1 can be below it, and nobody puts v1 elsewhere then.  The root of the whole
 * hierarchy is inode 1; any other is a part of it, as containers have, and only the mount table knows which.
 */
static bool at_usual_place(void)
{
	struct statfs fs;
	struct stat st;

	return statfs("/sys/fs/cgroup", &fs) == 0 && fs.f_type == KCGROUP2_SUPER_MAGIC &&
	       stat("/sys/fs/cgroup", &st) == 0 && st.st_ino == 1;
}

int host_cgroup(struct arena *a, struct host *h, struct lct_err *err)
{
	char *text;
	int r;

	r = host_read(a, "/proc/self/cgroup", &text);
	if (r < 0 && r != -ENOENT) /* ENOENT: a kernel without cgroups */
		return err_sys(err, r, "/proc/self/cgroup", "read");
	if (r >= 0)
		h->cgroup_own = host_own_cgroup(a, text);
	if (at_usual_place()) {
		h->cgroup_mount = "/sys/fs/cgroup";
		h->cgroup_root = "/";
		h->cgroup_unified = true;
		return 0;
	}
	r = host_read(a, "/proc/self/mountinfo", &text);
	if (r >= 0)
		r = host_cgroup_mounts(a, text, h);
	return r < 0 ? err_sys(err, r, "/proc/self/mountinfo", "read") : 0;
}
