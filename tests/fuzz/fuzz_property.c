/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The value of a property annotation: any text.  What is taken must be a line that the program which talks to systemd
 * can take apart again: a type, and as many words as the type says.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "systemd/parts.h"
#include "systemd/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *follow(const char *type, char **rest);

static const char *skip(const char *type)
{
	while (*type == 'a')
		type++;
	if (*type != '(')
		return type + 1;
	for (type++; *type != ')';)
		type = skip(type);
	return type + 1;
}

static const char *follow_array(const char *type, char **rest)
{
	const char *word = request_word(rest);
	unsigned long n = word ? strtoul(word, NULL, 10) : 0;

	if (!word || (n == 0 && strcmp(word, "0")))
		abort();
	while (n--)
		(void)follow(type + 1, rest);
	return skip(type);
}

static const char *follow(const char *type, char **rest)
{
	if (*type == 'a')
		return follow_array(type, rest);
	if (*type == '(') {
		for (type++; *type != ')';)
			type = follow(type, rest);
		return type + 1;
	}
	if (!*type || !strchr("bynqiuxtdsog", *type) || !request_word(rest))
		abort();
	return type + 1;
}

static void check(const char *text, bool seconds)
{
	_cleanup_buf_ struct buf b = { 0 };
	const char *why = NULL, *type;
	char *line, *rest;
	size_t at = 0;
	int r = gvariant_add(&b, text, seconds, &why, &at);

	if (at > strlen(text))
		abort();
	if (r < 0) {
		if (!why)
			abort();
		return;
	}
	line = buf_take(&b);
	if (!line || line[0] != ' ' || strchr(line, '\n'))
		abort();
	rest = line + 1;
	type = request_word(&rest);
	if (!type || (seconds && strcmp(type, "t")))
		abort();
	if (*follow(type, &rest) || rest)
		abort();
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	check(text, false);
	check(text, true);
	free(text);
	return 0;
}
