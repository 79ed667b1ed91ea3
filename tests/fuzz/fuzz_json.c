/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any bytes into the JSON parser.  What it takes must hold together: names differ, the slice of each container parses
 * to the same tree, each string survives writing and reading.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                                                \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			abort();                                                                                       \
	} while (0)

static void same(const struct json *x, const struct json *y)
{
	MUST(x->type == y->type);
	switch (x->type) {
	case JSON_NULL:
		return;
	case JSON_BOOL:
		MUST(x->boolean == y->boolean);
		return;
	case JSON_NUMBER:
	case JSON_STRING:
		MUST(strcmp(x->string, y->string) == 0);
		return;
	case JSON_ARRAY:
	case JSON_OBJECT:
		MUST(x->n == y->n);
		for (size_t i = 0; i < x->n; i++) {
			MUST(!x->first[i].name == !y->first[i].name);
			MUST(!x->first[i].name || strcmp(x->first[i].name, y->first[i].name) == 0);
			same(&x->first[i], &y->first[i]);
		}
	}
}

static void check_string(const char *s)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	struct json *again;

	json_put_string(&b, s);
	MUST(json_parse(&a, b.data, b.len, "again", &again, NULL) == 0);
	MUST(again->type == JSON_STRING && strcmp(again->string, s) == 0);
}

static void check_number(const struct json *j)
{
	int64_t i = 0;
	uint64_t u = 0;
	int ri = json_i64(j, INT64_MIN, INT64_MAX, &i), ru = json_u64(j, UINT64_MAX, &u);

	MUST((ri == -EINVAL) == (ru == -EINVAL));
	MUST((ri == -EINVAL) == (strpbrk(j->string, ".eE") != NULL));
	if (ri == 0 && ru == 0)
		MUST((uint64_t)i == u);
	if (ri == 0 && strcmp(j->string, "-0") != 0)
		MUST(i == strtoll(j->string, NULL, 10));
	if (ru == 0)
		MUST(u == strtoull(j->string, NULL, 10));
}

/* `budget` bounds the work for a deep nest of containers, each of which is parsed again. */
static void check(const char *text, const struct json *j, int *budget)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct json *again;

	if (j->type == JSON_STRING)
		check_string(j->string);
	if (j->type == JSON_NUMBER)
		check_number(j);
	if (j->type < JSON_ARRAY || (*budget)-- <= 0)
		return;
	MUST(j->begin < j->end);
	MUST(json_parse(&a, text + j->begin, j->end - j->begin, "slice", &again, NULL) == 0);
	same(j, again);
	for (size_t i = 0; i < j->n; i++) {
		if (j->type == JSON_OBJECT)
			MUST(json_get(j, j->first[i].name) == &j->first[i]);
		check(text, &j->first[i], budget);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err = { 0 };
	struct json *j = NULL;
	int r = json_parse(&a, (const char *)data, size, "input", &j, &err), budget = 200;

	if (r < 0) {
		MUST(r == -EINVAL && err.code == LCT_E_CONFIG && err.text[0] && !strchr(err.text, '\n'));
		return 0;
	}
	check((const char *)data, j, &budget);
	return 0;
}
