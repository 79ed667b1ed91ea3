/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parser of option tables.  Accepts --name value, --name=value, -n value, -nvalue, -n=value, clusters of
 * letters, and -name as Go programs do.  Room: the CLI. */
#include <limits.h>
#include <string.h>

#include "opt.h"

struct parse {
	struct arena *a;
	const struct opt *opts;
	char *const *argv; /* next word */
	void *values;
	struct lct_err *err;
};

static const struct opt *by_name(const struct opt *opts, const char *name, size_t len)
{
	for (const struct opt *o = opts; o->type != OPT_END; o++)
		if (strlen(o->name) == len && !memcmp(o->name, name, len))
			return o;
	return NULL;
}

static const struct opt *by_letter(const struct opt *opts, char letter)
{
	for (const struct opt *o = opts; o->type != OPT_END; o++)
		if (o->letter && o->letter == letter)
			return o;
	return NULL;
}

int opt_number(const char *text, uint32_t max, uint32_t *ret)
{
	uint64_t n = 0;

	if (!*text)
		return -EINVAL;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9')
			return -EINVAL;
		n = n * 10 + (uint64_t)(*p - '0');
		if (n > max)
			return -ERANGE;
	}
	*ret = (uint32_t)n;
	return 0;
}

static const char *time_unit(const char *p, int64_t *ret_ms)
{
	static const struct {
		const char *word;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 }, { "h", 60 * 60 * 1000 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t len = strlen(units[i].word);

		if (!strncmp(p, units[i].word, len)) {
			*ret_ms = units[i].ms;
			return p + len;
		}
	}
	return NULL;
}

int opt_time(const char *text, int *ret_ms)
{
	int64_t total = 0;
	const char *p = text;

	if (!*p)
		return -EINVAL;
	while (*p) {
		int64_t n = 0, unit = 1000;
		const char *digits = p;

		for (; *p >= '0' && *p <= '9'; p++) {
			n = n * 10 + (*p - '0');
			if (n > INT_MAX)
				return -ERANGE;
		}
		if (p == digits)
			return -EINVAL;
		if (*p)
			p = time_unit(p, &unit);
		else if (digits != text)
			return -EINVAL; /* "1m30": of what? */
		if (!p)
			return -EINVAL;
		total += n * unit;
		if (total > INT_MAX)
			return -ERANGE;
	}
	*ret_ms = (int)total;
	return 0;
}

static int parse_bool(const char *text, bool *ret)
{
	static const char *const yes[] = { "1", "t", "T", "true", "TRUE", "True" };
	static const char *const no[] = { "0", "f", "F", "false", "FALSE", "False" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (!strcmp(text, yes[i]) || !strcmp(text, no[i])) {
			*ret = !strcmp(text, yes[i]);
			return 0;
		}
	}
	return -EINVAL;
}

/* Growing by doubling at powers of two: lists are short, and the arena frees all. */
static void *grown(struct arena *a, void *old, size_t n, size_t size)
{
	void *new;

	if (n & (n + 1))
		return old;
	new = arena_array(a, 2 * (n + 1), size);
	if (new &&n)
		memcpy(new, old, n * size);
	return new;
}

static int list_add(struct arena *a, struct opt_list *list, const char *value)
{
	/* One more than n is always there: zeroed, it is the NULL at the end. */
	char **v = grown(a, list->v, list->n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	v[list->n++] = (char *)(uintptr_t)value;
	list->v = v;
	return 0;
}

static int numbers_add(struct arena *a, struct opt_numbers *list, uint32_t value)
{
	uint32_t *v = grown(a, list->v, list->n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	v[list->n++] = value;
	list->v = v;
	return 0;
}

static int bad_value(struct parse *p, const struct opt *o, const char *value, const char *why)
{
	return err_set(p->err, LCT_E_USAGE, EINVAL, NULL, "invalid value \"%s\" for flag --%s: %s", value, o->name,
		       why);
}

static int store_choice(struct parse *p, const struct opt *o, const char *value, const char **ret)
{
	struct buf words __attribute__((cleanup(buf_done))) = { 0 };

	for (size_t i = 0; o->choices[i]; i++) {
		if (!strcmp(o->choices[i], value)) {
			*ret = o->choices[i];
			return 0;
		}
		buf_printf(&words, "%s%s", i ? ", " : "one of ", o->choices[i]);
	}
	buf_char(&words, '\0');
	return bad_value(p, o, value, buf_ok(&words) ? words.data : "unknown");
}

static int store_number(struct parse *p, const struct opt *o, const char *value, uint32_t *ret)
{
	switch (opt_number(value, UINT32_MAX, ret)) {
	case 0:
		return 0;
	case -ERANGE:
		return bad_value(p, o, value, "value out of range");
	default:
		return bad_value(p, o, value, "not a number");
	}
}

static int store_time(struct parse *p, const struct opt *o, const char *value, int *ret)
{
	switch (opt_time(value, ret)) {
	case 0:
		return 0;
	case -ERANGE:
		return bad_value(p, o, value, "value out of range");
	default:
		return bad_value(p, o, value, "not a time such as 500ms, 5s or 1m30s");
	}
}

static int store(struct parse *p, const struct opt *o, const char *value)
{
	void *at = (char *)p->values + o->offset;
	uint32_t number;
	int r;

	switch (o->type) {
	case OPT_STRING:
		*(const char **)at = *value ? value : NULL;
		return 0;
	case OPT_LIST:
		return list_add(p->a, at, value) < 0 ? err_nomem(p->err) : 0;
	case OPT_NUMBER:
		return store_number(p, o, value, at);
	case OPT_NUMBERS:
		r = store_number(p, o, value, &number);
		if (r < 0)
			return r;
		return numbers_add(p->a, at, number) < 0 ? err_nomem(p->err) : 0;
	case OPT_TIME:
		return store_time(p, o, value, at);
	case OPT_CHOICE:
		return store_choice(p, o, value, at);
	case OPT_BOOL:
		if (parse_bool(value, at) < 0)
			return err_set(p->err, LCT_E_USAGE, EINVAL, NULL, "invalid boolean value \"%s\" for --%s",
				       value, o->name);
		return 0;
	case OPT_END:
		break;
	}
	return -EINVAL;
}

/* One option whose spelling is `shown`.  value: what stood in the same word, or NULL. */
static int one(struct parse *p, const struct opt *o, const char *shown, const char *value)
{
	if (o->flags & OPT_VALUE_OPTIONAL)
		*((bool *)((char *)p->values + o->given)) = true;
	if (value)
		return store(p, o, value);
	if (o->flags & OPT_VALUE_OPTIONAL)
		return 0;
	if (o->type == OPT_BOOL)
		return store(p, o, "true");
	if (!*p->argv)
		return err_set(p->err, LCT_E_USAGE, EINVAL, NULL, "flag needs an argument: %s", shown);
	return store(p, o, *p->argv++);
}

static int unknown(struct parse *p, const char *dashes, const char *name, size_t len)
{
	return err_set(p->err, LCT_E_USAGE, EINVAL, NULL, "flag provided but not defined: %s%.*s", dashes,
		       len > 200 ? 200 : (int)len, name);
}

static int long_word(struct parse *p, const char *name, bool *ret_help)
{
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct opt *o = by_name(p->opts, name, len);
	char *shown;

	if (len == strlen("help") && !memcmp(name, "help", len)) {
		*ret_help = true;
		return 0;
	}
	if (!o)
		return unknown(p, "--", name, len);
	shown = arena_printf(p->a, "--%s", o->name);
	if (!shown)
		return err_nomem(p->err);
	return one(p, o, shown, equals ? equals + 1 : NULL);
}

static int letters(struct parse *p, const char *word, bool *ret_help)
{
	for (const char *c = word; *c; c++) {
		const struct opt *o = by_letter(p->opts, *c);
		char shown[] = { '-', *c, '\0' };

		if (*c == 'h' && !o) {
			*ret_help = true;
			return 0;
		}
		if (!o)
			return unknown(p, "-", c == word ? word : c, c == word ? strcspn(word, "=") : 1);
		if (c[1] == '=')
			return one(p, o, shown, c + 2);
		if (o->type != OPT_BOOL && !(o->flags & OPT_VALUE_OPTIONAL))
			return one(p, o, shown, c[1] ? c + 1 : NULL);
		int r = one(p, o, shown, NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

static int option_word(struct parse *p, const char *word, bool *ret_help)
{
	if (word[1] == '-')
		return long_word(p, word + 2, ret_help);
	/* -bundle X: Go programs do not tell one dash from two, and runc is one. */
	if (word[2] && (by_name(p->opts, word + 1, strcspn(word + 1, "=")) || !strcmp(word, "-help")))
		return long_word(p, word + 1, ret_help);
	return letters(p, word + 1, ret_help);
}

int opt_parse(struct arena *a, const struct opt *opts, enum opt_order order, char *const *argv, void *values,
	      struct opt_result *ret, struct lct_err *err)
{
	struct parse p = { .a = a, .opts = opts, .argv = argv, .values = values, .err = err };
	size_t n = 0;

	while (argv[n])
		n++;
	*ret = (struct opt_result){ .args = arena_array(a, n + 1, sizeof(char *)) };
	if (!ret->args)
		return err_nomem(err);
	while (*p.argv) {
		char *word = *p.argv++;
		int r;

		if (word[0] != '-' || !word[1]) {
			ret->args[ret->n_args++] = word;
			if (order == OPT_STOP)
				break;
			continue;
		}
		if (!strcmp(word, "--"))
			break;
		r = option_word(&p, word, &ret->help);
		if (r < 0 || ret->help)
			return r;
	}
	while (*p.argv)
		ret->args[ret->n_args++] = *p.argv++;
	return 0;
}
