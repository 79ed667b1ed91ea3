/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bundle: config.json read, decoded and checked; the root file system found.  No side effect.  Room: run. */
#include "run/run.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "json/json.h"
#include "spec/report.h"
#include "sys/sys.h"

static const char *real(struct arena *a, const char *path)
{
	char buf[PATH_MAX];

	return realpath(path, buf) ? arena_strdup(a, buf) : NULL;
}

static int find_rootfs(struct arena *a, struct bundle *b, struct lct_err *err)
{
	const char *given = b->spec.root.path, *path = given;
	struct stat st;
	int r;

	if (given[0] != '/')
		path = arena_printf(a, "%s/%s", b->path, given);
	if (!path)
		return err_nomem(err);
	r = sys_fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW);
	if (r < 0)
		return err_set(err, LCT_E_CONFIG, -r, "/root/path", "root file system %s: %s", path, errno_text(r));
	/* A link could be turned while we look: the caller says what it means. */
	if (S_ISLNK(st.st_mode))
		return err_config(err, "/root/path", "root file system %s must not be a symbolic link", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, LCT_E_CONFIG, ENOTDIR, "/root/path", "root file system %s: not a directory", path);
	b->rootfs = real(a, path);
	if (!b->rootfs)
		return err_set(err, LCT_E_CONFIG, errno, "/root/path", "root file system %s: %s", path,
			       errno_text(errno));
	if (!strcmp(b->rootfs, "/"))
		return err_config(err, "/root/path", "the root file system must not be /");
	return 0;
}

static int read_config(struct arena *a, const char *path, const char *config, struct bundle *ret, char **text,
		       size_t *len, struct lct_err *err)
{
	ret->path = real(a, path ? path : ".");
	if (!ret->path)
		return err_sys(err, errno, path, "bundle");
	if (!config)
		config = arena_printf(a, "%s/config.json", ret->path);
	if (!config)
		return err_nomem(err);
	return json_read_file(a, AT_FDCWD, config, JSON_MAX_SIZE, text, len, err);
}

int bundle_load(struct arena *a, const char *path, const char *config, struct bundle *ret, struct lct_err *err)
{
	char *text;
	size_t len;
	int r = read_config(a, path, config, ret, &text, &len, err);

	if (r == 0)
		r = spec_decode(a, text, len, &ret->spec, NULL, err);
	if (r == 0)
		r = spec_check(a, &ret->spec, NULL, err);
	return r < 0 ? r : find_rootfs(a, ret, err);
}

int bundle_survey(struct arena *a, const char *path, const char *config, struct buf *problems, struct bundle *ret)
{
	struct lct_err err;
	char *text;
	size_t len;
	int r = read_config(a, path, config, ret, &text, &len, NULL);

	if (r < 0)
		return r;
	(void)spec_decode(a, text, len, &ret->spec, problems, NULL);
	(void)spec_check(a, &ret->spec, problems, NULL);
	if (ret->spec.root.path && ret->spec.root.path[0] && find_rootfs(a, ret, &err) < 0)
		report_add(problems, &err);
	return 0;
}

/* name:password:uid:gid:gecos:home:shell */
static const char *home_in(struct arena *a, char *text, uint32_t uid)
{
	for (char *line = strtok_r(text, "\n", &text); line; line = strtok_r(NULL, "\n", &text)) {
		char *field[7], *p = line;
		int n = 0;

		while (n < 7 && p)
			field[n++] = strsep(&p, ":");
		if (n >= 6 && field[2][0] && strspn(field[2], "0123456789") == strlen(field[2]) &&
		    strtoull(field[2], NULL, 10) == uid && field[5][0] == '/')
			return arena_strdup(a, field[5]);
	}
	return NULL;
}

const char *bundle_home(struct arena *a, int root, uint32_t uid)
{
	enum { MAX = 1 << 20 };
	struct stat st;
	autofd fd = -EBADF;
	char *text;
	ssize_t n;

	/* The image decides what lies there: no link out of it, no device, no FIFO that blocks. */
	fd = sys_openat2(root, "etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY, 0,
			 KRESOLVE_IN_ROOT | KRESOLVE_NO_MAGICLINKS);
	if (fd < 0 || sys_fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > MAX)
		return NULL;
	text = arena_alloc(a, (size_t)st.st_size + 1);
	n = text ? sys_read(fd, text, (size_t)st.st_size) : -1;
	if (n <= 0)
		return NULL;
	text[n] = '\0';
	return home_in(a, text, uid);
}
