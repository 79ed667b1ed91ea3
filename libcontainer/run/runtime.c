/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runtime handle: immutable once opened, shared freely between threads.  Room: run. */
#include "run/run.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 60000 };

static char *copy(const char *s, bool *failed)
{
	char *p = s ? strdup(s) : NULL;

	if (s && !p)
		*failed = true;
	return p;
}

static bool is_manager(const char *name)
{
	return !strcmp(name, "cgroupfs") || !strcmp(name, "systemd") || !strcmp(name, "disabled");
}

int lct_open(const struct lct_runtime_opts *opts, lct_runtime **ret, struct lct_err *err)
{
	struct lct_runtime_opts o = { 0 };
	bool failed = false;
	lct_runtime *rt;
	size_t n;

	if (opts)
		memcpy(&o, opts, opts->size < sizeof(o) ? opts->size : sizeof(o));
	if (!o.root || o.root[0] != '/')
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "the state directory (root) must be an absolute path");
	n = strlen(o.root);
	while (n > 1 && o.root[n - 1] == '/')
		n--;
	if (n == 1)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "the state directory (root) must not be /");
	if (o.timeout_ms < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL, "a timeout must not be negative");
	rt = calloc(1, sizeof(*rt));
	if (!rt)
		return err_nomem(err);
	rt->root = strndup(o.root, n);
	rt->cache_dir = copy(o.cache_dir, &failed);
	rt->cgroup_manager = copy(o.cgroup_manager ? o.cgroup_manager : "cgroupfs", &failed);
	rt->runtime_dir = copy(o.runtime_dir, &failed);
	rt->environment = o.environment;
	rt->timeout_ms = o.timeout_ms ? o.timeout_ms : DEFAULT_TIMEOUT_MS;
	if (failed || !rt->root) {
		lct_close(rt);
		return err_nomem(err);
	}
	if (!is_manager(rt->cgroup_manager)) {
		int r = err_set(err, LCT_E_USAGE, EINVAL, NULL,
				"cgroup manager \"%s\" is none of cgroupfs, systemd, disabled", rt->cgroup_manager);

		lct_close(rt);
		return r;
	}
	*ret = rt;
	return 0;
}

void lct_close(lct_runtime *rt)
{
	if (!rt)
		return;
	free(rt->root);
	free(rt->cache_dir);
	free(rt->cgroup_manager);
	free(rt->runtime_dir);
	free(rt);
}

int run_timeout(const lct_runtime *rt, int asked_ms)
{
	return asked_ms > 0 ? asked_ms : rt->timeout_ms;
}

int64_t run_deadline(int timeout_ms)
{
	return clock_now_ns() + (int64_t)timeout_ms * 1000000;
}

const char *run_state_dir(struct arena *a, const lct_runtime *rt, const char *id)
{
	return arena_printf(a, "%s/%s", rt->root, id);
}
