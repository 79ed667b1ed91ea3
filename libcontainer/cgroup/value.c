/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of one cgroup's control files.  Room: run. */
#include "cgroup/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fd.h"
#include "cgroup/library.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

int value_controller(const char *file, char ret[CONTROLLER_ROOM])
{
	size_t n = strcspn(file, ".");

	if (n == 0 || !file[n] || strchr(file, '/') || n >= CONTROLLER_ROOM || strlen(file) > 255)
		return -EINVAL;
	if (n == 6 && !strncmp(file, "cgroup", n))
		n = 0;
	memcpy(ret, file, n);
	ret[n] = '\0';
	return 0;
}

/* Asked once for each controller in turn: that `dir` is still this cgroup is value_confirm's to say. */
static bool by_library(struct value_place *p, const char *file, char controller[CONTROLLER_ROOM])
{
	if (value_controller(file, controller) < 0 || !controller[0])
		return false;
	if (strcmp(p->asked, controller)) {
		memcpy(p->asked, controller, sizeof(p->asked));
		p->known = library_knows(controller, p->rel, p->fd) == 0;
	}
	return p->known;
}

int value_read(struct value_place *p, const char *file, char text[VALUE_ROOM])
{
	char controller[CONTROLLER_ROOM];
	bool library = by_library(p, file, controller);
	int n = library ? library_get(controller, p->rel, file, text, VALUE_ROOM)
			: tree_read(p->fd, file, text, VALUE_ROOM);

	p->by_path |= library;
	if (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	return n;
}

static int write_line(struct value_place *p, const char *file, const char *line)
{
	char controller[CONTROLLER_ROOM];

	if (!line[0])
		return tree_write(p->fd, file, "\n");
	if (!by_library(p, file, controller))
		return tree_write(p->fd, file, line);
	p->by_path = true;
	return library_set(controller, p->rel, file, line);
}

int value_write(struct value_place *p, const char *file, const char *text)
{
	char line[VALUE_ROOM];
	int r;

	do {
		size_t n = strcspn(text, "\n");

		if (n >= sizeof(line))
			return -E2BIG;
		memcpy(line, text, n);
		line[n] = '\0';
		r = write_line(p, file, line);
		text += n + (text[n] == '\n');
	} while (r == 0 && *text);
	return r;
}

/* v2 has no rename and what is removed does not come back: when the name is this cgroup's now, it was at every moment
 * since this cgroup was made. */
int value_confirm(const struct value_place *p)
{
	struct stat here, there;
	autofd fd = -EBADF;
	int r;

	if (!p->by_path)
		return 0;
	fd = tree_open(p->dir);
	if (fd < 0)
		return fd == -ENOENT ? -ESTALE : fd;
	r = sys_fstat(fd, &there);
	if (r == 0)
		r = sys_fstat(p->fd, &here);
	if (r < 0)
		return r;
	return here.st_dev == there.st_dev && here.st_ino == there.st_ino ? 0 : -ESTALE;
}

/* ---- undo ---- */

/* Files with a line for each key, and what resets a key that has none (cgroup-v2.rst). */
static const struct {
	const char *file, *reset;
} keyed[] = {
	{ "io.max", "rbps=max wbps=max riops=max wiops=max" },
	{ "io.weight", "default" },
	{ "io.bfq.weight", "default" },
	{ "io.latency", "target=0" },
	{ "rdma.max", "hca_handle=max hca_object=max" },
	{ "misc.max", "max" },
};

static const char *reset_of(const char *file)
{
	for (size_t i = 0; i < sizeof(keyed) / sizeof(keyed[0]); i++)
		if (!strcmp(keyed[i].file, file))
			return keyed[i].reset;
	return NULL;
}

static const char *next_line(const char *p)
{
	p += strcspn(p, "\n");
	return *p ? p + 1 : p;
}

/* The line of `text` whose first word is the key; NULL: none. */
static const char *line_of(const char *text, const char *key, size_t len)
{
	for (const char *p = text; *p; p = next_line(p))
		if (!strncmp(p, key, len) && p[len] == ' ')
			return p;
	return NULL;
}

char *value_undo(struct arena *a, const char *file, const char *before, const char *text)
{
	const char *reset = reset_of(file);
	_cleanup_buf_ struct buf b = { 0 };

	if (!reset)
		return arena_strdup(a, before);
	for (const char *p = text; *p; p = next_line(p)) {
		size_t len = strcspn(p, " \n");
		/* A weight without a key is the default's. */
		bool plain = p[len] != ' ';
		const char *key = plain ? "default" : p;
		const char *was;

		if (plain)
			len = strlen(key);
		was = line_of(before, key, len);
		if (b.len)
			buf_char(&b, '\n');
		if (was)
			buf_add(&b, was, strcspn(was, "\n"));
		else
			buf_printf(&b, "%.*s %s", (int)len, key, plain ? "100" : reset);
	}
	return buf_ok(&b) ? arena_strndup(a, b.data ? b.data : "", b.len) : NULL;
}

bool value_bytes(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGTPE";
	const char *unit;
	char *end;

	*ret = UINT64_MAX;
	if (!strcmp(text, "max"))
		return true;
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 0); /* memparse() in lib/cmdline.c */
	unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (errno || (*end && (!unit || end[1])))
		return false;
	for (; unit && unit >= units; unit--)
		*ret = *ret > UINT64_MAX / 1024 ? UINT64_MAX : *ret * 1024;
	return true;
}
