/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One container's directory: claimed, opened, locked.  Room: run. */
#include "store/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

enum {
	CLAIM_NAP_NS = 20 * 1000, /* before the next attempt, when a `delete --force` undid the last */
	CLAIM_LOCK_NS = 2 * 1000 * 1000 * 1000, /* a `delete --force` that found our new directory holds it briefly */
	NAP_FIRST_NS = 1000 * 1000,
	NAP_LAST_NS = 20 * 1000 * 1000,
};

static int open_dir(int rootfd, const char *id)
{
	return sys_openat(rootfd, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
}

/* flock(2) has no deadline, and a signal to break it is the caller's, not ours: hence naps.  Nearly always the
 * first attempt has it. */
static int lock_until(int fd, int64_t deadline_ns)
{
	int64_t nap = NAP_FIRST_NS;

	for (;;) {
		int r = sys_flock(fd, LOCK_EX | LOCK_NB);
		int64_t left;

		if (r != -EAGAIN)
			return r;
		left = deadline_ns - sys_monotonic_ns();
		if (left <= 0)
			return -ETIMEDOUT;
		nap = left < nap ? left : nap;
		sys_nap_ns(nap);
		nap = nap * 2 < NAP_LAST_NS ? nap * 2 : NAP_LAST_NS;
	}
}

/* Has the name still the directory that we hold?  1, 0, -errno. */
static int still_named(int rootfd, const char *id, int dirfd)
{
	struct stat here, there;
	int r = sys_fstat(dirfd, &here);

	if (r == 0)
		r = sys_fstatat(rootfd, id, &there, AT_SYMLINK_NOFOLLOW);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* Opens and locks the directory just made.  -EAGAIN: it was deleted under our hands. */
static int take(int rootfd, const char *id)
{
	autofd fd = open_dir(rootfd, id);
	int r;

	/* The caller's umask may take even the owner's bits. */
	if (fd == -EACCES && sys_fchmodat(rootfd, id, 0700) == 0)
		fd = open_dir(rootfd, id);
	if (fd < 0)
		return fd == -ENOENT ? -EAGAIN : fd;
	r = lock_until(fd, sys_monotonic_ns() + CLAIM_LOCK_NS);
	if (r == 0)
		r = sys_fchmod(fd, 0700);
	if (r < 0)
		return r;
	r = still_named(rootfd, id, fd);
	if (r <= 0)
		return r < 0 ? r : -EAGAIN;
	return TAKE_FD(fd);
}

int store_claim(int rootfd, const char *id, struct lct_err *err)
{
	int r = store_check_id(id, err);

	if (r < 0)
		return r;
	for (int64_t deadline = sys_monotonic_ns() + CLAIM_LOCK_NS; sys_monotonic_ns() < deadline;) {
		/* A slot held before the side effect, so that EMFILE cannot strike between mkdir and open. */
		autofd spare = sys_dup_above(rootfd, 3);

		if (spare < 0)
			return err_sys(err, spare, id, "claim the container ID");
		r = sys_mkdirat(rootfd, id, 0700);
		if (r == -EEXIST)
			return err_set(err, LCT_E_EXISTS, EEXIST, NULL, "container with given ID already exists");
		if (r < 0)
			return err_sys(err, r, id, "make state directory");
		fd_done(&spare);
		r = take(rootfd, id);
		if (r >= 0)
			return r;
		if (r == -EAGAIN) {
			sys_nap_ns(CLAIM_NAP_NS);
			continue;
		}
		(void)sys_unlinkat(rootfd, id, AT_REMOVEDIR); /* ours or empty, and then a claimer notices */
		break;
	}
	return err_sys(err, r, id, "lock state directory");
}

int store_open(int rootfd, const char *id, struct lct_err *err)
{
	int fd = store_check_id(id, err);

	if (fd < 0)
		return fd;
	fd = open_dir(rootfd, id);
	if (fd >= 0)
		return fd;
	if (fd == -ENOENT)
		return err_set(err, LCT_E_NOT_FOUND, ENOENT, NULL, "container does not exist");
	if (fd == -ENOTDIR || fd == -ELOOP)
		return err_set(err, LCT_E_DAMAGED, EBADMSG, id, "the container's state is not a directory");
	return err_sys(err, fd, id, "open state directory");
}

int store_lock(int rootfd, const char *id, int dirfd, int64_t deadline_ns, struct lct_err *err)
{
	int r = lock_until(dirfd, deadline_ns);

	if (r == -ETIMEDOUT)
		return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, id, "another operation holds the container");
	if (r < 0)
		return err_sys(err, r, id, "lock state directory");
	r = still_named(rootfd, id, dirfd);
	if (r < 0)
		return err_sys(err, r, id, "lock state directory");
	if (r == 0)
		return err_set(err, LCT_E_NOT_FOUND, ENOENT, NULL, "container does not exist");
	return 0;
}
