/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcgroup, behind a wall: its error numbers, its logging and its tables end here.  Room: run. */
#include "cgroup/library.h"

#include <errno.h>
#include <libcgroup.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

enum { VALUE_MAX = 4096 }; /* CG_CONTROL_VALUE_MAX: it complains of longer ones on stderr */

/* A library does not print. Without a logger of ours cgroup_init() would ask the environment (CGROUP_LOGLEVEL) and log
 * to stdout; NULL is no logger to it. */
static void silent(void *data, int level, const char *fmt, va_list ap)
{
	(void)data;
	(void)level;
	(void)fmt;
	(void)ap;
}

/* Its table of mounts, by its name in the static library; the shared one does not export it. */
extern char cg_mount_table[] __attribute__((weak));
enum {
	MOUNT_TABLE_SIZE = 100 * (2 * FILENAME_MAX + 16)
}; /* struct cg_mount_table_s of 2.0.2, CG_CONTROLLER_MAX times */

/* cgroup_init() begins with clearing that table: 200 page faults, which are most of what it costs. Asked for together the
 * pages take half of that. A guess at the size is enough: what is missed comes by faults, what is too much is not there. */
static int init_tables(void)
{
	cgroup_set_logger(silent, CGROUP_LOG_ERROR, NULL);
	if (cg_mount_table)
		(void)sys_populate(cg_mount_table, MOUNT_TABLE_SIZE);
	return cgroup_init();
}

/* Its codes to errno.  A file that it cannot open is ECGROUPVALUENOTEXIST for whatever reason: errno has it, which the
 * caller zeroed before. */
static int code(int r, int open_errno)
{
	switch (r) {
	case 0:
		return 0;
	case ECGOTHER:
		r = cgroup_get_last_errno();
		return r > 0 ? -r : -EIO;
	case ECGROUPVALUENOTEXIST:
		return open_errno > 0 ? -open_errno : -ENOENT;
	case ECGROUPNOTALLOWED:
	case ECGROUPNOTOWNER:
		return -EPERM;
	case ECGROUPNOTEXIST:
	case ECGROUPSUBSYSNOTMOUNTED:
	case ECGROUPNOTINITIALIZED:
	case ECGROUPNOTMOUNTED:
		return -EXDEV;
	default:
		return -EIO;
	}
}

/* Is mount + rel the cgroup that fd holds? */
static bool is_same(const char *mount, const char *rel, int fd)
{
	char path[PATH_MAX];
	struct stat there, here;
	autofd at = -EBADF;

	if (snprintf(path, sizeof(path), "%s%s", mount, rel) >= (int)sizeof(path))
		return false;
	at = tree_open(path);
	return at >= 0 && sys_fstat(at, &there) == 0 && sys_fstat(fd, &here) == 0 && here.st_dev == there.st_dev &&
	       here.st_ino == there.st_ino;
}

static int look_up(const char *controller, const char *rel, int fd)
{
	char *mount = NULL;
	bool same;

	if (cgroup_get_subsys_mount_point(controller, &mount) != 0)
		return -EXDEV;
	same = is_same(mount, rel, fd);
	free(mount);
	return same ? 0 : -EXDEV;
}

/* Its tables belong to the whole process and are filled once; they may be older than the mounts of today, or the
 * program's own.  Filling them anew is safe beside other threads (it holds its lock, which all readers take). */
int library_knows(const char *controller, const char *rel, int fd)
{
	int r = look_up(controller, rel, fd);

	if (r == 0)
		return 0;
	return init_tables() == 0 ? look_up(controller, rel, fd) : -EXDEV;
}

int library_set(const char *controller, const char *rel, const char *file, const char *text)
{
	struct cgroup *g;
	struct cgroup_controller *c;
	int r, e;

	if (strlen(text) >= VALUE_MAX || strlen(rel) >= PATH_MAX - NAME_MAX || strlen(file) > NAME_MAX)
		return -EINVAL;
	g = cgroup_new_cgroup(rel[0] ? rel + 1 : "/");
	c = g ? cgroup_add_controller(g, controller) : NULL;
	if (!c) {
		cgroup_free(&g);
		return -ENOMEM;
	}
	r = cgroup_set_value_string(c, file, text);
	errno = 0;
	if (r == 0)
		r = cgroup_modify_cgroup(g);
	e = errno;
	cgroup_free(&g);
	return code(r, e);
}

int library_get(const char *controller, const char *rel, const char *file, char *text, size_t size)
{
	char name[NAME_MAX + 1];
	void *handle = NULL;
	size_t len = 0;
	int r, e;

	if (strlen(rel) >= PATH_MAX - NAME_MAX || strlen(file) > NAME_MAX)
		return -EINVAL;
	memcpy(name, file, strlen(file) + 1); /* it takes a char *, and reads it only */
	errno = 0;
	text[0] = '\0';
	r = cgroup_read_value_begin(controller, rel[0] ? rel + 1 : "/", name, &handle, text, (int)size);
	e = errno;
	while (r == 0) {
		len += strlen(text + len);
		if (len >= size - 1)
			break;
		r = cgroup_read_value_next(&handle, text + len, (int)(size - len));
		e = errno;
	}
	if (handle)
		(void)cgroup_read_value_end(&handle);
	text[len] = '\0';
	if (r == 0)
		return -EFBIG;
	/* The end of the file and a failed read are one to it. */
	return r != ECGEOF ? code(r, e) : e ? -e : (int)len;
}
