/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is taken away from the container: sysctl values, read-only and masked paths, a writable root.  Room: run (pure). */
#include "plan/draft.h"

#include <string.h>

#include "spec/place.h"

/* It is looked up below /proc/sys; here a wrong key still has a name. */
static bool is_plain(const char *path)
{
	size_t n;

	for (; *path; path += n) {
		n = strcspn(path, "/");
		if (n == 0 || (n == 1 && path[0] == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (path[n] == '/' && !path[++n])
			return false;
	}
	return true;
}

void draft_sysctl(struct draft *d)
{
	const struct spec_sysctl *v = d->s->sysctl;
	const struct place linux_ = place_member(NULL, "linux"), in = place_member(&linux_, "sysctl");
	char where[PLACE_MAX];
	struct plan_op *op;
	char *path;

	for (size_t i = 0; i < d->s->n_sysctl; i++) {
		path = spec_sysctl_path(d->a, v[i].key);
		if (!path) {
			draft_nomem(d);
			return;
		}
		if (!*path || !is_plain(path))
			draft_fail(d, "/linux/sysctl", "\"%s\" is not the name of a sysctl", v[i].key);
		place_text(&(struct place){ .up = &in, .name = v[i].key }, where);
		op = draft_op(d, PLAN_SYSCTL, "%s", where);
		op->s[0] = draft_str(d, path);
		op->s[1] = draft_str(d, v[i].value);
	}
}

void draft_protect(struct draft *d)
{
	const struct spec *s = d->s;
	struct plan_op *op;

	for (size_t i = 0; i < s->n_readonly_paths; i++)
		draft_op(d, PLAN_READONLY_PATH, "/linux/readonlyPaths/%zu", i)->s[0] = draft_str(d,
												 s->readonly_paths[i]);
	for (size_t i = 0; i < s->n_masked_paths; i++) {
		op = draft_op(d, PLAN_MASK_PATH, "/linux/maskedPaths/%zu", i);
		op->s[0] = draft_str(d, s->masked_paths[i]);
		op->s[1] = draft_str(d, draft_mount_label(d, "tmpfs"));
	}
	if (s->root.readonly)
		draft_op(d, PLAN_ROOT_READONLY, "/root/readonly");
}
