/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cache's key: every value that the compiled filter depends on, written so that two different inputs never give
 * the same bytes (each string with its length, each list with its count, each option with its presence).  Room: run.
 */
#include <seccomp.h>
#include <string.h>

#include "seccomp/cache.h"

/* Raise it when the compilation changes within one version of kin. */
enum { KEY_FORMAT = 1 };

static void number(struct buf *b, uint64_t v)
{
	buf_add(b, &v, sizeof(v));
}

static void string(struct buf *b, const char *s)
{
	size_t len = strlen(s);

	number(b, len);
	buf_add(b, s, len);
}

static void strings(struct buf *b, char *const *v, size_t n)
{
	number(b, n);
	for (size_t i = 0; i < n; i++)
		string(b, v[i]);
}

static void optional(struct buf *b, bool present, uint32_t v)
{
	number(b, present);
	number(b, present ? v : 0);
}

static void rule(struct buf *b, const struct spec_seccomp_rule *r)
{
	strings(b, r->names, r->n_names);
	string(b, r->action);
	optional(b, r->has_errno, r->errno_ret);
	number(b, r->n_args);
	for (size_t i = 0; i < r->n_args; i++) {
		number(b, r->args[i].index);
		number(b, r->args[i].value);
		number(b, r->args[i].value_two);
		string(b, r->args[i].op);
	}
}

void seccomp_cache_key(const struct spec_seccomp *s, struct buf *ret)
{
	const struct scmp_version *v = seccomp_version();

	string(ret, KIN_VERSION);
	number(ret, KEY_FORMAT);
	number(ret, v->major);
	number(ret, v->minor);
	number(ret, v->micro);
	number(ret, seccomp_arch_native());
	string(ret, s->default_action);
	optional(ret, s->has_default_errno, s->default_errno);
	strings(ret, s->architectures, s->n_architectures);
	number(ret, s->fail_unknown);
	number(ret, s->n_rules);
	for (size_t i = 0; i < s->n_rules; i++)
		rule(ret, &s->rules[i]);
}
