/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* criu's messages: written byte by byte as rpc.proto has them, and answers read whatever they are. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libcontainer.h>

#include "base/buf.h"
#include "run/criu_wire.h"

static void equals(struct buf *b, const void *want, size_t len)
{
	assert_true(buf_ok(b));
	assert_int_equal(b->len, len);
	assert_memory_equal(b->data, want, len);
	buf_done(b);
}
#define EQUALS(b, text) equals(b, text, sizeof(text) - 1)

/* The options of a request, which are its field 2. */
static bool has(const struct criu_request *q, const void *part, size_t len)
{
	_cleanup_buf_ struct buf b = { 0 };
	bool found = false;

	criu_encode(q, &b);
	assert_true(buf_ok(&b));
	assert_int_equal(b.data[0], 0x08);
	assert_int_equal(b.data[1], (char)q->type);
	assert_int_equal(b.data[2], 0x12);
	for (size_t i = 0; i + len <= b.len && !found; i++)
		found = !memcmp(b.data + i, part, len);
	return found;
}
#define HAS(q, text) has(q, text, sizeof(text) - 1)

static void test_small_messages(void **unused)
{
	struct buf b = { 0 };

	(void)unused;
	criu_encode_version(&b);
	EQUALS(&b, "\x08\x0a\x20\x01");
	criu_encode_notified(true, &b);
	EQUALS(&b, "\x08\x06\x18\x01");
	criu_encode_notified(false, &b);
	EQUALS(&b, "\x08\x06\x18\x00");
}

static void test_whole_dump(void **unused)
{
	static const struct criu_pair mounts[] = { { "/a", "/b" } };
	const struct criu_request q = { .type = CRIU_DUMP,
					.images = 5,
					.work = 6,
					.pid = 300,
					.root = "/r",
					.log_file = "l",
					.mounts = mounts,
					.n_mounts = 1 };
	struct buf b = { 0 };

	(void)unused;
	criu_encode(&q, &b);
	EQUALS(&b, "\x08\x01"
		   "\x12\x24" /* options, 36 bytes */
		   "\x08\x05" /* images_dir_fd */
		   "\x10\xac\x02" /* pid */
		   "\x48\x04" /* log_level */
		   "\x52\x01l" /* log_file */
		   "\x60\x01" /* notify_scripts */
		   "\x6a\x02/r" /* root */
		   "\x88\x01\x06" /* work_dir_fd */
		   "\xba\x01\x08\x0a\x02/a\x12\x02/b" /* ext_mnt */
		   "\x90\x02\x00" /* manage_cgroups_mode: criu's own default is another */
		   "\x90\x03\x01"); /* orphan_pts_master */
}

static void test_flags(void **unused)
{
	static const struct {
		unsigned flag;
		const char *bytes;
		size_t len;
	} flags[] = {
		{ LCT_CRIU_LEAVE_RUNNING, "\x18\x01", 2 },
		{ LCT_CRIU_EXT_UNIX_SK, "\x20\x01", 2 },
		{ LCT_CRIU_TCP_ESTABLISHED, "\x28\x01", 2 },
		{ LCT_CRIU_SHELL_JOB, "\x38\x01", 2 },
		{ LCT_CRIU_FILE_LOCKS, "\x40\x01", 2 },
		{ LCT_CRIU_AUTO_DEDUP, "\x80\x01\x01", 3 },
		{ LCT_CRIU_LINK_REMAP, "\x90\x01\x01", 3 },
		{ LCT_CRIU_EMPTY_NETWORK, "\xb0\x02\x80\x80\x80\x80\x04", 7 },
		{ LCT_CRIU_TCP_SKIP_IN_FLIGHT, "\xf0\x02\x01", 3 },
		{ LCT_CRIU_LAZY_PAGES, "\x80\x03\x01", 3 },
		{ LCT_CRIU_TCP_CLOSE, "\xa0\x03\x01", 3 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct criu_request q = { .type = CRIU_DUMP, .images = 100, .work = 101 };

		assert_false(has(&q, flags[i].bytes, flags[i].len));
		q.flags = flags[i].flag;
		assert_true(has(&q, flags[i].bytes, flags[i].len));
	}
}

static void test_kinds(void **unused)
{
	struct criu_request q = { .type = CRIU_RESTORE, .images = 100, .work = 101 };

	(void)unused;
	assert_true(HAS(&q, "\xd0\x01\x01")); /* rst_sibling */
	assert_true(HAS(&q, "\x90\x03\x01")); /* orphan_pts_master ... */
	q.flags = LCT_CRIU_SHELL_JOB;
	assert_false(HAS(&q, "\x90\x03\x01")); /* ... not of one that is given */
	q = (struct criu_request){ .type = CRIU_DUMP, .images = 100, .work = 101 };
	assert_false(HAS(&q, "\xd0\x01\x01"));
	assert_false(HAS(&q, "\x78\x01")); /* track_mem */
	q.parent = "../pre";
	assert_true(HAS(&q, "\x72\x06../pre\x78\x01"));
	q = (struct criu_request){ .type = CRIU_PRE_DUMP, .images = 100, .work = 101 };
	assert_true(HAS(&q, "\x78\x01"));
	assert_false(HAS(&q, "\x80\x04")); /* network_lock: criu's own choice */
	q.network_lock = CRIU_LOCK_SKIP;
	assert_true(HAS(&q, "\x80\x04\x03"));
}

static void test_the_rest(void **unused)
{
	static const struct criu_inherited inherited[] = { { "pipe:[7]", 1 }, { "extRootNetNS", 9 } };
	static const struct criu_pair join[] = { { "ipc", "/i" } };
	static char *const external[] = { "net[1]:x", "file[2:3]" };
	const struct criu_request q = { .type = CRIU_RESTORE,
					.images = 100,
					.work = 101,
					.page_server = "::1",
					.page_server_port = 4711,
					.cgroup_mode = CRIU_CG_STRICT,
					.cgroup_root = "/c",
					.cgroup_yard = "/y",
					.inherited = inherited,
					.n_inherited = 2,
					.external = external,
					.n_external = 2,
					.join = join,
					.n_join = 1,
					.freeze_cgroup = "/f",
					.status_fd = 3,
					.config_file = "/g",
					.lsm_profile = "selinux:a",
					.lsm_mount_context = "b" };

	(void)unused;
	assert_true(HAS(&q, "\x5a\x08\x0a\x03::1\x10\xe7\x24"));
	assert_true(HAS(&q, "\xca\x01\x04\x12\x02/c\x90\x02\x05"));
	assert_true(HAS(&q, "\xda\x01\x0c\x0a\x08pipe:[7]\x10\x01\xda\x01\x10\x0a\x0c"
			    "extRootNetNS\x10\x09"));
	assert_true(HAS(&q, "\xaa\x02\x08net[1]:x\xaa\x02\x09"
			    "file[2:3]"));
	assert_true(HAS(&q, "\xba\x02\x09\x0a\x03ipc\x12\x02/i"));
	assert_true(HAS(&q, "\xe2\x02\x02/f\x88\x03\x03"));
	assert_true(HAS(&q, "\x9a\x03\x02/g\xaa\x03\x09selinux:a\xe2\x03\x02/y\xfa\x03\x01"
			    "b"));
}

static int decode(struct criu_reply *ret, const char *bytes, size_t len)
{
	return criu_decode(bytes, len, ret);
}
#define DECODE(ret, text) decode(ret, text, sizeof(text) - 1)

static void test_answers(void **unused)
{
	struct criu_reply r;

	(void)unused;
	assert_int_equal(DECODE(&r, "\x08\x0a\x10\x01\x52\x06\x08\x03\x10\x11\x20\x01"), 0);
	assert_int_equal(r.type, CRIU_VERSION);
	assert_true(r.success);
	assert_int_equal(r.major, 3);
	assert_int_equal(r.minor, 17);
	assert_int_equal(r.sublevel, 1);
	assert_int_equal(DECODE(&r, "\x08\x06\x10\x01\x2a\x11\x0a\x0cpost-restore\x10\xac\x02"), 0);
	assert_int_equal(r.type, CRIU_NOTIFY);
	assert_string_equal(r.script, "post-restore");
	assert_int_equal(r.pid, 300);
	assert_int_equal(DECODE(&r, "\x08\x02\x10\x01\x22\x03\x08\xac\x02"), 0);
	assert_int_equal(r.type, CRIU_RESTORE);
	assert_int_equal(r.pid, 300);
	/* A failure: pid -1, errno, a message that is more than one line. */
	assert_int_equal(DECODE(&r,
				"\x08\x02\x10\x00\x22\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x38\x02\x4a\x04"
				"a\nb\n"),
			 0);
	assert_false(r.success);
	assert_int_equal(r.pid, 0);
	assert_int_equal(r.error, 2);
	assert_string_equal(r.message, "a b");
	/* Members of a later criu, of every kind. */
	assert_int_equal(DECODE(&r, "\x08\x01\x10\x01\xf8\x07\x01\xf9\x07"
				    "12345678\xfa\x07\x02hi\xfd\x07"
				    "1234"),
			 0);
	assert_true(r.success);
}

static void test_broken_answers(void **unused)
{
	static const char whole[] = "\x08\x06\x10\x01\x2a\x11\x0a\x0cpost-restore\x10\xac\x02";
	char longer[128] = "\x08\x06\x2a\x7a\x0a\x78";
	struct criu_reply r;

	(void)unused;
	assert_int_equal(DECODE(&r, ""), -EBADMSG);
	assert_int_equal(DECODE(&r, "\x10\x01"), -EBADMSG); /* no type */
	assert_int_equal(DECODE(&r, "\x0b"), -EBADMSG); /* a kind that there is not */
	assert_int_equal(DECODE(&r, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), -EBADMSG);
	assert_int_equal(DECODE(&r, "\x08\x06\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"), -EBADMSG);
	/* Cut at every byte: an error, or a message that ended there. */
	for (size_t len = 0; len < sizeof(whole) - 1; len++)
		assert_int_equal(decode(&r, whole, len), len == 2 || len == 4 ? 0 : -EBADMSG);
	/* More than there is room for is cut. */
	memset(longer + 6, 'x', 0x78);
	assert_int_equal(decode(&r, longer, 6 + 0x78), 0);
	assert_int_equal(strlen(r.script), sizeof(r.script) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_messages), cmocka_unit_test(test_whole_dump),
		cmocka_unit_test(test_flags),	       cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_the_rest),       cmocka_unit_test(test_answers),
		cmocka_unit_test(test_broken_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
