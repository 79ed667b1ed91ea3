/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cgroup handed over: by systemd to the container, by the container's maker to its root.  Room: run. */
#include "cgroup/cgroup.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

enum { DELEGATE_ROOM = 4096 };

int cgroup_adopt(const char *dir, const char *state_dir, struct lct_err *err)
{
	autofd fd = cgroup_open(dir, state_dir, err);
	int r;

	if (fd < 0)
		return fd;
	if (cgroup_frozen(fd) == 1)
		return err_set(err, LCT_E_SYSTEM, EBUSY, dir, "the cgroup is frozen");
	r = tree_set_mark(fd, state_dir);
	return r < 0 ? err_sys(err, r, dir, "mark cgroup") : TAKE_FD(fd);
}

/* Newline-separated names of files; what kernels before 4.15 do not list is what they let be delegated. */
static int delegated(char *text, size_t size)
{
	static const char without[] = "cgroup.procs\ncgroup.threads\ncgroup.subtree_control\n";
	int n = tree_read(AT_FDCWD, "/sys/kernel/cgroup/delegate", text, size);

	if (n != -ENOENT)
		return n;
	memcpy(text, without, sizeof(without));
	return 0;
}

/* Already so: an ordinary user, whose own cgroup it is, may not chown, and need not. */
static int give(int fd, const char *file, uid_t uid)
{
	struct stat st;
	int r = sys_fstatat(fd, file, &st, AT_SYMLINK_NOFOLLOW);

	if (r < 0 || st.st_uid == uid)
		return r;
	return sys_fchownat(fd, file, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW);
}

int cgroup_delegate(int fd, uid_t uid, struct lct_err *err)
{
	char text[DELEGATE_ROOM];
	int r = delegated(text, sizeof(text));

	if (r < 0)
		return err_sys(err, r, "/sys/kernel/cgroup/delegate", "read");
	for (char *file = text, *end; *file; file = end) {
		end = file + strcspn(file, "\n");
		if (*end)
			*end++ = '\0';
		/* The list is of all controllers' files; those here are of the enabled ones. */
		r = strchr(file, '/') || !*file ? 0 : give(fd, file, uid);
		if (r < 0 && r != -ENOENT)
			return err_sys(err, r, file, "give the cgroup's file to user %u", (unsigned)uid);
	}
	r = give(fd, ".", uid);
	return r < 0 ? err_sys(err, r, NULL, "give the cgroup to user %u", (unsigned)uid) : 0;
}
