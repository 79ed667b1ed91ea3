/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing the id maps of a new user namespace (user_namespaces(7)): directly where the caller may, through
 * newuidmap(1) and newgidmap(1) otherwise.  What was written is read back.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/sys.h"

struct map {
	const char *file; /* "uid_map" */
	const char *helper; /* newuidmap, NULL: none */
	const char *helper_name;
	const char *where;
	const struct spec_idmap *v;
	size_t n;
	bool capable; /* CAP_SETUID or CAP_SETGID here */
	uint32_t own;
};

static int put(int procdir, const char *file, const char *text, size_t len)
{
	autofd fd = sys_openat(procdir, file, O_WRONLY | O_NOFOLLOW, 0);

	/* One write: the kernel takes the whole map or nothing. */
	if (fd < 0)
		return fd;
	ssize_t n = sys_write(fd, text, len);
	return n < 0 ? (int)n : (size_t)n == len ? 0 : -EIO;
}

static int helper_run(const struct map *m, pid_t target, int64_t deadline, struct lct_err *err)
{
	static char *const empty[] = { NULL };
	_cleanup_arena_ struct arena a = { 0 };
	char **argv = arena_array(&a, 3 + 3 * m->n, sizeof(*argv));
	autofd out = -EBADF, in = -EBADF, pidfd = -EBADF, null = -EBADF;
	char tail[256] = "";
	struct lct_outcome how = { 0 };
	int p[2], r;
	size_t k = 0;
	pid_t pid;

	if (!argv)
		return err_nomem(err);
	argv[k++] = arena_strdup(&a, m->helper_name);
	argv[k++] = arena_printf(&a, "%d", (int)target);
	for (size_t i = 0; i < m->n; i++) {
		argv[k++] = arena_printf(&a, "%u", m->v[i].container_id);
		argv[k++] = arena_printf(&a, "%u", m->v[i].host_id);
		argv[k++] = arena_printf(&a, "%u", m->v[i].size);
	}
	null = sys_openat(AT_FDCWD, "/dev/null", O_RDONLY, 0);
	if (null < 0 || pipe2(p, O_CLOEXEC) < 0)
		return err_sys(err, null < 0 ? null : errno, m->where, "descriptors for %s", m->helper_name);
	out = p[0];
	in = p[1];
	/* An empty environment: the helper is privileged and must not be influenced. */
	pid = child_spawn(&(struct child){ .path = m->helper,
					   .argv = argv,
					   .envp = empty,
					   .stdio = { null, in, in },
					   .cwd = -EBADF,
					   .keep = -EBADF,
					   .group = true },
			  &pidfd);
	if (pid < 0)
		return err_sys(err, pid, m->where, "execute %s", m->helper);
	fd_done(&in);
	r = child_wait(pidfd, pid, true, out, deadline, tail, sizeof(tail), &how);
	if (r < 0)
		return err_sys(err, r, m->where, "%s", m->helper);
	/* Reaped by the host program: read_back decides. */
	if (how.how == LCT_EXIT_UNKNOWN || (how.how == LCT_EXIT_CODE && how.status == 0))
		return 0;
	return err_set(err, LCT_E_SYSTEM, EPERM, m->where, "%s refused the mapping (%s %d): %s", m->helper,
		       how.how == LCT_EXIT_CODE ? "exit status" : "signal", how.status, tail[0] ? tail : "no output");
}

static int read_back(int procdir, const struct map *m, struct lct_err *err)
{
	char text[4096], *p = text, *end;
	autofd fd = sys_openat(procdir, m->file, O_RDONLY | O_NOFOLLOW, 0);
	ssize_t n = fd < 0 ? fd : sys_read(fd, text, sizeof(text) - 1);

	if (n < 0)
		return err_sys(err, (int)n, m->where, "read back %s", m->file);
	text[n] = '\0';
	/* 4095 bytes hold at least 110 lines; longer maps are compared as far as they go. */
	for (size_t i = 0; i < m->n && i < 100; i++) {
		unsigned long v[3];

		for (int k = 0; k < 3; k++, p = end)
			v[k] = strtoul(p, &end, 10);
		/* The middle column is shown in the reader's namespace: the caller's, where it was written. */
		if (v[0] != m->v[i].container_id || v[1] != m->v[i].host_id || v[2] != m->v[i].size)
			return err_set(err, LCT_E_SYSTEM, EIO, m->where,
				       "the kernel's %s differs from what was written", m->file);
	}
	return 0;
}

static int map_write(int procdir, const struct map *m, pid_t pid, int64_t deadline, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };
	/* user_namespaces(7): without the capability one line that maps the own id is allowed. */
	bool direct = m->capable || (m->n == 1 && m->v[0].size == 1 && m->v[0].host_id == m->own);
	int r;

	if (!m->n)
		return 0;
	if (!direct && !m->helper)
		return err_set(err, LCT_E_SYSTEM, EPERM, m->where,
			       "mapping more than the own id needs %s (package uidmap) and a range for this user in "
			       "/etc/sub%.3s",
			       m->helper_name, m->file);
	if (!direct) {
		r = helper_run(m, pid, deadline, err);
	} else {
		for (size_t i = 0; i < m->n; i++)
			buf_printf(&b, "%u %u %u\n", m->v[i].container_id, m->v[i].host_id, m->v[i].size);
		if (!buf_ok(&b))
			return err_nomem(err);
		r = put(procdir, m->file, b.data, b.len);
		if (r < 0)
			err_sys(err, r, m->where, "write %s", m->file);
	}
	return r < 0 ? r : read_back(procdir, m, err);
}

int idmap_write_maps(const struct host *h, const struct idmap_order *o, pid_t pid, int64_t deadline_ns,
		     struct lct_err *err)
{
	const struct map uids = { "uid_map", h->newuidmap, "newuidmap",	  o->uids_at,
				  o->uids,   o->n_uids,	   h->cap_setuid, h->euid };
	const struct map gids = { "gid_map", h->newgidmap, "newgidmap",	  o->gids_at,
				  o->gids,   o->n_gids,	   h->cap_setgid, h->egid };
	autofd dir = -EBADF;
	char path[32];
	int r;

	/* By pid: it is the caller's own unreaped child, so the pid cannot be another's. */
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	dir = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	if (dir < 0)
		return err_sys(err, dir, path, "open");
	if (o->setgroups_deny) {
		r = put(dir, "setgroups", "deny", 4);
		if (r < 0 && r != -ENOENT)
			return err_sys(err, r, o->gids_at, "deny setgroups");
	}
	r = map_write(dir, &gids, pid, deadline_ns, err);
	return r < 0 ? r : map_write(dir, &uids, pid, deadline_ns, err);
}

int idmap_write(const struct host *h, const struct plan_needs *needs, pid_t pid, int64_t deadline_ns,
		struct lct_err *err)
{
	const struct idmap_order o = {
		.uids = needs->uid_mappings,
		.gids = needs->gid_mappings,
		.n_uids = needs->n_uid_mappings,
		.n_gids = needs->n_gid_mappings,
		.uids_at = "/linux/uidMappings",
		.gids_at = "/linux/gidMappings",
		.setgroups_deny = needs->setgroups_deny,
	};

	return idmap_write_maps(h, &o, pid, deadline_ns, err);
}
