/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options for criu; see criu.h.  Room: the CLI. */
#include <string.h>
#include <unistd.h>

#include "criu.h"

static const char *find_criu(struct arena *a)
{
	for (const char *p = getenv("PATH"); p && *p; p += *p == ':') {
		size_t len = strcspn(p, ":");
		const char *program = len && *p == '/' ? arena_printf(a, "%.*s/criu", (int)len, p) : NULL;

		if (program && access(program, X_OK) == 0)
			return program;
		p += len;
	}
	return NULL;
}

static int only_network(const struct opt_list *names, struct lct_err *err)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], "network") != 0)
			return err_set(err, LCT_E_USAGE, EINVAL, NULL, "namespace %s is not supported", names->v[i]);
	return 0;
}

int criu_options(struct cli *cli, const struct criu_values *v, struct lct_criu_opts *ret, struct lct_err *err)
{
	*ret = (struct lct_criu_opts){
		.size = sizeof(*ret),
		.criu = find_criu(&cli->arena),
		.image_dir = v->image_path ? v->image_path : "checkpoint",
		.work_dir = v->work_path,
		.parent_dir = v->parent_path,
		.manage_cgroups = v->manage_cgroups,
		.network_lock = v->network_lock,
		.page_server = v->page_server,
		.status_fd = (int)v->status_fd,
		.lsm_profile = v->lsm_profile,
		.lsm_mount_context = v->lsm_mount_context,
		.flags = (v->leave_running ? LCT_CRIU_LEAVE_RUNNING : 0) | (v->pre_dump ? LCT_CRIU_PRE_DUMP : 0) |
			 (v->tcp_established ? LCT_CRIU_TCP_ESTABLISHED : 0) |
			 (v->tcp_skip_in_flight ? LCT_CRIU_TCP_SKIP_IN_FLIGHT : 0) |
			 (v->link_remap ? LCT_CRIU_LINK_REMAP : 0) | (v->ext_unix_sk ? LCT_CRIU_EXT_UNIX_SK : 0) |
			 (v->shell_job ? LCT_CRIU_SHELL_JOB : 0) | (v->file_locks ? LCT_CRIU_FILE_LOCKS : 0) |
			 (v->auto_dedup ? LCT_CRIU_AUTO_DEDUP : 0) | (v->lazy_pages ? LCT_CRIU_LAZY_PAGES : 0) |
			 (v->tcp_close ? LCT_CRIU_TCP_CLOSE : 0) | (v->empty_ns.n ? LCT_CRIU_EMPTY_NETWORK : 0),
	};
	return only_network(&v->empty_ns, err);
}
