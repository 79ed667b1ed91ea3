/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* swap A B: exchanges the two names without end, as fast as the machine can: what races for a path meet. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	while (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) == 0)
		;
	perror("swap");
	return 1;
}
