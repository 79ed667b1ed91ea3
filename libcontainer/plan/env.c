/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The environment of the user's program: the configuration's, of several values for a name the last, and what the
 * runtime adds.  Linear but for one sort: 100,000 variables are no reason to be slow.  Room: run (pure).
 */
#include "plan/draft.h"

#include <stdlib.h>
#include <string.h>

/* execvp(3) has a compiled-in path too; this is what Docker and Podman set. */
static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct var {
	const char *text;
	size_t name_len, index;
	bool shadowed;
};

static int by_name(const void *a, const void *b)
{
	const struct var *x = *(struct var *const *)a, *y = *(struct var *const *)b;
	size_t n = x->name_len < y->name_len ? x->name_len : y->name_len;
	int r = memcmp(x->text, y->text, n);

	if (r)
		return r;
	if (x->name_len != y->name_len)
		return x->name_len < y->name_len ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static bool same_name(const struct var *a, const struct var *b)
{
	return a->name_len == b->name_len && !memcmp(a->text, b->text, a->name_len);
}

static void shadow(struct draft *d, struct var *v, size_t n)
{
	struct var **sorted = arena_array(d->a, n + 1, sizeof(*sorted));

	if (!sorted) {
		draft_nomem(d);
		return;
	}
	for (size_t i = 0; i < n; i++)
		sorted[i] = &v[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 1; i < n; i++)
		sorted[i - 1]->shadowed = same_name(sorted[i - 1], sorted[i]);
}

/* What the runtime sets, over anything configured; up to 4 strings. */
static size_t additions(struct draft *d, char **v)
{
	size_t n = 0;

	if (!d->o)
		return 0;
	if (d->o->listen_fds > 0) { /* sd_listen_fds(3): the program is pid 1 of its pid namespace */
		v[n++] = arena_printf(d->a, "LISTEN_FDS=%d", d->o->listen_fds);
		v[n++] = arena_strdup(d->a, "LISTEN_PID=1");
		if (d->o->listen_fdnames)
			v[n++] = arena_printf(d->a, "LISTEN_FDNAMES=%s", d->o->listen_fdnames);
	}
	if (d->o->notify_socket)
		v[n++] = arena_printf(d->a, "NOTIFY_SOCKET=%s", d->o->notify_socket);
	return n;
}

static const char *value(const struct draft *d, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < d->n_env; i++) {
		if (!strncmp(d->env[i], name, len) && d->env[i][len] == '=')
			return d->env[i] + len + 1;
	}
	return NULL;
}

void draft_env(struct draft *d)
{
	char *added[4];
	size_t n_added = additions(d, added), n = d->p->n_env + n_added;
	struct var *v = arena_array(d->a, n + 1, sizeof(*v));
	const char *text;

	d->env = arena_array(d->a, n + 2, sizeof(*d->env));
	if (!v || !d->env) {
		draft_nomem(d);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		text = i < d->p->n_env ? d->p->env[i] : added[i - d->p->n_env];
		if (!text) {
			draft_nomem(d);
			return;
		}
		v[i] = (struct var){ .text = text, .name_len = strcspn(text, "="), .index = i };
	}
	shadow(d, v, n);
	for (size_t i = 0; i < n; i++) {
		if (!v[i].shadowed)
			d->env[d->n_env++] = (char *)v[i].text;
	}
	if (!value(d, "HOME")) {
		d->env[d->n_env] = arena_printf(d->a, "HOME=%s", d->home ? d->home : "/");
		if (!d->env[d->n_env++])
			draft_nomem(d);
	}
	d->path = value(d, "PATH");
	if (!d->path)
		d->path = default_path;
}
