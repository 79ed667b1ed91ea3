/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device rules put in force.  Room: run. */
#include "cgroup/cgroup.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/fd.h"
#include "cgroup/device_filter.h"
#include "sys/sys.h"

/* The whole union, zeroed, every time: kernels 6.17 to 7.1 write past a shorter one (fixed by 21c4b99b27f3 in 7.2). */
static int load(const struct buf *program, int n)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)program->data;
	attr.insn_cnt = (uint32_t)n;
	attr.license = (uintptr_t) "LGPL-2.1-or-later";
	memcpy(attr.prog_name, "kin_devices", sizeof("kin_devices"));
	return sys_bpf(BPF_PROG_LOAD, &attr, sizeof(attr)); /* close-on-exec: bpf(2) */
}

/* MULTI: adds to what systemd may have attached above; all of them must allow. */
static int attach(int cgroup, int program)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	return sys_bpf(BPF_PROG_ATTACH, &attr, sizeof(attr));
}

int cgroup_apply_devices(int fd, const struct spec *s, const struct host *h, struct lct_err *err)
{
	_cleanup_buf_ struct buf program = { 0 };
	autofd prog = -EBADF;
	int n, r;

	/* Only root of the machine can, and only there it is needed: a user namespace's root cannot make nodes, and
	 * opening them is a matter of the file's mode. */
	if (fd < 0 || !h->real_root)
		return 0;
	n = device_filter_build(s->device_rules, s->n_device_rules, &program);
	if (n < 0)
		return err_nomem(err);
	if (n == 0)
		return 0;
	prog = load(&program, n);
	if (prog < 0)
		return err_sys(err, prog, "/linux/resources/devices", "load the device filter");
	r = attach(fd, prog);
	return r < 0 ? err_sys(err, r, "/linux/resources/devices", "attach the device filter to the cgroup") : 0;
}
