/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Amounts of memory; see size.h.  Room: the CLI. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "size.h"

static const char units[] = "bkmgtp";

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* "", "b", "k", "kb", "kib" and so on: how often 1024, or -1. */
static int exponent(const char *p)
{
	const char *unit;

	if (!*p)
		return 0;
	unit = strchr(units, lower(*p));
	if (!unit)
		return -1;
	p++;
	if (unit != units && lower(*p) == 'i' && lower(p[1]) == 'b')
		p++;
	if (unit != units && lower(*p) == 'b')
		p++;
	return *p ? -1 : (int)(unit - units);
}

int size_parse(const char *text, int64_t *ret)
{
	enum { MAX_FRACTION = 9 };
	uint64_t whole = 0, fraction = 0, scale = 1, unit;
	const char *p = text;
	int times;

	if (!digit(*p))
		return -EINVAL;
	for (; digit(*p); p++) {
		if (whole > INT64_MAX / 10)
			return -ERANGE;
		whole = whole * 10 + (uint64_t)(*p - '0');
	}
	if (*p == '.' && !digit(*++p))
		return -EINVAL;
	for (int n = 0; digit(*p); p++, n++) {
		if (n >= MAX_FRACTION)
			continue; /* less than a millionth of anything */
		fraction = fraction * 10 + (uint64_t)(*p - '0');
		scale *= 10;
	}
	if (*p == ' ')
		p++;
	times = exponent(p);
	if (times < 0)
		return -EINVAL;
	unit = (uint64_t)1 << (10 * times);
	if (whole >= (uint64_t)INT64_MAX / unit + (unit == 1))
		return -ERANGE;
	/* 10^9 * 2^50 would not fit: the unit is cut instead, where that costs nothing that anybody could see. */
	*ret = (int64_t)(whole * unit +
			 (unit > UINT32_MAX ? (fraction * (unit >> 20) / scale) << 20 : fraction * unit / scale));
	return 0;
}

const char *size_text(uint64_t bytes, char ret[SIZE_TEXT])
{
	uint64_t unit = 1;
	size_t i = 0;

	/* Before it would be printed as 1024.0 of the smaller one. */
	for (; i + 2 < sizeof(units) && bytes / unit >= 1024 - (unit > 1); i++)
		unit *= 1024;
	if (i == 0)
		snprintf(ret, SIZE_TEXT, "%uB", (unsigned)bytes);
	else
		snprintf(ret, SIZE_TEXT, "%.1f%ciB", (double)bytes / (double)unit, units[i] - 'a' + 'A');
	return ret;
}
