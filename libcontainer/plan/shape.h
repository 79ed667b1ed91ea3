/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shape of each plan op: which of its strings are what.  One table for verify and text.  Every room. */
#ifndef PLAN_SHAPE_H
#define PLAN_SHAPE_H

#include <stdint.h>

#include "plan/plan.h"

enum shape_str {
	SHAPE_NONE = 0, /* must be absent */
	SHAPE_STR, /* one string, required */
	SHAPE_OPT, /* one string or absent */
	SHAPE_LIST, /* as many strings as the number says; absent when that is 0 */
	SHAPE_U32, /* blob of as many uint32_t as the number says; absent when that is 0 */
	SHAPE_FILTER, /* blob of struct sock_filter, required */
};

enum { SHAPE_MID = 1 << 0, SHAPE_INIT = 1 << 1 };

struct plan_shape {
	uint8_t rooms; /* where the op may stand */
	uint8_t s[PLAN_STRS]; /* enum shape_str */
	uint8_t count[PLAN_STRS]; /* LIST, U32: index of the number that counts it */
	uint16_t flags; /* PLAN_F_* that the op knows */
	uint32_t how; /* and PLAN_BIND_* */
};

/* NULL for a code that is none. */
const struct plan_shape *plan_shape(unsigned code);
#endif
