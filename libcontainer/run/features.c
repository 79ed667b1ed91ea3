/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What this build can do, as the runtime-spec's features document, and which build it is.  Every list is the very
 * table that the decoder or the compiler uses, and every "enabled" is written out: an absent one means "unknown" to
 * callers, who then guess.  Room: run (pure).
 */
#include "run/run.h"

#include "json/pretty.h"
#include "plan/compile.h"

const char *lct_version(void)
{
	return KIN_VERSION;
}

const char *lct_commit(void)
{
	return KIN_COMMIT;
}

const char *lct_spec_version(void)
{
	return KIN_SPEC_VERSION;
}

static void put_each(struct pretty *p, const char *name, const char *(*nth)(size_t i))
{
	const char *word;

	pretty_begin(p, name, '[');
	for (size_t i = 0; (word = nth(i)); i++)
		pretty_string(p, NULL, word);
	pretty_end(p, ']');
}

static const char *hook(size_t i)
{
	return i < SPEC_HOOK_KINDS ? spec_hook_name((enum spec_hook_kind)i) : NULL;
}

static const char *capability(size_t i)
{
	return spec_capability_name((int)i);
}

/* Sorted, as runc prints them. */
static const char *namespace(size_t i)
{
	static const enum spec_ns_kind kinds[SPEC_NS_KINDS] = { SPEC_NS_CGROUP,	 SPEC_NS_IPC, SPEC_NS_MOUNT,
								SPEC_NS_NETWORK, SPEC_NS_PID, SPEC_NS_TIME,
								SPEC_NS_USER,	 SPEC_NS_UTS };

	return i < SPEC_NS_KINDS ? spec_ns_name(kinds[i]) : NULL;
}

static void put_enabled(struct pretty *p, const char *name, bool enabled)
{
	pretty_begin(p, name, '{');
	pretty_bool(p, "enabled", enabled);
	pretty_end(p, '}');
}

static void put_cgroup(struct pretty *p)
{
	pretty_begin(p, "cgroup", '{');
	pretty_bool(p, "v1", false);
	pretty_bool(p, "v2", true);
	pretty_bool(p, "systemd", true);
	pretty_bool(p, "systemdUser", true);
	pretty_bool(p, "rdma", true);
	pretty_end(p, '}');
}

static void put_seccomp(struct pretty *p)
{
	pretty_begin(p, "seccomp", '{');
	pretty_bool(p, "enabled", true);
	put_each(p, "actions", seccomp_action_name);
	put_each(p, "operators", seccomp_operator_name);
	put_each(p, "archs", seccomp_arch_name);
	put_each(p, "knownFlags", seccomp_flag_name);
	put_each(p, "supportedFlags", seccomp_supported_flag_name);
	pretty_end(p, '}');
}

static void put_linux(struct pretty *p)
{
	pretty_begin(p, "linux", '{');
	put_each(p, "namespaces", namespace);
	put_each(p, "capabilities", capability);
	put_cgroup(p);
	put_seccomp(p);
	put_enabled(p, "apparmor", true);
	put_enabled(p, "selinux", true);
	pretty_begin(p, "intelRdt", '{');
	pretty_bool(p, "enabled", true);
	pretty_bool(p, "schemata", true);
	pretty_bool(p, "monitoring", true);
	pretty_end(p, '}');
	pretty_begin(p, "memoryPolicy", '{');
	put_each(p, "modes", spec_memory_mode_name);
	put_each(p, "flags", spec_memory_flag_name);
	pretty_end(p, '}');
	pretty_begin(p, "mountExtensions", '{');
	put_enabled(p, "idmap", true);
	pretty_end(p, '}');
	put_enabled(p, "netDevices", true);
	pretty_end(p, '}');
}

/* Callers look for runc's name to learn about checkpoints; crun answers to it, too. */
static void put_annotations(struct pretty *p)
{
	pretty_begin(p, "annotations", '{');
	pretty_string(p, "io.github.seccomp.libseccomp.version", seccomp_library_version());
	pretty_string(p, "kin.commit", lct_commit());
	pretty_string(p, "kin.version", lct_version());
	pretty_string(p, "org.opencontainers.runc.checkpoint.enabled", "true");
	pretty_end(p, '}');
}

int lct_features(char **ret, struct lct_err *err)
{
	_cleanup_pretty_ struct pretty p = { .indent = "    " };

	pretty_begin(&p, NULL, '{');
	pretty_string(&p, "ociVersionMin", "1.0.0");
	pretty_string(&p, "ociVersionMax", lct_spec_version());
	put_each(&p, "hooks", hook);
	put_each(&p, "mountOptions", mount_opts_word);
	put_linux(&p);
	put_annotations(&p);
	/* A trailing dot: all that begin so. */
	pretty_begin(&p, "potentiallyUnsafeConfigAnnotations", '[');
	pretty_string(&p, NULL, "org.systemd.property.");
	pretty_string(&p, NULL, "run.oci.");
	pretty_end(&p, ']');
	pretty_end(&p, '}');
	*ret = buf_take(&p.b);
	return *ret ? 0 : err_nomem(err);
}
