/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "0-3,7": numbers of CPUs or memory nodes, as a bit mask.  Room: run (pure). */
#ifndef SPEC_NUMBER_SET_H
#define SPEC_NUMBER_SET_H

#include "spec/decode.h"

/* Decodes a string; numbers from `limit` on are refused.  Blanks and empty elements mean nothing, as in runc. */
void number_set_decode(struct decoder *d, const struct place *at, const struct json *v, unsigned limit,
		       struct spec_set *ret);
#endif
