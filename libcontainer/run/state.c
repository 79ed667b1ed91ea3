/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state document (runtime-spec runtime.md, "State"), as runc prints it, and the questions about it.  Room: run. */
#include "run/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/json.h"
#include "sys/sys.h"

static void member(struct buf *b, bool indent, const char *name, const char *value)
{
	buf_str(b, indent ? ",\n  \"" : ",\"");
	buf_str(b, name);
	buf_str(b, indent ? "\": " : "\":");
	json_put_string(b, value ? value : "");
}

static void put_annotations(struct buf *b, const struct record *r, bool indent)
{
	if (!r->n_annotations)
		return;
	buf_str(b, indent ? ",\n  \"annotations\": {" : ",\"annotations\":{");
	for (size_t i = 0; i < r->n_annotations; i++) {
		buf_str(b, i ? "," : "");
		buf_str(b, indent ? "\n    " : "");
		json_put_string(b, r->annotations[2 * i]);
		buf_str(b, indent ? ": " : ":");
		json_put_string(b, r->annotations[2 * i + 1]);
	}
	buf_str(b, indent ? "\n  }" : "}");
}

static char *document(const struct record *r, enum state s, pid_t pid, bool indent, const char *owner)
{
	_cleanup_buf_ struct buf b = { 0 };

	buf_str(&b, indent ? "{\n  \"ociVersion\": " : "{\"ociVersion\":");
	json_put_string(&b, lct_spec_version());
	member(&b, indent, "id", r->id);
	buf_printf(&b, indent ? ",\n  \"pid\": %d" : ",\"pid\":%d", s == STATE_STOPPED ? 0 : (int)pid);
	member(&b, indent, "status", state_oci_name(s));
	member(&b, indent, "bundle", r->bundle);
	member(&b, indent, "rootfs", r->rootfs);
	member(&b, indent, "created", r->created);
	put_annotations(&b, r, indent);
	member(&b, indent, "owner", owner);
	if (s == STATE_STOPPED && usage_oom(&r->usage))
		buf_str(&b, indent ? ",\n  \"oomKilled\": true" : ",\"oomKilled\":true");
	buf_str(&b, indent ? "\n}" : "}");
	return buf_take(&b);
}

/* runc's state names no owner, and its list does. */
char *state_document(const struct record *r, enum state s, pid_t pid, bool indent)
{
	return document(r, s, pid, indent, "");
}

int state_memfd(const struct record *r, enum state s, pid_t pid)
{
	char *doc = state_document(r, s, pid, false);
	int fd = doc ? memfd_sealed("kin-state", doc, strlen(doc), false) : -ENOMEM;

	free(doc);
	return fd;
}

static const enum lct_status statuses[STATE_COUNT] = {
	[STATE_RESERVED] = LCT_CREATING, [STATE_CREATING] = LCT_CREATING, [STATE_CREATED] = LCT_CREATED,
	[STATE_STARTING] = LCT_CREATED,	 [STATE_RUNNING] = LCT_RUNNING,	  [STATE_PAUSED] = LCT_PAUSED,
	[STATE_STOPPED] = LCT_STOPPED,	 [STATE_BROKEN] = LCT_STOPPED,
};

const char *lct_status_name(enum lct_status status)
{
	static const char *const names[] = { "creating", "created", "running", "paused", "stopped" };

	return (unsigned)status < sizeof(names) / sizeof(names[0]) ? names[status] : "unknown";
}

static void inform(lct_container *ct, struct lct_info *i)
{
	enum state s = container_state(ct);

	*i = (struct lct_info){ .size = sizeof(*i),
				.status = statuses[s],
				.pid = s == STATE_STOPPED ? 0 : ct->rec.init.pid,
				.id = ct->id,
				.bundle = ct->rec.bundle,
				.rootfs = ct->rec.rootfs,
				.created = ct->rec.created,
				.owner = ct->damaged ? NULL : host_owner(&ct->arena, ct->rec.owner_uid),
				.damaged = ct->damaged };
}

int lct_info(lct_container *ct, struct lct_info *ret, struct lct_err *err)
{
	struct lct_info i;
	size_t size = ret->size;
	int r = container_load(ct, err);

	if (r < 0 && !ct->damaged)
		return r;
	inform(ct, &i);
	if (!i.owner && !ct->damaged)
		return err_nomem(err);
	memcpy(ret, &i, size < sizeof(i) ? size : sizeof(i));
	ret->size = size;
	return 0;
}

static int state_json(lct_container *ct, const char *owner, char **ret, struct lct_err *err)
{
	struct record r = ct->rec;
	enum state s = container_state(ct);

	r.id = ct->id;
	/* Nobody saw its end, but the cgroup may still know. */
	if (s == STATE_STOPPED && r.usage.memory_oom_kill == LCT_UNKNOWN)
		r.usage.memory_oom_kill = usage_oom_kills(ct);
	*ret = document(&r, s, ct->rec.init.pid, true, owner);
	return *ret ? 0 : err_nomem(err);
}

int lct_state_json(lct_container *ct, char **ret, struct lct_err *err)
{
	return state_json(ct, "", ret, err);
}

static int list_one(lct_runtime *rt, int root, const char *id, int (*fn)(const struct lct_info *, const char *, void *),
		    void *arg, struct lct_err *err)
{
	lct_container *ct;
	struct lct_info info;
	char *json = NULL;
	int r = container_new(rt, id, &ct, err);

	if (r < 0)
		return r;
	ct->dirfd = store_open(root, id, err);
	if (ct->dirfd == -ENOENT) { /* deleted since the names were read */
		lct_free(ct);
		return 0;
	}
	if (ct->dirfd < 0)
		ct->damaged = true;
	else
		(void)container_load(ct, err);
	inform(ct, &info);
	if (!ct->damaged)
		r = info.owner ? state_json(ct, info.owner, &json, err) : err_nomem(err);
	if (r == 0)
		r = fn(&info, json, arg);
	free(json);
	lct_free(ct);
	return r;
}

int lct_list(lct_runtime *rt, int (*fn)(const struct lct_info *info, const char *state_json, void *arg), void *arg,
	     struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	autofd root = store_open_root(rt->root, false, err);
	char **ids;
	size_t n;
	int r;

	if (root == -ENOENT)
		return 0;
	if (root < 0)
		return root;
	r = store_ids(root, &a, &ids, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = list_one(rt, root, ids[i], fn, arg, err);
	return r;
}
