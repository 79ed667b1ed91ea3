/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mount(2), for options that fsconfig(2) has no room for: it takes a page of them in one string.  It attaches at once,
 * so it is given the descriptor that was looked up, as a path in a proc that is verified to be one, and the attributes
 * that keep an image's files harmless in the same call.  Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

enum { DATA_ROOM = 4096 };

static const struct {
	const char *word;
	uint64_t flag;
} super_words[] = {
	{ "async", 0 },
	{ "sync", KMS_SYNCHRONOUS },
	{ "dirsync", KMS_DIRSYNC },
	{ "lazytime", KMS_LAZYTIME },
	{ "nolazytime", 0 },
	{ "mand", KMS_MANDLOCK },
	{ "nomand", 0 },
};

static bool super_flag(const char *item, uint64_t *flags)
{
	for (size_t i = 0; i < sizeof(super_words) / sizeof(super_words[0]); i++) {
		if (strcmp(item, super_words[i].word) == 0) {
			*flags |= super_words[i].flag;
			return true;
		}
	}
	return false;
}

struct text {
	char s[DATA_ROOM];
	size_t n;
};

static int add(struct text *t, const char *s, size_t len)
{
	if (len > sizeof(t->s) - 1 - t->n)
		return -E2BIG;
	memcpy(t->s + t->n, s, len);
	t->n += len;
	t->s[t->n] = '\0';
	return 0;
}

/* A comma that is neither escaped nor in quotes would end the option: context="a:b:c1,c2". */
static int add_item(struct text *t, const char *item)
{
	const char *value = strchr(item, '=');
	bool quote = value && value - item >= 7 && strncmp(value - 7, "context", 7) == 0 && strchr(value, ',');
	int err = t->n ? add(t, ",", 1) : 0;

	if (err < 0 || !quote)
		return err < 0 ? err : add(t, item, strlen(item));
	err = add(t, item, (size_t)(value + 1 - item));
	if (err == 0)
		err = add(t, "\"", 1);
	if (err == 0)
		err = add(t, value + 1, strlen(value + 1));
	return err < 0 ? err : add(t, "\"", 1);
}

/* "/proc/self/fd/N" */
static void fd_path(char path[32], int fd)
{
	static const char dir[] = "/proc/self/fd/";
	char digits[12], *d = digits + sizeof(digits), *p = path + sizeof(dir) - 1;

	memcpy(path, dir, sizeof(dir));
	do
		*--d = (char)('0' + fd % 10);
	while (fd /= 10);
	memcpy(p, d, (size_t)(digits + sizeof(digits) - d));
	p[digits + sizeof(digits) - d] = '\0';
}

int oldmount(struct init *in, const struct plan_op *op, int onto, struct report *r)
{
	const char *item = op_str(in, op, 2), *source = "none";
	uint64_t flags = op->n[0] & (KMS_NOSUID | KMS_NODEV | KMS_NOEXEC); /* the bits of MOUNT_ATTR_* are the same */
	struct text data = { .n = 0 };
	autofd proc = proc_open_host();
	char target[32];
	struct stat root, st;
	int err = proc < 0 ? proc : 0;

	if (err == 0)
		err = sys_fstat(onto, &st);
	if (err == 0)
		err = sys_fstat(in->root, &root);
	/* Over the root itself there would be no way to look it up again. */
	if (err == 0 && st.st_dev == root.st_dev && st.st_ino == root.st_ino)
		err = -E2BIG;
	for (uint64_t i = 0; err == 0 && i < op->n[2]; i++, item += strlen(item) + 1) {
		if (strncmp(item, "source=", 7) == 0)
			source = item + 7;
		else if (!super_flag(item, &flags))
			err = add_item(&data, item);
	}
	if (err == 0) {
		fd_path(target, onto);
		err = sys_mount(source, target, op_str(in, op, 0), flags, data.s);
	}
	return err < 0 ? report_at(r, err, LINK_STAGE_OP, "options longer than fsconfig(2) takes") : 0;
}
