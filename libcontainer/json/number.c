/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exact integers from a number's text: a double would round above 2^53.  Room: run (pure). */
#include "json/json.h"

/* The absolute value. The text is a JSON number, so only '.', 'e' and 'E' can stand beside digits. */
static int magnitude(const char *digits, uint64_t *ret)
{
	uint64_t value = 0;
	bool too_big = false;

	for (const char *p = digits; *p; p++) {
		if (*p < '0' || *p > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *p - '0', &value))
			too_big = true;
	}
	*ret = value;
	return too_big ? -ERANGE : 0;
}

int json_i64(const struct json *j, int64_t min, int64_t max, int64_t *ret)
{
	bool negative;
	uint64_t value;
	int64_t result;
	int r;

	if (!j || j->type != JSON_NUMBER)
		return -EINVAL;
	negative = j->string[0] == '-';
	r = magnitude(j->string + negative, &value);
	if (r < 0)
		return r;
	if (value > (uint64_t)INT64_MAX + negative)
		return -ERANGE;
	result = negative ? (int64_t)(0 - value) : (int64_t)value;
	if (result < min || result > max)
		return -ERANGE;
	*ret = result;
	return 0;
}

int json_u64(const struct json *j, uint64_t max, uint64_t *ret)
{
	bool negative;
	uint64_t value;
	int r;

	if (!j || j->type != JSON_NUMBER)
		return -EINVAL;
	negative = j->string[0] == '-';
	r = magnitude(j->string + negative, &value);
	if (r < 0)
		return r;
	if (value > max || (negative && value > 0))
		return -ERANGE;
	*ret = value;
	return 0;
}
