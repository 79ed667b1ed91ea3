/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words made a value of D-Bus, as its signature says.  Room: bus. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bus/bus.h"
#include "systemd/request.h"

static const char *skip(const char *type)
{
	int depth = 0;

	while (*type == 'a')
		type++;
	do {
		depth += *type == '(';
		depth -= *type == ')';
		if (!*type)
			return type;
		type++;
	} while (depth > 0);
	return type;
}

/* Ranges are the library's to check. */
static int append_integer(sd_bus_message *m, char type, const char *word)
{
	char *end;
	uint64_t n;
	union {
		uint8_t y;
		uint16_t q;
		uint32_t u;
		uint64_t t;
	} v;

	errno = 0;
	n = word[0] == '-' ? (uint64_t)strtoll(word, &end, 10) : strtoull(word, &end, 10);
	if (errno || end == word || *end)
		return -EINVAL;
	if (type == 'y')
		v.y = (uint8_t)n;
	else if (type == 'n' || type == 'q')
		v.q = (uint16_t)n;
	else if (type == 'i' || type == 'u')
		v.u = (uint32_t)n;
	else
		v.t = n;
	return sd_bus_message_append_basic(m, type, &v);
}

static int append_basic(sd_bus_message *m, char type, const char *word)
{
	int truth;
	double d;
	char *end;

	if (strchr("sog", type))
		return sd_bus_message_append_basic(m, type, word);
	if (strchr("ynqiuxt", type))
		return append_integer(m, type, word);
	if (type == 'b') {
		truth = !strcmp(word, "true");
		return sd_bus_message_append_basic(m, type, &truth);
	}
	if (type != 'd')
		return -EINVAL;
	d = strtod(word, &end);
	return end == word || *end ? -EINVAL : sd_bus_message_append_basic(m, type, &d);
}

static int append(sd_bus_message *m, const char **type, char **rest);

static int append_array(sd_bus_message *m, const char *element, size_t n_type, char **rest)
{
	char *contents = strndup(element, n_type);
	const char *word = request_word(rest);
	unsigned long n = word ? strtoul(word, NULL, 10) : 0;
	int r = contents && word ? sd_bus_message_open_container(m, 'a', contents) : -EINVAL;

	while (r >= 0 && n--) {
		const char *again = contents;

		r = append(m, &again, rest);
	}
	free(contents);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_struct(sd_bus_message *m, const char *begin, size_t n_type, char **rest)
{
	char *contents = strndup(begin, n_type);
	const char *each = contents;
	int r = contents ? sd_bus_message_open_container(m, 'r', contents) : -ENOMEM;

	while (r >= 0 && *each)
		r = append(m, &each, rest);
	free(contents);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append(sd_bus_message *m, const char **type, char **rest)
{
	const char *begin = *type, *word;

	*type = skip(begin);
	if (*begin == 'a')
		return append_array(m, begin + 1, (size_t)(*type - begin - 1), rest);
	if (*begin == '(')
		return append_struct(m, begin + 1, (size_t)(*type - begin - 2), rest);
	word = request_word(rest);
	return word && *begin ? append_basic(m, *begin, word) : -EINVAL;
}

int value_append(sd_bus_message *m, const char *type, char *words)
{
	int r = append(m, &type, &words);

	return r < 0 ? r : *type || words ? -EINVAL : 0;
}
