/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The standard streams of a container's init that lead outside: pipes, and files of the host's.  criu hands those to a
 * restored process that are named to it; which ones is kept in descriptors.json beside its images, the file and the form
 * that runc has: what /proc/PID/fd/N says, for 0, 1 and 2.  Room: run.
 */
#include "run/criu.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "json/json.h"
#include "sys/sys.h"

#define FILE_NAME "descriptors.json"

static int mount_of(struct arena *a, pid_t pid, int n, uint64_t *ret)
{
	char path[64], *text;
	const char *p;
	size_t len;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)pid, n);
	r = json_read_file(a, AT_FDCWD, path, 65536, &text, &len, NULL);
	if (r < 0)
		return r;
	p = strstr(text, "mnt_id:");
	if (!p)
		return -ENOENT;
	*ret = strtoull(p + strlen("mnt_id:"), NULL, 10);
	return 0;
}

static bool has_mount(struct arena *a, pid_t pid, uint64_t id)
{
	char path[48], *text, *save = NULL;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)pid);
	if (json_read_file(a, AT_FDCWD, path, 64 << 20, &text, &len, NULL) < 0)
		return true;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strtoull(line, NULL, 10) == id)
			return true;
	return false;
}

/* criu's name for a file that is on none of the container's mounts; NULL: it is, or it is no such file. */
static const char *outside(struct arena *a, pid_t pid, int n, const char *path)
{
	struct stat st;
	uint64_t id;

	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0)
		return NULL;
	/* Of devices only /dev/null and its like: terminals are another matter. */
	if (!S_ISREG(st.st_mode) && !(S_ISCHR(st.st_mode) && major(st.st_rdev) == 1))
		return NULL;
	if (mount_of(a, pid, n, &id) < 0 || has_mount(a, pid, id))
		return NULL;
	return arena_printf(a, "file[%llx:%llx]", (unsigned long long)id, (unsigned long long)st.st_ino);
}

int descriptors_save(struct arena *a, pid_t init, int images, char ***ret_external, size_t *ret_n, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };
	char path[48], target[PATH_MAX];
	char **external = arena_array(a, 4, sizeof(*external));
	autofd file = -EBADF;
	int r;

	if (!external)
		return err_nomem(err);
	*ret_n = 0;
	for (int i = 0; i < 3; i++) {
		const char *name;

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)init, i);
		if (sys_readlinkat(AT_FDCWD, path, target, sizeof(target)) < 0)
			target[0] = '\0'; /* it has closed it */
		name = target[0] ? outside(a, init, i, path) : NULL;
		if (name)
			external[(*ret_n)++] = (char *)(uintptr_t)name;
		buf_char(&b, i ? ',' : '[');
		json_put_string(&b, name ? name : target);
	}
	buf_char(&b, ']');
	if (!buf_ok(&b))
		return err_nomem(err);
	file = sys_openat(images, FILE_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	r = file < 0 ? file : sys_write_all(file, b.data, b.len);
	if (r < 0)
		return err_sys(err, r, FILE_NAME, "write beside the images");
	*ret_external = external;
	return 0;
}

static bool ours(const char *text)
{
	return !strncmp(text, "pipe:[", 6) || !strncmp(text, "file[", 5);
}

int descriptors_load(struct arena *a, int images, struct descriptors *ret, struct lct_err *err)
{
	struct json *list;
	char *text;
	size_t len;
	int r = json_read_file(a, images, FILE_NAME, 65536, &text, &len, err);

	*ret = (struct descriptors){ 0 };
	if (r == -ENOENT)
		return err_set(err, LCT_E_SYSTEM, ENOENT, NULL,
			       "there is no checkpoint in the directory of the images: %s is not there", FILE_NAME);
	if (r == 0)
		r = json_parse(a, text, len, FILE_NAME, &list, err);
	if (r < 0)
		return r;
	for (uint32_t i = 0; list->type == JSON_ARRAY && i < list->n && i < 3; i++)
		if (list->first[i].type == JSON_STRING && ours(list->first[i].string))
			ret->key[i] = list->first[i].string;
	return 0;
}
