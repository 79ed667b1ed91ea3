/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The conversion that runc, crun and systemd's container tools agreed on in 2025, after the older straight line gave
 * the default 1024 only 39 of 100:  ceil(10 ^ ((l * l + 125 * l) / 612 - 7 / 34)),  l = log2(shares).
 * With its own logarithm and power, to 14 digits: libm would be a dependency for this one line.  Room: run (pure).
 */
#include "spec/cpu_weight.h"

enum { LEAST_SHARES = 2, MOST_SHARES = 262144, MOST_WEIGHT = 10000 };

/* Squaring doubles a logarithm: each overflow of [1, 2) is its next binary digit. */
static double log2_of(uint64_t n)
{
	int whole = 63 - __builtin_clzll(n);
	double x = (double)n / (double)(UINT64_C(1) << whole), digits = 0, digit = 0.5;

	for (int i = 0; i < 48; i++, digit /= 2) {
		x *= x;
		if (x >= 2) {
			x /= 2;
			digits += digit;
		}
	}
	return whole + digits;
}

/* For 0 <= x < 5. */
static double power_of_10(double x)
{
	const double ln10 = 2.302585092994045684;
	double sum = 1, term = 1, whole = 1;

	for (; x >= 1; x -= 1)
		whole *= 10;
	for (int i = 1; i < 32; i++) {
		term *= x * ln10 / i;
		sum += term;
	}
	return whole * sum;
}

uint64_t spec_cpu_weight(uint64_t shares)
{
	double l, exact;
	uint64_t weight;

	if (shares == 0)
		return 0;
	if (shares <= LEAST_SHARES)
		return 1;
	if (shares >= MOST_SHARES)
		return MOST_WEIGHT;
	l = log2_of(shares);
	exact = power_of_10((l * l + 125 * l) / 612 - 7.0 / 34);
	/* 1024 is meant to be 100 and not, by a rounding error, 101. */
	exact -= 1e-12 * exact;
	weight = (uint64_t)exact;
	return weight < exact ? weight + 1 : weight;
}
