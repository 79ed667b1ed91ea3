/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a decoded config must be for kin to run it.  Room: run (pure). */
#include <string.h>

#include "spec/check.h"

enum { UTS_LEN = 64 }; /* __NEW_UTS_LEN: sethostname(2) and setdomainname(2) take no more */

bool check_absolute(struct report *r, const struct place *at, const char *path)
{
	if (path && path[0] == '/')
		return true;
	report_at(r, at, "\"%.*s\" is not an absolute path", SHOWN(path ? path : ""));
	return false;
}

static void check_root(struct report *r, const struct spec *s)
{
	const struct place root = place_member(NULL, "root"), path = place_member(&root, "path");

	if (!s->root.path)
		report_at(r, &root, "required");
	else if (!s->root.path[0])
		report_at(r, &path, "required (it is empty)");
}

static void check_uts_name(struct report *r, const char *member, const char *value, bool has_uts)
{
	const struct place at = place_member(NULL, member);

	if (!value || !*value)
		return;
	if (!has_uts)
		report_at(r, &at, "needs \"uts\" in /linux/namespaces");
	if (strlen(value) > UTS_LEN)
		report_at(r, &at, "%zu bytes are above the maximum %d", strlen(value), UTS_LEN);
}

void check_mounts(struct report *r, const struct place *at, const struct spec_mount *mounts, size_t n)
{
	for (size_t i = 0; i < n && !report_full(r); i++) {
		const struct place element = place_element(at, i), member = place_member(&element, "destination");

		check_absolute(r, &member, mounts[i].destination);
		check_mount_mappings(r, &element, &mounts[i]);
	}
}

static void check_paths(struct report *r, const struct place *up, const char *member, char *const *paths, size_t n)
{
	const struct place list = place_member(up, member);

	for (size_t i = 0; i < n && !report_full(r); i++) {
		const struct place at = place_element(&list, i);

		check_absolute(r, &at, paths[i]);
	}
}

/* A systemd "slice:prefix:name" has no slash; in any other, ".." would lead out of where we may be. */
static void check_cgroups_path(struct report *r, const struct place *up, const char *path)
{
	const struct place at = place_member(up, "cgroupsPath");

	while (path && *path) {
		size_t len = strcspn(path, "/");

		if (len == 2 && memcmp(path, "..", 2) == 0) {
			report_at(r, &at, "must not contain \"..\"");
			return;
		}
		path += len;
		path += *path == '/';
	}
}

static void check_linux(struct report *r, struct arena *a, const struct spec *s)
{
	const struct place at = place_member(NULL, "linux"), offsets = place_member(&at, "timeOffsets");

	check_namespaces(r, &at, s);
	check_mappings(r, &at, s);
	if (s->has_time_offsets && !s->ns[SPEC_NS_TIME].listed)
		report_at(r, &offsets, "needs \"time\" in /linux/namespaces");
	check_devices(r, a, &at, s);
	check_cgroups_path(r, &at, s->cgroups_path);
	check_sysctl(r, a, &at, s);
	check_paths(r, &at, "maskedPaths", s->masked_paths, s->n_masked_paths);
	check_paths(r, &at, "readonlyPaths", s->readonly_paths, s->n_readonly_paths);
	check_rdt(r, &at, &s->rdt);
	check_memory_policy(r, &at, &s->memory_policy);
	check_net_devices(r, &at, s);
	if (s->seccomp.present)
		check_seccomp(r, &at, &s->seccomp);
}

int spec_check(struct arena *a, const struct spec *s, struct buf *problems, struct lct_err *err)
{
	struct report r = { .problems = problems, .earlier = problems ? problems->len : 0, .err = err };
	const struct place process = place_member(NULL, "process"), hooks = place_member(NULL, "hooks"),
			   mounts = place_member(NULL, "mounts");

	check_version(&r, s);
	check_root(&r, s);
	if (s->process.present)
		check_process(&r, &process, &s->process);
	else
		report_at(&r, &process, "required");
	check_uts_name(&r, "hostname", s->hostname, s->ns[SPEC_NS_UTS].listed);
	check_uts_name(&r, "domainname", s->domainname, s->ns[SPEC_NS_UTS].listed);
	check_mounts(&r, &mounts, s->mounts, s->n_mounts);
	check_hooks(&r, &hooks, s->hooks);
	check_linux(&r, a, s);
	return report_result(&r);
}
