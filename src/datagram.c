/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log services' sockets; see datagram.h.  Room: the CLI. */
#include "datagram.h"

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"

static void send_to(const char *path, const struct buf *b)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	autofd fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || !buf_ok(b))
		return;
	strncpy(to.sun_path, path, sizeof(to.sun_path) - 1);
	(void)sendto(fd, b->data, b->len, MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)&to, sizeof(to));
}

static int priority(const char *level)
{
	static const struct {
		const char *level;
		int priority;
	} known[] = { { "error", LOG_ERR }, { "warning", LOG_WARNING }, { "debug", LOG_DEBUG } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].level, level))
			return known[i].priority;
	return LOG_INFO;
}

/* systemd's "Native Journal Protocol": a value with a newline has its length before it, in 64 bits, little endian. */
static void field(struct buf *b, const char *name, const char *value)
{
	size_t len = strlen(value);

	buf_str(b, name);
	if (!strchr(value, '\n')) {
		buf_printf(b, "=%s\n", value);
		return;
	}
	buf_char(b, '\n');
	for (unsigned shift = 0; shift < 64; shift += 8)
		buf_char(b, (char)((uint64_t)len >> shift & 0xff));
	buf_str(b, value);
	buf_char(b, '\n');
}

void datagram_journal(const char *id, const char *level, const char *message)
{
	_cleanup_buf_ struct buf b = { 0 };

	field(&b, "MESSAGE", message);
	buf_printf(&b, "PRIORITY=%d\n", priority(level));
	field(&b, "SYSLOG_IDENTIFIER", "kin");
	field(&b, "ID", id);
	send_to("/run/systemd/journal/socket", &b);
}

/* RFC 3164, 4.1, as syslog(3) sends it to its own machine: local time, no host name. */
void datagram_syslog(const char *id, const char *level, const char *message)
{
	_cleanup_buf_ struct buf b = { 0 };
	char now[32] = "Jan  1 00:00:00";
	time_t t = time(NULL);
	struct tm tm;

	if (localtime_r(&t, &tm))
		(void)strftime(now, sizeof(now), "%b %e %H:%M:%S", &tm);
	buf_printf(&b, "<%d>%s %s[%d]: %s", LOG_USER | priority(level), now, id, (int)getpid(), message);
	send_to("/dev/log", &b);
}
