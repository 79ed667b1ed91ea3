/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The floor under every container runtime: the same work for the kernel as `kin run` of the benchmark's bundle, by
 * the least code.  No configuration is read, no state kept, nothing is checked twice, errors end it.  What it does
 * must follow what tests/bench/bundle writes into config.json.  Usage: floor ROOTFS PROGRAM ARGUMENT...
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define N(table) (sizeof(table) / sizeof((table)[0]))

static void need(long ok, const char *what)
{
	if (ok >= 0)
		return;
	perror(what);
	_exit(125);
}

/* musl-gcc has no kernel headers: the few definitions from them. */
struct clone_arguments { /* struct clone_args */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size,
		cgroup;
};
static const uint64_t into_cgroup = UINT64_C(0x200000000); /* CLONE_INTO_CGROUP */

/* "Default devices only", as short as such a program gets: type and numbers in one comparison each. */
static void allow_devices(int cgroup)
{
	struct insn {
		uint8_t code, regs;
		int16_t off;
		int32_t imm;
	};
	static const struct insn program[] = {
		{ 0x61, 0x12, 4, 0 }, /* r2 = major */
		{ 0x61, 0x13, 8, 0 }, /* r3 = minor: loaded, as a rule for each device would */
		{ 0xb7, 0x00, 0, 1 }, /* r0 = 1 */
		{ 0x15, 0x02, 4, 1 }, /* null, zero, full, random, urandom */
		{ 0x15, 0x02, 3, 5 }, /* tty, console, ptmx */
		{ 0x15, 0x02, 2, 136 }, /* pts */
		{ 0x15, 0x02, 1, 10 }, /* tun */
		{ 0xb7, 0x00, 0, 0 },	{ 0x95, 0x00, 0, 0 },
	};
	uint64_t load[20] = { 0 }, attach[20] = { 0 };
	int fd;

	load[0] = 15 | (uint64_t)N(program) << 32; /* BPF_PROG_TYPE_CGROUP_DEVICE */
	load[1] = (uint64_t)(uintptr_t)program;
	load[2] = (uint64_t)(uintptr_t) "GPL";
	fd = (int)syscall(SYS_bpf, 5, load, sizeof(load));
	need(fd, "BPF_PROG_LOAD");
	attach[0] = (uint32_t)cgroup | (uint64_t)(uint32_t)fd << 32;
	attach[1] = 6 | UINT64_C(2) << 32; /* BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI */
	need(syscall(SYS_bpf, 8, attach, sizeof(attach)), "BPF_PROG_ATTACH");
	close(fd);
}

static void mounts(const char *rootfs)
{
	static const struct {
		const char *type, *to, *data;
		unsigned long flags;
	} all[] = {
		{ "proc", "proc", NULL, 0 },
		{ "tmpfs", "dev", "mode=755,size=65536k", MS_NOSUID | MS_STRICTATIME },
		{ "devpts", "dev/pts", "newinstance,ptmxmode=0666,mode=0620,gid=5", MS_NOSUID | MS_NOEXEC },
		{ "tmpfs", "dev/shm", "mode=1777,size=65536k", MS_NOSUID | MS_NOEXEC | MS_NODEV },
		{ "mqueue", "dev/mqueue", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV },
		{ "sysfs", "sys", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY },
		{ "cgroup2", "sys/fs/cgroup", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RELATIME | MS_RDONLY },
	};

	need(mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL), "slave");
	need(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL), "bind");
	need(chdir(rootfs), rootfs);
	for (size_t i = 0; i < N(all); i++) {
		if (!strncmp(all[i].to, "dev/", 4))
			need(mkdir(all[i].to, 0755), all[i].to);
		need(mount(all[i].type, all[i].to, all[i].type, all[i].flags, all[i].data), all[i].to);
	}
}

static void devices(void)
{
	static const struct {
		const char *path;
		unsigned major, minor;
	} nodes[] = { { "dev/null", 1, 3 },   { "dev/zero", 1, 5 },    { "dev/full", 1, 7 },
		      { "dev/random", 1, 8 }, { "dev/urandom", 1, 9 }, { "dev/tty", 5, 0 } };
	static const char *const links[][2] = {
		{ "/proc/self/fd", "dev/fd" },	     { "/proc/self/fd/0", "dev/stdin" },
		{ "/proc/self/fd/1", "dev/stdout" }, { "/proc/self/fd/2", "dev/stderr" },
		{ "pts/ptmx", "dev/ptmx" },	     { "/proc/kcore", "dev/core" }
	};

	umask(0);
	for (size_t i = 0; i < N(nodes); i++)
		need(mknod(nodes[i].path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)), nodes[i].path);
	umask(022);
	for (size_t i = 0; i < N(links); i++)
		need(symlink(links[i][0], links[i][1]), links[i][1]);
}

static void hide(void)
{
	static const char *const read_only[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger" };
	static const char *const masked[] = { "proc/acpi",	  "proc/asound",	"proc/kcore",
					      "proc/keys",	  "proc/latency_stats", "proc/timer_list",
					      "proc/timer_stats", "proc/sched_debug",	"sys/firmware",
					      "proc/scsi" };
	const unsigned long again = MS_BIND | MS_REMOUNT | MS_RDONLY;

	for (size_t i = 0; i < N(read_only); i++)
		if (mount(read_only[i], read_only[i], NULL, MS_BIND | MS_REC, NULL) == 0)
			need(mount(NULL, read_only[i], NULL, again, NULL), read_only[i]);
	for (size_t i = 0; i < N(masked); i++)
		if (mount("dev/null", masked[i], NULL, MS_BIND, NULL) < 0 && errno == ENOTDIR)
			need(mount("tmpfs", masked[i], "tmpfs", MS_RDONLY, "size=0k"), masked[i]);
	need(mount(NULL, ".", NULL, again, NULL), "read-only root");
}

static void loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	need(s, "socket");
	need(ioctl(s, SIOCSIFFLAGS, &lo), "lo");
	close(s);
}

static void privileges(void)
{
	const uint32_t keep = 1u << 5 | 1u << 10 | 1u << 29; /* CAP_KILL, CAP_NET_BIND_SERVICE, CAP_AUDIT_WRITE */
	const uint32_t head[2] = { 0x20080522, 0 };
	const uint32_t sets[6] = { keep, keep, 0, 0, 0, 0 };

	need(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1024, 1024 }), "rlimit");
	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	for (unsigned cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (cap > 31 || !(keep & 1u << cap))
			(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	need(syscall(SYS_setgroups, 0, NULL), "setgroups");
	need(syscall(SYS_setresgid, 0, 0, 0), "setresgid");
	need(syscall(SYS_setresuid, 0, 0, 0), "setresuid");
	need(syscall(SYS_capset, head, sets), "capset");
}

static void contain(char **argv)
{
	char *environment[] = { "PATH=/bin", "TERM=xterm", "HOME=/", NULL };

	loopback();
	mounts(argv[1]);
	devices();
	hide();
	need(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	need(umount2(".", MNT_DETACH), "umount");
	need(chdir("/"), "/");
	need(syscall(SYS_keyctl, 1, "_ses.floor"), "session keyring"); /* KEYCTL_JOIN_SESSION_KEYRING */
	need(sethostname("bench", 5), "hostname");
	need(setsid(), "setsid");
	privileges();
	execve(argv[2], argv + 2, environment);
	need(-1, argv[2]);
}

int main(int argc, char **argv)
{
	struct clone_arguments args = {
		.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP |
			 into_cgroup,
		.exit_signal = SIGCHLD,
	};
	char cgroup[64];
	int fd, status;
	long pid;

	if (argc < 3)
		return 2;
	snprintf(cgroup, sizeof(cgroup), "/sys/fs/cgroup/floor-%d", (int)getpid());
	need(mkdir(cgroup, 0755), cgroup);
	fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	need(fd, cgroup);
	allow_devices(fd);
	args.cgroup = (uint64_t)fd;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	need(pid, "clone3");
	if (pid == 0)
		contain(argv);
	need(waitpid((pid_t)pid, &status, 0), "wait");
	need(rmdir(cgroup), cgroup);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
