/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container's processes: those of its cgroup; without one, those of its pid namespace.  Room: run. */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/dir.h"
#include "sys/sys.h"

static int pid_namespace(int proc, const char *pid, struct stat *st)
{
	char path[40];

	snprintf(path, sizeof(path), "%.20s/ns/pid", pid);
	return sys_fstatat(proc, path, st, 0);
}

static int scan(pid_t init, bool own_namespace, pid_t **ret, size_t *ret_n)
{
	autofd proc = sys_openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY, 0);
	autodir *d = NULL;
	struct stat want, st;
	struct dirent *e;
	size_t n = 0, cap = 0;
	pid_t *v = NULL;
	char self[16];
	int r = proc < 0 ? proc : dir_open(proc, &d);

	if (r < 0)
		return r;
	snprintf(self, sizeof(self), "%d", (int)init);
	if (pid_namespace(proc, self, &want) < 0)
		own_namespace = false;
	while ((r = dir_next(d, &e)) > 0) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		if (pid <= 0 || (pid != init && (!own_namespace || pid_namespace(proc, e->d_name, &st) < 0 ||
						 st.st_ino != want.st_ino || st.st_dev != want.st_dev)))
			continue;
		if (n == cap) {
			pid_t *more = realloc(v, (cap = cap ? 2 * cap : 16) * sizeof(*v));

			if (!more) {
				r = -ENOMEM;
				break;
			}
			v = more;
		}
		v[n++] = pid;
	}
	if (r == 0 && !v && !(v = calloc(1, sizeof(*v))))
		r = -ENOMEM;
	if (r < 0) {
		free(v);
		return r;
	}
	*ret = v;
	*ret_n = n;
	return 0;
}

int lct_pids(lct_container *ct, pid_t **ret, size_t *ret_n, struct lct_err *err)
{
	autofd cg = -EBADF;
	int r = container_load(ct, err);

	*ret = NULL;
	*ret_n = 0;
	if (r < 0)
		return r;
	r = container_allows(ct, OP_PS, NULL);
	if (r < 0 || ct->pidfd < 0) { /* stopped: none */
		*ret = calloc(1, sizeof(**ret));
		return *ret ? 0 : err_nomem(err);
	}
	cg = container_cgroup(ct);
	r = cg >= 0 ? cgroup_pids(cg, ret, ret_n) : scan(ct->rec.init.pid, ct->rec.new_ns & KCLONE_NEWPID, ret, ret_n);
	return r < 0 ? err_sys(err, r, ct->id, "read the container's processes") : 0;
}
