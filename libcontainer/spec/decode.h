/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Decoding by tables: one row per member that kin knows, with its name, its kind and the offset it goes to.  The
 * row macros check the C type of the target at compile time.  A member that is null is absent, as it is to every
 * other decoder of this document: encoders write it for pointers, slices and options that are not set.
 * Room: run (pure).
 */
#ifndef SPEC_DECODE_H
#define SPEC_DECODE_H

#include <stddef.h>

#include "base/arena.h"
#include "json/json.h"
#include "spec/report.h"
#include "spec/spec.h"

struct decoder {
	struct arena *arena;
	struct report *report;
	const char *text; /* the input, for slices */
};

/* Decodes v into out: the member at the row's offset, or the whole struct where the row has none. */
typedef void decode_fn(struct decoder *d, const struct place *at, const struct json *v, void *out);

enum kind {
	KIND_BOOL,
	KIND_STRING,
	KIND_STRINGS, /* NULL-terminated, and counted */
	KIND_U16,
	KIND_U32,
	KIND_U64,
	KIND_I32,
	KIND_I64,
	KIND_OBJECT, /* a struct within the struct */
	KIND_LIST, /* an array of structs, counted */
	KIND_CALL, /* anything else */
};

enum {
	REQUIRED = 1 << 0,
	EMPTY_ABSENT = 1 << 1, /* "" is as absent: what Go cannot tell from it */
};

struct shape;
struct field {
	const char *name;
	enum kind kind;
	unsigned flags;
	size_t at; /* offset of the target */
	size_t count; /* offset of its size_t */
	size_t sets; /* 1 + offset of the bool that says "given"; 0: none */
	int64_t min;
	uint64_t max; /* min and max 0: all that the kind can hold */
	union {
		const struct shape *shape;
		decode_fn *call;
		const char *const *words; /* STRING: all that is allowed, NULL-terminated; NULL: anything */
	};
};

struct shape {
	const struct field *fields;
	size_t n;
	size_t size; /* of one struct */
	const void *defaults; /* NULL: zeroes; for LIST only */
	decode_fn *after; /* for what concerns several members at once; may be NULL */
};

#define FIELDS(table) .fields = (table), .n = sizeof(table) / sizeof((table)[0])

/* The offset of member m of type s, if it is of type t. */
#define TARGET(s, m, t)                                                                                                \
	(offsetof(s, m) + 0 * sizeof(struct {                                                                          \
				  _Static_assert(__builtin_types_compatible_p(__typeof__(((s *)0)->m), t),             \
						 "wrong type of " #m);                                                 \
				  int unused;                                                                          \
			  }))
#define SETS(s, m) .sets = 1 + TARGET(s, m, bool)

#define ROW(nm, k, s, m, t, ...)                                                                                       \
	{                                                                                                              \
		.name = nm, .kind = k, .at = TARGET(s, m, t), __VA_ARGS__                                              \
	}
#define ROW_BOOL(nm, s, m, ...)	   ROW(nm, KIND_BOOL, s, m, bool, __VA_ARGS__)
#define ROW_STRING(nm, s, m, ...)  ROW(nm, KIND_STRING, s, m, const char *, __VA_ARGS__)
#define ROW_STRINGS(nm, s, m, ...) ROW(nm, KIND_STRINGS, s, m, char **, .count = TARGET(s, n_##m, size_t), __VA_ARGS__)
#define ROW_U16(nm, s, m, ...)	   ROW(nm, KIND_U16, s, m, uint16_t, __VA_ARGS__)
#define ROW_U32(nm, s, m, ...)	   ROW(nm, KIND_U32, s, m, uint32_t, __VA_ARGS__)
#define ROW_U64(nm, s, m, ...)	   ROW(nm, KIND_U64, s, m, uint64_t, __VA_ARGS__)
#define ROW_I32(nm, s, m, ...)	   ROW(nm, KIND_I32, s, m, int, __VA_ARGS__)
#define ROW_I64(nm, s, m, ...)	   ROW(nm, KIND_I64, s, m, int64_t, __VA_ARGS__)
#define ROW_LIST(nm, s, m, t, sh, ...)                                                                                 \
	ROW(nm, KIND_LIST, s, m, t *, .count = TARGET(s, n_##m, size_t), .shape = sh, __VA_ARGS__)
#define ROW_OBJECT(nm, offset, sh, ...)                                                                                \
	{                                                                                                              \
		.name = nm, .kind = KIND_OBJECT, .at = offset, .shape = sh, __VA_ARGS__                                \
	}
#define ROW_CALL(nm, fn, ...)                                                                                          \
	{                                                                                                              \
		.name = nm, .kind = KIND_CALL, .call = fn, __VA_ARGS__                                                 \
	}

/* ---- for the rows' own functions; each says itself what is wrong ---- */
void decode_object(struct decoder *d, const struct place *at, const struct json *v, const struct shape *shape,
		   void *out);
void *decode_list(struct decoder *d, const struct place *at, const struct json *v, const struct shape *shape,
		  size_t *ret_n);
char **decode_strings(struct decoder *d, const struct place *at, const struct json *v, size_t *ret_n);
const char *decode_string(struct decoder *d, const struct place *at, const struct json *v); /* NULL: is none */
uint64_t decode_u64(struct decoder *d, const struct place *at, const struct json *v, uint64_t max);
bool decode_is(struct decoder *d, const struct place *at, const struct json *v, enum json_type type);

/* Words of a table for what the kernel numbers: the value of one, or of all of them together. */
struct decode_name {
	const char *name; /* NULL: the end of the table */
	uint64_t value;
};
uint64_t decode_named(struct decoder *d, const struct place *at, const struct json *v, const struct decode_name *table,
		      const char *what);
uint64_t decode_flags(struct decoder *d, const struct place *at, const struct json *v, const struct decode_name *table,
		      const char *what);

/* Memory from the decoder's arena; NULL is noted in the report. */
void *decode_alloc(struct decoder *d, size_t n, size_t size);

/* Does a value ask for anything?  null, false, 0, "", [] and objects of only such do not. */
bool decode_asks(const struct json *v);

/* The kernel's dev_t: 12 bits of major number, 20 of minor. */
enum { MAX_MAJOR = (1 << 12) - 1, MAX_MINOR = (1 << 20) - 1 };

/* ---- the tables' roots ---- */
extern const struct shape process_shape; /* struct spec_process */
extern const struct shape hooks_shape; /* struct spec_hooks[SPEC_HOOK_KINDS] */
extern const struct shape mount_shape; /* struct spec_mount */
extern const struct shape idmap_shape; /* struct spec_idmap */
decode_fn decode_linux; /* struct spec */
decode_fn decode_resources; /* struct spec */
decode_fn decode_seccomp; /* struct spec_seccomp */
decode_fn decode_scheduler, decode_io_priority, decode_exec_cpus; /* struct spec_process */
decode_fn decode_rdt; /* struct spec_rdt */
decode_fn decode_personality, decode_memory_policy; /* struct spec */
decode_fn decode_known_annotations; /* struct spec, complete but for them */
extern const struct shape device_shape; /* struct spec_device */
extern const struct shape device_rule_shape; /* struct spec_device_rule */
#endif
