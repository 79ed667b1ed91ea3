/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device rules put in force, and replaced.  kin's program is known by its name among those that hang on the container's
 * own cgroup: systemd may have one there, too, and those above count as well; all of them must allow.  Room: run.
 */
#include "cgroup/cgroup.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/fd.h"
#include "cgroup/device_filter.h"
#include "sys/sys.h"

static const char program_name[] = "kin_devices";
_Static_assert(sizeof(program_name) <= BPF_OBJ_NAME_LEN, "a name of a program");

enum { PROGRAMS_MAX = 64 /* BPF_CGROUP_MAX_PROGS */ };

/* The whole union, zeroed, every time: kernels 6.17 to 7.1 write past a shorter one (fixed by 21c4b99b27f3 in 7.2). */
static int load(const struct buf *program, int n)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)program->data;
	attr.insn_cnt = (uint32_t)n;
	attr.license = (uintptr_t) "LGPL-2.1-or-later";
	memcpy(attr.prog_name, program_name, sizeof(program_name));
	return sys_bpf(BPF_PROG_LOAD, &attr, sizeof(attr)); /* close-on-exec: bpf(2) */
}

/* MULTI: beside those of others. */
static int attach(int cgroup, int program, unsigned flags, int instead)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI | flags;
	attr.replace_bpf_fd = instead >= 0 ? (uint32_t)instead : 0;
	return sys_bpf(BPF_PROG_ATTACH, &attr, sizeof(attr));
}

static int detach(int cgroup, int program)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	return sys_bpf(BPF_PROG_DETACH, &attr, sizeof(attr));
}

/* ---- the one that is there ---- */

/* The program of that id, if it is kin's: its descriptor, or -ENOENT. */
static int open_ours(uint32_t id)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr;
	autofd fd = -EBADF;
	int r;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	fd = sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));
	if (fd < 0)
		return fd;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	r = sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr));
	if (r < 0)
		return r;
	return info.type == BPF_PROG_TYPE_CGROUP_DEVICE && !strcmp(info.name, program_name) ? TAKE_FD(fd) : -ENOENT;
}

/* The first one of ours on the cgroup itself from place *at on: its descriptor, or -ENOENT. */
static int find_ours(int cgroup, unsigned *at)
{
	uint32_t ids[PROGRAMS_MAX];
	union bpf_attr attr;
	int r;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uintptr_t)ids;
	attr.query.prog_cnt = PROGRAMS_MAX;
	r = sys_bpf(BPF_PROG_QUERY, &attr, sizeof(attr));
	if (r < 0)
		return r == -EINVAL ? -ENOENT : r; /* no such query before 4.15 */
	while (*at < attr.query.prog_cnt && *at < PROGRAMS_MAX) {
		r = open_ours(ids[(*at)++]);
		if (r != -ENOENT) /* also: gone since the query */
			return r;
	}
	return -ENOENT;
}

/* Whatever of ours is still there, but the one just attached, which is the last. */
static int detach_ours(int cgroup, bool keep_last)
{
	for (int i = 0; i < PROGRAMS_MAX; i++) {
		unsigned at = 0;
		autofd first = find_ours(cgroup, &at), second = -EBADF;
		int r;

		if (first < 0)
			return first == -ENOENT ? 0 : first;
		second = find_ours(cgroup, &at);
		if (keep_last && second == -ENOENT)
			return 0;
		r = detach(cgroup, first);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

/* Without REPLACE (5.6) both are in force for a moment, which allows less, never more. */
static int put(int cgroup, int program)
{
	unsigned at = 0;
	autofd old = find_ours(cgroup, &at);
	int r;

	if (old == -ENOENT)
		return attach(cgroup, program, 0, -EBADF);
	if (old < 0)
		return old;
	r = attach(cgroup, program, BPF_F_REPLACE, old);
	if (r != -EINVAL)
		return r;
	r = attach(cgroup, program, 0, -EBADF);
	return r < 0 ? r : detach_ours(cgroup, true);
}

int cgroup_apply_devices(int fd, const struct spec_resources *res, const struct host *h, struct lct_err *err)
{
	_cleanup_buf_ struct buf program = { 0 };
	autofd prog = -EBADF;
	int n, r;

	/* Only root of the machine can, and only there it is needed: a user namespace's root cannot make nodes, and
	 * opening them is a matter of the file's mode. */
	if (fd < 0 || !h->real_root)
		return 0;
	n = device_filter_build(res->device_rules, res->n_device_rules, &program);
	if (n < 0)
		return err_nomem(err);
	if (n == 0) {
		r = detach_ours(fd, false);
		return r < 0 ? err_sys(err, r, "/linux/resources/devices", "detach the device filter") : 0;
	}
	prog = load(&program, n);
	if (prog < 0)
		return err_sys(err, prog, "/linux/resources/devices", "load the device filter");
	r = put(fd, prog);
	return r < 0 ? err_sys(err, r, "/linux/resources/devices", "attach the device filter to the cgroup") : 0;
}

int cgroup_devices_in_force(int fd)
{
	unsigned at = 0;

	return find_ours(fd, &at);
}

int cgroup_devices_put_back(int fd, int before)
{
	return before >= 0 ? put(fd, before) : detach_ours(fd, false);
}
