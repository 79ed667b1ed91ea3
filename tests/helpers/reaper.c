/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reaper COMMAND...: executes COMMAND as a child subreaper, so that whatever it orphans stays below it and the oracle
 * can see it without a pid namespace.  KIN_REAPER is its pid.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char pid[16];

	if (argc < 2)
		return 2;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) < 0) {
		perror("reaper: PR_SET_CHILD_SUBREAPER");
		return 1;
	}
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (setenv("KIN_REAPER", pid, 1) < 0)
		return 1;
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
