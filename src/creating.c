/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of a container to be; see creating.h.  Room: the CLI. */
#include <unistd.h>

#include "creating.h"

enum { MAX_LISTEN_FDS = 1024 };

/* sd_listen_fds(3): the variables are meant for us only when they say so; else they are somebody else's leftovers. */
static unsigned listen_fds(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	uint32_t value, n;

	if (!pid || !count || opt_number(pid, INT32_MAX, &value) < 0 || value != (uint32_t)getpid())
		return 0;
	return opt_number(count, MAX_LISTEN_FDS, &n) < 0 ? 0 : n;
}

struct lct_create_opts creating_opts(const struct creating *c, unsigned flags)
{
	unsigned listen = listen_fds();

	/* One that is not there is no error: Podman announces the same descriptors by both. */
	if (c->preserve_fds <= MAX_PRESERVE_FDS)
		cli_seal_fds(listen + c->preserve_fds);
	return (struct lct_create_opts){
		.size = sizeof(struct lct_create_opts),
		.bundle = c->bundle,
		.config = c->config,
		.console_socket = c->console_socket,
		.pidfd_socket = c->pidfd_socket,
		.pid_file = c->pid_file,
		.flags = flags | (c->no_pivot ? LCT_NO_PIVOT : 0) | (c->no_new_keyring ? LCT_NO_NEW_KEYRING : 0),
		.preserve_fds = c->preserve_fds,
		.listen_fds = listen,
		.listen_fdnames = listen ? getenv("LISTEN_FDNAMES") : NULL,
	};
}
