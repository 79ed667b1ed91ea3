/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the library asks of the program that talks to systemd (bus/), on its standard input, and what that answers, on its
 * standard output.  Text: lines of words, separated by one blank each.  In a word every byte that is no printable
 * character of ASCII, and '%', is %XX; a word may be empty.  Rooms: run (pure) and bus.
 *
 *	kin-systemd 1
 *	deadline NS                     CLOCK_MONOTONIC; past it the answer is REQUEST_TIMEOUT
 *	direct PATH                     sockets, tried in this order: the manager's own,
 *	bus PATH                        and that of a message bus which leads to it
 *	start UNIT | update UNIT | stop UNIT DESCRIPTION | attach UNIT SUBGROUP PID
 *	property NAME MAY TYPE WORD...  start and update; TYPE is a D-Bus signature, MAY "may" (left out where this systemd
 *	                                does not take it) or "must"
 *	end
 *
 * A unit with another description is not stopped: it is somebody else's, under the same name.
 * A value's words: a basic type is one word, an array the number of its elements and then these, a struct its members.
 *
 *	ok
 *	error NAME MESSAGE              NAME: of a D-Bus error, or one of the below; MESSAGE: the rest of the line
 */
#ifndef SYSTEMD_REQUEST_H
#define SYSTEMD_REQUEST_H

#include <string.h>

#define REQUEST_MAGIC	"kin-systemd 1"
#define REQUEST_ABSENT	"kin.Absent" /* none of the sockets answers to a connect */
#define REQUEST_TIMEOUT "kin.Timeout"
#define REQUEST_EXISTS	"kin.Exists" /* a living unit has the name */
#define REQUEST_JOB	"kin.Job" /* the job ended otherwise than "done" */
#define REQUEST_BAD	"kin.Request" /* it does not understand us */
#define REQUEST_FOREIGN "kin.Foreign" /* the manager sees other process ids than we */
#define REQUEST_BROKEN	"kin.Broken" /* the connection */

enum { REQUEST_MAX = 1024 * 1024 };

static inline int request_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The next word of the line at *rest, decoded in place; NULL: no more, or it is malformed.  *rest NULL: the end. */
static inline char *request_word(char **rest)
{
	char *word = *rest, *to = word, *from = word;

	if (!word)
		return NULL;
	for (; *from && *from != ' '; from++) {
		int high, low;

		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		high = request_hex(from[1]);
		low = high < 0 ? -1 : request_hex(from[2]);
		if (low < 0 || high + low == 0)
			return NULL;
		*to++ = (char)(high * 16 + low);
		from += 2;
	}
	*rest = *from ? from + 1 : NULL;
	*to = '\0';
	return word;
}
#endif
