/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whom a cgroup holds.  Room: run. */
#include "cgroup/cgroup.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

enum { PIDS_MAX = 4 * 1024 * 1024 }; /* PID_MAX_LIMIT of the kernel */

struct pids {
	pid_t *v;
	size_t n, cap;
};

static int add(struct pids *p, pid_t pid)
{
	if (pid <= 0) /* a process that our pid namespace cannot see reads as 0 */
		return 0;
	if (p->n >= PIDS_MAX)
		return -E2BIG;
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 64;
		pid_t *v = reallocarray(p->v, cap, sizeof(*v));

		if (!v)
			return -ENOMEM;
		p->v = v;
		p->cap = cap;
	}
	p->v[p->n++] = pid;
	return 0;
}

static int read_numbers(int f, struct pids *ret)
{
	char text[4096];
	pid_t pid = 0;
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = sys_read(f, text, sizeof(text))) != 0) {
		if (n < 0)
			return (int)n;
		for (ssize_t i = 0; i < n && r == 0; i++) {
			if (text[i] >= '0' && text[i] <= '9') {
				pid = pid * 10 + (text[i] - '0');
				continue;
			}
			r = add(ret, pid);
			pid = 0;
		}
	}
	return r;
}

static int read_procs(int fd, const char *path, unsigned depth, void *arg)
{
	autofd f = sys_openat(fd, "cgroup.procs", O_RDONLY | O_NOFOLLOW, 0);
	int r = f < 0 ? f : read_numbers(f, arg);

	(void)path;
	(void)depth;
	/* A threaded cgroup lists no processes (EOPNOTSUPP): its domain, which is above it, does. */
	return r == -ENOENT || r == -ENODEV || r == -EACCES || r == -EOPNOTSUPP ? 0 : r;
}

static int by_number(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

int cgroup_pids(int fd, pid_t **ret, size_t *ret_n)
{
	struct pids p = { 0 };
	size_t n = 0;
	int r = tree_walk(fd, "", read_procs, &p);

	if (r == 0 && !p.v) {
		p.v = malloc(sizeof(*p.v));
		r = p.v ? 0 : -ENOMEM;
	}
	if (r < 0) {
		free(p.v);
		return r;
	}
	/* A process that moves while we read can be met twice: cgroups(7). */
	qsort(p.v, p.n, sizeof(*p.v), by_number);
	for (size_t i = 0; i < p.n; i++)
		if (n == 0 || p.v[n - 1] != p.v[i])
			p.v[n++] = p.v[i];
	*ret = p.v;
	*ret_n = n;
	return 0;
}
