/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits as one line of text, for tables of what resources become. */
#ifndef SPEC_LIMITS_TEXT_H
#define SPEC_LIMITS_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "spec/spec.h"
#include "spec_text.h"

/* "pointer:file=value" each, ", " between; `base` is the pointer of the resources, which is left out. */
static inline const char *limits_text(struct arena *a, const struct spec_resources *res, const char *base)
{
	size_t skip = strlen(base);
	const char *text = "";

	for (size_t i = 0; i < res->n_limits; i++) {
		const struct spec_limit *l = &res->limits[i];

		assert_int_equal(strncmp(l->where, base, skip), 0);
		text = arena_printf(a, "%s%s%s:%s=%s%s%s%s%s%s%s", text, i ? ", " : "", l->where + skip, l->file,
				    l->value, l->or_file ? " or " : "", l->or_file ? l->or_file : "",
				    l->or_file ? "=" : "", l->or_file ? l->or_value : "",
				    l->optional ? " optional" : "", l->reset ? " reset" : "");
		assert_non_null(text);
	}
	return text;
}

/* `members` of /linux/resources, with ' for ". */
static inline struct spec_resources config_resources(struct arena *a, const char *members)
{
	char *linux_ = arena_printf(a, NAMESPACES_PIECE ",'resources':{%s}", members);
	char *text = config_text(&(struct pieces){ .linux_ = linux_ });
	struct lct_err err = { 0 };
	struct spec s;

	if (spec_decode(a, text, strlen(text), &s, NULL, &err) < 0 || spec_check(a, &s, NULL, &err) < 0)
		fail_msg("%s: %s", members, err.text);
	free(text);
	return s.resources;
}

static inline void config_limits(const char *members, const char *want)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec_resources res = config_resources(&a, members);
	const char *got = limits_text(&a, &res, "/linux/resources/");

	if (strcmp(got, want) != 0)
		fail_msg("%s\n  gives \"%s\"\n  not   \"%s\"", members, got, want);
}
#endif
