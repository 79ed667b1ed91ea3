/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes on in a cgroup: populated, frozen, and the end of it.  Room: run. */
#include "cgroup/cgroup.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "base/fd.h"
#include "cgroup/events.h"
#include "cgroup/tree.h"
#include "sys/sys.h"

enum {
	EVENTS_ROOM = 256,
	FIRST_WAIT_NS = 100 * 1000,
	LAST_WAIT_NS = 20 * 1000 * 1000,
};

static int event(int fd, const char *key)
{
	char text[EVENTS_ROOM];
	int r = tree_read(fd, "cgroup.events", text, sizeof(text));

	return r < 0 ? r : tree_flag(text, key);
}

int cgroup_populated(int fd)
{
	return event(fd, "populated");
}

int cgroup_frozen(int fd)
{
	int r = event(fd, "frozen");

	return r == -ENODATA ? 0 : r; /* cannot freeze before 5.2 */
}

/* The kernel holds notifications back for up to 10 ms after one (cgroup_file_notify), while the file always tells the
 * truth: waits begin short and grow. */
int events_wait(int f, const char *key, int value, int64_t deadline_ns)
{
	int64_t wait = FIRST_WAIT_NS;

	for (;;) {
		struct pollfd p = { .fd = f, .events = POLLPRI };
		char text[EVENTS_ROOM];
		ssize_t n = sys_pread(f, text, sizeof(text) - 1, 0);
		int64_t left;
		int r;

		if (n < 0)
			return (int)n;
		text[n] = '\0';
		r = tree_flag(text, key);
		if (r < 0 || r == value)
			return r < 0 ? r : 1;
		left = deadline_ns - sys_monotonic_ns();
		if (left <= 0)
			return 0;
		r = sys_poll_ns(&p, 1, left < wait ? left : wait);
		if (r < 0 && r != -EINTR)
			return r;
		wait = wait * 2 < LAST_WAIT_NS ? wait * 2 : LAST_WAIT_NS;
	}
}

int cgroup_wait_empty(int fd, int64_t deadline_ns)
{
	autofd f = sys_openat(fd, "cgroup.events", O_RDONLY | O_NOFOLLOW, 0);
	int r = f < 0 ? f : events_wait(f, "populated", 0, deadline_ns);

	return r == -ENOENT || r == -ENODEV ? 1 : r;
}
