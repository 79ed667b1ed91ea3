/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of a cgroup with any bytes in them: each line parser on each line, then the readers on a directory whose
 * files have that content, and the document made of what they found, which must be JSON.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cgroup/usage.h"
#include "cgroup/usage_text.h"
#include "json/json.h"
#include "run/stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int dir = -EBADF;

static char dir_name[] = "/tmp/kin-fuzz-usage-XXXXXX";
static const char *const files[] = {
	"cpu.stat",	"memory.events", "memory.current",	  "memory.stat",	"io.stat",
	"cpu.pressure", "pids.max",	 "cpuset.cpus.effective", "hugetlb.2MB.current"
};
enum { FILES = sizeof(files) / sizeof(files[0]) };

static void tidy(void)
{
	for (int i = 0; i < FILES; i++)
		(void)unlinkat(dir, files[i], 0);
	(void)rmdir(dir_name);
}

static void open_dir(void)
{
	if (dir >= 0)
		return;
	if (!mkdtemp(dir_name))
		abort();
	dir = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	atexit(tidy);
}

static int never(unsigned cpu, void *arg)
{
	(void)arg;
	return cpu > 65535 ? 1 : 0;
}

static void lines(const char *text)
{
	struct usage_psi psi;
	struct usage_io io;
	uint64_t v = 0;
	int n = usage_pair(text, &v);

	if (n == 0 || n > (int)strlen(text) || (n > 0 && v >= USAGE_MAX))
		abort();
	if (usage_cpu_list(text, never, NULL) > 0)
		abort();
	(void)usage_number(text);
	(void)usage_psi_line(text, &psi);
	(void)usage_io_line(text, &io);
}

/* The input is cut at NULs: one file each. */
static void write_files(const char *text, size_t size)
{
	for (int i = 0; i < FILES; i++) {
		autofd fd = openat(dir, files[i], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		const char *end = size ? memchr(text, 0, size) : NULL;
		size_t len = end ? (size_t)(end - text) : size;

		if (fd < 0 || (len && write(fd, text, len) != (ssize_t)len))
			abort();
		text += len + (end != NULL);
		size -= len + (end != NULL);
	}
}

static void document(void)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	struct usage_totals t;
	struct usage u;
	struct json *j;

	if (usage_read_totals(dir, &t) < 0 || usage_read(&a, dir, &u) < 0)
		abort(); /* the files are there */
	if (t.cpu != u.cpu || t.oom_kill != u.oom_kill)
		abort();
	for (size_t i = 0; i < u.n_memory_stat;
	     i++) /* names are the kernel's: the document takes what JSON takes once */
		for (size_t k = 0; k < i; k++)
			if (!strcmp(u.memory_stat[i].name, u.memory_stat[k].name))
				return;
	if (stats_document(&a, &u, &b) < 0)
		abort();
	if (json_parse(&a, b.data, b.len, "stats", &j, NULL) < 0 && u.n_memory_stat == 0)
		abort(); /* two bad names may become one when they are made UTF-8 */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size > 65536)
		return 0;
	text = malloc(size + 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	lines(text);
	open_dir();
	write_files(text, size);
	document();
	free(text);
	return 0;
}
