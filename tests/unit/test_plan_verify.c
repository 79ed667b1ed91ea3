/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_verify: everything an interpreter relies on, each broken once, in a plan that is otherwise good. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/compile.h"
#include "plan/shape.h"
#include "sys/kernel.h"

enum { MAX_SIZE = 65536 };

struct blob {
	union {
		struct plan_head h;
		char bytes[MAX_SIZE];
	};
	size_t len;
};

static struct plan_op *ops(struct blob *b)
{
	return (struct plan_op *)(void *)(b->bytes + sizeof(b->h));
}

static int find(struct blob *b, unsigned code)
{
	for (uint32_t i = 0; i < b->h.n_mid + b->h.n_init; i++) {
		if (ops(b)[i].code == code)
			return (int)i;
	}
	fail_msg("no %s in the plan", plan_code_name(code));
	return -1;
}

/* A create plan with one op of nearly every shape. */
static void make(struct blob *b)
{
	static char *args[] = { "sh", "-c", NULL }, *env[] = { "PATH=/bin", NULL }, *ro[] = { "ro", "size=1m", NULL };
	static uint32_t gids[] = { 4, 5, 6 };
	static struct spec_mount mounts[] = {
		{ .destination = "/run", .type = "tmpfs", .source = "tmpfs", .options = ro, .n_options = 2 }
	};
	static const uint64_t code[2] = { 1, 2 };
	struct spec s = { .process = { .present = true,
				       .args = args,
				       .n_args = 2,
				       .env = env,
				       .n_env = 1,
				       .cwd = "/tmp",
				       .user = { .additional_gids = gids, .n_additional_gids = 3 } },
			  .mounts = mounts,
			  .n_mounts = 1,
			  .hostname = "h" };
	struct host h = {
		.privileged = true, .real_root = true, .cap_mknod = true, .cap_setgid = true, .last_cap = 40
	};
	struct plan_create_opts o = { .id = "x", .rootfs = "/r", .bundle = "/b", .filter = { code, 16, 0 } };
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	struct plan_needs needs;

	s.ns[SPEC_NS_MOUNT].listed = s.ns[SPEC_NS_UTS].listed = true;
	s.ns[SPEC_NS_NETWORK].listed = true;
	s.ns[SPEC_NS_NETWORK].path = "/run/netns/x";
	assert_int_equal(plan_compile_create(&a, &s, &h, &o, &out, &needs, NULL), 0);
	assert_true(out.len <= MAX_SIZE);
	memcpy(b->bytes, out.data, out.len);
	b->len = out.len;
	assert_int_equal(plan_verify(b->bytes, b->len, NULL), 0);
}

static void seal(struct blob *b)
{
	size_t at = offsetof(struct plan_head, size);

	b->h.checksum = plan_checksum(b->bytes + at, b->len - at);
}

/* The plan as changed is refused, at this op. */
static void refused(struct blob *b, int op)
{
	int at = -2;

	seal(b);
	assert_int_equal(plan_verify(b->bytes, b->len, &at), -EBADMSG);
	assert_int_equal(at, op);
}

static void test_every_byte(void **state)
{
	static struct blob b;

	(void)state;
	make(&b);
	for (size_t i = 0; i < b.len; i++) {
		b.bytes[i] ^= 0x10;
		assert_int_equal(plan_verify(b.bytes, b.len, NULL), -EBADMSG);
		b.bytes[i] ^= 0x10;
	}
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(plan_verify(b.bytes, len, NULL), -EBADMSG);
	assert_int_equal(plan_verify(NULL, 0, NULL), -EBADMSG);
	assert_int_equal(plan_verify(b.bytes, b.len, NULL), 0);
}

static void test_head(void **state)
{
	static struct blob good, b;

	(void)state;
	make(&good);
#define BREAK_HEAD(change)                                                                                             \
	do {                                                                                                           \
		b = good;                                                                                              \
		b.h.change;                                                                                            \
		refused(&b, -1);                                                                                       \
	} while (0)
	BREAK_HEAD(magic++);
	BREAK_HEAD(version++);
	BREAK_HEAD(size++);
	BREAK_HEAD(size--);
	BREAK_HEAD(n_mid = 0);
	BREAK_HEAD(n_init = 0);
	BREAK_HEAD(n_mid++);
	BREAK_HEAD(n_init = UINT32_MAX);
	BREAK_HEAD(n_mid = UINT32_MAX - b.h.n_init + 2);
	BREAK_HEAD(data_off += 8);
	BREAK_HEAD(data_len++);
	BREAK_HEAD(data_len = UINT32_MAX);
	BREAK_HEAD(kind = 0);
	BREAK_HEAD(kind = 4);
	/* moved between the rooms */
	b = good;
	b.h.n_mid--;
	b.h.n_init++;
	refused(&b, (int)b.h.n_mid - 1);
}

static void test_misaligned(void **state)
{
	static struct blob b;
	static _Alignas(8) char moved[MAX_SIZE + 8];

	(void)state;
	make(&b);
	memcpy(moved + 4, b.bytes, b.len);
	assert_int_equal(plan_verify(moved + 4, b.len, NULL), -EBADMSG);
}

static void test_ops(void **state)
{
	static struct blob good, b;
	int i;

	(void)state;
	make(&good);
#define BREAK_OP(op_code, ...)                                                                                         \
	do {                                                                                                           \
		b = good;                                                                                              \
		i = find(&b, op_code);                                                                                 \
		ops(&b)[i].__VA_ARGS__;                                                                                \
		refused(&b, i);                                                                                        \
	} while (0)
	/* codes, flags, rooms */
	BREAK_OP(PLAN_HOST_FDS, code = PLAN_CODES);
	BREAK_OP(PLAN_HOST_FDS, code = UINT16_MAX);
	BREAK_OP(PLAN_HOST_FDS, code = PLAN_OOM_SCORE);
	BREAK_OP(PLAN_NONDUMPABLE, code = PLAN_PIVOT);
	BREAK_OP(PLAN_HOST_FDS, flags = PLAN_F_GATE);
	BREAK_OP(PLAN_HOST_FDS, how = 1);
	/* strings */
	BREAK_OP(PLAN_HOSTNAME, s[0].off = b.h.data_len - 1);
	BREAK_OP(PLAN_HOSTNAME, s[0].off = UINT32_MAX);
	BREAK_OP(PLAN_HOSTNAME, s[0].len = UINT32_MAX);
	BREAK_OP(PLAN_HOSTNAME, s[0].len = b.h.data_len);
	BREAK_OP(PLAN_HOSTNAME, s[0].len++);
	BREAK_OP(PLAN_HOSTNAME, s[0].len = 0);
	BREAK_OP(PLAN_HOSTNAME, s[0] = (struct plan_ref){ 0 });
	BREAK_OP(PLAN_HOSTNAME, s[1] = (struct plan_ref){ 8, 0 });
	BREAK_OP(PLAN_HOSTNAME, where.len++);
	BREAK_OP(PLAN_HOSTNAME, where.off = UINT32_MAX);
	/* lists */
	BREAK_OP(PLAN_MOUNT_FS, n[2]++);
	BREAK_OP(PLAN_MOUNT_FS, n[2]--);
	BREAK_OP(PLAN_MOUNT_FS, n[2] = UINT64_MAX);
	BREAK_OP(PLAN_MOUNT_FS, n[2] = 0);
	BREAK_OP(PLAN_MOUNT_FS, s[2].len--);
	BREAK_OP(PLAN_MOUNT_FS, s[2].off = b.h.data_len);
	BREAK_OP(PLAN_EXEC, n[0]--);
	BREAK_OP(PLAN_EXEC, n[1] = UINT64_MAX);
	/* blobs */
	BREAK_OP(PLAN_USER, n[2]++);
	BREAK_OP(PLAN_USER, n[2] = UINT64_C(0x4000000000000003));
	BREAK_OP(PLAN_USER, s[0].off += 4);
	BREAK_OP(PLAN_USER, s[0].len -= 1);
	BREAK_OP(PLAN_USER, s[0].len = 0);
	BREAK_OP(PLAN_SECCOMP, n[0] |= KSECCOMP_NEW_LISTENER); /* and nobody to have it */
	BREAK_OP(PLAN_SECCOMP, s[0].len -= 4);
	BREAK_OP(PLAN_SECCOMP, s[0].len = 0);
	BREAK_OP(PLAN_SECCOMP, s[0].off -= 1);
	BREAK_OP(PLAN_SECCOMP, s[0].len = b.h.data_len);
	/* between ops */
	BREAK_OP(PLAN_NS_OPEN, n[0] = 8);
	BREAK_OP(PLAN_NS_JOIN, n[0] = 0);
	BREAK_OP(PLAN_NS_JOIN, n[0] = UINT64_MAX);
	BREAK_OP(PLAN_SPAWN, code = PLAN_NOP);
	BREAK_OP(PLAN_SPAWN, code = PLAN_NS_JOIN);
	BREAK_OP(PLAN_NONDUMPABLE, code = PLAN_SPAWN);
	BREAK_OP(PLAN_HOST_FDS, code = PLAN_EXEC);
}

static void test_order(void **state)
{
	static struct blob good, b;
	int ready, exec, open, mount;

	(void)state;
	make(&good);
	ready = find(&good, PLAN_READY);
	exec = find(&good, PLAN_EXEC);
	open = find(&good, PLAN_NS_OPEN);
	b = good; /* never ready */
	ops(&b)[ready].code = PLAN_NOP;
	refused(&b, exec);
	b = good; /* twice ready */
	ops(&b)[find(&b, PLAN_HOST_FDS)].code = PLAN_READY;
	refused(&b, ready);
	b = good; /* nothing to execute */
	ops(&b)[exec].n[0] = 0;
	ops(&b)[exec].s[0] = (struct plan_ref){ 0 };
	refused(&b, exec);
	b = good; /* one slot for two */
	ops(&b)[open + 1] = ops(&b)[open];
	refused(&b, open + 1);
	mount = find(&good, PLAN_MOUNT_FS);
	b = good; /* held where there is no room */
	ops(&b)[mount].n[4] = PLAN_SLOTS + 1;
	refused(&b, mount);
	b = good; /* one over the other */
	ops(&b)[mount].n[4] = 1;
	ops(&b)[mount + 1] = ops(&b)[mount];
	refused(&b, mount + 1);
	b = good; /* taken from where nothing is */
	ops(&b)[mount].code = PLAN_REMOUNT;
	ops(&b)[mount].flags = 0;
	ops(&b)[mount].s[0] = ops(&b)[mount].s[2] = (struct plan_ref){ 0 };
	ops(&b)[mount].n[5] = 1;
	refused(&b, mount);
}

static void test_accepts(void **state)
{
	static struct blob b;
	int i;

	(void)state;
	make(&b);
	/* an empty string is a string where it has a place */
	i = find(&b, PLAN_HOSTNAME);
	ops(&b)[i].s[0].off += ops(&b)[i].s[0].len;
	ops(&b)[i].s[0].len = 0;
	/* the last byte of the data may end the last string */
	ops(&b)[find(&b, PLAN_HOST_FDS)].where = (struct plan_ref){ b.h.data_len - 1, 0 };
	seal(&b);
	assert_int_equal(plan_verify(b.bytes, b.len, NULL), 0);
}

/* A MOUNTS plan with each of its ops. */
static void make_mounts(struct blob *b, bool add)
{
	static char *ro[] = { "ro", NULL }, *bind[] = { "bind", NULL };
	static const uint64_t ids[] = { 7, 8, 9 };
	static const struct spec_mount mounts[] = {
		{ .destination = "/a", .type = "tmpfs", .options = ro, .n_options = 1 },
		{ .destination = "/b", .source = "/s", .options = bind, .n_options = 1 },
		{ .destination = "/c", .type = "mqueue" },
	};
	struct host h = { .privileged = true, .real_root = true, .last_cap = 40 };
	struct plan_mounts_opts o = { .mounts = mounts,
				      .n = 3,
				      .ids = add ? NULL : ids,
				      .ns = KCLONE_NEWNS | KCLONE_NEWIPC,
				      .bundle = "/b",
				      .mount_label = "label" };
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	struct plan_needs needs;

	assert_int_equal(plan_compile_mounts(&a, &h, &o, &out, &needs, NULL), 0);
	assert_true(out.len <= MAX_SIZE);
	memcpy(b->bytes, out.data, out.len);
	b->len = out.len;
	assert_int_equal(plan_verify(b->bytes, b->len, NULL), 0);
}

static void test_mounts(void **state)
{
	static const unsigned slots[] = { PLAN_MOUNT_FS, PLAN_MOUNT_BIND, PLAN_FILE_LABEL, PLAN_ATTACH, PLAN_REMOUNT };
	static const unsigned of_removal[] = { PLAN_FIND, PLAN_UNMOUNT };
	static struct blob add, remove, create, b;
	int at;

	(void)state;
	make_mounts(&add, true);
	make_mounts(&remove, false);
	make(&create);
	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		b = add;
		at = find(&b, slots[i]);
		ops(&b)[at].n[5] = PLAN_MAX_HELD;
		refused(&b, at);
		ops(&b)[at].n[5] = PLAN_MAX_HELD - 1;
		seal(&b);
		assert_int_equal(plan_verify(b.bytes, b.len, NULL), 0);
	}
	for (size_t i = 0; i < sizeof(of_removal) / sizeof(of_removal[0]); i++) {
		b = remove;
		at = find(&b, of_removal[i]);
		ops(&b)[at].n[5] = UINT64_MAX;
		refused(&b, at);
	}
	/* in the other kinds of plan */
	b = add;
	b.h.kind = PLAN_KIND_EXEC;
	at = find(&b, PLAN_MOUNT_BIND);
	refused(&b, at);
	b = remove;
	b.h.kind = PLAN_KIND_CREATE;
	refused(&b, find(&b, PLAN_FIND));
	b = create;
	ops(&b)[find(&b, PLAN_MOUNT_FS)].flags |= PLAN_F_HOLD;
	refused(&b, find(&b, PLAN_MOUNT_FS));
	b = create;
	at = find(&b, PLAN_EXEC);
	ops(&b)[at] = (struct plan_op){ .code = PLAN_DONE };
	refused(&b, at);
	/* and nothing is executed here */
	b = create;
	b.h.kind = PLAN_KIND_MOUNTS;
	refused(&b, find(&b, PLAN_EXEC));
	b = add;
	ops(&b)[find(&b, PLAN_DONE) - 1].code = PLAN_DONE;
	refused(&b, find(&b, PLAN_DONE));
}

static void test_tables(void **state)
{
	(void)state;
	for (unsigned code = 0; code < PLAN_CODES; code++) {
		const struct plan_shape *s = plan_shape(code);

		assert_non_null(s);
		assert_true(s->rooms == SHAPE_MID || s->rooms == SHAPE_INIT || s->rooms == (SHAPE_MID | SHAPE_INIT));
		assert_non_null(plan_code_name(code));
		assert_non_null(plan_code_verb(code));
		for (unsigned other = 0; other < code; other++)
			assert_string_not_equal(plan_code_name(code), plan_code_name(other));
	}
	assert_null(plan_shape(PLAN_CODES));
	assert_string_equal(plan_code_name(PLAN_CODES), "unknown");
	assert_string_equal(plan_code_name(PLAN_MOUNT_BIND), "mount_bind");
	assert_string_equal(plan_code_verb(PLAN_MOUNT_BIND), "bind mount");
	assert_non_null(plan_code_verb(UINT32_MAX));
}

static void test_checksum(void **state)
{
	char data[64];

	(void)state;
	memset(data, 0, sizeof(data));
	for (size_t n = 0; n < sizeof(data); n++)
		assert_true(plan_checksum(data, n) != plan_checksum(data, n + 1));
	for (size_t i = 0; i < sizeof(data); i++) {
		uint64_t before = plan_checksum(data, sizeof(data));

		data[i] ^= 1;
		assert_true(plan_checksum(data, sizeof(data)) != before);
	}
	assert_true(plan_checksum("ab", 2) != plan_checksum("ba", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte), cmocka_unit_test(test_head),	    cmocka_unit_test(test_misaligned),
		cmocka_unit_test(test_ops),	   cmocka_unit_test(test_order),    cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_tables),	   cmocka_unit_test(test_checksum), cmocka_unit_test(test_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
