/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcgroup FILE: what the first call of libcgroup costs a kin that has a value to set, in milliseconds, to FILE.  It is
 * kin's own code that is called, linked as the command line is, in a process as fresh as that of a `kin run`.
 */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "cgroup/library.h"

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	int root = open("/sys/fs/cgroup", O_PATH | O_DIRECTORY | O_CLOEXEC), r;
	double begin, end;
	FILE *f;

	if (argc != 2 || root < 0)
		return 2;
	begin = now_ms();
	r = library_knows("hugetlb", "", root);
	end = now_ms();
	f = r == 0 ? fopen(argv[1], "we") : NULL;
	return !f || fprintf(f, "%.6f\n", end - begin) < 0 || fclose(f) != 0;
}
