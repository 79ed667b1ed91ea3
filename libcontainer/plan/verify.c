/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is this blob a plan?  Answered before anything in it is used, by the caller and again by kin-init, which gets the
 * blob through a descriptor: after this an interpreter may follow every reference without looking.
 *
 * Every room: no heap, no stdio, no errno.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "plan/plan.h"
#include "plan/shape.h"
#include "sys/kernel.h"

/* The interpreter and the compiler are built apart (musl, glibc): the layout has no room for an opinion. */
_Static_assert(sizeof(struct plan_ref) == 8, "plan_ref");
_Static_assert(sizeof(struct plan_op) == 88, "plan_op");
_Static_assert(offsetof(struct plan_op, n) == 40, "plan_op.n");
_Static_assert(sizeof(struct plan_head) == 40, "plan_head");

enum { NS_SLOTS = 8, FILTER_INSN = 8, FILTER_MAX = 65535, GROUPS_MAX = 65536 };

#define MID    .rooms = SHAPE_MID
#define INIT   .rooms = SHAPE_INIT
#define BOTH   .rooms = SHAPE_MID | SHAPE_INIT
#define S(...) .s = { __VA_ARGS__ }
#define N(...) .count = { __VA_ARGS__ }
#define F(f)   .flags = (f)
#define NO     SHAPE_NONE
#define STR    SHAPE_STR
#define OPT    SHAPE_OPT
#define LIST   SHAPE_LIST
#define BIND_HOW                                                                                                       \
	(PLAN_BIND_IDMAP | PLAN_BIND_RIDMAP | PLAN_BIND_SRC_NOFOLLOW | PLAN_BIND_DEST_NOFOLLOW | PLAN_BIND_COPY_SYMLINK)

static const struct plan_shape shapes[PLAN_CODES] = {
	[PLAN_NOP] = { BOTH },
	[PLAN_NONDUMPABLE] = { BOTH },
	[PLAN_OOM_SCORE] = { MID, F(PLAN_F_OPTIONAL) },
	[PLAN_CPU_AFFINITY] = { BOTH, S(SHAPE_U32), N(0), F(PLAN_F_OPTIONAL) },
	[PLAN_HOLD_PROC] = { MID },
	[PLAN_RLIMIT_RAISE] = { MID },
	[PLAN_NS_OPEN] = { MID, S(STR) },
	[PLAN_NS_JOIN] = { BOTH },
	[PLAN_NS_JOIN_TARGET] = { BOTH },
	[PLAN_UNSHARE] = { BOTH },
	[PLAN_TIME_OFFSETS] = { MID, S(STR) },
	[PLAN_SPAWN] = { MID },
	[PLAN_ASK_IDMAP] = { INIT },
	[PLAN_BECOME_ROOT] = { INIT },
	[PLAN_NS_JOIN_CGROUP] = { INIT },
	[PLAN_KEYRING] = { INIT, S(STR, OPT) },
	[PLAN_LOOPBACK] = { INIT },
	[PLAN_ASK_NETDEVICES] = { INIT, S(LIST) },
	[PLAN_PROPAGATION] = { INIT },
	[PLAN_HOST_FDS] = { INIT },
	[PLAN_ROOT] = { INIT, S(STR) },
	[PLAN_MOUNT_FS] = { INIT, S(STR, STR, LIST), N(0, 0, 2),
			    F(PLAN_F_REALDIR | PLAN_F_COPYUP | PLAN_F_ON_PROC | PLAN_F_HOLD) },
	[PLAN_MOUNT_BIND] = { INIT, S(STR, STR, OPT), .how = BIND_HOW,
			      F(PLAN_F_RECURSIVE | PLAN_F_ASK | PLAN_F_OPTIONAL | PLAN_F_REALDIR | PLAN_F_ON_PROC |
				PLAN_F_HOLD) },
	[PLAN_MOUNT_CGROUP] = { INIT, S(OPT, STR), F(PLAN_F_NEWNS | PLAN_F_ON_PROC | PLAN_F_HOLD) },
	[PLAN_FILE_LABEL] = { INIT, S(STR, STR), F(PLAN_F_HOLD) },
	[PLAN_REMOUNT] = { INIT, S(NO, STR), F(PLAN_F_HOLD) },
	[PLAN_MKDIR] = { INIT, S(STR) },
	[PLAN_DEV_NODE] = { INIT, S(STR, OPT), F(PLAN_F_BIND) },
	[PLAN_SYMLINK] = { INIT, S(STR, STR), F(PLAN_F_REPLACE) },
	[PLAN_ASK_HOOKS] = { INIT },
	[PLAN_ASK_STATE] = { INIT },
	[PLAN_HOOK] = { INIT, S(STR, LIST, LIST), N(0, 1, 2), F(PLAN_F_INHERIT_ENV) },
	[PLAN_CONSOLE] = { INIT, F(PLAN_F_BIND_CONSOLE) },
	[PLAN_SYSCTL] = { INIT, S(STR, STR) },
	[PLAN_READONLY_PATH] = { INIT, S(STR) },
	[PLAN_MASK_PATH] = { INIT, S(STR, OPT) },
	[PLAN_ROOT_READONLY] = { INIT },
	[PLAN_PIVOT] = { INIT, F(PLAN_F_NO_PIVOT) },
	[PLAN_EXEC_ROOT] = { INIT },
	[PLAN_HOSTNAME] = { INIT, S(STR) },
	[PLAN_DOMAINNAME] = { INIT, S(STR) },
	[PLAN_SESSION] = { INIT },
	[PLAN_STDIO] = { INIT },
	[PLAN_UMASK] = { INIT },
	[PLAN_RLIMIT] = { INIT },
	[PLAN_SCHEDULER] = { INIT, F(PLAN_F_ASK) },
	[PLAN_IO_PRIORITY] = { INIT, F(PLAN_F_ASK) },
	[PLAN_PERSONALITY] = { INIT },
	[PLAN_MEMORY_POLICY] = { INIT, S(SHAPE_U32), N(1) },
	[PLAN_APPARMOR] = { INIT, S(STR) },
	[PLAN_SELINUX] = { INIT, S(STR) },
	[PLAN_ASK_AGENT] = { INIT, S(STR, OPT) },
	[PLAN_NO_NEW_PRIVS] = { INIT },
	[PLAN_CAP_BOUND] = { INIT },
	[PLAN_USER] = { INIT, S(SHAPE_U32), N(2), F(PLAN_F_SETGROUPS) },
	[PLAN_CHDIR] = { INIT, S(STR), F(PLAN_F_EARLY) },
	[PLAN_CAPS] = { INIT },
	[PLAN_SECCOMP] = { INIT, S(SHAPE_FILTER) },
	[PLAN_LOOKUP] = { INIT, S(STR, STR) },
	[PLAN_READY] = { INIT, F(PLAN_F_GATE) },
	[PLAN_CLOSE] = { INIT },
	[PLAN_EXEC] = { INIT, S(LIST, LIST), N(0, 1) },
	[PLAN_ATTACH] = { INIT, S(NO, STR), .how = PLAN_BIND_DEST_NOFOLLOW, F(PLAN_F_REALDIR | PLAN_F_ON_PROC) },
	[PLAN_FIND] = { INIT, S(NO, STR), .how = PLAN_BIND_DEST_NOFOLLOW },
	[PLAN_UNMOUNT] = { INIT, S(NO, STR), .how = PLAN_BIND_DEST_NOFOLLOW },
	[PLAN_DONE] = { INIT },
};

const struct plan_shape *plan_shape(unsigned code)
{
	return code < PLAN_CODES ? &shapes[code] : NULL;
}

/* Against truncation and mixed-up files, not against an attacker: the memfd's seals are for that. */
uint64_t plan_checksum(const void *data, size_t len)
{
	const char *p = data;
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ len, word;

	for (; len; len -= len < 8 ? len : 8, p += 8) {
		word = 0;
		memcpy(&word, p, len < 8 ? len : 8);
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return h;
}

/* len bytes without a NUL and one NUL after them. */
static bool is_string(const char *data, struct plan_ref r)
{
	return memchr(data + r.off, 0, (size_t)r.len + 1) == data + r.off + r.len;
}

/* Exactly n strings, each with its NUL; the length of a list covers its last NUL. */
static bool is_list(const char *data, struct plan_ref r, uint64_t n)
{
	const char *p = data + r.off, *end = p + r.len;

	for (; n; n--) {
		p = p < end ? memchr(p, 0, (size_t)(end - p)) : NULL;
		if (!p)
			return false;
		p++;
	}
	return p == end;
}

static bool is_blob(struct plan_ref r, uint64_t n, uint32_t size)
{
	return r.off % 8 == 0 && r.len % size == 0 && r.len / size == n;
}

/* The reference and, for strings, the NUL after it lie inside the data. */
static bool in_data(const struct plan_head *h, struct plan_ref r, unsigned nul)
{
	return (uint64_t)r.off + r.len + nul <= h->data_len;
}

static bool str_ok(const struct plan_head *h, const struct plan_op *op, unsigned i, const struct plan_shape *shape)
{
	const char *data = (const char *)h + h->data_off;
	uint64_t n = op->n[shape->count[i]];
	struct plan_ref r = op->s[i];

	switch (shape->s[i]) {
	case SHAPE_OPT:
		return !plan_has(r) || (in_data(h, r, 1) && is_string(data, r));
	case SHAPE_STR:
		return plan_has(r) && in_data(h, r, 1) && is_string(data, r);
	case SHAPE_LIST:
		return in_data(h, r, 0) && is_list(data, r, n);
	case SHAPE_U32:
		return in_data(h, r, 0) && n <= GROUPS_MAX && is_blob(r, n, sizeof(uint32_t));
	case SHAPE_FILTER:
		return in_data(h, r, 0) && r.len && r.len / FILTER_INSN <= FILTER_MAX &&
		       is_blob(r, r.len / FILTER_INSN, FILTER_INSN);
	default:
		return !plan_has(r);
	}
}

static bool op_ok(const struct plan_head *h, const struct plan_op *op, unsigned room)
{
	const struct plan_shape *shape = plan_shape(op->code);

	if (!shape || !(shape->rooms & room) || (op->flags & ~shape->flags) || (op->how & ~shape->how))
		return false;
	if (plan_has(op->where) && !(in_data(h, op->where, 1) && is_string((const char *)h + h->data_off, op->where)))
		return false;
	for (unsigned i = 0; i < PLAN_STRS; i++) {
		if (!str_ok(h, op, i, shape))
			return false;
	}
	return true;
}

/* Between ops: what the interpreter takes for granted about an earlier one. */
struct order {
	uint8_t slots; /* bit N: slot N is open */
	uint32_t held; /* bit N: a mount is held in slot N + 1 */
	bool ready, agent;
	bool mounts; /* a MOUNTS plan */
};

/* A slot is filled once and emptied once; 0 is none. */
static bool hold_ok(struct order *o, uint64_t slot, bool fill)
{
	uint32_t bit;

	if (!slot)
		return true;
	if (slot > PLAN_SLOTS)
		return false;
	bit = UINT32_C(1) << (slot - 1);
	if (fill == !!(o->held & bit))
		return false;
	o->held ^= bit;
	return true;
}

/* Slots of mounts are there in MOUNTS plans only, and nothing there is mounted or changed without one. */
static bool slot_ok(const struct order *o, const struct plan_op *op)
{
	switch (op->code) {
	case PLAN_MOUNT_FS:
	case PLAN_MOUNT_BIND:
	case PLAN_MOUNT_CGROUP:
	case PLAN_FILE_LABEL:
	case PLAN_REMOUNT:
		return o->mounts ? op->n[5] < PLAN_MAX_HELD : !(op->flags & PLAN_F_HOLD);
	case PLAN_ATTACH:
	case PLAN_FIND:
	case PLAN_UNMOUNT:
		return o->mounts && op->n[5] < PLAN_MAX_HELD;
	default:
		return true;
	}
}

static bool order_ok(struct order *o, const struct plan_op *op, bool last)
{
	if (last != (op->code == PLAN_SPAWN || op->code == PLAN_EXEC || op->code == PLAN_DONE) || !slot_ok(o, op))
		return false;
	switch (op->code) {
	case PLAN_NS_OPEN:
		if (op->n[0] >= NS_SLOTS || (o->slots & 1u << op->n[0]))
			return false;
		o->slots |= (uint8_t)(1u << op->n[0]);
		return true;
	case PLAN_NS_JOIN:
		return op->n[0] < NS_SLOTS && (o->slots & 1u << op->n[0]);
	case PLAN_MOUNT_FS:
		return hold_ok(o, op->n[4], true);
	case PLAN_REMOUNT:
		return o->mounts || hold_ok(o, op->n[5], false);
	case PLAN_ASK_AGENT:
		o->agent = true;
		return true;
	case PLAN_SECCOMP: /* a listener that nobody has would make every question an ENOSYS */
		return o->agent || !(op->n[0] & KSECCOMP_NEW_LISTENER);
	case PLAN_READY: /* without it the user's program would run before anybody had recorded it */
		if (o->ready)
			return false;
		o->ready = true;
		return true;
	case PLAN_EXEC:
		return !o->mounts && o->ready && op->n[0];
	case PLAN_DONE:
		return o->mounts;
	default:
		return true;
	}
}

static bool head_ok(const struct plan_head *h, size_t len)
{
	uint64_t ops;

	if (h->magic != PLAN_MAGIC || h->version != PLAN_VERSION || h->size != len)
		return false;
	if (h->kind < PLAN_KIND_CREATE || h->kind > PLAN_KIND_MOUNTS)
		return false;
	ops = (uint64_t)h->n_mid + h->n_init;
	if (!h->n_mid || !h->n_init || ops > PLAN_MAX_OPS)
		return false;
	if (h->data_off != sizeof(*h) + ops * sizeof(struct plan_op) || (uint64_t)h->data_off + h->data_len != len)
		return false;
	return h->checksum == plan_checksum((const char *)h + offsetof(struct plan_head, size),
					    len - offsetof(struct plan_head, size));
}

int plan_verify(const void *blob, size_t len, int *ret_op)
{
	const struct plan_head *h = blob;
	const struct plan_op *op;
	struct order order = { 0 };
	uint32_t i, n;
	int dummy;

	if (!ret_op)
		ret_op = &dummy;
	*ret_op = -1;
	if (!blob || len < sizeof(*h) || (uintptr_t)blob % 8 || !head_ok(h, len))
		return -EBADMSG;
	order.mounts = h->kind == PLAN_KIND_MOUNTS;
	op = plan_ops(blob);
	n = h->n_mid + h->n_init;
	for (i = 0; i < n; i++, op++) {
		bool mid = i < h->n_mid;

		if (op_ok(h, op, mid ? SHAPE_MID : SHAPE_INIT) && order_ok(&order, op, i + 1 == h->n_mid || i + 1 == n))
			continue;
		*ret_op = (int)i;
		return -EBADMSG;
	}
	return 0;
}
