/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The request, read and taken apart.  Room: bus. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/bus.h"
#include "systemd/request.h"

static char *read_all(int fd)
{
	size_t len = 0;
	char *text = malloc(REQUEST_MAX + 1);

	while (text && len < REQUEST_MAX) {
		ssize_t n = read(fd, text + len, REQUEST_MAX - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		if (n == 0) {
			text[len] = '\0';
			return text;
		}
		len += (size_t)n;
	}
	answer_error(REQUEST_BAD, "the request cannot be read");
}

static const char *need(char **rest)
{
	const char *word = request_word(rest);

	if (!word)
		answer_error(REQUEST_BAD, "a word is missing or malformed");
	return word;
}

static int64_t need_number(char **rest, int64_t max)
{
	const char *word = need(rest);
	char *end;
	long long n;

	errno = 0;
	n = strtoll(word, &end, 10);
	if (errno || end == word || *end || n < 0 || n > max)
		answer_error(REQUEST_BAD, "\"%s\" is not a number", word);
	return n;
}

static void add_socket(struct request *q, bool direct, char **rest)
{
	if (q->n_sockets == MOST_SOCKETS)
		answer_error(REQUEST_BAD, "too many sockets");
	q->sockets[q->n_sockets++] = (struct socket){ need(rest), direct };
}

static void add_property(struct request *q, char **rest)
{
	struct property *more = reallocarray(q->properties, q->n_properties + 1, sizeof(*more)), *p;

	if (!more)
		answer_error(REQUEST_BAD, "out of memory");
	q->properties = more;
	p = &more[q->n_properties++];
	p->name = need(rest);
	p->may = !strcmp(need(rest), "may");
	p->type = need(rest);
	p->words = *rest;
	p->left_out = false;
}

static void set_verb(struct request *q, enum verb verb, char **rest)
{
	if (q->verb)
		answer_error(REQUEST_BAD, "more than one thing to do");
	q->verb = verb;
	q->unit = need(rest);
	if (verb == VERB_STOP)
		q->description = need(rest);
	if (verb != VERB_ATTACH)
		return;
	q->subgroup = need(rest);
	q->pid = (uint32_t)need_number(rest, INT32_MAX);
}

/* false: the end. */
static bool take(struct request *q, char *line)
{
	static const struct {
		const char *word;
		enum verb verb;
	} verbs[] = {
		{ "start", VERB_START }, { "update", VERB_UPDATE }, { "attach", VERB_ATTACH }, { "stop", VERB_STOP }
	};
	char *rest = line;
	const char *word = need(&rest);

	if (!strcmp(word, "end"))
		return false;
	if (!strcmp(word, "deadline")) {
		q->deadline_ns = need_number(&rest, INT64_MAX);
		return true;
	}
	if (!strcmp(word, "direct") || !strcmp(word, "bus")) {
		add_socket(q, word[0] == 'd', &rest);
		return true;
	}
	if (!strcmp(word, "property")) {
		add_property(q, &rest);
		return true;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(word, verbs[i].word))
			continue;
		set_verb(q, verbs[i].verb, &rest);
		return true;
	}
	answer_error(REQUEST_BAD, "\"%s\" is unknown", word);
}

void request_read(int fd, struct request *q)
{
	char *text = read_all(fd), *line = strsep(&text, "\n");

	if (strcmp(line, REQUEST_MAGIC))
		answer_error(REQUEST_BAD, "not a request");
	do {
		line = strsep(&text, "\n");
		if (!line || !*line)
			answer_error(REQUEST_BAD, "the request has no end");
	} while (take(q, line));
	if (!q->verb || !q->deadline_ns || !q->n_sockets)
		answer_error(REQUEST_BAD, "the request is not complete");
}
