/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tests of cgroups share: a directory of the test's own on a real hierarchy, below which everything happens.
 * Skipped where no cgroup2 can be written.  Room: tests.
 */
#ifndef CGROUP_TREE_OF_TESTS_H
#define CGROUP_TREE_OF_TESTS_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

#define SECOND INT64_C(1000000000)
#define SOON   (sys_monotonic_ns() + 20 * SECOND)

static char mount_point[256]; /* of a cgroup2 that can be written; empty: none */
static char top[64]; /* our own directory below it: "/kin-unit-PID" */
static struct host host;

static inline void need_cgroups(void)
{
	if (!mount_point[0]) {
		print_message("skipped: no writable cgroup2 file system (see tests/view)\n");
		skip();
	}
}

static inline struct cgroup_place place_of(struct arena *a, const char *rel, unsigned make)
{
	return (struct cgroup_place){ .dir = arena_printf(a, "%s%s%s", mount_point, top, rel), .make = make };
}

static inline int make(struct arena *a, const char *rel, const char *state_dir)
{
	struct cgroup_place p = place_of(a, rel, 1);
	struct lct_err err;
	int fd = cgroup_make(&host, &p, state_dir, &err);

	if (fd < 0)
		print_message("%s\n", err.text);
	return fd;
}

static inline bool exists(const struct cgroup_place *p)
{
	return access(p->dir, F_OK) == 0;
}

/* A process in the cgroup; it ends with us. */
static inline pid_t spawn_in(int cgroup)
{
	struct kclone_args args = { .flags = KCLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup };
	int r = sys_clone3(&args);

	if (r == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	assert_true(r > 0);
	return r;
}

static inline int exit_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* The first cgroup2 mount that can be written, and a directory of our own in it. */
static inline int set_up(void **unused)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[1024], at[256], path[512], *type;

	(void)unused;
	while (f && fgets(line, sizeof(line), f)) {
		type = strstr(line, " - cgroup2 ");
		if (!type || sscanf(line, "%*s %*s %*s %*s %255s", at) != 1)
			continue;
		snprintf(top, sizeof(top), "/kin-unit-%d", (int)getpid());
		snprintf(path, sizeof(path), "%s%s", at, top);
		if (mkdir(path, 0755) == 0) {
			snprintf(mount_point, sizeof(mount_point), "%s", at);
			break;
		}
	}
	if (f)
		fclose(f);
	if (geteuid() != 0 && mount_point[0]) { /* some tests change users */
		rmdir(path);
		mount_point[0] = '\0';
	}
	host = (struct host){ .euid = 0,
			      .privileged = true,
			      .real_root = true,
			      .cgroup_mount = mount_point[0] ? mount_point : NULL,
			      .cgroup_root = "/",
			      .cgroup_own = "/" };
	return 0;
}

static inline int tear_down(void **unused)
{
	char path[512];

	(void)unused;
	if (!mount_point[0])
		return 0;
	snprintf(path, sizeof(path), "%s%s", mount_point, top);
	return rmdir(path); /* fails when a test left something */
}
#endif
