/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON: what is refused and where, what a tree holds, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/json.h"
#include "json/utf8.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

/* ---- what is refused -------------------------------------------------------------------------------------------- */

#define TEXT(s) (s), sizeof(s) - 1

static const struct {
	const char *text;
	size_t len;
	const char *want; /* behind "t: " */
} refused[] = {
	{ TEXT(""), "line 1, column 1: premature EOF" },
	{ TEXT(" \n\t "), "line 2, column 3: premature EOF" },
	{ TEXT("{"), "line 1, column 2: premature EOF" },
	{ TEXT("{\"a\":1"), "line 1, column 7: premature EOF" },
	{ TEXT("[\"abc"), "line 1, column 6: premature EOF" },
	{ TEXT("[1] x"), "line 1, column 5: trailing garbage" },
	{ TEXT("{}{}"), "line 1, column 3: trailing garbage" },
	{ TEXT("[]\0"), "line 1, column 3: control character 0x00 is not allowed" },
	{ TEXT("[1,]"), "line 1, column 4: unallowed token at this point in JSON text" },
	{ TEXT("{,}"), "line 1, column 2: invalid object key (must be a string)" },
	{ TEXT("{\"a\":1,}"), "line 1, column 8: invalid object key (must be a string)" },
	{ TEXT("{a:1}"), "line 1, column 2: invalid char in json text" },
	{ TEXT("['a']"), "line 1, column 2: invalid char in json text" },
	{ TEXT("[01]"), "line 1, column 3: after array element, I expect ',' or ']'" },
	{ TEXT("[+1]"), "line 1, column 2: invalid char in json text" },
	{ TEXT("[.5]"), "line 1, column 2: invalid char in json text" },
	{ TEXT("[1.]"), "line 1, column 4: malformed number, a digit is required after the decimal point" },
	{ TEXT("[-]"), "line 1, column 3: malformed number, a digit is required after the minus sign" },
	{ TEXT("[1e]"), "line 1, column 4: malformed number, a digit is required after the exponent" },
	{ TEXT("[NaN]"), "line 1, column 2: invalid char in json text" },
	{ TEXT("[TRUE]"), "line 1, column 2: invalid char in json text" },
	{ TEXT("[nul]"), "line 1, column 5: invalid string in json text" },
	{ TEXT("// x\n[]"), "line 1, column 1: probable comment found in input text, comments are not enabled" },
	{ TEXT("[/* x */]"), "line 1, column 2: probable comment found in input text, comments are not enabled" },
	{ TEXT("[\f1]"), "line 1, column 2: control character 0x0c is not allowed" },
	{ TEXT("[\v1]"), "line 1, column 2: control character 0x0b is not allowed" },
	{ TEXT("[\"a\tb\"]"), "line 1, column 4: invalid character inside string" },
	{ TEXT("[\"a\nb\"]"), "line 1, column 4: invalid character inside string" },
	{ TEXT("[\"\\x\"]"), "line 1, column 4: inside a string, '\\' occurs before a character which it may not" },
	{ TEXT("[\"\\u12g4\"]"), "line 1, column 7: invalid (non-hex) character occurs after '\\u' inside string" },
	{ TEXT("\xef\xbb\xbf[]"), "line 1, column 1: invalid char in json text" },
	/* one name, two meanings */
	{ TEXT("{\"a\":1,\"b\":2,\"a\":3}"), "line 1, column 14: duplicate name \"a\"" },
	{ TEXT("{\"a\":1,\n  \"\\u0061\":2}"), "line 2, column 3: duplicate name \"a\"" },
	{ TEXT("{\"\":1,\"\":2}"), "line 1, column 7: duplicate name \"\"" },
	{ TEXT("{\"q\\\"\":1,\"q\\\"\":2}"), "line 1, column 10: duplicate name \"q\"\"" },
	{ TEXT("[{\"x\":{\"a\":1,\"a\":{}}}]"), "line 1, column 14: duplicate name \"a\"" },
	{ TEXT("{\"\xc3\xa9\":1,\n \"\xc3\xa9\xc3\xa9\":2, \"\xc3\xa9\":3}"),
	  "line 2, column 10: duplicate name \"\xc3\xa9\"" },
	/* strings that C would cut */
	{ TEXT("[\"a\\u0000b\"]"), "line 1, column 4: a NUL character (\\u0000) is not allowed" },
	{ TEXT("{\"a\\u0000\":1}"), "line 1, column 4: a NUL character (\\u0000) is not allowed" },
	/* strings that are none */
	{ TEXT("[\"\\ud800\"]"), "line 1, column 3: lone surrogate \\ud800" },
	{ TEXT("[\"\\ud800x\"]"), "line 1, column 3: lone surrogate \\ud800" },
	{ TEXT("[\"\\uDBFF\\n\"]"), "line 1, column 3: lone surrogate \\udbff" },
	{ TEXT("[\"\\ud800\\u0041\"]"), "line 1, column 3: lone surrogate \\ud800" },
	{ TEXT("[\"\\ud800\\ud800\"]"), "line 1, column 3: lone surrogate \\ud800" },
	{ TEXT("[\"\\udc00\"]"), "line 1, column 3: lone surrogate \\udc00" },
	{ TEXT("[\"\\ud800\\u"), "line 1, column 3: lone surrogate \\ud800" },
	{ TEXT("[\"\x80\"]"), "line 1, column 3: invalid UTF-8 (byte 0x80)" },
	{ TEXT("[\"\xc0\x80\"]"), "line 1, column 3: invalid UTF-8 (byte 0xc0)" },
	{ TEXT("[\"\xc1\xbf\"]"), "line 1, column 3: invalid UTF-8 (byte 0xc1)" },
	{ TEXT("[\"\xe0\x9f\xbf\"]"), "line 1, column 3: invalid UTF-8 (byte 0xe0)" },
	{ TEXT("[\"\xed\xa0\x80\"]"), "line 1, column 3: invalid UTF-8 (byte 0xed)" },
	{ TEXT("[\"\xf0\x8f\xbf\xbf\"]"), "line 1, column 3: invalid UTF-8 (byte 0xf0)" },
	{ TEXT("[\"\xf4\x90\x80\x80\"]"), "line 1, column 3: invalid UTF-8 (byte 0xf4)" },
	{ TEXT("[\"\xf5\x80\x80\x80\"]"), "line 1, column 3: invalid UTF-8 (byte 0xf5)" },
	{ TEXT("[\"\xe2\x82\"]"), "line 1, column 3: invalid UTF-8 (byte 0xe2)" },
	{ TEXT("[\"\xe2"), "line 1, column 3: invalid UTF-8 (byte 0xe2)" },
	{ TEXT("[\"\xff\"]"), "line 1, column 3: invalid UTF-8 (byte 0xff)" },
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(refused); i++) {
		_cleanup_arena_ struct arena a = { 0 };
		struct lct_err err = { 0 };
		struct json *j;
		char want[256];

		/* A copy without NUL behind it, so that the sanitizer sees a read too far. */
		char *text = malloc(refused[i].len + 1);
		memcpy(text, refused[i].text, refused[i].len);
		text = realloc(text, refused[i].len ? refused[i].len : 1);
		snprintf(want, sizeof(want), "t: %s", refused[i].want);
		assert_int_equal(json_parse(&a, text, refused[i].len, "t", &j, &err), -EINVAL);
		assert_string_equal(err.text, want);
		assert_string_equal(err.where, "t");
		assert_int_equal(err.code, LCT_E_CONFIG);
		free(text);
	}
}

static void error_may_be_null(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct json *j;

	(void)state;
	assert_int_equal(json_parse(&a, "[", 1, "t", &j, NULL), -EINVAL);
	assert_int_equal(json_parse(&a, "{\"a\":1,\"a\":2}", 13, "t", &j, NULL), -EINVAL);
}

/* ---- what a tree holds ------------------------------------------------------------------------------------------ */

static struct json *parse(struct arena *a, const char *text)
{
	struct lct_err err = { 0 };
	struct json *j = NULL;
	int r = json_parse(a, text, strlen(text), "t", &j, &err);

	if (r < 0)
		fail_msg("%s: %s", text, err.text);
	return j;
}

static void builds_a_tree(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	const struct json *j, *list;

	(void)state;
	j = parse(&a, " { \"s\" : \"a\\n\\u00e9\\ud83d\\ude00\\/\", \"n\":-1.50e+3, \"t\":true, \"f\":false,\n"
		      "\"z\":null, \"l\":[ 1, \"x\", [], {} ], \"\":0 } ");
	assert_int_equal(j->type, JSON_OBJECT);
	assert_int_equal(j->n, 7);
	assert_null(j->name);
	assert_string_equal(json_get(j, "s")->string, "a\n\xc3\xa9\xf0\x9f\x98\x80/");
	assert_int_equal(json_get(j, "n")->type, JSON_NUMBER);
	assert_string_equal(json_get(j, "n")->string, "-1.50e+3");
	assert_true(json_get(j, "t")->boolean);
	assert_int_equal(json_get(j, "f")->type, JSON_BOOL);
	assert_false(json_get(j, "f")->boolean);
	assert_int_equal(json_get(j, "z")->type, JSON_NULL);
	assert_string_equal(json_get(j, "")->string, "0");
	assert_null(json_get(j, "S"));
	list = json_get(j, "l");
	assert_int_equal(list->type, JSON_ARRAY);
	assert_int_equal(list->n, 4);
	assert_string_equal(list->first[1].string, "x");
	assert_null(list->first[1].name);
	assert_int_equal(list->first[2].n, 0);
	assert_int_equal(list->first[3].type, JSON_OBJECT);
	assert_null(json_get(list, "x"));
	assert_null(json_get(NULL, "x"));
	assert_string_equal(j->first[5].name, "l");
}

static void takes_any_value_as_document(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };

	(void)state;
	assert_string_equal(parse(&a, "5")->string, "5");
	assert_string_equal(parse(&a, "12345678901234567890123456789")->string, "12345678901234567890123456789");
	assert_string_equal(parse(&a, "\"\"")->string, "");
	assert_int_equal(parse(&a, "null")->type, JSON_NULL);
	assert_true(parse(&a, "true")->boolean);
}

static bool same(const struct json *x, const struct json *y)
{
	if (x->type != y->type || (x->name && y->name && strcmp(x->name, y->name) != 0))
		return false;
	if (x->type == JSON_STRING || x->type == JSON_NUMBER)
		return strcmp(x->string, y->string) == 0;
	if (x->type == JSON_BOOL)
		return x->boolean == y->boolean;
	if (x->type == JSON_NULL)
		return true;
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (!same(&x->first[i], &y->first[i]))
			return false;
	return true;
}

/* text[begin, end) of each container is itself the document of that container. */
static void check_slices(const char *text, const struct json *j)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err;
	struct json *again;

	if (j->type != JSON_ARRAY && j->type != JSON_OBJECT)
		return;
	assert_int_equal(text[j->begin], j->type == JSON_ARRAY ? '[' : '{');
	assert_int_equal(text[j->end - 1], j->type == JSON_ARRAY ? ']' : '}');
	assert_int_equal(json_parse(&a, text + j->begin, j->end - j->begin, "slice", &again, &err), 0);
	assert_true(same(j, again));
	for (size_t i = 0; i < j->n; i++)
		check_slices(text, &j->first[i]);
}

static void knows_the_slices(void **state)
{
	static const char *const texts[] = {
		"{}",
		" [ ] ",
		"[[],[[]],{\"a\":{}}]",
		("{ \"process\" : { \"args\":[\"a\\\"]\", \"}\"] , \"cwd\":\"/\\u00e9\xc3\xa9\" } ,\n\"n\":[1,2.5,-3e1 "
		 "] }"),
	};

	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		_cleanup_arena_ struct arena a = { 0 };

		check_slices(texts[i], parse(&a, texts[i]));
	}
}

/* More members than the quadratic comparison takes. */
static void finds_duplicates_among_many(void **state)
{
	(void)state;
	for (size_t second = 2; second < 97; second += 7) {
		_cleanup_arena_ struct arena a = { 0 };
		_cleanup_buf_ struct buf b = { 0 };
		struct lct_err err = { 0 };
		struct json *j;

		buf_char(&b, '{');
		for (size_t i = 0; i < 100; i++)
			if (i == 97 || i == 98) /* a later pair whose name sorts first */
				buf_printf(&b, ",\n\"a\":%zu", i);
			else
				buf_printf(&b, "%s\"m%zu\":%zu", i ? ",\n" : "", i == second || i == 99 ? 1 : i, i);
		buf_char(&b, '}');
		assert_int_equal(json_parse(&a, b.data, b.len, "t", &j, &err), -EINVAL);
		/* the first place where a name comes back, not any */
		assert_string_equal(err.text,
				    arena_printf(&a, "t: line %zu, column 1: duplicate name \"m1\"", second + 1));
	}
}

/* ---- numbers ---------------------------------------------------------------------------------------------------- */

static void reads_exact_integers(void **state)
{
	static const struct {
		const char *text;
		int r_i64, r_u64;
		int64_t i64;
		uint64_t u64;
	} cases[] = {
		{ "0", 0, 0, 0, 0 },
		{ "-0", 0, 0, 0, 0 },
		{ "7", 0, 0, 7, 7 },
		{ "-7", 0, -ERANGE, -7, 0 },
		{ "9007199254740993", 0, 0, 9007199254740993, 9007199254740993 }, /* 2^53 + 1 */
		{ "9223372036854775807", 0, 0, INT64_MAX, INT64_MAX },
		{ "9223372036854775808", -ERANGE, 0, 0, UINT64_C(1) << 63 },
		{ "-9223372036854775808", 0, -ERANGE, INT64_MIN, 0 },
		{ "-9223372036854775809", -ERANGE, -ERANGE, 0, 0 },
		{ "18446744073709551615", -ERANGE, 0, 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, -ERANGE, 0, 0 },
		{ "184467440737095516150", -ERANGE, -ERANGE, 0, 0 },
		{ "1.0", -EINVAL, -EINVAL, 0, 0 },
		{ "1.5", -EINVAL, -EINVAL, 0, 0 },
		{ "1e2", -EINVAL, -EINVAL, 0, 0 },
		{ "1e400", -EINVAL, -EINVAL, 0, 0 },
		{ "99999999999999999999.5", -EINVAL, -EINVAL, 0, 0 },
		{ "\"1\"", -EINVAL, -EINVAL, 0, 0 },
		{ "null", -EINVAL, -EINVAL, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		_cleanup_arena_ struct arena a = { 0 };
		const struct json *j = parse(&a, cases[i].text);
		uint64_t u = 0;
		int64_t s = 0;

		assert_int_equal(json_i64(j, INT64_MIN, INT64_MAX, &s), cases[i].r_i64);
		assert_true(s == cases[i].i64);
		assert_int_equal(json_u64(j, UINT64_MAX, &u), cases[i].r_u64);
		assert_true(u == cases[i].u64);
	}
}

static void holds_the_range(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	const struct json *j = parse(&a, "10");
	uint64_t u = 1;
	int64_t s = 1;

	(void)state;
	assert_int_equal(json_i64(j, 11, 20, &s), -ERANGE);
	assert_int_equal(json_i64(j, -5, 9, &s), -ERANGE);
	assert_int_equal(json_u64(j, 9, &u), -ERANGE);
	assert_int_equal(s + (int64_t)u, 2);
	assert_int_equal(json_i64(j, 10, 10, &s), 0);
	assert_int_equal(json_u64(j, 10, &u), 0);
	assert_int_equal(json_i64(NULL, 0, 1, &s), -EINVAL);
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static void writes_strings(void **state)
{
	static const struct {
		const char *string, *want;
	} cases[] = {
		{ "", "\"\"" },
		{ "plain", "\"plain\"" },
		{ "q\"b\\s/", "\"q\\\"b\\\\s/\"" },
		{ "\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"" },
		{ "\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\"" },
		{ "\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\"" },
		{ "a\xff\xfe z", "\"a\xef\xbf\xbd\xef\xbf\xbd z\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "cut \xe2\x82", "\"cut \xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		_cleanup_arena_ struct arena a = { 0 };
		_cleanup_buf_ struct buf b = { 0 };

		json_put_string(&b, cases[i].string);
		assert_true(buf_ok(&b));
		assert_string_equal(b.data, cases[i].want);
		parse(&a, b.data);
	}
}

static void writes_what_it_reads(void **state)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	char all[128];

	(void)state;
	for (int c = 1; c < 128; c++)
		all[c - 1] = (char)c;
	all[127] = '\0';
	json_put_string(&b, all);
	assert_string_equal(parse(&a, b.data)->string, all);
}

/* Every code point, in its own and in every other length. */
static void utf8_is_strict(void **state)
{
	size_t valid = 0;

	(void)state;
	for (unsigned x = 0; x < 0x10000; x++) {
		unsigned char two[2] = { (unsigned char)(x >> 8), (unsigned char)x };
		bool want = two[0] >= 0xc2 && two[0] <= 0xdf && (two[1] & 0xc0) == 0x80;

		if (two[0] < 0x80)
			assert_int_equal(utf8_length(two, 2), 1);
		else
			assert_int_equal(utf8_length(two, 2), want ? 2 : 0);
	}
	for (unsigned x = 0; x < 0x1000000; x++) {
		unsigned char three[3] = { (unsigned char)(x >> 16), (unsigned char)(x >> 8), (unsigned char)x };

		if (three[0] >= 0xe0)
			valid += utf8_length(three, 3) == 3;
	}
	assert_int_equal(valid, 0x10000 - 0x800 - 2048); /* U+0800 .. U+FFFF without the surrogates */
	assert_int_equal(utf8_length((const unsigned char *)"\xf4\x8f\xbf\xbf", 4), 4);
	assert_int_equal(utf8_length((const unsigned char *)"\xf4\x8f\xbf\xbf", 3), 0);
	assert_int_equal(utf8_prefix("a\xc3\xa9", 2), 1);
	assert_int_equal(utf8_prefix("a\xc3\xa9", 3), 3);
	assert_int_equal(utf8_prefix("abc", 9), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(error_may_be_null),
		cmocka_unit_test(builds_a_tree),
		cmocka_unit_test(takes_any_value_as_document),
		cmocka_unit_test(knows_the_slices),
		cmocka_unit_test(finds_duplicates_among_many),
		cmocka_unit_test(reads_exact_integers),
		cmocka_unit_test(holds_the_range),
		cmocka_unit_test(writes_strings),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(utf8_is_strict),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
