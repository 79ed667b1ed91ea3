/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts about this machine and this caller.  On the path of every start, so few system calls: an ordinary user's
 * id ranges are read only for an ordinary user, the mount table only where cgroup2 is not at its usual place.
 * Room: run.
 */
#include "host/host.h"

#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host/parse.h"
#include "host/parts.h"

static bool has(uint64_t set, int cap)
{
	return set >> cap & 1;
}

/* By system call: libcap allocates, and /proc/self/status is long. */
static int probe_caps(struct host *h)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	int r;

	if (syscall(SYS_capget, &head, data) < 0)
		return -errno;
	h->caps_effective = data[0].effective | (uint64_t)data[1].effective << 32;
	h->last_cap = -1;
	for (int cap = 0; cap < 64; cap++) {
		r = prctl(PR_CAPBSET_READ, cap, 0, 0, 0); /* EINVAL past the last: prctl(2) */
		if (r < 0)
			break;
		h->last_cap = cap;
		h->caps_bounding |= (uint64_t)(r == 1) << cap;
	}
	h->cap_sys_admin = has(h->caps_effective, CAP_SYS_ADMIN);
	h->cap_setuid = has(h->caps_effective, CAP_SETUID);
	h->cap_setgid = has(h->caps_effective, CAP_SETGID);
	h->cap_sys_resource = has(h->caps_effective, CAP_SYS_RESOURCE);
	h->cap_mknod = has(h->caps_effective, CAP_MKNOD);
	return h->last_cap < 0 ? -EIO : 0;
}

static int probe_userns(struct arena *a, struct host *h, struct lct_err *err)
{
	char *text;
	int r;

	r = host_read(a, "/proc/self/uid_map", &text);
	if (r == -ENOENT && !access("/proc/self", F_OK)) {
		h->in_userns = false; /* a kernel without user namespaces */
		return 0;
	}
	if (r < 0)
		return err_sys(err, r, "/proc/self/uid_map", "read");
	h->in_userns = !host_is_initial_map(text);
	if (!h->in_userns)
		return 0;
	r = host_mapped(a, text, &h->uids);
	if (r >= 0)
		r = host_read(a, "/proc/self/gid_map", &text);
	if (r >= 0)
		r = host_mapped(a, text, &h->gids);
	if (r < 0)
		return err_sys(err, r, "/proc/self/gid_map", "read");
	r = host_read(a, "/proc/self/setgroups", &text);
	h->setgroups_denied = r >= 0 && !strncmp(text, "deny", 4);
	return 0;
}

static void probe_kernel(struct host *h)
{
	struct utsname u;

	if (uname(&u) == 0)
		(void)sscanf(u.release, "%u.%u", &h->kernel_major, &h->kernel_minor);
}

int host_probe(struct arena *a, struct host *ret, struct lct_err *err)
{
	struct host *h = ret;
	int r;

	*h = (struct host){ .euid = geteuid(), .egid = getegid() };
	r = probe_caps(h);
	if (r < 0)
		return err_sys(err, r, NULL, "read the caller's capabilities");
	r = probe_userns(a, h, err);
	if (r < 0)
		return r;
	h->privileged = h->euid == 0 && h->cap_sys_admin;
	h->real_root = h->privileged && !h->in_userns;
	probe_kernel(h);
	r = host_cgroup(a, h, err);
	if (r < 0)
		return r;
	return h->privileged ? 0 : host_ranges(a, h, err);
}
