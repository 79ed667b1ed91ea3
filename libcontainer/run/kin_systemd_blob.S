/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program that talks to systemd (bus/) as bytes in read-only data; none where it was not built.  Room: run. */
	.section .rodata.kin_systemd, "a", @progbits
	.globl kin_systemd_start
	.hidden kin_systemd_start
	.balign 4096
kin_systemd_start:
	.incbin KIN_SYSTEMD_FILE
kin_systemd_end:
	.globl kin_systemd_size
	.hidden kin_systemd_size
	.balign 8
kin_systemd_size:
	.quad kin_systemd_end - kin_systemd_start
	.section .note.GNU-stack, "", @progbits
