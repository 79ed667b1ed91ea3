/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options as tables.  What a command accepts is declared once, in a table of struct opt beside the command;
 * parsing, --help, the manual page and the shell completion are all read from it.  Room: the CLI.
 */
#ifndef KIN_OPT_H
#define KIN_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum opt_type {
	OPT_END = 0, /* ends a table */
	OPT_BOOL, /* bool; --x, --x=true, --x=false */
	OPT_STRING, /* const char *; an empty value counts as not given, as callers of runc expect */
	OPT_LIST, /* struct opt_list; may be repeated */
	OPT_NUMBER, /* uint32_t */
	OPT_NUMBERS, /* struct opt_numbers; may be repeated */
	OPT_TIME, /* int, milliseconds; "500ms", "5s", "1m30s", a bare number is seconds */
	OPT_CHOICE, /* const char *, one of `choices` */
};

struct opt_list {
	char **v; /* NULL-terminated; NULL when n is 0 */
	size_t n;
};

struct opt_numbers {
	uint32_t *v;
	size_t n;
};

enum {
	OPT_HIDDEN = 1u << 0, /* accepted, but not shown */
	OPT_VALUE_OPTIONAL = 1u << 1, /* a value only as --x=VALUE; --x alone leaves the variable at its default and
				       * sets `given` */
};

struct opt {
	enum opt_type type;
	char letter; /* 0: none */
	const char *name; /* "bundle" */
	const char *value; /* what its value is called: "DIR"; NULL for OPT_BOOL */
	const char *help;
	size_t offset; /* of the variable in the command's values */
	const char *const *choices; /* OPT_CHOICE: NULL-terminated */
	const char *complete; /* what the shell completes a value with: "file", "directory"; NULL: nothing */
	size_t given; /* OPT_VALUE_OPTIONAL: offset of a bool that is set */
	unsigned flags;
};

enum opt_order {
	OPT_PERMUTE, /* options may stand after arguments, until "--" */
	OPT_STOP, /* the first argument ends the options */
};

struct opt_result {
	char **args; /* NULL-terminated */
	int n_args;
	bool help; /* -h or --help was seen; nothing after it was looked at */
};

/* argv is NULL-terminated and begins after the command's name.  `values` is the struct that the table's offsets
 * point into, holding the defaults.  Errors: -EINVAL with err filled, -ENOMEM. */
int opt_parse(struct arena *a, const struct opt *opts, enum opt_order order, char *const *argv, void *values,
	      struct opt_result *ret, struct lct_err *err);

/* "1m30s" -> 90000; 0 on success, -EINVAL, -ERANGE above INT_MAX milliseconds. */
int opt_time(const char *text, int *ret_ms);

/* Decimal digits only; -EINVAL, -ERANGE above max. */
int opt_number(const char *text, uint32_t max, uint32_t *ret);

/* One row of a table. */
#define OPT(type_, letter_, name_, value_, help_, offset_, ...)                                                        \
	{                                                                                                              \
		.type = type_, .letter = letter_, .name = name_, .value = value_, .help = help_, .offset = offset_,    \
		__VA_ARGS__                                                                                            \
	}
#define OPT_AT(type, member) offsetof(struct type, member)
#endif
