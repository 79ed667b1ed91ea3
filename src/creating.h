/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What create, run and plan have in common: the options of a container to be.  Room: the CLI. */
#ifndef KIN_CREATING_H
#define KIN_CREATING_H

#include "cli.h"

struct creating {
	const char *bundle;
	const char *config;
	const char *console_socket;
	const char *pidfd_socket;
	const char *pid_file;
	bool no_pivot;
	bool no_new_keyring;
	bool no_subreaper;
	uint32_t preserve_fds;
};

/* clang-format off */
#define BUNDLE_OPTIONS(type, member)                                                                              \
	OPT(OPT_STRING, 'b', "bundle", "DIR", "the bundle (default: the current directory)",                         \
	  offsetof(type, member.bundle), .complete = "directory"),                                                 \
	OPT(OPT_STRING, 'f', "config", "FILE", "configuration instead of the bundle's config.json",                   \
	  offsetof(type, member.config), .complete = "file")

#define CREATING_OPTIONS(type, member)                                                                            \
	BUNDLE_OPTIONS(type, member),                                                                               \
	OPT(OPT_STRING, 0, "console-socket", "SOCKET", "AF_UNIX socket that gets the master of the container's terminal", \
	  offsetof(type, member.console_socket), .complete = "file"),                                              \
	OPT(OPT_STRING, 0, "pidfd-socket", "SOCKET", "AF_UNIX socket that gets a pidfd of the container's init",            \
	  offsetof(type, member.pidfd_socket), .complete = "file"),                                                \
	OPT(OPT_STRING, 0, "pid-file", "FILE", "write the pid of the container's init to FILE",                       \
	  offsetof(type, member.pid_file), .complete = "file"),                                                    \
	OPT(OPT_BOOL, 0, "no-pivot", NULL, "change the root without pivot_root, for a root on a ramfs",               \
	  offsetof(type, member.no_pivot)),                                                                        \
	OPT(OPT_BOOL, 0, "no-new-keyring", NULL, "keep the caller's session keyring",                                 \
	  offsetof(type, member.no_new_keyring)),                                                                  \
	OPT(OPT_BOOL, 0, "no-subreaper", NULL, "accepted: kin never makes itself a subreaper",                        \
	  offsetof(type, member.no_subreaper)),                                                                    \
	OPT(OPT_NUMBER, 0, "preserve-fds", "N", "keep descriptors 3 to 2+N open in the container",                    \
	  offsetof(type, member.preserve_fds))
/* clang-format on */

/* Also seals the descriptors that are not to be preserved. */
struct lct_create_opts creating_opts(const struct creating *c, unsigned flags);
#endif
