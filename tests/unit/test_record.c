/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record: what is written is read again to the byte, and nothing else is ever believed. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"
#include "store/record.h"
#include "store/store.h"

#define BOOT "01234567-89ab-cdef-0123-456789abcdef"

static char dir_name[] = "/tmp/kin-record-XXXXXX";
static int dir = -EBADF;

static const char *annotations[] = { "org.example/a",	 "1", "b", "", "\xff", "\xc3\x28 no UTF-8", "quote\"\\\n",
				     "\xf0\x9f\x90\xb3", NULL };

static struct record full(void)
{
	return (struct record){
		.phase = STATE_CREATED,
		.id = "c1.x_y+z-",
		.oci_version = "1.3.0",
		.bundle = "/a bundle/\xff\xfe",
		.rootfs = "/a bundle/rootfs\"\n",
		.created = "2026-11-21T20:10:36.123456789Z",
		.cgroup = "/sys/fs/cgroup/kin-c1",
		.cgroup_made = 64,
		.cgroup_manager = "systemd",
		.cgroup_sub = "container",
		.cgroup_delegate = "a/b\xff",
		.unit = "libpod-c1\xff.scope",
		.user_unit = true,
		.boot_id = BOOT,
		.owner_uid = UINT32_MAX,
		.creator = { .pid = 1,
			     .start_time = UINT64_MAX,
			     .pidfs_inode = 7,
			     .handle_type = 0xfe,
			     .handle_len = 0 },
		.init = { .pid = INT32_MAX,
			  .start_time = 3,
			  .pidfs_inode = UINT64_MAX,
			  .handle_type = -2,
			  .handle_len = IDENTITY_HANDLE,
			  .handle = { 0, 1, 0xff, 0x80 } },
		.new_ns = UINT64_C(0xffffffffffffffff),
		.joined_ns = UINT64_C(0x8000000000000001),
		.no_new_keyring = true,
		.has_seccomp = true,
		.rdt_clos = "c1",
		.rdt_monitor = "c1/mon_groups/c1",
		.rdt_owns = true,
		.mount_label = "system_u:object_r:container_file_t:s0:c1,c2",
		.mount_context = "rootcontext",
		.has_attributes = true,
		.seccomp_flags = 0x10,
		.hooks_json = "{\"poststop\":[{\"path\":\"/bin/true\"}]}",
		.annotations = annotations,
		.n_annotations = 4,
		.exited = true,
		.exit_how = LCT_EXIT_SIGNAL,
		.exit_status = 255,
		.usage = { .cpu_usec = 1,
			   .cpu_user_usec = 0,
			   .cpu_system_usec = LCT_UNKNOWN,
			   .cpu_throttled_usec = 4,
			   .memory_peak = UINT64_MAX - 1,
			   .memory_oom = 6,
			   .memory_oom_kill = 7,
			   .memory_max_hits = 8,
			   .pids_peak = 9,
			   .pids_max_hits = 10,
			   .io_read_bytes = 11,
			   .io_write_bytes = 12,
			   .io_reads = 13,
			   .io_writes = 14,
			   .cpu_pressure_usec = 15,
			   .memory_pressure_usec = 16,
			   .io_pressure_usec = 17 },
	};
}

/* As one that has not ended: nothing is known yet. */
static struct record with_unknown_usage(struct record r)
{
	memset(&r.usage, 0xff, sizeof(r.usage));
	return r;
}

static void same_text(const char *a, const char *b)
{
	if (a && b)
		assert_string_equal(a, b);
	else
		assert_true(!a && !b);
}

static void same(const struct record *a, const struct record *b)
{
	assert_int_equal(a->phase, b->phase);
	same_text(a->id, b->id);
	same_text(a->oci_version, b->oci_version);
	same_text(a->bundle, b->bundle);
	same_text(a->rootfs, b->rootfs);
	same_text(a->created, b->created);
	same_text(a->cgroup, b->cgroup);
	assert_int_equal(a->cgroup_made, b->cgroup_made);
	same_text(a->cgroup_manager, b->cgroup_manager);
	same_text(a->cgroup_sub, b->cgroup_sub);
	same_text(a->cgroup_delegate, b->cgroup_delegate);
	same_text(a->unit, b->unit);
	assert_int_equal(a->user_unit, b->user_unit);
	assert_string_equal(a->boot_id, b->boot_id);
	assert_true(a->owner_uid == b->owner_uid);
	assert_memory_equal(&a->creator, &b->creator, sizeof(a->creator));
	assert_memory_equal(&a->init, &b->init, sizeof(a->init));
	assert_true(a->new_ns == b->new_ns);
	assert_true(a->joined_ns == b->joined_ns);
	assert_int_equal(a->no_new_keyring, b->no_new_keyring);
	assert_int_equal(a->has_seccomp, b->has_seccomp);
	same_text(a->rdt_clos, b->rdt_clos);
	same_text(a->rdt_monitor, b->rdt_monitor);
	assert_int_equal(a->rdt_owns, b->rdt_owns);
	same_text(a->mount_label, b->mount_label);
	same_text(a->mount_context, b->mount_context);
	assert_int_equal(a->has_attributes, b->has_attributes);
	assert_true(a->seccomp_flags == b->seccomp_flags);
	same_text(a->hooks_json, b->hooks_json);
	assert_int_equal(a->n_annotations, b->n_annotations);
	for (size_t i = 0; i < 2 * a->n_annotations; i++)
		assert_string_equal(a->annotations[i], b->annotations[i]);
	if (a->n_annotations)
		assert_null(a->annotations[2 * a->n_annotations]);
	assert_int_equal(a->exited, b->exited);
	assert_int_equal(a->exit_how, b->exit_how);
	assert_int_equal(a->exit_status, b->exit_status);
	assert_memory_equal(&a->usage, &b->usage, sizeof(a->usage));
}

static void test_round_trip(void **unused)
{
	struct record all = full(), got;
	struct record little = with_unknown_usage(
		(struct record){ .phase = STATE_RESERVED, .id = "x", .boot_id = BOOT });
	const struct record *const each[] = { &all, &little };

	(void)unused;
	for (size_t i = 0; i < 2; i++) {
		_cleanup_arena_ struct arena a = { 0 };
		struct stat st;

		assert_int_equal(record_write(dir, each[i], NULL), 0);
		assert_int_equal(record_read(dir, &a, &got, NULL), 0);
		same(each[i], &got);
		assert_int_equal(fstatat(dir, "record", &st, AT_SYMLINK_NOFOLLOW), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
}

/* What was never observed is not zero, and does not make a record longer. */
static void test_unknown_usage(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf known = { 0 }, unknown = { 0 };
	struct record all = full(), none = with_unknown_usage(all), got;

	(void)unused;
	assert_int_equal(record_encode(&all, &known, NULL), 0);
	assert_int_equal(record_encode(&none, &unknown, NULL), 0);
	assert_non_null(strstr(known.data, "\"memoryOomKill\":7"));
	assert_null(strstr(known.data, "cpuSystemUsec"));
	assert_null(strstr(unknown.data, "Usec"));
	assert_null(strstr(unknown.data, "memory"));
	assert_int_equal(record_decode(&a, unknown.data, unknown.len, &got, NULL), 0);
	for (size_t i = 0; i < sizeof(got.usage) / sizeof(uint64_t); i++)
		assert_true(((const uint64_t *)&got.usage)[i] == LCT_UNKNOWN);
}

static void test_missing(void **unused)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err;
	struct record got;

	(void)unused;
	unlinkat(dir, "record", 0);
	assert_int_equal(record_read(dir, &a, &got, &err), -ENOENT);
	assert_int_equal(err.code, LCT_E_NOT_FOUND);
}

static void decode_is_damaged(const char *text, size_t len)
{
	_cleanup_arena_ struct arena a = { 0 };
	char *exact = malloc(len ? len : 1); /* so that a sanitizer sees one byte too far */
	struct record got;
	struct lct_err err;

	memcpy(exact, text, len);
	if (record_decode(&a, exact, len, &got, &err) != -EBADMSG || err.code != LCT_E_DAMAGED)
		fail_msg("believed: %.*s", (int)len, text);
	free(exact);
}

static void test_any_byte_changed(void **unused)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct record all = full();

	(void)unused;
	assert_int_equal(record_encode(&all, &b, NULL), 0);
	for (size_t i = 0; i < b.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			b.data[i] ^= (char)(1 << bit);
			decode_is_damaged(b.data, b.len);
			b.data[i] ^= (char)(1 << bit);
		}
	for (size_t n = 0; n < b.len; n++)
		decode_is_damaged(b.data, n);
	buf_char(&b, '\n');
	decode_is_damaged(b.data, b.len);
}

/* A header that fits whatever body. */
static void seal(struct buf *ret, const char *body)
{
	buf_printf(ret, "kin1 %zu %016" PRIx64 "\n%s", strlen(body), record_checksum(body, strlen(body)), body);
}

static void sealed_is_damaged(const char *body)
{
	_cleanup_buf_ struct buf b = { 0 };

	seal(&b, body);
	decode_is_damaged(b.data, b.len);
}

#define REQUIRED "\"phase\":\"created\",\"id\":\"c\",\"bootId\":\"" BOOT "\",\"ownerUid\":0"

static void test_body(void **unused)
{
	static const char *const bad[] = {
		"",
		"{}",
		"[]",
		"null",
		"1",
		"\"x\"",
		"{",
		"{}{}",
		"{\"phase\":\"created\",\"id\":\"c\",\"ownerUid\":0}",
		"{\"id\":\"c\",\"bootId\":\"" BOOT "\",\"ownerUid\":0}",
		"{\"phase\":\"none\",\"id\":\"c\",\"bootId\":\"" BOOT "\",\"ownerUid\":0}",
		"{\"phase\":\"broken\",\"id\":\"c\",\"bootId\":\"" BOOT "\",\"ownerUid\":0}",
		"{\"phase\":1,\"id\":\"c\",\"bootId\":\"" BOOT "\",\"ownerUid\":0}",
		"{\"phase\":\"created\",\"id\":\"../c\",\"bootId\":\"" BOOT "\",\"ownerUid\":0}",
		"{\"phase\":\"created\",\"id\":null,\"bootId\":\"" BOOT "\",\"ownerUid\":0}",
		"{\"phase\":\"created\",\"id\":\"c\",\"bootId\":\"short\",\"ownerUid\":0}",
		"{\"phase\":\"created\",\"id\":\"c\",\"bootId\":\"" BOOT "0\",\"ownerUid\":0}",
		"{\"phase\":\"created\",\"id\":\"c\",\"bootId\":\"" BOOT "\",\"ownerUid\":-1}",
		"{\"phase\":\"created\",\"id\":\"c\",\"bootId\":\"" BOOT "\",\"ownerUid\":4294967296}",
		"{\"phase\":\"created\",\"id\":\"c\",\"bootId\":\"" BOOT "\",\"ownerUid\":0.5}",
		"{\"phase\":\"created\",\"id\":\"c\",\"bootId\":\"" BOOT "\",\"ownerUid\":\"0\"}",
		"{" REQUIRED ",\"unknown\":1}",
		"{" REQUIRED ",\"id\":\"c\"}",
		"{" REQUIRED ",\"bundle\":\"relative\"}",
		"{" REQUIRED ",\"bundle\":\"\"}",
		"{" REQUIRED ",\"bundle\":7}",
		"{" REQUIRED ",\"bundle\":{\"hex\":\"2f0\"}}",
		"{" REQUIRED ",\"bundle\":{\"hex\":\"2f00\"}}",
		"{" REQUIRED ",\"bundle\":{\"hex\":\"2F\"}}",
		"{" REQUIRED ",\"bundle\":{\"hex\":\"2f\",\"x\":1}}",
		"{" REQUIRED ",\"bundle\":{\"hex\":1}}",
		"{" REQUIRED ",\"cgroup\":\"kin-c\"}",
		"{" REQUIRED ",\"cgroupMade\":65}",
		"{" REQUIRED ",\"cgroupMade\":-1}",
		"{" REQUIRED ",\"newNs\":18446744073709551616}",
		"{" REQUIRED ",\"noNewKeyring\":1}",
		"{" REQUIRED ",\"exited\":\"true\"}",
		"{" REQUIRED ",\"exitHow\":3}",
		"{" REQUIRED ",\"exitStatus\":256}",
		"{" REQUIRED ",\"memoryPeak\":18446744073709551615}", /* that is "unknown", and is left out */
		"{" REQUIRED ",\"memoryPeak\":-1}",
		"{" REQUIRED ",\"memoryPeak\":\"1\"}",
		"{" REQUIRED ",\"cpuUsec\":1.5}",
		"{" REQUIRED ",\"unit\":1}",
		"{" REQUIRED ",\"userUnit\":\"true\"}",
		"{" REQUIRED ",\"annotations\":{}}",
		"{" REQUIRED ",\"annotations\":[\"a\"]}",
		"{" REQUIRED ",\"annotations\":[\"a\",1]}",
		"{" REQUIRED ",\"init\":1}",
		"{" REQUIRED ",\"init\":{}}",
		"{" REQUIRED ",\"init\":{\"pid\":1,\"startTime\":1,\"inode\":1,\"handleType\":1,\"handle\":\"\"}}",
		"{" REQUIRED ",\"init\":{\"pid\":0,\"startTime\":1,\"inode\":1,\"handleType\":1,\"handle\":\"\"}}",
		"{" REQUIRED ",\"init\":{\"pid\":-1,\"startTime\":1,\"inode\":1,\"handleType\":1,\"handle\":\"\"}}",
		"{" REQUIRED
		",\"init\":{\"pid\":1099511627776,\"startTime\":1,\"inode\":1,\"handleType\":1,\"handle\":\"\"}}",
		"{" REQUIRED ",\"init\":{\"pid\":2,\"startTime\":-1,\"inode\":1,\"handleType\":1,\"handle\":\"\"}}",
		"{" REQUIRED ",\"init\":{\"pid\":2,\"startTime\":1,\"inode\":1,\"handleType\":1,\"handle\":\"0\"}}",
		"{" REQUIRED ",\"init\":{\"pid\":2,\"startTime\":1,\"inode\":1,\"handleType\":1,\"handle\":\"zz\"}}",
		"{" REQUIRED
		",\"init\":{\"pid\":2,\"startTime\":1,\"inode\":1,\"handleType\":1,\"handle\":\"\",\"x\":1}}",
		"{" REQUIRED ",\"init\":{\"pid\":2,\"startTime\":1,\"inode\":1,\"handleType\":1}}",
		"{" REQUIRED "} trailing",
	};
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf good = { 0 }, long_handle = { 0 };
	struct record got;

	(void)unused;
	seal(&good, "{" REQUIRED ",\"init\":{\"pid\":2,\"startTime\":1,\"inode\":1,\"handleType\":1,\"handle\":\"\"}}");
	assert_int_equal(record_decode(&a, good.data, good.len, &got, NULL), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		sealed_is_damaged(bad[i]);
	buf_str(&long_handle,
		"{" REQUIRED ",\"init\":{\"pid\":2,\"startTime\":1,\"inode\":1,\"handleType\":1,\"handle\":\"");
	for (int i = 0; i <= IDENTITY_HANDLE; i++)
		buf_str(&long_handle, "aa");
	buf_str(&long_handle, "\"}}");
	sealed_is_damaged(long_handle.data);
}

static void test_header(void **unused)
{
	_cleanup_buf_ struct buf b = { 0 };
	static const char *const bad[] = { "",
					   "kin1",
					   "kin1 ",
					   "kin1 2",
					   "kin2 2 0\n{}",
					   "kin1 2 0\n{}",
					   "kin1  2 0123456789abcdef\n{}",
					   "kin1 -2 0123456789abcdef\n{}",
					   "kin1 99999999999999999999999 0123456789abcdef\n{}",
					   "kin1 2 0123456789ABCDEF\n{}" };
	char *leading;

	(void)unused;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		decode_is_damaged(bad[i], strlen(bad[i]));
	/* A length spelled otherwise ("02") is not ours. */
	seal(&b, "{" REQUIRED "}");
	assert_true(asprintf(&leading, "kin1 0%s", b.data + 5) > 0);
	decode_is_damaged(leading, strlen(leading));
	free(leading);
}

/* ---- what is no file of ours ---- */

static void read_is_damaged(void)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err;
	struct record got;

	alarm(20); /* never blocks */
	assert_int_equal(record_read(dir, &a, &got, &err), -EBADMSG);
	assert_int_equal(err.code, LCT_E_DAMAGED);
	alarm(0);
}

static void put_raw(const char *text, mode_t mode)
{
	autofd fd = openat(dir, "record", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
}

static void test_strange_files(void **unused)
{
	_cleanup_buf_ struct buf good = { 0 };
	_cleanup_arena_ struct arena a = { 0 };
	struct record got;
	int fd;

	(void)unused;
	unlinkat(dir, "record", 0);
	assert_int_equal(mkfifoat(dir, "record", 0600), 0);
	read_is_damaged();
	unlinkat(dir, "record", 0);
	assert_int_equal(mkdirat(dir, "record", 0700), 0);
	read_is_damaged();
	unlinkat(dir, "record", AT_REMOVEDIR);

	seal(&good, "{" REQUIRED "}");
	put_raw(good.data, 0600);
	assert_int_equal(record_read(dir, &a, &got, NULL), 0);
	put_raw(good.data, 0620);
	read_is_damaged();
	put_raw(good.data, 0602);
	read_is_damaged();
	put_raw(good.data, 0600);
	if (geteuid() == 0) {
		assert_int_equal(fchownat(dir, "record", 65534, (gid_t)-1, 0), 0);
		read_is_damaged();
	}
	assert_int_equal(renameat(dir, "record", dir, "elsewhere"), 0);
	assert_int_equal(symlinkat("elsewhere", dir, "record"), 0);
	read_is_damaged();
	unlinkat(dir, "record", 0);
	unlinkat(dir, "elsewhere", 0);

	put_raw("", 0600);
	read_is_damaged();
	fd = openat(dir, "record", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, RECORD_MAX), 0); /* NULs of the greatest size */
	read_is_damaged();
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
	close(fd);
	read_is_damaged();
	unlinkat(dir, "record", 0);
}

static void test_too_large_to_write(void **unused)
{
	struct record all = full();
	char *hooks = malloc(RECORD_MAX + 1);
	struct lct_err err;

	(void)unused;
	memset(hooks, 'x', RECORD_MAX);
	hooks[RECORD_MAX] = '\0';
	all.hooks_json = hooks;
	assert_int_equal(record_write(dir, &all, &err), -E2BIG);
	assert_non_null(strstr(err.text, "hooks and annotations are too large"));
	assert_int_equal(faccessat(dir, "record", F_OK, 0), -1);
	free(hooks);
}

/* ---- a full file system ---- */

static int count_entries(int fd)
{
	char line[256];
	int n = 0;
	FILE *f;

	snprintf(line, sizeof(line), "ls -A /proc/%d/fd/%d", (int)getpid(), fd);
	f = popen(line, "re");
	while (f && fgets(line, sizeof(line), f))
		n++;
	if (f)
		pclose(f);
	return n;
}

static int on_full_tmpfs(void)
{
	struct record all = full();
	struct lct_err err;
	static char big[65536];
	int fd;

	if (unshare(CLONE_NEWNS) < 0)
		return 255;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", dir_name, "tmpfs", 0, "size=8k,mode=700") < 0)
		return 255;
	fd = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	memset(big, 'x', sizeof(big) - 1);
	if (record_write(fd, &all, NULL) < 0)
		return 1;
	all.hooks_json = big;
	if (record_write(fd, &all, &err) != -ENOSPC || !strstr(err.text, "no space left on device"))
		return 2;
	if (count_entries(fd) != 1) /* the old record, and no temporary file */
		return 3;
	{
		_cleanup_arena_ struct arena a = { 0 };
		struct record got;

		if (record_read(fd, &a, &got, NULL) < 0 || strcmp(got.hooks_json, full().hooks_json))
			return 4;
	}
	return 0;
}

static void test_disk_full(void **unused)
{
	int status;
	pid_t pid = fork();

	(void)unused;
	if (pid == 0)
		_exit(on_full_tmpfs());
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 255) {
		print_message("skipped: no mount namespace can be made here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* A reader without a lock sees the old one or the new one, never a mixture. */
static void test_readers_need_no_lock(void **unused)
{
	struct record all = full();
	int status;
	pid_t pid;

	(void)unused;
	assert_int_equal(record_write(dir, &all, NULL), 0);
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 2000; i++) {
			all.exit_status = i % 256;
			all.hooks_json = i % 2 ? NULL : "{\"poststop\":[]}";
			if (record_write(dir, &all, NULL) < 0)
				_exit(1);
		}
		_exit(0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		_cleanup_arena_ struct arena a = { 0 };
		struct record got;

		assert_int_equal(record_read(dir, &a, &got, NULL), 0);
	}
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	unlinkat(dir, "record", 0);
}

static int set_up(void **unused)
{
	(void)unused;
	if (!mkdtemp(dir_name))
		return -1;
	dir = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -1 : 0;
}

static int tear_down(void **unused)
{
	(void)unused;
	unlinkat(dir, "record", 0);
	close(dir);
	return rmdir(dir_name); /* fails when a temporary file is left */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_unknown_usage),
		cmocka_unit_test(test_missing),	      cmocka_unit_test(test_any_byte_changed),
		cmocka_unit_test(test_body),	      cmocka_unit_test(test_header),
		cmocka_unit_test(test_strange_files), cmocka_unit_test(test_too_large_to_write),
		cmocka_unit_test(test_disk_full),     cmocka_unit_test(test_readers_need_no_lock),
	};

	return cmocka_run_group_tests_name("record", tests, set_up, tear_down);
}
