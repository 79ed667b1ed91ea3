/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin-init as bytes in read-only data. */
	.section .rodata.kin_init, "a", @progbits
	.globl kin_init_start
	.hidden kin_init_start
	.balign 4096
kin_init_start:
	.incbin KIN_INIT_FILE
kin_init_end:
	.globl kin_init_size
	.hidden kin_init_size
	.balign 8
kin_init_size:
	.quad kin_init_end - kin_init_start
	.section .note.GNU-stack, "", @progbits
