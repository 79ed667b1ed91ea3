/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The device filter, executed twice: by an interpreter here, for every rule, and by the kernel. */
#include <sys/sysmacros.h>

#include "cgroup/device_filter.h"
#include "cgroup_tree.h"

/* For its fallback, which no kernel of today takes. */
#include "../../libcontainer/cgroup/devices.c"

enum { R = 1, W = 2, M = 4 };

/* Just what the filter is made of; anything else fails the test. */
static uint64_t interpret(const struct bpf_insn *p, size_t n, const struct bpf_cgroup_dev_ctx *ctx)
{
	uint64_t reg[11] = { 0 };
	size_t steps = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct bpf_insn *i = &p[pc];
		uint64_t *dst = &reg[i->dst_reg], imm = (uint64_t)(int64_t)i->imm;

		assert_true(++steps <= n);
		switch (i->code) {
		case BPF_LDX | BPF_MEM | BPF_W:
			assert_int_equal(i->src_reg, BPF_REG_1);
			*dst = *(const uint32_t *)((const char *)ctx + i->off);
			break;
		case BPF_ALU64 | BPF_MOV | BPF_X:
			*dst = reg[i->src_reg];
			break;
		case BPF_ALU64 | BPF_MOV | BPF_K:
			*dst = imm;
			break;
		case BPF_ALU64 | BPF_AND | BPF_K:
			*dst &= imm;
			break;
		case BPF_ALU64 | BPF_RSH | BPF_K:
			*dst >>= i->imm;
			break;
		case BPF_JMP | BPF_JNE | BPF_K:
			pc += *dst != imm ? (size_t)i->off : 0;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += *dst == imm ? (size_t)i->off : 0;
			break;
		case BPF_JMP | BPF_JA:
			pc += (size_t)i->off;
			break;
		case BPF_JMP | BPF_EXIT:
			return reg[0];
		default:
			fail_msg("instruction %02x", i->code);
		}
		assert_true(i->off >= 0);
	}
	fail_msg("the program ran off its end");
	return 0;
}

static bool allowed(const struct spec_device_rule *rules, size_t n, char type, uint32_t major, uint32_t minor,
		    unsigned access)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct bpf_cgroup_dev_ctx ctx = { .major = major, .minor = minor };
	uint32_t bits = (access & R ? BPF_DEVCG_ACC_READ : 0) | (access & W ? BPF_DEVCG_ACC_WRITE : 0) |
			(access & M ? BPF_DEVCG_ACC_MKNOD : 0);
	int len = device_filter_build(rules, n, &b);
	uint64_t r;

	ctx.access_type = bits << 16 | (type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	assert_true(len >= 0);
	if (len == 0)
		return true;
	r = interpret((const struct bpf_insn *)b.data, (size_t)len, &ctx);
	assert_true(r <= 1);
	return r;
}

/* The definition, in the plainest words: each bit by the last rule that names it, the defaults last of all. */
static bool defined(const struct spec_device_rule *rules, size_t n, char type, uint32_t major, uint32_t minor,
		    unsigned access)
{
	static const struct spec_device_rule defaults[] = {
		{ true, 'a', -1, -1, M },	   { true, 'c', 1, 3, R | W | M },    { true, 'c', 1, 5, R | W | M },
		{ true, 'c', 1, 7, R | W | M },	   { true, 'c', 1, 8, R | W | M },    { true, 'c', 1, 9, R | W | M },
		{ true, 'c', 5, 0, R | W | M },	   { true, 'c', 5, 1, R | W | M },    { true, 'c', 5, 2, R | W | M },
		{ true, 'c', 10, 200, R | W | M }, { true, 'c', 136, -1, R | W | M },
	};
	const size_t n_defaults = sizeof(defaults) / sizeof(defaults[0]);

	for (unsigned bit = R; bit <= M; bit <<= 1) {
		bool ok = false;

		if (!(access & bit))
			continue;
		for (size_t i = 0; i < n + n_defaults; i++) {
			const struct spec_device_rule *r = i < n ? &rules[i] : &defaults[i - n];

			if ((r->type == 'a' || r->type == type) && (r->major < 0 || r->major == major) &&
			    (r->minor < 0 || r->minor == minor) && (r->access & bit))
				ok = r->allow;
		}
		if (!ok)
			return false;
	}
	return true;
}

static const struct {
	char type;
	uint32_t major, minor;
} devices[] = { { 'c', 1, 1 },	  { 'c', 1, 3 },   { 'c', 1, 4 },    { 'c', 1, 5 },   { 'c', 1, 9 },
		{ 'c', 1, 11 },	  { 'c', 5, 0 },   { 'c', 5, 2 },    { 'c', 5, 3 },   { 'c', 10, 200 },
		{ 'c', 10, 229 }, { 'c', 136, 0 }, { 'c', 136, 99 }, { 'c', 137, 0 }, { 'c', 4095, 1048575 },
		{ 'b', 1, 3 },	  { 'b', 8, 0 },   { 'b', 8, 1 },    { 'b', 136, 0 }, { 'b', 7, 0 } };

static void compare(const struct spec_device_rule *rules, size_t n)
{
	for (size_t d = 0; d < sizeof(devices) / sizeof(devices[0]); d++)
		for (unsigned access = 1; access <= (R | W | M); access++)
			if (allowed(rules, n, devices[d].type, devices[d].major, devices[d].minor, access) !=
			    defined(rules, n, devices[d].type, devices[d].major, devices[d].minor, access))
				fail_msg("%c %u:%u access %u", devices[d].type, devices[d].major, devices[d].minor,
					 access);
}

static void test_filter_meaning(void **unused)
{
	static const struct spec_device_rule deny_all = { false, 'a', -1, -1, R | W | M };
	static const struct spec_device_rule allow_all = { true, 'a', -1, -1, R | W | M };
	_cleanup_buf_ struct buf b = { 0 };
	struct spec_device_rule rules[6];
	uint32_t seed = 12345;

	(void)unused;
	/* No rules: nothing but the defaults (a list without a deny was once a list of everything, GHSA-g54h). */
	assert_false(allowed(NULL, 0, 'b', 8, 0, R));
	assert_false(allowed(NULL, 0, 'c', 1, 1, R));
	assert_true(allowed(NULL, 0, 'c', 1, 3, R | W));
	assert_true(allowed(NULL, 0, 'b', 8, 0, M));
	compare(NULL, 0);
	compare(&deny_all, 1);
	compare(&allow_all, 1);
	assert_int_equal(device_filter_build(&allow_all, 1, &b), 0); /* a privileged container's needs no program */
	assert_int_equal(device_filter_build((struct spec_device_rule[]){ deny_all, allow_all }, 2, &b), 0);
	assert_true(device_filter_build((struct spec_device_rule[]){ allow_all, { false, 'b', 8, -1, R } }, 2, &b) > 0);
	/* Bits of one request may come from several rules, and a later rule takes back one bit only. */
	rules[0] = (struct spec_device_rule){ true, 'b', 8, 0, R };
	rules[1] = (struct spec_device_rule){ true, 'b', 8, -1, W };
	assert_true(allowed(rules, 2, 'b', 8, 0, R | W));
	assert_false(allowed(rules, 2, 'b', 8, 1, R | W));
	rules[2] = (struct spec_device_rule){ false, 'b', 8, 0, W };
	assert_true(allowed(rules, 3, 'b', 8, 0, R));
	assert_false(allowed(rules, 3, 'b', 8, 0, R | W));
	/* Numbers no device has. */
	rules[0] = (struct spec_device_rule){ true, 'c', INT64_C(0x100000001), -1, R | W | M };
	assert_false(allowed(rules, 1, 'c', 1, 1, R));

	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + round % 6;

		for (size_t i = 0; i < n; i++) {
			size_t d;

			seed = seed * 1664525 + 1013904223;
			d = (seed >> 24) % (sizeof(devices) / sizeof(devices[0]));
			rules[i] = (struct spec_device_rule){ .allow = seed >> 10 & 1,
							      .type = "abcc"[seed >> 11 & 3],
							      .major = seed >> 13 & 1 ? -1 : (int64_t)devices[d].major,
							      .minor = seed >> 14 & 1 ? -1 : (int64_t)devices[d].minor,
							      .access = seed >> 15 & 7 };
		}
		compare(rules, n);
	}
}

static int open_device(const char *dir, const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* In the cgroup: what the rules say.  0 or the number of the expectation that failed. */
static int try_devices(int cgroup, const char *dir, bool kmsg)
{
	struct kclone_args args = { .flags = KCLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup };
	pid_t pid = sys_clone3(&args);

	assert_true(pid >= 0);
	if (pid)
		return exit_of(pid);
	if (open_device(dir, "null"))
		_exit(1);
	if (open_device(dir, "port") != (kmsg ? 0 : EPERM))
		_exit(2);
	if (mknodat(AT_FDCWD, dir, S_IFCHR | 0600, makedev(1, 1)) == 0 || errno == EPERM)
		_exit(3); /* EEXIST: mknod itself is allowed */
	_exit(0);
}

static void test_filter_in_force(void **unused)
{
	static struct spec_device_rule port[] = { { false, 'a', -1, -1, R | W | M }, { true, 'c', 1, 11, R } };
	static struct spec_device_rule everything[] = { { true, 'a', -1, -1, R | W | M } };
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/devices", 1);
	struct spec_resources s = { 0 };
	struct host user = host;
	struct lct_err err = { 0 };
	char dir[] = "/tmp/kin-devices-XXXXXX", path[64];
	int fd, r, usable;

	(void)unused;
	need_cgroups();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/null", dir);
	usable = mknod(path, S_IFCHR | 0600, makedev(1, 3));
	snprintf(path, sizeof(path), "%s/port", dir);
	usable |= mknod(path, S_IFCHR | 0600, makedev(1, 11)); /* /dev/kmsg: opening it does nothing */
	if (usable == 0)
		usable = open_device(dir, "null") | open_device(dir, "port");
	if (usable == 0) {
		fd = make(&a, "/devices", "/s/c1");
		assert_true(fd >= 0);
		assert_int_equal(try_devices(fd, dir, true), 0);
		r = cgroup_apply_devices(fd, &s, &host, &err);
		if (r < 0)
			print_message("%s\n", err.text);
		assert_int_equal(r, 0);
		assert_int_equal(try_devices(fd, dir, false), 0);
		assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
		close(fd);

		fd = make(&a, "/devices", "/s/c1");
		s.device_rules = port;
		s.n_device_rules = 2;
		assert_int_equal(cgroup_apply_devices(fd, &s, &host, &err), 0);
		assert_int_equal(try_devices(fd, dir, true), 0);
		assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
		close(fd);

		fd = make(&a, "/devices", "/s/c1");
		s.device_rules = everything;
		s.n_device_rules = 1;
		assert_int_equal(cgroup_apply_devices(fd, &s, &host, &err), 0);
		assert_int_equal(try_devices(fd, dir, true), 0);
		/* Not root of the machine: no filter, no error. */
		user.real_root = false;
		s.n_device_rules = 0;
		assert_int_equal(cgroup_apply_devices(fd, &s, &user, &err), 0);
		assert_int_equal(try_devices(fd, dir, true), 0);
		assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
		close(fd);
	}
	unlink(path);
	snprintf(path, sizeof(path), "%s/null", dir);
	unlink(path);
	rmdir(dir);
	if (usable != 0) {
		print_message("skipped: device nodes cannot be made or opened here\n");
		skip();
	}
}

/* ---- replaced ---- */

static int programs(int cgroup)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	return sys_bpf(BPF_PROG_QUERY, &attr, sizeof(attr)) < 0 ? -1 : (int)attr.query.prog_cnt;
}

static uint32_t first_program(int cgroup)
{
	uint32_t ids[PROGRAMS_MAX] = { 0 };
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uintptr_t)ids;
	attr.query.prog_cnt = PROGRAMS_MAX;
	assert_int_equal(sys_bpf(BPF_PROG_QUERY, &attr, sizeof(attr)), 0);
	return ids[0];
}

static void test_replace(void **unused)
{
	static struct spec_device_rule some[] = { { true, 'c', 10, 100, R } },
				       all[] = { { true, 'a', -1, -1, R | W | M } };
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf program = { 0 };
	struct cgroup_place p = place_of(&a, "/replace", 1);
	struct spec_resources one = { .device_rules = some, .n_device_rules = 1 },
			      everything = { .device_rules = all, .n_device_rules = 1 }, none = { 0 };
	struct lct_err err;
	int fd, n, foreign, ours, before;
	uint32_t id;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/replace", "/s/c1");
	assert_true(fd >= 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(cgroup_apply_devices(fd, &one, &host, &err), 0);
		assert_int_equal(programs(fd), 1);
		assert_int_equal(cgroup_apply_devices(fd, &none, &host, &err), 0);
		assert_int_equal(programs(fd), 1);
		assert_int_equal(cgroup_apply_devices(fd, &everything, &host, &err), 0);
		assert_int_equal(programs(fd), 0);
	}
	/* Undone: to nothing, to another, and from nothing to one. */
	assert_int_equal(before = cgroup_devices_in_force(fd), -ENOENT);
	assert_int_equal(cgroup_apply_devices(fd, &one, &host, &err), 0);
	id = first_program(fd);
	assert_int_equal(cgroup_devices_put_back(fd, before), 0);
	assert_int_equal(programs(fd), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cgroup_apply_devices(fd, &one, &host, &err), 0);
		assert_true(first_program(fd) != id);
		id = first_program(fd);
		before = cgroup_devices_in_force(fd);
		assert_true(before >= 0);
		assert_int_equal(cgroup_apply_devices(fd, i ? &none : &everything, &host, &err), 0);
		assert_true(first_program(fd) != id);
		assert_int_equal(cgroup_devices_put_back(fd, before), 0);
		assert_int_equal(programs(fd), 1);
		assert_int_equal(first_program(fd), id);
		close(before);
	}
	assert_int_equal(cgroup_apply_devices(fd, &everything, &host, &err), 0);
	/* Another's program is left alone. */
	n = device_filter_build(some, 1, &program);
	foreign = load(&program, n);
	assert_true(foreign >= 0);
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)program.data;
	attr.insn_cnt = (uint32_t)n;
	attr.license = (uintptr_t) "GPL";
	memcpy(attr.prog_name, "sd_devices", sizeof("sd_devices"));
	close(foreign);
	foreign = sys_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
	assert_true(foreign >= 0);
	assert_int_equal(attach(fd, foreign, 0, -EBADF), 0);
	assert_int_equal(cgroup_apply_devices(fd, &one, &host, &err), 0);
	assert_int_equal(cgroup_apply_devices(fd, &none, &host, &err), 0);
	assert_int_equal(programs(fd), 2);
	assert_int_equal(cgroup_apply_devices(fd, &everything, &host, &err), 0);
	assert_int_equal(programs(fd), 1);
	/* What kernels before 5.6 get: the new one beside the old, then the old one off. */
	for (int i = 0; i < 3; i++) {
		ours = load(&program, n);
		assert_int_equal(attach(fd, ours, 0, -EBADF), 0);
		close(ours);
	}
	assert_int_equal(programs(fd), 4);
	assert_int_equal(detach_ours(fd, true), 0);
	assert_int_equal(programs(fd), 2);
	assert_int_equal(detach(fd, foreign), 0);
	close(foreign);
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

/* In the cgroup, until killed: 1 when what both rule sets forbid was opened, 2 when what both allow was not. */
static void open_for_ever(const char *dir)
{
	for (;;) {
		if (open_device(dir, "port") != EPERM)
			_exit(1);
		if (open_device(dir, "null"))
			_exit(2);
	}
}

/* At no moment there is none, and at no moment two. */
static void test_replace_atomic(void **unused)
{
	static struct spec_device_rule a_rule[] = { { true, 'c', 10, 100, R } },
				       b_rule[] = { { true, 'b', 10, 100, R } };
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/atomic", 1);
	struct spec_resources res[2] = { { .device_rules = a_rule, .n_device_rules = 1 },
					 { .device_rules = b_rule, .n_device_rules = 1 } };
	char dir[] = "/tmp/kin-devices-XXXXXX", path[64];
	struct lct_err err;
	int fd, status = 0, usable;
	pid_t pid = 0;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/atomic", "/s/c1");
	assert_true(fd >= 0);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/null", dir);
	usable = mknod(path, S_IFCHR | 0600, makedev(1, 3)) | open_device(dir, "null");
	snprintf(path, sizeof(path), "%s/port", dir);
	usable |= mknod(path, S_IFCHR | 0600, makedev(1, 11));
	if (usable == 0) {
		struct kclone_args args = { .flags = KCLONE_INTO_CGROUP,
					    .exit_signal = SIGCHLD,
					    .cgroup = (uint64_t)fd };

		assert_int_equal(cgroup_apply_devices(fd, &res[0], &host, &err), 0);
		pid = sys_clone3(&args);
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			open_for_ever(dir);
		}
		for (int i = 1; i <= 400; i++)
			assert_int_equal(cgroup_apply_devices(fd, &res[i % 2], &host, &err), 0);
		status = waitpid(pid, &status, WNOHANG) ? status : 0;
	}
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
	unlink(path);
	snprintf(path, sizeof(path), "%s/null", dir);
	unlink(path);
	rmdir(dir);
	assert_int_equal(status, 0);
	if (usable != 0) {
		print_message("skipped: device nodes cannot be made or opened here\n");
		skip();
	}
	assert_int_equal(exit_of(pid), -SIGKILL);
}

/* The verifier's view: many rules of every shape are loaded, none refused. */
static void test_filter_is_verified(void **unused)
{
	enum { RULES = 200 };
	_cleanup_arena_ struct arena a = { 0 };
	struct cgroup_place p = place_of(&a, "/verified", 1);
	struct spec_device_rule rules[RULES];
	struct spec_resources s = { .device_rules = rules };
	struct lct_err err = { 0 };
	static const size_t counts[] = { 0, 1, 2, 3, 7, 20, RULES };
	uint32_t seed = 99;
	int fd;

	(void)unused;
	need_cgroups();
	fd = make(&a, "/verified", "/s/c1");
	assert_true(fd >= 0);
	for (size_t i = 0; i < RULES; i++) {
		seed = seed * 1664525 + 1013904223;
		rules[i] = (struct spec_device_rule){ .allow = seed >> 10 & 1,
						      .type = "abc"[(seed >> 11) % 3],
						      .major = seed >> 13 & 3 ? (int64_t)(seed >> 20) : -1,
						      .minor = seed >> 15 & 3 ? (int64_t)(seed >> 22) : -1,
						      .access = 1 + (seed >> 17) % 7 };
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		s.n_device_rules = counts[i];
		if (cgroup_apply_devices(fd, &s, &host, &err) < 0)
			fail_msg("%zu rules: %s", counts[i], err.text);
	}
	assert_int_equal(cgroup_remove(p.dir, 1, fd, SOON, NULL), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter_meaning),
		cmocka_unit_test(test_filter_in_force),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_replace_atomic),
		cmocka_unit_test(test_filter_is_verified),
	};

	return cmocka_run_group_tests_name("cgroup-devices", tests, set_up, tear_down);
}
