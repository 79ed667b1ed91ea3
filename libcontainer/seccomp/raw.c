/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program that came as bytes: checked as the kernel will check it, so that a wrong one is found before anything is
 * created and with words for it.  Room: run (pure).
 */
#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#include "seccomp/filter.h"
#include "seccomp/seccomp.h"
#include "sys/kernel.h"

/* kernel/seccomp.c, seccomp_check_filter(): every code that a seccomp program may have, but loads and returns. */
static bool is_plain(uint16_t code)
{
	switch (code) {
	case BPF_ALU | BPF_ADD | BPF_K:
	case BPF_ALU | BPF_ADD | BPF_X:
	case BPF_ALU | BPF_SUB | BPF_K:
	case BPF_ALU | BPF_SUB | BPF_X:
	case BPF_ALU | BPF_MUL | BPF_K:
	case BPF_ALU | BPF_MUL | BPF_X:
	case BPF_ALU | BPF_DIV | BPF_X:
	case BPF_ALU | BPF_AND | BPF_K:
	case BPF_ALU | BPF_AND | BPF_X:
	case BPF_ALU | BPF_OR | BPF_K:
	case BPF_ALU | BPF_OR | BPF_X:
	case BPF_ALU | BPF_XOR | BPF_K:
	case BPF_ALU | BPF_XOR | BPF_X:
	case BPF_ALU | BPF_LSH | BPF_X:
	case BPF_ALU | BPF_RSH | BPF_X:
	case BPF_ALU | BPF_NEG:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
		return true;
	default:
		return false;
	}
}

static const char *jump_fault(const struct sock_filter *i, size_t left)
{
	static const char outside[] = "a jump leads out of it";

	switch (i->code) {
	case BPF_JMP | BPF_JA:
		return i->k < left ? NULL : outside;
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JEQ | BPF_X:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_X:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_X:
	case BPF_JMP | BPF_JSET | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_X:
		return i->jt < left && i->jf < left ? NULL : outside;
	default:
		return "an instruction that seccomp does not have";
	}
}

/* left: the number of instructions after it */
static const char *fault(const struct sock_filter *i, size_t left)
{
	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return i->k < sizeof(struct seccomp_data) && i->k % 4 == 0 ? NULL
									   : "a load from outside of seccomp_data";
	case BPF_ALU | BPF_DIV | BPF_K:
		return i->k ? NULL : "a division by zero";
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K:
		return i->k < 32 ? NULL : "a shift by more than 31";
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
		return i->k < BPF_MEMWORDS ? NULL : "a memory word that does not exist";
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
		return NULL;
	default:
		return is_plain(i->code) ? NULL : jump_fault(i, left);
	}
}

const char *seccomp_raw_fault(const void *code, size_t len, enum seccomp_asks *ret_asks)
{
	size_t n = len / sizeof(struct sock_filter);
	struct sock_filter i = { 0 };

	*ret_asks = SECCOMP_ASKS_NOBODY;
	if (!n || len % sizeof(i))
		return "its length is not a number of instructions";
	if (n > SECCOMP_MAX_INSNS)
		return "it has more than 4096 instructions";
	for (size_t at = 0; at < n; at++) {
		const char *why;

		memcpy(&i, (const char *)code + at * sizeof(i), sizeof(i));
		why = fault(&i, n - at - 1);
		if (why)
			return why;
		if (i.code == (BPF_RET | BPF_K) && (i.k & SECCOMP_RET_ACTION_FULL) == KSECCOMP_RET_USER_NOTIF)
			*ret_asks = SECCOMP_ASKS_AGENT;
		else if (i.code == (BPF_RET | BPF_A) && *ret_asks == SECCOMP_ASKS_NOBODY)
			*ret_asks = SECCOMP_ASKS_PERHAPS;
	}
	return BPF_CLASS(i.code) == BPF_RET ? NULL : "it does not end in a return";
}
