/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * refuse CALL ERRNO COMMAND...: executes the command where the system call fails with that error, as under the
 * seccomp profile of an outer container that is older than the call.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned nr;
} calls[] = {
	{ "open_tree", 428 },
	{ "move_mount", 429 },
	{ "fsopen", 430 },
	{ "fsconfig", 431 },
	{ "fsmount", 432 },
	{ "clone3", 435 },
	{ "openat2", 437 },
	{ "close_range", 436 },
	{ "mount_setattr", 442 },
	{ "statx", SYS_statx },
	{ "setresuid", SYS_setresuid },
	{ "setresgid", SYS_setresgid },
	{ "setgroups", SYS_setgroups },
	{ "capset", SYS_capset },
};

int main(int argc, char **argv)
{
	unsigned nr = 0;

	for (size_t i = 0; argc > 3 && i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!strcmp(argv[1], calls[i].name))
			nr = calls[i].nr;
	}
	if (!nr) {
		fprintf(stderr, "usage: refuse CALL ERRNO COMMAND...\n");
		return 2;
	}
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)atoi(argv[2])),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	/* As root without no_new_privs: an outer container does not have to have it either. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
			perror("refuse: seccomp");
			return 1;
		}
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}
