/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Classes of service and monitoring groups.  Room: run. */
#include "rdt/rdt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

enum { MAX_SCHEMATA = 64 * 1024, MAX_STATUS = 256 };

static const char where[] = "/linux/intelRdt";

int rdt_place(struct arena *a, const struct spec_rdt *s, const char *id, struct rdt_group *ret)
{
	*ret = (struct rdt_group){ 0 };
	if (!s->present)
		return 0;
	ret->owns = !s->clos_id;
	ret->clos = ret->owns ? id : strcmp(s->clos_id, "/") ? s->clos_id : ".";
	if (!s->enable_monitoring)
		return 0;
	ret->monitor = arena_printf(a, "%s/mon_groups/%s", ret->clos, id);
	return ret->monitor ? 0 : -ENOMEM;
}

int rdt_open(void)
{
	autofd fd = sys_openat(AT_FDCWD, "/sys/fs/resctrl", O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	struct statfs fs;
	int r = fd < 0 ? fd : sys_fstatfs(fd, &fs);

	if (r < 0)
		return r;
	return fs.f_type == KRDTGROUP_MAGIC ? TAKE_FD(fd) : -ENOENT;
}

/* ---- files ---- */

static int open_file(int root, const char *group, const char *name, int flags)
{
	const uint64_t below = KRESOLVE_BENEATH | KRESOLVE_NO_SYMLINKS | KRESOLVE_NO_MAGICLINKS;
	autofd dir = sys_openat2(root, group, O_PATH | O_DIRECTORY, 0, below);

	return dir < 0 ? dir : sys_openat2(dir, name, (uint64_t)flags, 0, below);
}

/* A whole small file, NUL-terminated; its length or -errno. */
static int read_file(int root, const char *group, const char *name, char *text, size_t size)
{
	autofd fd = open_file(root, group, name, O_RDONLY);
	size_t len = 0;
	ssize_t n = fd;

	text[0] = '\0';
	while (n >= 0 && len + 1 < size) {
		n = sys_read(fd, text + len, size - len - 1);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	return n < 0 ? (int)n : (int)len;
}

/* The kernel's own words on what it did not like: resctrl.rst, "last_cmd_status". */
static int failed(int root, int r, struct lct_err *err, const char *what, const char *group)
{
	char status[MAX_STATUS];
	int n = read_file(root, "info", "last_cmd_status", status, sizeof(status));

	if (n <= 0 || strncmp(status, "ok", 2) == 0)
		return err_sys(err, r, where, "%s %s", what, group);
	status[strcspn(status, "\n")] = '\0';
	return err_sys(err, r, where, "%s %s: %s", what, group, status);
}

static int write_file(int root, const char *group, const char *name, const char *text, size_t len)
{
	autofd fd = open_file(root, group, name, O_WRONLY);

	return fd < 0 ? fd : sys_write_all(fd, text, len);
}

/* ---- schemata ---- */

static int write_schemata(int root, const char *clos, const struct spec_rdt *s, struct lct_err *err)
{
	_cleanup_buf_ struct buf want = { 0 };
	int r;

	rdt_schemata(s, &want);
	if (!buf_ok(&want))
		return err_nomem(err);
	if (!want.len)
		return 0;
	r = write_file(root, clos, "schemata", want.data, want.len);
	return r < 0 ? failed(root, r, err, "write the schemata of", clos) : 0;
}

static unsigned bandwidth_step(int root)
{
	char text[16];

	return read_file(root, "info/MB", "bandwidth_gran", text, sizeof(text)) > 0 ? (unsigned)atoi(text) : 0;
}

static int compare(int root, const char *clos, const struct spec_rdt *s, struct lct_err *err)
{
	_cleanup_buf_ struct buf want = { 0 };
	_cleanup_arena_ struct arena a = { 0 };
	char *have = arena_alloc(&a, MAX_SCHEMATA);
	const char *line;
	size_t len;
	int r;

	rdt_schemata(s, &want);
	buf_char(&want, '\0');
	if (!buf_ok(&want) || !have)
		return err_nomem(err);
	if (!*want.data)
		return 0;
	r = read_file(root, clos, "schemata", have, MAX_SCHEMATA);
	if (r < 0)
		return failed(root, r, err, "read the schemata of", clos);
	if (rdt_has(have, want.data, bandwidth_step(root), &line, &len))
		return 0;
	return err_config(err, where, "the class of service \"%s\" is there already and has not \"%.*s\"", clos,
			  len > 128 ? 128 : (int)len, line);
}

/* ---- groups ---- */

static bool asks_schemata(const struct spec_rdt *s)
{
	return s->l3_cache_schema || s->mem_bw_schema || s->n_schemata;
}

int rdt_make(int root, const struct rdt_group *g, const struct spec_rdt *s, bool *ret_found, struct lct_err *err)
{
	struct stat st;
	int r;

	*ret_found = false;
	if (!g->owns) {
		r = sys_fstatat(root, g->clos, &st, AT_SYMLINK_NOFOLLOW);
		*ret_found = r == 0;
		if (r == 0 || (r == -ENOENT && asks_schemata(s)))
			r = 0;
		else
			return err_sys(err, r, where,
				       "the class of service \"%s\" must be there already when no schema is given",
				       g->clos);
	}
	if (*ret_found)
		return 0;
	r = sys_mkdirat(root, g->clos, 0755);
	return r < 0 ? failed(root, r, err, "make the class of service", g->clos) : 0;
}

int rdt_furnish(int root, const struct rdt_group *g, const struct spec_rdt *s, bool found, struct lct_err *err)
{
	int r = found ? compare(root, g->clos, s, err) : write_schemata(root, g->clos, s, err);

	if (r < 0 || !g->monitor)
		return r;
	r = sys_mkdirat(root, g->monitor, 0755);
	return r < 0 ? failed(root, r, err, "make the monitoring group", g->monitor) : 0;
}

int rdt_join(int root, const struct rdt_group *g, pid_t pid, struct lct_err *err)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", (int)pid);
	int r = write_file(root, g->clos, "tasks", text, (size_t)len);

	if (r == -ENOENT)
		return r;
	if (r < 0)
		return failed(root, r, err, "put the container into the class of service", g->clos);
	if (!g->monitor)
		return 0;
	r = write_file(root, g->monitor, "tasks", text, (size_t)len);
	return r < 0 && r != -ENOENT ? failed(root, r, err, "put the container into the monitoring group", g->monitor)
				     : r;
}

int rdt_update(int root, const struct rdt_group *g, const struct spec_rdt *s, struct lct_err *err)
{
	return write_schemata(root, g->clos, s, err);
}

static int drop(int root, const char *group, struct lct_err *err)
{
	int r = sys_unlinkat(root, group, AT_REMOVEDIR);

	return r < 0 && r != -ENOENT ? err_sys(err, r, group, "remove the resctrl group") : 0;
}

int rdt_remove(int root, const struct rdt_group *g, struct lct_err *err)
{
	int r = g->monitor ? drop(root, g->monitor, err) : 0;

	/* Processes that are left in it go to the class of everybody. */
	return r == 0 && g->owns ? drop(root, g->clos, err) : r;
}
