/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Strict JSON (RFC 8259) as a tree, built on yajl's parser.  Refused, each with line and column: duplicate member
 * names, NUL in a string, lone surrogates, invalid UTF-8, trailing bytes, comments, depth above 64, size above
 * 16 MiB, more than 2 Mi values.  Numbers keep their text: no doubles.  Time is O(n log n) in the size of the input.
 * Room: run (pure).
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* The last bounds memory: "[0,0,..." would need sixteen times its own size. */
enum { JSON_MAX_DEPTH = 64, JSON_MAX_SIZE = 16 * 1024 * 1024, JSON_MAX_VALUES = 2 * 1024 * 1024 };

struct json {
	enum json_type type;
	uint32_t n; /* ARRAY, OBJECT: how many values */
	const char *name; /* of an object's member, else NULL */
	union {
		bool boolean;
		const char *string; /* STRING: decoded; NUMBER: its text */
		struct json *first; /* ARRAY, OBJECT: n consecutive values */
	};
	uint32_t begin, end; /* the value's bytes in the input (ARRAY and OBJECT only) */
};

/* `what` names the input in messages ("config.json").  *ret lives in the arena. */
int json_parse(struct arena *a, const char *text, size_t len, const char *what, struct json **ret, struct lct_err *err);

/* Member of an object, NULL when absent (or when j is no object).  A null value is returned as such. */
const struct json *json_get(const struct json *j, const char *name);

/* Exact integers: -ERANGE when outside [min, max], -EINVAL when fractional or with an exponent. */
int json_i64(const struct json *j, int64_t min, int64_t max, int64_t *ret);
int json_u64(const struct json *j, uint64_t max, uint64_t *ret);

/* A whole small file, bounded: -EFBIG above max. NUL-terminated copy in the arena. dirfd may be AT_FDCWD. */
int json_read_file(struct arena *a, int dirfd, const char *path, size_t max, char **ret, size_t *ret_len,
		   struct lct_err *err);

/* ---- writing ---- */
struct buf;
void json_put_string(struct buf *b, const char *s); /* with quotes, escaped; invalid UTF-8 becomes U+FFFD */
#endif
