/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * yajl's events made into a tree.  Values wait on one stack until their parent ends, then move to the arena side by
 * side.  No recursion anywhere, so depth costs nothing but its check.  Room: run (pure).
 */
#include "json/json.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "json/members.h"
#include "json/position.h"
#include "json/reserve.h"
#include "json/utf8.h"

struct level {
	bool object;
	uint32_t begin, first; /* offset in the text; index of the first child on the stack */
	const char *name; /* the container's own, within its parent */
	uint32_t name_end;
};

struct parser {
	struct json_input in;
	struct arena *arena;
	struct lct_err *err;
	yajl_handle yajl;
	int result; /* why we stopped yajl */
	struct level levels[JSON_MAX_DEPTH];
	size_t depth;
	struct json_pending *stack;
	size_t n, room;
	size_t values; /* of the whole text */
	const char *name; /* of the value that comes next */
	uint32_t name_end;
	char *strings; /* all of them: decoded they are never longer than as written, quotes for NUL */
};

/* Inside of a callback: the offset behind the token. */
static uint32_t offset(const struct parser *p)
{
	return (uint32_t)yajl_get_bytes_consumed(p->yajl);
}

/* Callbacks return 0 to stop yajl. */
static int stop(struct parser *p, int result)
{
	p->result = result;
	return 0;
}

static const char *keep(struct parser *p, const void *bytes, size_t len)
{
	char *s = p->strings;

	memcpy(s, bytes, len);
	s[len] = '\0';
	p->strings += len + 1;
	return s;
}

static int push(struct parser *p, struct json value)
{
	size_t room = p->room ? p->room * 2 : 256;
	struct json_pending *more;

	if (p->n == p->room) {
		more = reallocarray(p->stack, room, sizeof(*more));
		if (!more)
			return stop(p, err_nomem(p->err));
		p->stack = more;
		p->room = room;
	}
	if (++p->values > JSON_MAX_VALUES)
		return stop(p, json_error_at(&p->in, offset(p), p->err, "more than %d values", JSON_MAX_VALUES));
	value.name = p->name;
	p->stack[p->n++] = (struct json_pending){ value, p->name_end };
	p->name = NULL;
	return 1;
}

static int on_null(void *ctx)
{
	return push(ctx, (struct json){ .type = JSON_NULL });
}

static int on_boolean(void *ctx, int value)
{
	return push(ctx, (struct json){ .type = JSON_BOOL, .boolean = value });
}

static int on_number(void *ctx, const char *text, size_t len)
{
	return push(ctx, (struct json){ .type = JSON_NUMBER, .string = keep(ctx, text, len) });
}

static int on_string(void *ctx, const unsigned char *text, size_t len)
{
	return push(ctx, (struct json){ .type = JSON_STRING, .string = keep(ctx, text, len) });
}

static int on_name(void *ctx, const unsigned char *text, size_t len)
{
	struct parser *p = ctx;

	p->name = keep(p, text, len);
	p->name_end = offset(p);
	return 1;
}

static int begin(struct parser *p, bool object)
{
	if (p->depth == JSON_MAX_DEPTH)
		return stop(p, json_error_at(&p->in, offset(p) - 1, p->err, "nested deeper than %d", JSON_MAX_DEPTH));
	p->levels[p->depth++] = (struct level){
		.object = object,
		.begin = offset(p) - 1,
		.first = (uint32_t)p->n,
		.name = p->name,
		.name_end = p->name_end,
	};
	p->name = NULL;
	return 1;
}

static int on_begin_object(void *ctx)
{
	return begin(ctx, true);
}

static int on_begin_array(void *ctx)
{
	return begin(ctx, false);
}

/* From its closing quote back to the name's opening one: inside of a string every quote has a backslash before it. */
static size_t name_begin(const struct parser *p, uint32_t name_end)
{
	size_t i = name_end - 1;

	do
		i--;
	while (i > 0 && (p->in.text[i] != '"' || p->in.text[i - 1] == '\\'));
	return i;
}

static int refuse_duplicates(struct parser *p, const struct json_pending *members, size_t n)
{
	const struct json_pending *bad;

	if (json_duplicate(members, n, &bad) < 0)
		return err_nomem(p->err);
	if (!bad)
		return 0;
	return json_error_at(&p->in, name_begin(p, bad->name_end), p->err, "duplicate name \"%.*s\"",
			     (int)utf8_prefix(bad->value.name, 128), bad->value.name);
}

static int on_end(void *ctx)
{
	struct parser *p = ctx;
	struct level level = p->levels[--p->depth];
	size_t n = p->n - level.first;
	const struct json_pending *children = n ? p->stack + level.first : NULL;
	struct json *first = n ? arena_array(p->arena, n, sizeof(struct json)) : NULL;
	int r;

	if (n && !first)
		return stop(p, err_nomem(p->err));
	r = level.object ? refuse_duplicates(p, children, n) : 0;
	if (r < 0)
		return stop(p, r);
	for (size_t i = 0; i < n; i++)
		first[i] = children[i].value;
	p->n = level.first;
	p->name = level.name;
	p->name_end = level.name_end;
	return push(p, (struct json){ .type = level.object ? JSON_OBJECT : JSON_ARRAY,
				      .first = first,
				      .n = (uint32_t)n,
				      .begin = level.begin,
				      .end = offset(p) });
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_begin_object,
	.yajl_map_key = on_name,
	.yajl_end_map = on_end,
	.yajl_start_array = on_begin_array,
	.yajl_end_array = on_end,
};

/* yajl says "parse error: premature EOF\n".  It stands behind a token, or a first character, that it does not like,
 * but at the character that spoils a token. */
static int syntax_error(struct parser *p, size_t consumed)
{
	unsigned char *said = yajl_get_error(p->yajl, 0, NULL, 0);
	const char *text = said ? (const char *)said : "syntax error", *colon = strstr(text, ": ");
	bool within = strncmp(text, "lexical", 7) == 0 && !strstr(text, "invalid char in json text");

	if (colon)
		text = colon + 2;
	json_error_at(&p->in, within || consumed == 0 ? consumed : consumed - 1, p->err, "%.*s",
		      (int)strcspn(text, ".\n"), text);
	yajl_free_error(p->yajl, said);
	return -EINVAL;
}

static int parse(struct parser *p)
{
	yajl_status status = yajl_parse(p->yajl, (const unsigned char *)p->in.text, p->in.len);
	size_t consumed = yajl_get_bytes_consumed(p->yajl);

	if (status == yajl_status_ok) {
		status = yajl_complete_parse(p->yajl);
		consumed = p->in.len + 1;
	}
	if (status == yajl_status_client_canceled)
		return p->result;
	if (status != yajl_status_ok)
		return syntax_error(p, consumed);
	return 0;
}

static void parser_done(struct parser *p)
{
	if (p->yajl)
		yajl_free(p->yajl);
	free(p->stack);
}

int json_parse(struct arena *a, const char *text, size_t len, const char *what, struct json **ret, struct lct_err *err)
{
	_cleanup_reserve_ struct reserve reserve = { 0 };
	yajl_alloc_funcs funcs = reserve_funcs(&reserve);
	__attribute__((cleanup(parser_done))) struct parser p = { .in = { text, len, what }, .arena = a, .err = err };
	int r;

	if (len > JSON_MAX_SIZE)
		return err_config(err, what, "%zu bytes are above the limit of %d", len, JSON_MAX_SIZE);
	r = json_scan(&p.in, err);
	if (r < 0)
		return r;
	if (reserve_init(&reserve, len) < 0)
		return err_nomem(err);
	p.strings = arena_alloc(a, len + 2); /* two: a number alone is shorter than its copy */
	p.yajl = yajl_alloc(&callbacks, &funcs, &p);
	if (!p.strings || !p.yajl)
		return err_nomem(err);
	yajl_config(p.yajl, yajl_dont_validate_strings, 1); /* json_scan did, and more strictly */
	r = parse(&p);
	if (r < 0)
		return r;
	*ret = arena_new(a, struct json);
	if (!*ret)
		return err_nomem(err);
	**ret = p.stack[0].value;
	return 0;
}
