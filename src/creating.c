/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of a container to be; see creating.h.  Room: the CLI. */
#include "creating.h"

struct lct_create_opts creating_opts(const struct creating *c, unsigned flags)
{
	cli_seal_fds(c->preserve_fds);
	return (struct lct_create_opts){
		.size = sizeof(struct lct_create_opts),
		.bundle = c->bundle,
		.config = c->config,
		.console_socket = c->console_socket,
		.pid_file = c->pid_file,
		.flags = flags | (c->no_pivot ? LCT_NO_PIVOT : 0) | (c->no_new_keyring ? LCT_NO_NEW_KEYRING : 0),
		.preserve_fds = c->preserve_fds,
	};
}
