/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hog, in a container of the tests: takes what a limit is to keep from it.
 *
 *   hog memory MIB      touches that much of its own memory, says "MIB MiB" and holds it until killed
 *   hog cache FILE MIB  reads that much of the file, says so, and keeps the file open until killed
 *   hog huge N          touches N huge pages of 2 MiB, one after the other, saying "page I" after each
 *   hog rdma FILE M N   takes M handles of the device FILE (/dev/infiniband/uverbs0), then N objects by the first, saying
 *                       "handle I" and "object I" after each
 */
#include <errno.h>
#include <fcntl.h>
#include <rdma/ib_user_verbs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MIB = 1024 * 1024, HUGE_PAGE = 2 * MIB, PAGE = 4096 };

static void hold(const char *what)
{
	printf("%s MiB\n", what);
	fflush(stdout);
	for (;;)
		pause();
}

/* No two pages alike, so that none is merged or compressed to nothing. */
static int memory(const char *mib)
{
	size_t size = strtoul(mib, NULL, 10) * MIB;
	unsigned seed = 1;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return 1;
	for (size_t i = 0; i < size; i += 64) {
		seed = seed * 1664525 + 1013904223;
		memcpy(p + i, &seed, sizeof(seed));
	}
	hold(mib);
	return 0;
}

static int cache(const char *file, const char *mib)
{
	size_t size = strtoul(mib, NULL, 10) * MIB;
	static char buffer[64 * 1024];
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && size) {
		ssize_t n = read(fd, buffer, sizeof(buffer));

		if (n <= 0)
			return 1;
		size -= (size_t)n < size ? (size_t)n : size;
	}
	if (fd < 0)
		return 1;
	hold(mib);
	return 0;
}

static int huge(unsigned n)
{
	char *p = mmap(NULL, (size_t)n * HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB,
		       -1, 0);

	if (p == MAP_FAILED) {
		printf("mmap: %s\n", errno == ENOMEM ? "ENOMEM" : strerror(errno));
		return 1;
	}
	for (unsigned i = 0; i < n; i++) {
		p[(size_t)i * HUGE_PAGE] = 1;
		printf("page %u\n", i + 1);
		fflush(stdout);
	}
	return 0;
}

/* One command of the uverbs interface as a write(2): what it asks and where the answer goes. 0, -errno. */
static int verb(int fd, unsigned command, void *answer, unsigned size)
{
	struct {
		struct ib_uverbs_cmd_hdr head;
		uint64_t response;
	} ask = { { command, sizeof(ask) / 4, (uint16_t)(size / 4) }, (uintptr_t)answer };

	return write(fd, &ask, sizeof(ask)) < 0 ? -errno : 0;
}

static int took(const char *what, unsigned number, int r)
{
	if (r < 0)
		printf("%s: %s\n", what, strerror(-r));
	else
		printf("%s %u\n", what, number);
	fflush(stdout);
	return r;
}

static int rdma(const char *file, unsigned handles, unsigned objects)
{
	struct ib_uverbs_get_context_resp context;
	struct ib_uverbs_alloc_pd_resp domain;
	int first = -1;

	for (unsigned i = 1; i <= handles; i++) {
		int fd = open(file, O_RDWR | O_CLOEXEC);
		int r = fd < 0 ? -errno : verb(fd, IB_USER_VERBS_CMD_GET_CONTEXT, &context, sizeof(context));

		if (took("handle", i, r) < 0)
			return 1;
		first = first < 0 ? fd : first;
	}
	for (unsigned i = 1; i <= objects; i++)
		if (took("object", i, verb(first, IB_USER_VERBS_CMD_ALLOC_PD, &domain, sizeof(domain))) < 0)
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "memory"))
		return memory(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "cache"))
		return cache(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "huge"))
		return huge((unsigned)atoi(argv[2]));
	if (argc == 5 && !strcmp(argv[1], "rdma"))
		return rdma(argv[2], (unsigned)atoi(argv[3]), (unsigned)atoi(argv[4]));
	return 2;
}
