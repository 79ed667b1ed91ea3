/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin-init as bytes in read-only data. */
	.section .rodata.kin_init, "a", @progbits
	.globl kin_init_start
	.hidden kin_init_start
	.globl kin_init_end
	.hidden kin_init_end
	.balign 4096
kin_init_start:
	.incbin KIN_INIT_FILE
kin_init_end:
	.byte 0
	.section .note.GNU-stack, "", @progbits
