/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Init.  Where am I: the caller's child, just cloned by mid into new namespaces and the container's cgroup, with
 * mid's memory: the verified plan and the link.  I follow the plan op by op until the last one executes the user's
 * program.  Whatever goes wrong is reported once, with the op it belongs to, and ends me.
 *
 * Room: init.
 */
#include "init/init.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/sys.h"

#include "room.h"

static const struct {
	init_op *run;
} table[PLAN_CODES] = {
	[PLAN_NONDUMPABLE] = { init_nondumpable },
	[PLAN_NS_JOIN] = { init_ns_join },
	[PLAN_UNSHARE] = { init_unshare },
	[PLAN_ASK_IDMAP] = { init_ask_idmap },
	[PLAN_BECOME_ROOT] = { init_become_root },
	[PLAN_NS_JOIN_CGROUP] = { init_ns_join_cgroup },
	[PLAN_KEYRING] = { init_keyring },
	[PLAN_LOOPBACK] = { init_loopback },
	[PLAN_ASK_NETDEVICES] = { init_ask_netdevices },
	[PLAN_PROPAGATION] = { init_propagation },
	[PLAN_HOST_FDS] = { init_host_fds },
	[PLAN_ROOT] = { init_root },
	[PLAN_MOUNT_FS] = { init_mount_fs },
	[PLAN_MOUNT_BIND] = { init_mount_bind },
	[PLAN_MOUNT_CGROUP] = { init_mount_cgroup },
	[PLAN_FILE_LABEL] = { init_file_label },
	[PLAN_REMOUNT] = { init_remount },
	[PLAN_MKDIR] = { init_mkdir },
	[PLAN_DEV_NODE] = { init_dev_node },
	[PLAN_SYMLINK] = { init_symlink },
	[PLAN_ASK_HOOKS] = { init_ask_hooks },
	[PLAN_ASK_STATE] = { init_ask_state },
	[PLAN_HOOK] = { init_hook },
	[PLAN_CONSOLE] = { init_console },
	[PLAN_SYSCTL] = { init_sysctl },
	[PLAN_READONLY_PATH] = { init_readonly_path },
	[PLAN_MASK_PATH] = { init_mask_path },
	[PLAN_ROOT_READONLY] = { init_root_readonly },
	[PLAN_PIVOT] = { init_pivot },
	[PLAN_EXEC_ROOT] = { init_exec_root },
	[PLAN_HOSTNAME] = { init_hostname },
	[PLAN_DOMAINNAME] = { init_domainname },
	[PLAN_SESSION] = { init_session },
	[PLAN_STDIO] = { init_stdio },
	[PLAN_UMASK] = { init_umask },
	[PLAN_RLIMIT] = { init_rlimit },
	[PLAN_CPU_AFFINITY] = { init_cpu_affinity },
	[PLAN_SCHEDULER] = { init_scheduler },
	[PLAN_IO_PRIORITY] = { init_io_priority },
	[PLAN_PERSONALITY] = { init_personality },
	[PLAN_MEMORY_POLICY] = { init_memory_policy },
	[PLAN_APPARMOR] = { init_apparmor },
	[PLAN_SELINUX] = { init_selinux },
	[PLAN_ASK_AGENT] = { init_ask_agent },
	[PLAN_NO_NEW_PRIVS] = { init_no_new_privs },
	[PLAN_CAP_BOUND] = { init_cap_bound },
	[PLAN_USER] = { init_user },
	[PLAN_CHDIR] = { init_chdir },
	[PLAN_CAPS] = { init_caps },
	[PLAN_SECCOMP] = { init_seccomp },
	[PLAN_LOOKUP] = { init_lookup },
	[PLAN_READY] = { init_ready },
	[PLAN_CLOSE] = { init_close },
	[PLAN_EXEC] = { init_exec },
	[PLAN_NS_JOIN_TARGET] = { init_ns_join_target },
	[PLAN_ATTACH] = { init_attach },
	[PLAN_FIND] = { init_find },
	[PLAN_UNMOUNT] = { init_unmount },
	[PLAN_DONE] = { init_done },
};

void init_clear(struct init *in)
{
	memset(in, 0, sizeof(*in));
	in->op = -1;
	in->link = in->turn = in->gate = in->target = -EBADF;
	in->attributes = -EBADF;
	in->null = in->proc = in->root = in->mask = in->state = in->console = in->agent = in->agent_text = -EBADF;
	in->hook_output[0] = in->hook_output[1] = -EBADF;
	for (int i = 0; i < INIT_NS_SLOTS; i++)
		in->ns[i] = -EBADF;
	for (int i = 0; i < PLAN_SLOTS; i++)
		in->held[i] = -EBADF;
	for (int i = 0; i < INIT_KEPT; i++)
		in->kept[i] = -EBADF;
	for (int i = 0; i < PLAN_MAX_HELD; i++)
		in->live.fd[i] = -EBADF;
}

void init_bound(const struct init *in)
{
	if (!in->live.on)
		creator_or_die(in->link);
}

_Noreturn void init_main(struct init *in)
{
	const struct plan_head *h = in->plan;
	struct report r;
	int err = -EBADMSG; /* a plan ends by becoming the user's program, never by running out of ops */

	in->live.on = h->kind == PLAN_KIND_MOUNTS;
	init_bound(in);
	(void)umask(0); /* modes in the plan are meant as they are; UMASK comes later */
	for (uint32_t i = h->n_mid; i < h->n_mid + h->n_init; i++) {
		const struct plan_op *op = &plan_ops(in->plan)[i];

		in->op = (int)i;
		memset(&r, 0, sizeof(r));
		if (op->code == PLAN_NOP)
			continue;
		if (op->code < PLAN_CODES && table[op->code].run)
			err = table[op->code].run(in, op, &r);
		else
			err = report_at(&r, -ENOSYS, LINK_STAGE_PLAN, NULL);
		if (err >= 0)
			continue;
		refused_note(err, op, &r);
		break;
	}
	live_take_back(in);
	talk_failed(in, err < 0 ? err : -EBADMSG, &r);
	_exit(1);
}
