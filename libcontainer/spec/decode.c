/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine that reads the tables.  Room: run (pure). */
#include "spec/decode.h"

#include <limits.h>
#include <string.h>

void *decode_alloc(struct decoder *d, size_t n, size_t size)
{
	void *p = arena_array(d->arena, n, size);

	if (!p)
		d->report->nomem = true;
	return p;
}

bool decode_is(struct decoder *d, const struct place *at, const struct json *v, enum json_type type)
{
	static const char *const wanted[] = {
		[JSON_NULL] = "null",	    [JSON_BOOL] = "true or false", [JSON_NUMBER] = "an integer",
		[JSON_STRING] = "a string", [JSON_ARRAY] = "an array",	   [JSON_OBJECT] = "an object",
	};

	if (v->type == type)
		return true;
	report_at(d->report, at, "must be %s", wanted[type]);
	return false;
}

bool decode_asks(const struct json *v)
{
	switch (v->type) {
	case JSON_NULL:
		return false;
	case JSON_BOOL:
		return v->boolean;
	case JSON_NUMBER:
		return strspn(v->string, "-0.") != strcspn(v->string, "eE");
	case JSON_STRING:
		return v->string[0] != '\0';
	case JSON_ARRAY:
		return v->n > 0;
	case JSON_OBJECT:
		break;
	}
	for (size_t i = 0; i < v->n; i++) /* recursion ends: json_parse bounds the depth */
		if (decode_asks(&v->first[i]))
			return true;
	return false;
}

const char *decode_string(struct decoder *d, const struct place *at, const struct json *v)
{
	return decode_is(d, at, v, JSON_STRING) ? v->string : NULL;
}

uint64_t decode_named(struct decoder *d, const struct place *at, const struct json *v, const struct decode_name *table,
		      const char *what)
{
	const char *s = decode_string(d, at, v);

	if (!s)
		return 0;
	for (; table->name; table++)
		if (!strcmp(table->name, s))
			return table->value;
	report_at(d->report, at, "unknown %s \"%.*s\"", what, SHOWN(s));
	return 0;
}

uint64_t decode_flags(struct decoder *d, const struct place *at, const struct json *v, const struct decode_name *table,
		      const char *what)
{
	uint64_t flags = 0;

	if (!decode_is(d, at, v, JSON_ARRAY))
		return 0;
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct place element = place_element(at, i);

		flags |= decode_named(d, &element, &v->first[i], table, what);
	}
	return flags;
}

char **decode_strings(struct decoder *d, const struct place *at, const struct json *v, size_t *ret_n)
{
	char **strings;

	if (!decode_is(d, at, v, JSON_ARRAY))
		return NULL;
	strings = decode_alloc(d, (size_t)v->n + 1, sizeof(*strings));
	if (!strings)
		return NULL;
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct place element = place_element(at, i);
		const char *s = decode_string(d, &element, &v->first[i]);

		strings[i] = (char *)(s ? s : "");
	}
	*ret_n = v->n;
	return strings;
}

static void report_no_integer(struct decoder *d, const struct place *at, const char *text)
{
	report_at(d->report, at, "%.*s is not an integer in plain digits", SHOWN(text));
}

static int64_t decode_signed(struct decoder *d, const struct place *at, const struct json *v, int64_t min, int64_t max)
{
	int64_t value = 0;
	int r;

	if (!decode_is(d, at, v, JSON_NUMBER))
		return 0;
	r = json_i64(v, INT64_MIN, INT64_MAX, &value);
	if (r == -EINVAL)
		report_no_integer(d, at, v->string);
	else if (r < 0 ? v->string[0] == '-' : value < min)
		report_at(d->report, at, "%.*s is below the minimum %lld", SHOWN(v->string), (long long)min);
	else if (r < 0 || value > max)
		report_at(d->report, at, "%.*s is above the maximum %lld", SHOWN(v->string), (long long)max);
	return value;
}

uint64_t decode_u64(struct decoder *d, const struct place *at, const struct json *v, uint64_t max)
{
	uint64_t value = 0;
	int r;

	if (!decode_is(d, at, v, JSON_NUMBER))
		return 0;
	r = json_u64(v, max, &value);
	if (r == -EINVAL)
		report_no_integer(d, at, v->string);
	else if (r < 0 && v->string[0] == '-')
		report_at(d->report, at, "%.*s is below the minimum 0", SHOWN(v->string));
	else if (r < 0)
		report_at(d->report, at, "%.*s is above the maximum %llu", SHOWN(v->string), (unsigned long long)max);
	return value;
}

static uint64_t most(const struct field *f, uint64_t of_kind)
{
	return f->min == 0 && f->max == 0 ? of_kind : f->max;
}

static int64_t least(const struct field *f, int64_t of_kind)
{
	return f->min == 0 && f->max == 0 ? of_kind : f->min;
}

static void decode_word(struct decoder *d, const struct place *at, const struct field *f, const char *word)
{
	char list[256] = "";
	size_t used = 0;

	for (const char *const *w = f->words; *w; w++) {
		if (strcmp(*w, word) == 0)
			return;
		if (used + strlen(*w) + 3 < sizeof(list))
			used = (size_t)(stpcpy(stpcpy(list + used, used ? ", " : ""), *w) - list);
	}
	report_at(d->report, at, "\"%.*s\" is none of %s", SHOWN(word), list);
}

static void decode_text(struct decoder *d, const struct place *at, const struct field *f, const struct json *v,
			const char **out)
{
	const char *s = decode_string(d, at, v);

	if (!s && (f->flags & REQUIRED))
		*out = "";
	if (!s || (!*s && (f->flags & EMPTY_ABSENT)))
		return;
	if (!*s && (f->flags & REQUIRED))
		report_at(d->report, at, "required (it is empty)");
	else if (f->words)
		decode_word(d, at, f, s);
	*out = s;
}

void *decode_list(struct decoder *d, const struct place *at, const struct json *v, const struct shape *shape,
		  size_t *ret_n)
{
	char *list;

	if (!decode_is(d, at, v, JSON_ARRAY))
		return NULL;
	list = decode_alloc(d, v->n ? v->n : 1, shape->size);
	for (size_t i = 0; i < v->n && list && !report_full(d->report); i++) {
		const struct place element = place_element(at, i);
		void *out = list + i * shape->size;

		if (shape->defaults)
			memcpy(out, shape->defaults, shape->size);
		decode_object(d, &element, &v->first[i], shape, out);
	}
	*ret_n = list ? v->n : 0;
	return list;
}

static void decode_member(struct decoder *d, const struct place *at, const struct field *f, const struct json *v,
			  char *base)
{
	void *out = base + f->at;
	size_t *count = (void *)(base + f->count);

	if (f->sets)
		*(bool *)(base + f->sets - 1) = true;
	switch (f->kind) {
	case KIND_BOOL:
		if (decode_is(d, at, v, JSON_BOOL))
			*(bool *)out = v->boolean;
		return;
	case KIND_STRING:
		decode_text(d, at, f, v, out);
		return;
	case KIND_STRINGS:
		*(char ***)out = decode_strings(d, at, v, count);
		return;
	case KIND_U16:
		*(uint16_t *)out = (uint16_t)decode_u64(d, at, v, most(f, UINT16_MAX));
		return;
	case KIND_U32:
		*(uint32_t *)out = (uint32_t)decode_u64(d, at, v, most(f, UINT32_MAX));
		return;
	case KIND_U64:
		*(uint64_t *)out = decode_u64(d, at, v, most(f, UINT64_MAX));
		return;
	case KIND_I32:
		*(int *)out = (int)decode_signed(d, at, v, least(f, INT_MIN), (int64_t)most(f, INT_MAX));
		return;
	case KIND_I64:
		*(int64_t *)out = decode_signed(d, at, v, least(f, INT64_MIN), (int64_t)most(f, INT64_MAX));
		return;
	case KIND_OBJECT:
		decode_object(d, at, v, f->shape, out);
		return;
	case KIND_LIST:
		*(void **)out = decode_list(d, at, v, f->shape, count);
		return;
	case KIND_CALL:
		f->call(d, at, v, out);
		return;
	}
}

/* Who goes on, to find all that is wrong, meets no NULL where there is to be a string. */
static void report_required(struct decoder *d, const struct place *at, const struct field *f, void *base)
{
	if (f->kind == KIND_STRING)
		*(const char **)(void *)((char *)base + f->at) = "";
	report_at(d->report, at, "required");
}

void decode_object(struct decoder *d, const struct place *at, const struct json *v, const struct shape *shape,
		   void *out)
{
	if (!decode_is(d, at, v, JSON_OBJECT))
		return;
	for (size_t i = 0; i < shape->n && !report_full(d->report); i++) {
		const struct field *f = &shape->fields[i];
		const struct place member = place_member(at, f->name);
		const struct json *m = json_get(v, f->name);

		if (m && m->type != JSON_NULL)
			decode_member(d, &member, f, m, out);
		else if (f->flags & REQUIRED)
			report_required(d, &member, f, out);
	}
	if (shape->after)
		shape->after(d, at, v, out);
}
