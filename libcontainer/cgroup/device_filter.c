/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device rules as a BPF program.  Room: run (pure). */
#include "cgroup/device_filter.h"

#include <errno.h>
#include <stdint.h>

enum { READ = 1, WRITE = 2, MKNOD = 4, ALL = READ | WRITE | MKNOD }; /* struct spec_device_rule.access */

/* Registers of the program.  LEFT holds the access bits nobody has decided yet. */
enum {
	RESULT = BPF_REG_0,
	CONTEXT = BPF_REG_1,
	TYPE = BPF_REG_2,
	LEFT = BPF_REG_3,
	MAJOR = BPF_REG_4,
	MINOR = BPF_REG_5,
	SCRATCH = BPF_REG_6
};

/* What every container may use (as runc), in order of major numbers; and it may make any node: opening is what counts. */
static const struct {
	int32_t major, minor; /* -1: all */
} defaults[] = {
	{ 1, 3 }, /* null */
	{ 1, 5 }, /* zero */
	{ 1, 7 }, /* full */
	{ 1, 8 }, /* random */
	{ 1, 9 }, /* urandom */
	{ 5, 0 }, /* tty */
	{ 5, 1 }, /* console */
	{ 5, 2 }, /* ptmx */
	{ 10, 200 }, /* net/tun */
	{ 136, -1 }, /* pts */
};
enum { N_DEFAULTS = sizeof(defaults) / sizeof(defaults[0]) };

static void emit(struct buf *b, int code, int dst, int src, int off, int32_t imm)
{
	struct bpf_insn i = { .code = (uint8_t)code,
			      .dst_reg = (uint8_t)(dst & 15),
			      .src_reg = (uint8_t)(src & 15),
			      .off = (int16_t)off,
			      .imm = imm };

	buf_add(b, &i, sizeof(i));
}

static void emit_result(struct buf *b, bool allow)
{
	emit(b, BPF_ALU64 | BPF_MOV | BPF_K, RESULT, 0, 0, allow);
	emit(b, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static int32_t kernel_access(unsigned access)
{
	return (access & READ ? BPF_DEVCG_ACC_READ : 0) | (access & WRITE ? BPF_DEVCG_ACC_WRITE : 0) |
	       (access & MKNOD ? BPF_DEVCG_ACC_MKNOD : 0);
}

static bool matches_all(const struct spec_device_rule *r)
{
	return r->type == 'a' && r->major < 0 && r->minor < 0 && (r->access & ALL) == ALL;
}

/* No device has such numbers (12 and 20 bits in Linux), and a BPF immediate is signed. */
static bool matches_none(const struct spec_device_rule *r)
{
	return r->major > INT32_MAX || r->minor > INT32_MAX || !(r->access & ALL);
}

static void emit_rule(struct buf *b, const struct spec_device_rule *r)
{
	int32_t access = kernel_access(r->access);
	bool type = r->type != 'a', major = r->major >= 0, minor = r->minor >= 0;
	/* allow: and, jne, mov, exit; deny: mov, and, jeq, mov, exit */
	int left = type + major + minor + (r->allow ? 4 : 5);

	if (type)
		emit(b, BPF_JMP | BPF_JNE | BPF_K, TYPE, 0, --left,
		     r->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (major)
		emit(b, BPF_JMP | BPF_JNE | BPF_K, MAJOR, 0, --left, (int32_t)r->major);
	if (minor)
		emit(b, BPF_JMP | BPF_JNE | BPF_K, MINOR, 0, --left, (int32_t)r->minor);
	if (r->allow) {
		emit(b, BPF_ALU64 | BPF_AND | BPF_K, LEFT, 0, 0, ~access);
		emit(b, BPF_JMP | BPF_JNE | BPF_K, LEFT, 0, 2, 0);
	} else {
		emit(b, BPF_ALU64 | BPF_MOV | BPF_X, SCRATCH, LEFT, 0, 0);
		emit(b, BPF_ALU64 | BPF_AND | BPF_K, SCRATCH, 0, 0, access);
		emit(b, BPF_JMP | BPF_JEQ | BPF_K, SCRATCH, 0, 2, 0);
	}
	emit_result(b, r->allow);
}

static void emit_load(struct buf *b)
{
	emit(b, BPF_LDX | BPF_MEM | BPF_W, TYPE, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, access_type), 0);
	emit(b, BPF_ALU64 | BPF_MOV | BPF_X, LEFT, TYPE, 0, 0);
	emit(b, BPF_ALU64 | BPF_RSH | BPF_K, LEFT, 0, 0, 16);
	emit(b, BPF_ALU64 | BPF_AND | BPF_K, TYPE, 0, 0, 0xffff);
	emit(b, BPF_LDX | BPF_MEM | BPF_W, MAJOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, major), 0);
	emit(b, BPF_LDX | BPF_MEM | BPF_W, MINOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, minor), 0);
}

/* The rule has no say: the defaults, which come after it, decide whatever it names. */
static bool is_covered(const struct spec_device_rule *r)
{
	if ((r->access & ALL) == MKNOD)
		return true;
	if (r->type != 'c' || r->major < 0)
		return false;
	for (size_t i = 0; i < N_DEFAULTS; i++)
		if (defaults[i].major == r->major && (defaults[i].minor < 0 || defaults[i].minor == r->minor))
			return true;
	return false;
}

static size_t same_major(size_t first)
{
	size_t n = 1;

	while (first + n < N_DEFAULTS && defaults[first + n].major == defaults[first].major)
		n++;
	return n;
}

/* One major: its test, its minors, and the way out; without minors to test there is no way out to take, and the
 * verifier refuses what cannot be reached. */
static int group_size(size_t first)
{
	return defaults[first].minor < 0 ? 2 : 2 + (int)same_major(first);
}

/* `out` and `allow` are distances from the group's first instruction. */
static void emit_group(struct buf *b, size_t first, int out, int allow)
{
	int at = 1;

	emit(b, BPF_JMP | BPF_JNE | BPF_K, MAJOR, 0, group_size(first) - 1, defaults[first].major);
	if (defaults[first].minor < 0) {
		emit(b, BPF_JMP | BPF_JA, 0, 0, allow - at - 1, 0);
		return;
	}
	for (size_t i = first; i < first + same_major(first); i++, at++)
		emit(b, BPF_JMP | BPF_JEQ | BPF_K, MINOR, 0, allow - at - 1, defaults[i].minor);
	emit(b, BPF_JMP | BPF_JA, 0, 0, out - at - 1, 0);
}

/* A tree, by type, major, minor: a chain of tests like those of emit_rule would be the same to the program, but the
 * verifier follows each of its paths, which takes 0.5 ms instead of 0.1 (6.18). */
static void emit_defaults(struct buf *b)
{
	int out = 0; /* distance to the test for mknod, behind which is the result */

	for (size_t i = 0; i < N_DEFAULTS; i += same_major(i))
		out += group_size(i);
	emit(b, BPF_JMP | BPF_JNE | BPF_K, TYPE, 0, out, BPF_DEVCG_DEV_CHAR);
	for (size_t i = 0; i < N_DEFAULTS; i += same_major(i)) {
		emit_group(b, i, out, out + 3);
		out -= group_size(i);
	}
	emit(b, BPF_ALU64 | BPF_AND | BPF_K, LEFT, 0, 0, ~BPF_DEVCG_ACC_MKNOD);
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, LEFT, 0, 1, 0);
	emit(b, BPF_JMP | BPF_JA, 0, 0, 2, 0);
	emit_result(b, true);
}

/* Does nothing that follows an allow-all take anything back? */
static bool allows_everything(const struct spec_device_rule *rules, size_t n)
{
	while (n--) {
		if (matches_all(&rules[n]))
			return rules[n].allow;
		if (!rules[n].allow && !matches_none(&rules[n]))
			return false;
	}
	return false;
}

int device_filter_build(const struct spec_device_rule *rules, size_t n, struct buf *ret)
{
	size_t before = ret->len, i = n;
	bool otherwise = false;

	if (allows_everything(rules, n))
		return 0;
	emit_load(ret);
	/* Backwards: the first hit decides. */
	emit_defaults(ret);
	/* What stands before a rule for everything is dead, and the verifier refuses code that cannot be reached. */
	while (i--) {
		if (matches_all(&rules[i])) {
			otherwise = rules[i].allow;
			break;
		}
		if (!matches_none(&rules[i]) && !is_covered(&rules[i]))
			emit_rule(ret, &rules[i]);
	}
	emit_result(ret, otherwise);
	return buf_ok(ret) ? (int)((ret->len - before) / sizeof(struct bpf_insn)) : -ENOMEM;
}
