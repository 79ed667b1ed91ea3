/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bundle: config.json read, decoded and checked; the root file system found.  No side effect.  Room: run. */
#include "run/run.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
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

/* A namespace by path may be the caller's own. */
static bool is_own(const struct spec_ns *ns, enum spec_ns_kind kind)
{
	char own[32];
	struct stat a, b;

	snprintf(own, sizeof(own), "/proc/self/ns/%s", spec_ns_file(kind));
	return ns->path && sys_fstatat(AT_FDCWD, ns->path, &a, 0) == 0 && sys_fstatat(AT_FDCWD, own, &b, 0) == 0 &&
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* What a container sets is its own: not what it shares with the host, by whatever name (as runc has it). */
static int check_shared(struct arena *a, const struct spec *s, struct lct_err *err)
{
	const struct place linux_ = place_member(NULL, "linux"), list = place_member(&linux_, "sysctl");

	for (size_t i = 0; i < s->n_sysctl; i++) {
		const struct place at = place_member(&list, s->sysctl[i].key);
		const char *path = spec_sysctl_path(a, s->sysctl[i].key);
		enum spec_ns_kind kind = path ? spec_sysctl_ns(path) : SPEC_NS_KINDS;
		char where[PLACE_MAX];

		if (kind == SPEC_NS_KINDS || !is_own(&s->ns[kind], kind))
			continue;
		place_text(&at, where);
		return err_config(err, where, "not allowed: the %s namespace that is joined is the host's",
				  spec_ns_name(kind));
	}
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
	if (r == 0)
		r = find_rootfs(a, ret, err);
	return r < 0 ? r : check_shared(a, &ret->spec, err);
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
	if (check_shared(a, &ret->spec, &err) < 0)
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
