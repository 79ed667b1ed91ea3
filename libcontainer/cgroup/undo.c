/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits as they are, in the words of limits to be.  Room: run. */
#include "cgroup/cgroup.h"

#include <errno.h>

#include "cgroup/tree.h"
#include "cgroup/value.h"

static int read_value(int fd, const char *file, char text[VALUE_ROOM])
{
	int n = tree_read(fd, file, text, VALUE_ROOM);

	if (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	return n;
}

/* 1: the limit's undoing, 0: there is none, for it cannot be read or is not there yet. */
static int undo_one(struct arena *a, int fd, const struct spec_limit *l, struct spec_limit *ret)
{
	const char *file = l->file, *value = l->value;
	char before[VALUE_ROOM];
	int r = read_value(fd, file, before);

	if (r == -ENOENT && l->or_file) {
		file = l->or_file;
		value = l->or_value;
		r = read_value(fd, file, before);
	}
	if (r < 0)
		return 0;
	*ret = (struct spec_limit){ .where = l->where, .file = file, .optional = true, .reset = true };
	ret->value = value_undo(a, file, before, value);
	return ret->value ? 1 : -ENOMEM;
}

int cgroup_limits_undo(struct arena *a, int fd, const struct spec_resources *res, struct spec_resources *ret,
		       struct lct_err *err)
{
	*ret = (struct spec_resources){ .limits = arena_array(a, res->n_limits + 1, sizeof(*ret->limits)) };
	if (!ret->limits)
		return err_nomem(err);
	for (size_t i = res->n_limits; i-- > 0;) {
		int r = undo_one(a, fd, &res->limits[i], &ret->limits[ret->n_limits]);

		if (r < 0)
			return err_nomem(err);
		ret->n_limits += (size_t)r;
	}
	return 0;
}
