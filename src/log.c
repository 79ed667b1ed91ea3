/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failures in words; see log.h.  Room: the CLI. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/fd.h"
#include "datagram.h"
#include "json/json.h"
#include "log.h"
#include "sys/sys.h"

int log_place(struct log *log, const char *where, struct lct_err *err)
{
	static const struct {
		const char *prefix;
		enum log_place place;
	} known[] = { { "file:", LOG_TO_FILE }, { "journald:", LOG_TO_JOURNAL }, { "syslog:", LOG_TO_SYSLOG } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const size_t len = strlen(known[i].prefix);

		if (strncmp(where, known[i].prefix, len) != 0)
			continue;
		if (!where[len])
			return err_set(err, LCT_E_USAGE, EINVAL, NULL, "invalid log: %s needs a %s after it",
				       known[i].prefix, known[i].place == LOG_TO_FILE ? "path" : "name");
		log->place = known[i].place;
		log->name = where + len;
		return 0;
	}
	/* Anything else is a path, with whatever it has in it: runc knows nothing else. */
	log->place = LOG_TO_FILE;
	log->name = where;
	return 0;
}

static void timestamp(char ret[static 32])
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!gmtime_r(&now.tv_sec, &tm) || !strftime(ret, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		strcpy(ret, "1970-01-01T00:00:00Z");
}

/* The form of logrus's text formatter, which readers of runc's logs know. */
static void record(struct buf *b, bool json, const char *level, const char *message)
{
	char now[32];

	timestamp(now);
	if (json)
		buf_printf(b, "{\"level\":\"%s\",\"msg\":", level);
	else
		buf_printf(b, "time=\"%s\" level=%s msg=", now, level);
	json_put_string(b, message);
	if (json)
		buf_printf(b, ",\"time\":\"%s\"}", now);
	buf_char(b, '\n');
}

/* O_NONBLOCK: a FIFO nobody reads must not hang us.  Opened late: a run that succeeds needs no log and no
 * descriptor for it. */
static void append(const struct log *log, const char *level, const char *message)
{
	_cleanup_buf_ struct buf b = { 0 };
	autofd fd = -EBADF;

	if (log->place == LOG_TO_JOURNAL)
		return datagram_journal(log->name, level, message);
	if (log->place == LOG_TO_SYSLOG)
		return datagram_syslog(log->name, level, message);
	if (log->place != LOG_TO_FILE)
		return;
	record(&b, log->json, level, message);
	fd = open(log->name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
	if (fd >= 0 && buf_ok(&b))
		(void)sys_write(fd, b.data, b.len);
}

/* One write: conmon reads its pipe once, with room for 8191 bytes. */
static void one_write(const struct buf *b)
{
	if (buf_ok(b))
		(void)sys_write(STDERR_FILENO, b->data, b->len < 8000 ? b->len : 8000);
}

static void to_stderr(const char *message)
{
	_cleanup_buf_ struct buf b = { 0 };

	for (const char *p = message; *p; p++)
		buf_char(&b, (unsigned char)*p < ' ' ? ' ' : *p);
	buf_char(&b, '\n');
	one_write(&b);
}

/* Who asks for JSON and names no log reads it where runc and crun have it then. */
void log_error(const struct log *log, const char *message)
{
	_cleanup_buf_ struct buf b = { 0 };

	append(log, "error", message);
	if (!log->json || log->place != LOG_NOWHERE) {
		to_stderr(message);
		return;
	}
	record(&b, true, "error", message);
	one_write(&b);
}

__attribute__((format(printf, 1, 0))) static char *vtext(const char *fmt, va_list ap)
{
	char *text = NULL;

	return vasprintf(&text, fmt, ap) < 0 ? NULL : text;
}

void log_notice(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = vtext(fmt, ap);
	va_end(ap);
	if (text)
		to_stderr(text);
	free(text);
}

void log_debug(const struct log *log, const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (!log->debug)
		return;
	va_start(ap, fmt);
	text = vtext(fmt, ap);
	va_end(ap);
	if (text) {
		append(log, "debug", text);
		to_stderr(text);
	}
	free(text);
}
