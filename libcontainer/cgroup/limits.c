/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A cgroup's limits, all or none: what was there is read first, and put back in reverse when one cannot be written.
 * Room: run.
 */
#include "cgroup/cgroup.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "cgroup/controller.h"
#include "cgroup/shrink.h"
#include "cgroup/tree.h"
#include "cgroup/value.h"
#include "sys/sys.h"

enum { LIST_ROOM = 512 };

#define GRACE_NS INT64_C(2000000000) /* to put memory.max back where it was */

enum step { STEP_SKIPPED, STEP_TO_DO, STEP_REFUSED, STEP_DONE };

struct change {
	const struct spec_limit *limit;
	const char *file; /* limit->file or limit->or_file */
	const char *value;
	const char *before; /* NULL: cannot be read, so there is nothing to put back */
	enum step step;
};

struct changes {
	struct arena arena;
	struct value_place place;
	const struct spec_resources *res;
	char here[LIST_ROOM]; /* the controllers that the cgroup has */
	struct change *v;
	size_t n;
	int64_t deadline_ns;
};

static void changes_done(struct changes *c)
{
	arena_done(&c->arena);
}
#define autochanges __attribute__((cleanup(changes_done))) struct changes

static int read_here(struct changes *c, const char *where, struct lct_err *err)
{
	int r = tree_read(c->place.fd, "cgroup.controllers", c->here, sizeof(c->here));

	return r < 0 ? err_sys(err, r, where, "read %s/cgroup.controllers", c->place.dir) : 0;
}

/* ---- before: names and controllers ---- */

/* These act on processes and limit nothing; cgroup.freeze would even keep init from ever being ready. */
static bool is_action(const char *file)
{
	static const char *const actions[] = { "cgroup.procs", "cgroup.threads", "cgroup.kill", "cgroup.freeze",
					       "cgroup.type" };

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (!strcmp(file, actions[i]))
			return true;
	return false;
}

static bool is_needed_already(const struct controller_need *v, size_t n, const char *name)
{
	while (n--)
		if (!strcmp(v[n].name, name))
			return true;
	return false;
}

/* What the limits need and the cgroup has not. */
static int enable(struct changes *c, struct lct_err *err)
{
	struct controller_need *needs = arena_array(&c->arena, c->res->n_limits, sizeof(*needs));
	size_t n = 0;
	int r;

	if (!needs)
		return err_nomem(err);
	for (size_t i = 0; i < c->res->n_limits; i++) {
		const struct spec_limit *l = &c->res->limits[i];
		char name[CONTROLLER_ROOM];

		if (value_controller(l->file, name) < 0)
			return err_config(err, l->where, "\"%s\" is not the name of a cgroup file", l->file);
		if (is_action(l->file))
			return err_config(err, l->where, "\"%s\" is not a limit", l->file);
		/* Without its controller there is no limit to take away. */
		if (!name[0] || l->reset || tree_has_word(c->here, name) || is_needed_already(needs, n, name))
			continue;
		memcpy(needs[n].name, name, sizeof(name));
		needs[n++].where = l->where;
	}
	if (!n)
		return 0;
	r = controllers_enable(&c->place, needs, n, err);
	return r < 0 ? r : read_here(c, needs[0].where, err);
}

/* ---- what there is to write, and what was there ---- */

static int missing(const struct changes *c, const struct spec_limit *l, struct lct_err *err)
{
	return err_set(err, LCT_E_SYSTEM, ENOENT, l->where, "this kernel has no %s%s%s in %s", l->file,
		       l->or_file ? " and no " : "", l->or_file ? l->or_file : "", c->place.dir);
}

static int prepare(struct changes *c, const struct spec_limit *l, struct change *ret, struct lct_err *err)
{
	char name[CONTROLLER_ROOM], text[VALUE_ROOM];
	int r;

	*ret = (struct change){ .limit = l, .file = l->file, .value = l->value };
	(void)value_controller(l->file, name);
	if (name[0] && !tree_has_word(c->here, name))
		return l->reset ? 0 : missing(c, l, err);
	r = value_read(&c->place, l->file, text);
	if (r == -ENOENT && l->or_file) {
		ret->file = l->or_file;
		ret->value = l->or_value;
		r = value_read(&c->place, l->or_file, text);
	}
	if (r == -ENOENT)
		return l->optional || l->reset ? 0 : missing(c, l, err);
	if (r < 0) { /* some can only be written */
		ret->step = STEP_TO_DO;
		return 0;
	}
	ret->step = strcmp(text, ret->value) ? STEP_TO_DO : STEP_SKIPPED;
	ret->before = arena_strdup(&c->arena, text);
	return ret->before ? 0 : err_nomem(err);
}

static int prepare_all(struct changes *c, struct lct_err *err)
{
	int r = 0;

	c->n = c->res->n_limits;
	c->v = arena_array(&c->arena, c->n, sizeof(*c->v));
	if (!c->v)
		return err_nomem(err);
	for (size_t i = 0; i < c->n && r == 0; i++)
		r = prepare(c, &c->res->limits[i], &c->v[i], err);
	return r;
}

/* Swap below what is swapped out kills nobody; checkBeforeUpdate asks for a refusal all the same. */
static int check_swap(struct changes *c, const struct change *ch, struct lct_err *err)
{
	uint64_t limit, now;

	if (!c->res->check_before_update || strcmp(ch->file, "memory.swap.max") || !value_bytes(ch->value, &limit))
		return 0;
	now = shrink_in_use(&c->place, "memory.swap.current");
	if (now <= limit)
		return 0;
	return err_set(err, LCT_E_SYSTEM, EBUSY, ch->limit->where,
		       "%" PRIu64 " bytes of swap are in use, more than the limit %" PRIu64 " (checkBeforeUpdate)", now,
		       limit);
}

/* ---- writing ---- */

static bool is_shrinking(const struct change *ch, const char *from, const char *to, uint64_t *ret)
{
	uint64_t was;

	return !strcmp(ch->file, "memory.max") && value_bytes(to, ret) && value_bytes(from ? from : "max", &was) &&
	       *ret < was;
}

/* 1: refused for now, perhaps for the sake of another that is still to be written. */
static int write_one(struct changes *c, struct change *ch, struct lct_err *err)
{
	const struct spec_limit *l = ch->limit;
	uint64_t limit;
	bool refused = ch->step == STEP_REFUSED;
	int r = check_swap(c, ch, err);

	if (r < 0)
		return r;
	if (is_shrinking(ch, ch->before, ch->value, &limit)) {
		r = shrink_memory(&c->place, l->where, ch->value, limit, c->res->check_before_update, c->deadline_ns,
				  err);
		if (r == -EBUSY)
			return r;
	} else {
		r = value_write(&c->place, ch->file, ch->value);
	}
	ch->step = r < 0 ? STEP_REFUSED : STEP_DONE;
	if (r == 0)
		return 0;
	if (!refused && (r == -EINVAL || r == -EBUSY || r == -ERANGE))
		return 1;
	return err_sys(err, r, l->where, "write \"%s\" to %s/%s", ch->value, c->place.dir, ch->file);
}

/* Twice: cpu.max.burst may not be above the quota, nor a new quota below the burst; cpu.weight is refused while
 * cpu.idle is set. */
static int write_all(struct changes *c, struct lct_err *err)
{
	for (enum step what = STEP_TO_DO; what <= STEP_REFUSED; what++) {
		for (size_t i = 0; i < c->n; i++) {
			int r = c->v[i].step == what ? write_one(c, &c->v[i], err) : 0;

			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* One that was refused may have written some of its lines. */
static void put_back(struct changes *c)
{
	for (int round = 0; round < 2; round++) {
		for (size_t i = c->n; i-- > 0;) {
			struct change *ch = &c->v[i];
			const char *undo;
			uint64_t limit;
			int r;

			if ((ch->step != STEP_DONE && ch->step != STEP_REFUSED) || !ch->before)
				continue;
			undo = value_undo(&c->arena, ch->file, ch->before, ch->value);
			if (!undo)
				return;
			/* Raised a moment ago and perhaps in use by now: rather too much than somebody killed. */
			r = is_shrinking(ch, ch->value, undo, &limit)
				    ? shrink_memory(&c->place, NULL, undo, limit, false, sys_monotonic_ns() + GRACE_NS,
						    NULL)
				    : value_write(&c->place, ch->file, undo);
			if (r == 0)
				ch->step = STEP_SKIPPED;
		}
	}
}

/* What is below the mount, "" for the mount itself; NULL: elsewhere. */
static const char *below_mount(const char *dir, const char *mount)
{
	size_t n = mount ? strlen(mount) : 0;

	return n && !strncmp(dir, mount, n) && (!dir[n] || dir[n] == '/') ? dir + n : NULL;
}

int cgroup_apply_limits(int fd, const char *dir, const struct host *h, const struct spec_resources *res,
			int64_t deadline_ns, struct lct_err *err)
{
	autochanges c = { .place = { .fd = fd, .dir = dir }, .res = res, .deadline_ns = deadline_ns };
	int r;

	if (!res->n_limits || ((fd < 0 || !dir) && !spec_limit_asked(res)))
		return 0;
	if (fd < 0 || !dir)
		return err_set(err, LCT_E_SYSTEM, EOPNOTSUPP, spec_limit_asked(res)->where,
			       "%s cannot be set: there is no cgroup", spec_limit_asked(res)->file);
	c.place.rel = below_mount(dir, h->cgroup_mount);
	if (!c.place.rel)
		return err_set(err, LCT_E_SYSTEM, EINVAL, dir, "not a path below %s",
			       h->cgroup_mount ? h->cgroup_mount : "a mount of cgroup v2");
	r = read_here(&c, res->limits[0].where, err);
	if (r == 0)
		r = enable(&c, err);
	if (r == 0)
		r = prepare_all(&c, err);
	if (r < 0)
		return r;
	r = write_all(&c, err);
	if (r == 0 && value_confirm(&c.place) < 0)
		r = err_set(err, LCT_E_SYSTEM, ESTALE, dir, "this cgroup was replaced while its limits were written");
	if (r < 0)
		put_back(&c);
	return r;
}
