/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin spec: a first config.json, member for member what runc's is.  Room: the CLI. */
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "cli.h"
#include "json/pretty.h"
#include "sys/sys.h"

struct values {
	const char *bundle, *file;
	bool rootless;
};

static const struct opt opts[] = {
	OPT(OPT_STRING, 'b', "bundle", "DIR", "where to write it (default: the current directory)",
	    OPT_AT(values, bundle), .complete = "directory"),
	OPT(OPT_STRING, 'f', "file", "FILE", "its name, if it is not to be config.json; relative to the bundle",
	    OPT_AT(values, file), .complete = "file"),
	OPT(OPT_BOOL, 0, "rootless", NULL, "one that an ordinary user can run", OPT_AT(values, rootless)),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Writes config.json into the bundle; an existing one is not touched. It runs `sh` on a terminal in the\n"
	"directory rootfs, read-only. With --rootless the user who calls becomes root of a user namespace, and the\n"
	"network is the machine's.",
	NULL,
};

/* ---- the configuration ---- */

static const char *const args_default[] = { "sh", NULL };
static const char *const env_default[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
					   "TERM=xterm", NULL };
static const char *const caps[] = { "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE", NULL };

struct mount {
	const char *destination, *type, *source;
	const char *options[8];
	enum { ALWAYS, AS_ROOT, AS_USER } when;
};

static const struct mount mounts[] = {
	{ "/proc", "proc", "proc", { NULL }, ALWAYS },
	{ "/dev", "tmpfs", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k" }, ALWAYS },
	{ "/dev/pts",
	  "devpts",
	  "devpts",
	  { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" },
	  AS_ROOT },
	/* gid 5 is not mapped in a namespace of a single id */
	{ "/dev/pts",
	  "devpts",
	  "devpts",
	  { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620" },
	  AS_USER },
	{ "/dev/shm", "tmpfs", "shm", { "nosuid", "noexec", "nodev", "mode=1777", "size=65536k" }, ALWAYS },
	{ "/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" }, ALWAYS },
	{ "/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro" }, AS_ROOT },
	/* a new sysfs needs a network namespace of one's own */
	{ "/sys", "none", "/sys", { "rbind", "nosuid", "noexec", "nodev", "ro" }, AS_USER },
	{ "/sys/fs/cgroup", "cgroup", "cgroup", { "nosuid", "noexec", "nodev", "relatime", "ro" }, ALWAYS },
};

static const char *const masked[] = { "/proc/acpi",
				      "/proc/asound",
				      "/proc/kcore",
				      "/proc/keys",
				      "/proc/latency_stats",
				      "/proc/timer_list",
				      "/proc/timer_stats",
				      "/proc/sched_debug",
				      "/sys/firmware",
				      "/proc/scsi",
				      NULL };
static const char *const readonly[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL
};

static void put_process(struct pretty *w)
{
	pretty_begin(w, "process", '{');
	pretty_bool(w, "terminal", true);
	pretty_begin(w, "user", '{');
	pretty_number(w, "uid", 0);
	pretty_number(w, "gid", 0);
	pretty_end(w, '}');
	pretty_strings(w, "args", args_default);
	pretty_strings(w, "env", env_default);
	pretty_string(w, "cwd", "/");
	pretty_begin(w, "capabilities", '{');
	pretty_strings(w, "bounding", caps);
	pretty_strings(w, "effective", caps);
	pretty_strings(w, "permitted", caps);
	pretty_end(w, '}');
	pretty_begin(w, "rlimits", '[');
	pretty_begin(w, NULL, '{');
	pretty_string(w, "type", "RLIMIT_NOFILE");
	pretty_number(w, "hard", 1024);
	pretty_number(w, "soft", 1024);
	pretty_end(w, '}');
	pretty_end(w, ']');
	pretty_bool(w, "noNewPrivileges", true);
	pretty_end(w, '}');
}

static void put_mounts(struct pretty *w, bool rootless)
{
	pretty_begin(w, "mounts", '[');
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		const struct mount *m = &mounts[i];

		if (m->when == (rootless ? AS_ROOT : AS_USER))
			continue;
		pretty_begin(w, NULL, '{');
		pretty_string(w, "destination", m->destination);
		pretty_string(w, "type", m->type);
		pretty_string(w, "source", m->source);
		if (m->options[0])
			pretty_strings(w, "options", m->options);
		pretty_end(w, '}');
	}
	pretty_end(w, ']');
}

static void put_mapping(struct pretty *w, const char *name, unsigned id)
{
	pretty_begin(w, name, '[');
	pretty_begin(w, NULL, '{');
	pretty_number(w, "containerID", 0);
	pretty_number(w, "hostID", id);
	pretty_number(w, "size", 1);
	pretty_end(w, '}');
	pretty_end(w, ']');
}

static void put_devices(struct pretty *w)
{
	pretty_begin(w, "resources", '{');
	pretty_begin(w, "devices", '[');
	pretty_begin(w, NULL, '{');
	pretty_bool(w, "allow", false);
	pretty_string(w, "access", "rwm");
	pretty_end(w, '}');
	pretty_end(w, ']');
	pretty_end(w, '}');
}

static void put_namespaces(struct pretty *w, bool rootless, bool cgroup)
{
	const struct {
		const char *type;
		bool wanted;
	} kinds[] = { { "pid", true },	 { "network", !rootless }, { "ipc", true },	{ "uts", true },
		      { "mount", true }, { "cgroup", cgroup },	   { "user", rootless } };

	pretty_begin(w, "namespaces", '[');
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!kinds[i].wanted)
			continue;
		pretty_begin(w, NULL, '{');
		pretty_string(w, "type", kinds[i].type);
		pretty_end(w, '}');
	}
	pretty_end(w, ']');
}

static void put_linux(struct pretty *w, bool rootless, bool cgroup)
{
	pretty_begin(w, "linux", '{');
	if (rootless) {
		put_mapping(w, "uidMappings", geteuid());
		put_mapping(w, "gidMappings", getegid());
	} else {
		put_devices(w);
	}
	put_namespaces(w, rootless, cgroup);
	pretty_strings(w, "maskedPaths", masked);
	pretty_strings(w, "readonlyPaths", readonly);
	pretty_end(w, '}');
}

static void put_config(struct pretty *w, bool rootless, bool cgroup)
{
	pretty_begin(w, NULL, '{');
	pretty_string(w, "ociVersion", lct_spec_version());
	put_process(w);
	pretty_begin(w, "root", '{');
	pretty_string(w, "path", "rootfs");
	pretty_bool(w, "readonly", true);
	pretty_end(w, '}');
	pretty_string(w, "hostname", "kin");
	put_mounts(w, rootless);
	put_linux(w, rootless, cgroup);
	pretty_end(w, '}');
}

/* Half a config.json is worse than none. */
static int write_file(int dir, const char *name, const struct buf *text, struct lct_err *err)
{
	autofd fd = sys_openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
	int r;

	if (fd == -EEXIST)
		return err_set(err, LCT_E_EXISTS, EEXIST, NULL, "File %s exists. Remove it first", name);
	if (fd < 0)
		return err_sys(err, -fd, NULL, "create %s", name);
	r = sys_write_all(fd, text->data, text->len);
	if (r >= 0)
		return 0;
	(void)sys_unlinkat(dir, name, 0);
	return err_sys(err, -r, NULL, "write %s", name);
}

static int spec(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	const char *bundle = v->bundle ? v->bundle : ".";
	_cleanup_pretty_ struct pretty w = { .indent = "\t" };
	autofd dir = sys_openat(AT_FDCWD, bundle, O_PATH | O_DIRECTORY, 0);

	(void)cli, (void)args, (void)n_args;
	if (dir < 0)
		return err_sys(err, -dir, bundle, "open bundle");
	/* As runc: on cgroup v2 a cgroup namespace is the rule. */
	put_config(&w, v->rootless, access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0);
	return buf_ok(&w.b) ? write_file(dir, v->file ? v->file : "config.json", &w.b, err) : err_nomem(err);
}

const struct command spec_command = {
	.name = "spec",
	.args = "",
	.summary = "write a first config.json",
	.about = about,
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = spec,
};
