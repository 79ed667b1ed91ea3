/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The systemd driver: units instead of directories.  What is asked is systemd/'s, how it is asked systemd_ask.c's.
 * Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/json.h"
#include "sys/sys.h"

enum { PROC_MAX = 64 * 1024 };

/* ---- which systemd ---- */

/* Our uid outside of our user namespace: the one by which the user's systemd is known.  Podman calls us as root of one. */
static uid_t outer_uid(struct arena *a)
{
	uid_t uid = geteuid();
	unsigned inside, outside, count;
	size_t len;
	char *text;
	int n;

	if (json_read_file(a, AT_FDCWD, "/proc/self/uid_map", PROC_MAX, &text, &len, NULL) < 0)
		return uid;
	for (; sscanf(text, "%u %u %u%n", &inside, &outside, &count, &n) == 3; text += n)
		if (uid >= inside && uid - inside < count)
			return outside + (uid - inside);
	return uid;
}

/* owner: whose container it is, on the machine's own numbers; root may ask everybody's systemd. */
static int find_bus(struct arena *a, const lct_runtime *rt, bool user, uid_t owner, int64_t deadline_ns,
		    struct systemd_bus *ret, struct lct_err *err)
{
	int64_t left = deadline_ns - clock_now_ns();

	/* It is to answer before it is killed. */
	*ret = (struct systemd_bus){ .user = user,
				     .deadline_ns = deadline_ns - (left > 1000000000 ? 100000000 : left / 10) };
	if (!user)
		return 0;
	if (geteuid() == 0 && outer_uid(a) == 0 && owner != 0)
		ret->runtime_dir = arena_printf(a, "/run/user/%u", owner);
	else if (rt->runtime_dir && rt->runtime_dir[0])
		ret->runtime_dir = rt->runtime_dir;
	else
		ret->runtime_dir = arena_printf(a, "/run/user/%u", outer_uid(a));
	return ret->runtime_dir ? 0 : err_nomem(err);
}

/* ---- where ---- */

/* The v2 line of /proc/PID/cgroup. */
static int cgroup_of(struct arena *a, pid_t pid, const char **ret)
{
	char *text, *line, path[32];
	size_t len;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	r = json_read_file(a, AT_FDCWD, path, PROC_MAX, &text, &len, NULL);
	if (r < 0)
		return r;
	line = strncmp(text, "0::", 3) ? strstr(text, "\n0::") : text;
	if (!line)
		return -ENOENT;
	line = strchr(line, '/');
	if (!line)
		return -ENOENT;
	line[strcspn(line, "\n")] = '\0';
	*ret = line;
	return 0;
}

/* A path of the hierarchy as one of the host's: the mount may show a part of it only. */
static int host_path(struct arena *a, const struct host *h, const char *path, const char **ret)
{
	const char *root = h->cgroup_root ? h->cgroup_root : "/";
	size_t n = strcmp(root, "/") ? strlen(root) : 0;

	if (strncmp(path, root, n) || (path[n] && path[n] != '/'))
		return -EXDEV;
	*ret = arena_printf(a, "%s%s", strcmp(h->cgroup_mount, "/") ? h->cgroup_mount : "", path + n);
	return *ret ? 0 : -ENOMEM;
}

/* Below which cgroup the user's systemd has its units: it is user@UID.service of the system's, as a rule ours, too. */
static const char *user_root(struct arena *a, const struct host *h)
{
	const char *service = arena_printf(a, "/user@%u.service", outer_uid(a)), *own = h->cgroup_own;
	const char *at = service && own ? strstr(own, service) : NULL;

	if (!service)
		return NULL;
	if (at && (at[strlen(service)] == '/' || !at[strlen(service)]))
		return arena_strndup(a, own, (size_t)(at - own) + strlen(service));
	return arena_printf(a, "/user.slice/user-%u.slice%s", outer_uid(a), service);
}

/* systemd itself is in init.scope below its root, which is "/" but for one in a container. */
static const char *system_root(struct arena *a)
{
	static const char scope[] = "/init.scope";
	const char *path;
	size_t n;

	if (cgroup_of(a, 1, &path) < 0)
		return "";
	n = strlen(path);
	return n > sizeof(scope) - 1 && !strcmp(path + n - (sizeof(scope) - 1), scope)
		       ? arena_strndup(a, path, n - (sizeof(scope) - 1))
		       : "";
}

int systemd_place(struct arena *a, const lct_runtime *rt, const struct host *h, const struct spec *s, const char *id,
		  struct systemd_unit *ret, struct cgroup_place *ret_place, struct lct_err *err)
{
	const char *root, *path;
	int r;

	(void)rt;
	*ret_place = (struct cgroup_place){ 0 };
	r = systemd_unit(a, s->cgroups_path, id, !h->real_root, ret, err);
	if (r == 0)
		r = systemd_check_annotations(s->annotations, s->n_annotations, err);
	if (r < 0)
		return r;
	if (!h->cgroup_mount)
		return err_set(err, LCT_E_SYSTEM, EOPNOTSUPP, NULL,
			       "the systemd cgroup driver needs cgroup v2, and no such hierarchy is mounted");
	root = h->real_root ? system_root(a) : user_root(a, h);
	path = root ? arena_printf(a, "%s%s", root, ret->path) : NULL;
	r = path ? host_path(a, h, path, &ret_place->dir) : -ENOMEM;
	if (r == -EXDEV) /* the mount shows a part only, and systemd's root is not in it: its own view, then */
		r = host_path(a, &(struct host){ .cgroup_mount = h->cgroup_mount }, path, &ret_place->dir);
	if (r < 0)
		return err_nomem(err);
	ret_place->make = 1;
	return 0;
}

/* ---- the verbs ---- */

static bool is_named(const char *text, const char *name)
{
	size_t n = strlen(name);

	n -= n > 3 && !strcmp(name + n - 3, "Sec") ? 3 : 0; /* it went as "...USec" */
	for (const char *p = text; (p = memmem(p, strlen(p), name, n)); p++)
		if (p[n] < 'a' || p[n] > 'z')
			return true;
	return false;
}

/* A property that systemd does not take, neither its name nor its value, is one of the config's: kin's own are well known.
 * Most often systemd says which. */
static int blame_annotation(const struct spec *s, int r, struct lct_err *err)
{
	static const char prefix[] = "org.systemd.property.";
	const char *key = NULL;
	struct lct_err was;
	char where[160];

	if (r != -EINVAL || !err)
		return r;
	was = *err;
	for (size_t i = 0; i < s->n_annotations; i++) {
		if (strncmp(s->annotations[i].key, prefix, sizeof(prefix) - 1))
			continue;
		if (is_named(was.text, s->annotations[i].key + sizeof(prefix) - 1)) {
			key = s->annotations[i].key;
			break;
		}
		key = key ? "" : s->annotations[i].key;
	}
	if (!key)
		return r;
	snprintf(where, sizeof(where), "/annotations%s%s", key[0] ? "/" : "", key);
	return err_config(err, where, "%s", was.text);
}

/* Not what systemd says of the unit, but what the kernel says of the process. */
static int find_dir(struct arena *a, const struct host *h, const struct systemd_unit *u, pid_t pid, const char **ret,
		    struct lct_err *err)
{
	const char *path, *name;
	int r = cgroup_of(a, pid, &path);

	if (r < 0)
		return err_sys(err, r, NULL, "cgroup of process %d in unit %s", pid, u->name);
	name = strrchr(path, '/') + 1;
	if (strcmp(name, u->name) && (name[0] != '_' || strcmp(name + 1, u->name))) /* unit_directory() */
		return err_set(err, LCT_E_SYSTEM, EPROTO, NULL,
			       "systemd says that process %d is in unit %s, but it is in cgroup %s", pid, u->name,
			       path);
	r = host_path(a, h, path, ret);
	if (r < 0)
		return err_sys(err, r, NULL, "cgroup %s of unit %s below %s", path, u->name, h->cgroup_mount);
	return 0;
}

int systemd_start(struct arena *a, const lct_runtime *rt, const struct host *h, const struct systemd_unit *u,
		  const struct spec *s, const char *id, pid_t pid, int64_t deadline_ns, const char **ret_dir,
		  struct lct_err *err)
{
	const char *description = systemd_description(a, rt->root, id, NULL);
	_cleanup_buf_ struct buf request = { 0 };
	struct systemd_bus bus;
	int r;

	if (!description)
		return err_nomem(err);
	r = find_bus(a, rt, !h->real_root, h->euid, deadline_ns, &bus, err);
	if (r == 0)
		r = systemd_request_start(&bus, u, description, pid, &s->resources, s->annotations, s->n_annotations,
					  &request, err);
	if (r == 0)
		r = blame_annotation(s, systemd_ask(&request, "start", u->name, deadline_ns, err), err);
	return r < 0 ? r : find_dir(a, h, u, pid, ret_dir, err);
}

int systemd_update(const lct_runtime *rt, const struct record *rec, const struct spec_resources *res,
		   int64_t deadline_ns, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf request = { 0 };
	struct systemd_bus bus;
	int r = find_bus(&a, rt, rec->user_unit, rec->owner_uid, deadline_ns, &bus, err);

	if (r == 0)
		r = systemd_request_update(&bus, rec->unit, res, &request, err);
	return r < 0 || !request.len ? r : systemd_ask(&request, "update", rec->unit, deadline_ns, err);
}

/* Where init is, below the unit: it may have put itself into a sub-cgroup and given controllers to its children, and then
 * nobody can be in the unit's own any more (cgroup-v2.rst, "No Internal Process Constraint"). */
static const char *subgroup_of(struct arena *a, const struct record *rec)
{
	const char *path, *unit = rec->cgroup ? strrchr(rec->cgroup, '/') : NULL, *at;
	size_t n;

	if (!unit || rec->init.pid <= 0 || cgroup_of(a, rec->init.pid, &path) < 0)
		return "";
	n = strlen(unit);
	at = strstr(path, unit);
	return at && at[n] == '/' ? at + n : "";
}

int systemd_attach(const lct_runtime *rt, const struct record *rec, pid_t pid, int64_t deadline_ns, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf request = { 0 };
	struct systemd_bus bus;
	int r = find_bus(&a, rt, rec->user_unit, rec->owner_uid, deadline_ns, &bus, err);

	if (r < 0)
		return r;
	if (systemd_request_attach(&bus, rec->unit, subgroup_of(&a, rec), pid, &request) < 0)
		return err_nomem(err);
	return systemd_ask(&request, "attach to", rec->unit, deadline_ns, err);
}

static const char *description_of(struct arena *a, const lct_runtime *rt, const struct record *rec)
{
	for (size_t i = 0; i < rec->n_annotations; i++)
		if (!strcmp(rec->annotations[2 * i], SYSTEMD_DESCRIPTION))
			return systemd_description(a, rt->root, rec->id, rec->annotations[2 * i + 1]);
	return systemd_description(a, rt->root, rec->id, NULL);
}

int systemd_stop(const lct_runtime *rt, const struct record *rec, int64_t deadline_ns, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf request = { 0 };
	const char *description = description_of(&a, rt, rec);
	struct systemd_bus bus;
	int r = find_bus(&a, rt, rec->user_unit, rec->owner_uid, deadline_ns, &bus, err);

	if (r < 0)
		return r;
	if (!description || systemd_request_stop(&bus, rec->unit, description, &request) < 0)
		return err_nomem(err);
	r = systemd_ask(&request, "stop", rec->unit, deadline_ns, err);
	/* The units of a systemd that has ended (its user's last session has) ended with it; what can be left is a
	 * directory. */
	return r == -ENOTCONN ? 0 : r;
}
