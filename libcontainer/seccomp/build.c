/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A filter, from the cache or from the compiler.  Room: run. */
#include "seccomp/seccomp.h"

#include <linux/seccomp.h>
#include <string.h>

#include "base/fd.h"
#include "seccomp/cache.h"
#include "seccomp/filter.h"
#include "seccomp/names.h"
#include "sys/kernel.h"

static int flags_of(const struct spec_seccomp *s, bool notifies, uint64_t *ret, struct lct_err *err)
{
	/* No list at all and an empty list differ: runc since 1.1.3. */
	*ret = s->has_flags ? 0 : SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	for (size_t i = 0; i < s->n_flags; i++) {
		uint64_t flag;

		if (seccomp_flag(s->flags[i], &flag) < 0)
			return err_config(err, "/linux/seccomp/flags", "unknown flag %s", s->flags[i]);
		*ret |= flag;
	}
	/* EINVAL without a listener; and without a question nobody has to wait. */
	if (notifies)
		*ret |= KSECCOMP_NEW_LISTENER;
	else
		*ret &= ~KSECCOMP_WAIT_KILLABLE_RECV;
	return 0;
}

static int take_raw(struct arena *a, const struct spec_seccomp *s, struct seccomp_program *ret, struct lct_err *err)
{
	static const char where[] = "/annotations/run.oci.seccomp_bpf_data";
	enum seccomp_asks asks;
	const char *fault = seccomp_raw_fault(s->raw, s->raw_len, &asks);

	if (fault)
		return err_config(err, where, "not a program that the kernel would load: %s", fault);
	if (asks == SECCOMP_ASKS_AGENT && !s->listener_path)
		return err_config(err, where, "it asks an agent: /linux/seccomp/listenerPath is required");
	ret->code = arena_alloc(a, s->raw_len);
	if (!ret->code)
		return err_nomem(err);
	memcpy(ret->code, s->raw, s->raw_len);
	ret->len = s->raw_len;
	return flags_of(s, asks != SECCOMP_ASKS_NOBODY && s->listener_path, &ret->flags, err);
}

int seccomp_build(struct arena *a, const struct spec_seccomp *s, const char *cache_dir, struct seccomp_program *ret,
		  struct lct_err *err)
{
	_cleanup_buf_ struct buf key = { 0 };
	autofd dir = cache_dir ? seccomp_cache_open(cache_dir) : -ENOENT;
	struct sock_filter *code;
	size_t n;
	int r;

	*ret = (struct seccomp_program){ 0 };
	if (s->raw)
		return take_raw(a, s, ret, err);
	r = flags_of(s, spec_seccomp_notifies(s), &ret->flags, err);
	if (r < 0)
		return r;
	if (dir >= 0) {
		seccomp_cache_key(s, &key);
		if (!buf_ok(&key))
			return err_nomem(err);
		if (seccomp_cache_load(dir, a, &key, &ret->code, &ret->len)) {
			ret->from_cache = true;
			return 0;
		}
	}
	r = seccomp_compile(a, s, &code, &n, err);
	if (r < 0)
		return r;
	ret->code = code;
	ret->len = n * sizeof(*code);
	if (dir >= 0) /* a cache that cannot be written costs time, not the start */
		(void)seccomp_cache_store(dir, &key, code, ret->len);
	return 0;
}
