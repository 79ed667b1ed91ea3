/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * library DIR: what a run with a limit asks of libcgroup, in a process that has not asked it anything, as `kin run` is one:
 * sets the huge pages of the cgroup DIR, which it makes and removes, and prints how many milliseconds that took.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "cgroup/cgroup.h"

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	struct spec_limit limits[] = {
		{ .where = "/", .file = "hugetlb.2MB.max", .value = "4194304" },
		{ .where = "/", .file = "hugetlb.2MB.rsvd.max", .value = "4194304", .optional = true },
	};
	struct spec_resources res = { .limits = limits, .n_limits = 2 };
	struct cgroup_place place = { .dir = argv[1], .make = 1 };
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err = { 0 };
	double begin, end;
	struct host h;
	int fd, r;

	if (argc != 2)
		return 2;
	r = host_probe(&a, &h, &err);
	fd = r < 0 ? r : cgroup_make(&h, &place, "/bench/library", &err);
	begin = now_ms();
	if (fd >= 0)
		r = cgroup_apply_limits(fd, place.dir, &h, &res, INT64_MAX, &err);
	end = now_ms();
	if (fd >= 0)
		(void)cgroup_remove(place.dir, 1, fd, INT64_MAX, NULL);
	if (fd < 0 || r < 0) {
		fprintf(stderr, "library: %s\n", err.text);
		return 1;
	}
	printf("%.6f\n", end - begin);
	return 0;
}
