/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What checkpoint and restore have in common: options for criu.  Room: the CLI. */
#ifndef KIN_CRIU_H
#define KIN_CRIU_H

#include "cli.h"

struct criu_values {
	const char *image_path, *work_path, *parent_path, *manage_cgroups, *network_lock, *page_server, *lsm_profile,
		*lsm_mount_context;
	uint32_t status_fd;
	struct opt_list empty_ns;
	bool leave_running, pre_dump, tcp_established, tcp_skip_in_flight, link_remap, ext_unix_sk, shell_job,
		file_locks, tcp_close, auto_dedup, lazy_pages;
};

/* clang-format off */
#define CRIU_OPTIONS(type, member)                                                                                \
	OPT(OPT_STRING, 0, "image-path", "DIR", "directory of the images (default: ./checkpoint)",                    \
	  offsetof(type, member.image_path), .complete = "directory"),                                             \
	OPT(OPT_STRING, 0, "work-path", "DIR", "directory of criu's logs and statistics (default: that of the images)", \
	  offsetof(type, member.work_path), .complete = "directory"),                                              \
	OPT(OPT_BOOL, 0, "tcp-established", NULL, "with established TCP connections",                                 \
	  offsetof(type, member.tcp_established)),                                                                 \
	OPT(OPT_BOOL, 0, "ext-unix-sk", NULL, "with UNIX sockets whose other end is outside",                         \
	  offsetof(type, member.ext_unix_sk)),                                                                     \
	OPT(OPT_BOOL, 0, "shell-job", NULL, "with the terminal it was started on",                                    \
	  offsetof(type, member.shell_job)),                                                                       \
	OPT(OPT_BOOL, 0, "file-locks", NULL, "with file locks", offsetof(type, member.file_locks)),                   \
	OPT(OPT_BOOL, 0, "auto-dedup", NULL, "free what newer images supersede in their parents",                     \
	  offsetof(type, member.auto_dedup)),                                                                      \
	OPT(OPT_BOOL, 0, "lazy-pages", NULL, "memory page by page, by `criu lazy-pages`",                             \
	  offsetof(type, member.lazy_pages)),                                                                      \
	OPT(OPT_LIST, 0, "empty-ns", "NAMESPACE", "without what is in it; only network",                              \
	  offsetof(type, member.empty_ns)),                                                                        \
	OPT(OPT_STRING, 0, "manage-cgroups-mode", "MODE",                                                             \
	  "what criu does with cgroups: soft, full, strict or ignore (default: soft)",  \
	  offsetof(type, member.manage_cgroups)),                                                                  \
	OPT(OPT_STRING, 0, "network-lock", "METHOD",                                                                  \
	  "how criu keeps packets away meanwhile: iptables, nftables or skip (default: criu's)", \
	  offsetof(type, member.network_lock))
/* clang-format on */

/* Finds criu, too, in PATH. */
int criu_options(struct cli *cli, const struct criu_values *v, struct lct_criu_opts *ret, struct lct_err *err);
#endif
