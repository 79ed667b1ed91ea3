/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the program tells by sd_notify(3): a directory of the container's state, bound to /run/notify without a way to
 * write to it, with a socket that whoever starts the container listens at.  A directory, because create and start may
 * be two processes: the socket is the second one's.  Room: run.
 */
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sys/sys.h"

#define DIR_NAME    "notify"
#define SOCKET_NAME "notify.sock"
#define WHERE	    "the directory for sd_notify"

static char *const options[] = { "bind", "nosuid", "noexec", "nodev", "ro", NULL };

int notify_intend(struct arena *a, struct spec *s, const char *state_dir, struct lct_err *err)
{
	struct spec_mount *all = arena_array(a, s->n_mounts + 1, sizeof(*all));
	const char *source = arena_printf(a, "%s/" DIR_NAME, state_dir);

	if (!all || !source)
		return err_nomem(err);
	if (s->n_mounts)
		memcpy(all, s->mounts, s->n_mounts * sizeof(*all));
	all[s->n_mounts++] = (struct spec_mount){ .destination = NOTIFY_INSIDE,
						  .type = "bind",
						  .source = source,
						  .options = (char **)options,
						  .n_options = sizeof(options) / sizeof(options[0]) - 1 };
	s->mounts = all;
	return 0;
}

int notify_make(int dirfd, struct lct_err *err)
{
	int r = sys_mkdirat(dirfd, DIR_NAME, 0755);

	if (r == 0)
		r = sys_fchmodat(dirfd, DIR_NAME, 0755); /* whatever the umask is */
	return r < 0 ? err_sys(err, r, NULL, "make " WHERE) : 0;
}

int notify_listen(int dirfd, struct lct_err *err)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	autofd dir = sys_openat(dirfd, DIR_NAME, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0), sock = -EBADF;

	if (dir < 0)
		return err_sys(err, dir, NULL, "open " WHERE);
	(void)sys_unlinkat(dir, SOCKET_NAME, 0); /* of a start that was killed */
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	snprintf(un.sun_path, sizeof(un.sun_path), "/proc/self/fd/%d/" SOCKET_NAME, dir);
	if (sock < 0 || bind(sock, (struct sockaddr *)&un, sizeof(un)) < 0)
		return err_sys(err, errno, NULL, "make the socket for sd_notify");
	if (sys_fchmodat(dir, SOCKET_NAME, 0777) < 0) /* the program may be anybody */
		return err_sys(err, errno, NULL, "open the socket for sd_notify to the program");
	return TAKE_FD(sock);
}

int lct_notify_socket(lct_container *ct, struct lct_err *err)
{
	if (ct->notify < 0)
		ct->notify = notify_listen(ct->dirfd, err);
	return ct->notify;
}
