/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runner of tables of refusals: a config, and the words that a person gets for it. */
#ifndef SPEC_REFUSAL_H
#define SPEC_REFUSAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "spec/spec.h"
#include "spec_text.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

struct refusal {
	struct pieces pieces;
	const char *want; /* NULL: nothing is wrong */
};

/* Decodes and, when that went well, checks. */
static inline int take(const char *text, struct buf *problems, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s;
	int r = spec_decode(&a, text, strlen(text), &s, problems, err);

	return r < 0 ? r : spec_check(&a, &s, problems, err);
}

static inline void run(const struct refusal *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_buf_ struct buf problems = { 0 };
		struct lct_err err = { 0 };
		char *text = config_text(&cases[i].pieces);
		int r = take(text, &problems, &err);

		if (strcmp(err.text, cases[i].want ? cases[i].want : "") != 0)
			fail_msg("%s\n  gives \"%s\"\n  not   \"%s\"", text, err.text,
				 cases[i].want ? cases[i].want : "");
		assert_int_equal(r, cases[i].want ? -EINVAL : 0);
		assert_string_equal(problems.data ? problems.data : "", cases[i].want ? cases[i].want : "");
		if (cases[i].want) {
			assert_int_equal(err.code, LCT_E_CONFIG);
			assert_int_equal(strncmp(err.text, err.where, strlen(err.where)), 0);
			assert_int_equal(err.where[0], '/');
		}
		free(text);
	}
}

#define TOP(more_, want_)                                                                                              \
	{                                                                                                              \
		{ .more = more_ }, want_                                                                               \
	}
#define PROC(process_, want_)                                                                                          \
	{                                                                                                              \
		{ .process = PROCESS_PIECE "," process_ }, want_                                                       \
	}
#define LINUX(linux__, want_)                                                                                          \
	{                                                                                                              \
		{ .linux_ = NAMESPACES_PIECE "," linux__ }, want_                                                      \
	}

#define TABLE_TEST(table)                                                                                              \
	static void refuses_##table(void **state)                                                                      \
	{                                                                                                              \
		(void)state;                                                                                           \
		run(table, N(table));                                                                                  \
	}
#endif
