/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Annotations that are properties of the unit: GVariant text, read, typed and put into the words of a request. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "systemd/parts.h"

static void becomes(const char *text, const char *words)
{
	_cleanup_buf_ struct buf b = { 0 };
	const char *why;
	size_t at;

	if (gvariant_add(&b, text, false, &why, &at) < 0)
		fail_msg("%s: (at %zu) %s", text, at, why);
	assert_string_equal(b.data, words);
}

static void refused(const char *text, const char *expected)
{
	_cleanup_buf_ struct buf b = { 0 };
	const char *why = NULL;
	size_t at;

	assert_int_equal(gvariant_add(&b, text, false, &why, &at), -EINVAL);
	if (!why || !strstr(why, expected))
		fail_msg("%s: (at %zu) %s", text, at, why ? why : "(nothing)");
	assert_true(at <= strlen(text));
}

static void test_basic(void **state)
{
	(void)state;
	becomes("true", " b true");
	becomes(" false ", " b false");
	becomes("5", " i 5");
	becomes("-5", " i -5");
	becomes("+5", " i 5");
	becomes("-0", " i 0");
	becomes("0x1F", " i 31");
	becomes("010", " i 8");
	becomes("1.5", " d 1.5");
	becomes("-1e3", " d -1e3");
	becomes("1.", " d 1.");
	becomes("'x'", " s x");
	becomes("\"it's\"", " s it's");
	becomes("''", " s ");
}

static void test_said(void **state)
{
	(void)state;
	becomes("uint64 5", " t 5");
	becomes("@t 5", " t 5");
	becomes("uint64 18446744073709551615", " t 18446744073709551615");
	becomes("int64 -9223372036854775808", " x -9223372036854775808");
	becomes("byte 0xff", " y 255");
	becomes("int16 -32768", " n -32768");
	becomes("uint16 65535", " q 65535");
	becomes("uint32 4294967295", " u 4294967295");
	becomes("double 5", " d 5");
	becomes("boolean true", " b true");
	becomes("string 'x'", " s x");
	becomes("objectpath '/a/b_1'", " o /a/b_1");
	becomes("signature 'a(ss)'", " g a(ss)");
}

static void test_strings(void **state)
{
	(void)state;
	becomes("'a b'", " s a%20b");
	becomes("'100%'", " s 100%25");
	becomes("'a\\'b\\\\\\n\\t'", " s a'b\\%0A%09");
	becomes("'\\u00e9\\U0001F600'", " s %C3%A9%F0%9F%98%80");
	becomes("'\xc3\xa9'", " s %C3%A9");
	becomes("'a\\\nb'", " s ab");
}

static void test_containers(void **state)
{
	(void)state;
	becomes("['a', 'b']", " as 2 a b");
	becomes("@as []", " as 0");
	becomes("[1, 2,3]", " ai 3 1 2 3");
	becomes("[1, uint64 2]", " at 2 1 2");
	becomes("[1, 2.5]", " ad 2 1 2.5");
	becomes("@at [1, 2]", " at 2 1 2");
	becomes("@ay [0xff, 1]", " ay 2 255 1");
	becomes("[['a'], []]", " aas 2 1 a 0");
	becomes("('a', 1)", " (si) a 1");
	becomes("('a',)", " (s) a");
	becomes("[('/dev/null', 'rw'), ('/dev/zero', 'r')]", " a(ss) 2 /dev/null rw /dev/zero r");
	becomes("@a(st) []", " a(st) 0");
	becomes("@a(st) [('/dev/sda', 100)]", " a(st) 1 /dev/sda 100");
	becomes("[('a', []), ('b', ['c'])]", " a(sas) 2 a 0 b 1 c");
}

static void test_refused(void **state)
{
	char deep[64];

	(void)state;
	refused("", "is neither");
	refused("abc", "is neither");
	refused("truee", "is neither");
	refused("1x", "is neither");
	refused(".", "is neither");
	refused("1e", "is neither");
	refused("0x", "is neither");
	refused("'a", "is not a string");
	refused("'a\\", "is not a string");
	refused("'\\u12'", "is not a string");
	refused("'\\u0000'", "is not a string");
	refused("'\\ud800'", "is not a string");
	refused("'\\U00110000'", "is not a string");
	refused("['a' 'b']", "lacks a comma");
	refused("['a',]", "is neither");
	refused("['a'", "lacks a comma");
	refused("[]", "is an empty array");
	refused("()", "is an empty tuple");
	refused("['a', 1]", "different types");
	refused("[(1, 2), (1, 2, 3)]", "different types");
	refused("uint64 'x'", "different types");
	refused("@s 5", "different types");
	refused("@v <1>", "is not a type");
	refused("@ 5", "is not a type");
	refused("@() ()", "is not a type");
	refused("5 6", "goes on");
	refused("byte 256", "outside of its type's range");
	refused("byte -1", "outside of its type's range");
	refused("2147483648", "outside of its type's range");
	refused("-2147483649", "outside of its type's range");
	refused("uint64 18446744073709551616", "outside of its type's range");
	refused("int64 -9223372036854775809", "outside of its type's range");
	refused("0888", "outside of its type's range");
	refused("objectpath 'x'", "is not an object path");
	refused("objectpath '/a/'", "is not an object path");
	refused("signature 'z'", "is not a signature");
	memset(deep, '[', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	refused(deep, "is nested too deeply");
}

static void annotation(const char *key, const char *value, const char *line)
{
	const struct spec_annotation v = { key, value };
	_cleanup_buf_ struct buf b = { 0 };
	struct lct_err err;

	if (unit_annotations(&b, &v, 1, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(b.data ? b.data : "", line);
}

static void bad_annotation(const char *key, const char *value, const char *text)
{
	const struct spec_annotation v[] = { { "a", "b" }, { key, value } };
	struct lct_err err = { 0 };

	assert_int_equal(systemd_check_annotations(v, 2, &err), -EINVAL);
	assert_int_equal(err.code, LCT_E_CONFIG);
	assert_memory_equal(err.where, "/annotations/org.systemd.property.", 34);
	assert_string_equal(err.where + 13, key);
	if (!strstr(err.text, text))
		fail_msg("%s", err.text);
}

#define P "org.systemd.property."
static void test_annotations(void **state)
{
	(void)state;
	annotation("io.kubernetes.cri", "not mine", "");
	annotation(P "CollectMode", "'inactive'", "property CollectMode must s inactive\n");
	annotation(P "TimeoutStopUSec", "uint64 123456", "property TimeoutStopUSec must t 123456\n");
	annotation(P "CPUQuotaPerSecUSec", "uint64 5", "property CPUQuotaPerSecUSec must t 5\n");
	bad_annotation(P "X", "true", "is not the name");
	bad_annotation(P "Memory-Max", "true", "is not the name");
	bad_annotation(P "A b c", "true", "is not the name");
	bad_annotation(P "PIDs", "@au [1]", "cannot be set");
	bad_annotation(P "MemoryMax", "100M", "\"100M\" (at 3) goes on");
}

static void test_seconds(void **state)
{
	(void)state;
	annotation(P "TimeoutStopSec", "5", "property TimeoutStopUSec must t 5000000\n");
	annotation(P "TimeoutStopSec", "uint64 5", "property TimeoutStopUSec must t 5000000\n");
	annotation(P "TimeoutStopSec", "1.5", "property TimeoutStopUSec must t 1500000\n");
	annotation(P "TimeoutStopSec", ".0000019", "property TimeoutStopUSec must t 1\n");
	annotation(P "TimeoutStopSec", "25e-1", "property TimeoutStopUSec must t 2500000\n");
	annotation(P "TimeoutStopSec", "1e3", "property TimeoutStopUSec must t 1000000000\n");
	annotation(P "TimeoutStopSec", "0e99999999999999999999", "property TimeoutStopUSec must t 0\n");
	annotation(P "TimeoutStopSec", "1e-99999999999999999999", "property TimeoutStopUSec must t 0\n");
	annotation(P "TimeoutStopSec", "0.33333333333333333333333333", "property TimeoutStopUSec must t 333333\n");
	bad_annotation(P "TimeoutStopSec", "-1", "outside of what is possible");
	bad_annotation(P "TimeoutStopSec", "1e99", "outside of what is possible");
	bad_annotation(P "TimeoutStopSec", "uint64 18446744073709551615", "outside of what is possible");
	bad_annotation(P "TimeoutStopSec", "'5'", "is not a number of seconds");
	bad_annotation(P "TimeoutStopSec", "[5]", "is not a number of seconds");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basic),	   cmocka_unit_test(test_said),	   cmocka_unit_test(test_strings),
		cmocka_unit_test(test_containers), cmocka_unit_test(test_refused), cmocka_unit_test(test_annotations),
		cmocka_unit_test(test_seconds),
	};

	return cmocka_run_group_tests_name("systemd_property", tests, NULL, NULL);
}
