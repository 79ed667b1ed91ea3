/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mounts of a container that criu cannot make itself, because their source is the host's: binds, devices that are
 * bound, and /dev/null over masked files.  Each has a name in the images, the same at both ends: its destination as the
 * configuration has it.
 *
 * The container may have moved symlinks or mounts since it was created, so that a destination now leads to another
 * mount: at the restore one mount's source would appear with the other's options (CVE-2026-119101's lesson).  A mount
 * must therefore have the options that its destination is to have, and stand for one destination only; and no name or
 * mount point may contain what separates them in criu's own words ("mnt[KEY]:VALUE").  Room: run.
 */
#include "run/criu.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "sys/sys.h"

#define NULL_DEVICE "/dev/null"

struct mount {
	uint64_t id;
	const char *point, *options; /* " ro,nosuid ..." */
	bool taken;
};
struct table {
	struct mount *v;
	size_t n;
};

/* ---- /proc/PID/mountinfo: "36 35 98:0 /root /point ro,noatime master:1 - ext3 ..." ---- */

/* proc(5): space, tab, newline and backslash are \ooo. */
static char *unescape(char *s)
{
	char *w = s;

	for (const char *p = s; *p; w++) {
		if (p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] && p[3]) {
			*w = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
			p += 4;
		} else {
			*w = *p++;
		}
	}
	*w = '\0';
	return s;
}

static int read_table(struct arena *a, pid_t pid, struct table *ret, struct lct_err *err)
{
	char path[48], *text, *save = NULL;
	size_t len, lines = 0;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)pid);
	r = json_read_file(a, AT_FDCWD, path, 64 << 20, &text, &len, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	ret->v = arena_array(a, lines + 1, sizeof(*ret->v));
	if (!ret->v)
		return err_nomem(err);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *field[6], *p = line;
		int n = 0;

		while (n < 6 && p)
			field[n++] = strsep(&p, " ");
		if (n < 6)
			continue;
		ret->v[ret->n++] = (struct mount){ .id = strtoull(field[0], NULL, 10),
						   .point = unescape(field[4]),
						   .options = field[5] };
	}
	return 0;
}

static bool has_option(const char *options, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = options; p; p = strchr(p, ','), p = p ? p + 1 : NULL)
		if (!strncmp(p, word, len) && (p[len] == ',' || !p[len]))
			return true;
	return false;
}

/* ---- words ---- */

static int check_name(const char *name, struct lct_err *err)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < ' ' || (p[0] == ']' && p[1] == ':'))
			return err_set(err, LCT_E_CONFIG, EOPNOTSUPP, NULL,
				       "the mount at %.200s cannot be checkpointed: criu has no way to write its name",
				       name);
	return 0;
}

/* "//dev/./x/" -> "/dev/x": both ends must have the same. */
static const char *tidy(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, strlen(path) + 2), *w = out;

	if (!out)
		return NULL;
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len && !(len == 1 && path[0] == '.')) {
			*w++ = '/';
			memcpy(w, path, len);
			w += len;
		}
		path += len;
		path += strspn(path, "/");
	}
	if (w == out)
		*w++ = '/';
	*w = '\0';
	return out;
}

/* One mount of the plan: what it is called and where it comes from; false: not the host's. */
static bool of_op(const void *plan, bool userns, const struct plan_op *op, const char **dest, const char **source)
{
	switch (op->code) {
	case PLAN_MOUNT_BIND:
		*dest = plan_data(plan, op->s[1]);
		*source = plan_data(plan, op->s[0]);
		return true;
	case PLAN_DEV_NODE:
		*dest = plan_data(plan, op->s[0]);
		*source = plan_data(plan, op->s[1]);
		return op->flags & PLAN_F_BIND;
	case PLAN_MASK_PATH:
		*dest = plan_data(plan, op->s[0]);
		*source = NULL_DEVICE;
		return true;
	case PLAN_MOUNT_CGROUP:
		/* A bind of the container's own; and in a user namespace criu can mount none. */
		*dest = plan_data(plan, op->s[1]);
		*source = plan_data(plan, op->s[0]);
		return plan_has(op->s[0]) && (userns || !(op->flags & PLAN_F_NEWNS));
	default:
		return false;
	}
}

static const struct plan_op *ops_of(const void *plan, uint32_t *ret_n)
{
	const struct plan_head *h = plan;

	*ret_n = h->n_init;
	return plan_ops(plan) + h->n_mid;
}

static int room(struct arena *a, const void *plan, struct external *ret, struct lct_err *err)
{
	uint32_t n;

	(void)ops_of(plan, &n);
	ret->n = 0;
	ret->v = arena_array(a, n + 1, sizeof(*ret->v));
	return ret->v ? 0 : err_nomem(err);
}

/* ---- at the checkpoint ---- */

struct search {
	struct arena *a;
	struct table mounts;
	int root; /* the container's */
};

static struct mount *mount_at(struct search *s, const char *dest)
{
	autofd fd = sys_openat2(s->root, dest, O_PATH, 0, KRESOLVE_IN_ROOT | KRESOLVE_NO_MAGICLINKS);
	bool is_root = false;
	uint64_t id;

	if (fd < 0 || sys_statx_mount_root(fd, &is_root) < 0 || !is_root || sys_statx_mount_id(fd, &id) < 0)
		return NULL;
	for (size_t i = 0; i < s->mounts.n; i++)
		if (s->mounts.v[i].id == id)
			return &s->mounts.v[i];
	return NULL;
}

/* A masked directory has a tmpfs over it, which is criu's own business. */
static bool is_null_device(struct search *s, const char *dest)
{
	autofd fd = sys_openat2(s->root, dest, O_PATH, 0, KRESOLVE_IN_ROOT | KRESOLVE_NO_MAGICLINKS);
	struct stat st;

	return fd >= 0 && sys_fstat(fd, &st) == 0 && S_ISCHR(st.st_mode);
}

static const char *lacks(const struct plan_op *op, const struct mount *m)
{
	static const struct {
		uint64_t attr;
		const char *word;
	} words[] = {
		{ KMOUNT_ATTR_RDONLY, "ro" },
		{ KMOUNT_ATTR_NOSUID, "nosuid" },
		{ KMOUNT_ATTR_NODEV, "nodev" },
		{ KMOUNT_ATTR_NOEXEC, "noexec" },
	};
	uint64_t attrs = op->code == PLAN_MOUNT_BIND ? op->n[0] | op->n[3] : 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((attrs & words[i].attr) && !has_option(m->options, words[i].word))
			return words[i].word;
	return NULL;
}

static int take_mount(struct search *s, const struct plan_op *op, const char *dest, const char *source,
		      struct external *ret, struct lct_err *err)
{
	bool mask = op->code == PLAN_MASK_PATH;
	struct mount *m = mask && !is_null_device(s, dest) ? NULL : mount_at(s, dest);
	const char *name = mask ? source : tidy(s->a, dest), *word;
	int r;

	if (!m)
		return 0; /* the container has unmounted it, or it was not there to be masked */
	if (op->how & (PLAN_BIND_IDMAP | PLAN_BIND_RIDMAP))
		return err_set(err, LCT_E_CONFIG, EOPNOTSUPP, NULL,
			       "the mount at %s has mapped ids: criu cannot restore it", dest);
	word = lacks(op, m);
	if (word || m->taken)
		return err_set(err, LCT_E_STATE, EINVAL, NULL,
			       "%s leads to another mount than when the container was made (%s%s)", dest, m->point,
			       word ? ", and that has not its options" : "");
	if (!name)
		return err_nomem(err);
	r = check_name(m->point, err);
	if (r == 0)
		r = check_name(name, err);
	m->taken = true;
	ret->v[ret->n++] = (struct criu_pair){ m->point, name };
	return r;
}

int external_of_container(struct arena *a, const void *plan, bool userns, pid_t init, struct external *ret,
			  struct lct_err *err)
{
	struct search s = { .a = a };
	autofd root = -EBADF;
	char path[32];
	uint32_t n;
	const struct plan_op *op = ops_of(plan, &n);
	int r = room(a, plan, ret, err);

	snprintf(path, sizeof(path), "/proc/%d/root", (int)init);
	s.root = root = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0);
	if (r == 0 && root < 0)
		r = err_sys(err, root, path, "open the container's root");
	if (r == 0)
		r = read_table(a, init, &s.mounts, err);
	for (uint32_t i = 0; i < n && r == 0; i++) {
		const char *dest, *source;

		if (of_op(plan, userns, &op[i], &dest, &source))
			r = take_mount(&s, &op[i], dest, source, ret, err);
	}
	return r;
}

/* ---- at the restore ---- */

static bool below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (len == 1 || path[len] == '/');
}

/* What is below another mount is in its images, or its source's. */
static bool hidden(struct arena *a, const void *plan, const struct plan_op *first, const struct plan_op *op,
		   const char *dest)
{
	for (; first < op; first++) {
		const char *other;

		if (first->code != PLAN_MOUNT_FS && first->code != PLAN_MOUNT_BIND)
			continue;
		other = tidy(a, plan_data(plan, first->s[1]));
		if (!other || below(dest, other))
			return true;
	}
	return false;
}

/* A mount point that is not there is made as create would.  Best effort: what stays missing criu names. */
static void make_point(struct arena *a, int root, const char *dest, const char *source)
{
	const uint64_t inside = KRESOLVE_IN_ROOT | KRESOLVE_NO_MAGICLINKS;
	char *path = arena_strdup(a, dest), *p = path;
	autofd parent = sys_dup_above(root, 3);
	struct stat st;
	bool file = source && sys_fstatat(AT_FDCWD, source, &st, 0) == 0 && !S_ISDIR(st.st_mode);

	while (p && parent >= 0) {
		char *name = p + 1, *slash = strchr(name, '/');
		autofd next = -EBADF;

		if (slash)
			*slash = '\0';
		if (!slash && file) {
			next = sys_openat2(root, path, O_PATH, 0, inside);
			if (next == -ENOENT)
				next = sys_openat(parent, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0644);
			return;
		}
		next = sys_openat2(root, path, O_PATH | O_DIRECTORY, 0, inside);
		if (next == -ENOENT && sys_mkdirat(parent, name, 0755) == 0)
			next = sys_openat2(root, path, O_PATH | O_DIRECTORY, 0, inside);
		fd_done(&parent);
		parent = TAKE_FD(next);
		if (slash)
			*slash = '/';
		p = slash;
	}
}

int external_of_plan(struct arena *a, const void *plan, bool userns, const char *rootfs, struct external *ret,
		     struct lct_err *err)
{
	autofd root = sys_openat(AT_FDCWD, rootfs, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	bool masked = false;
	uint32_t n;
	const struct plan_op *op = ops_of(plan, &n);
	int r = room(a, plan, ret, err);

	if (r == 0 && root < 0)
		r = err_sys(err, root, rootfs, "open the root file system");
	for (uint32_t i = 0; i < n && r == 0; i++) {
		const char *dest = NULL, *source = NULL, *name;
		bool external = of_op(plan, userns, &op[i], &dest, &source);

		if (op[i].code == PLAN_MOUNT_FS || op[i].code == PLAN_MOUNT_CGROUP)
			dest = plan_data(plan, op[i].s[1]);
		if (!dest || (op[i].code == PLAN_MASK_PATH && masked))
			continue;
		name = tidy(a, dest);
		if (!name)
			return err_nomem(err);
		if (op[i].code == PLAN_MASK_PATH)
			masked = true;
		else if (op[i].code != PLAN_DEV_NODE && !hidden(a, plan, op, &op[i], name))
			make_point(a, root, name, source);
		if (!external)
			continue;
		if (op[i].code == PLAN_MASK_PATH)
			name = NULL_DEVICE;
		r = check_name(name, err);
		ret->v[ret->n++] = (struct criu_pair){ name, source };
	}
	return r;
}
