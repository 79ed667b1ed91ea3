/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/sysctl: only what belongs to one of the container's own namespaces, never the host's.  Room: run (pure). */
#include <string.h>

#include "spec/check.h"

static const struct {
	const char *path; /* with a slash at its end: all below it */
	enum spec_ns_kind ns;
} allowed[] = {
	{ "kernel/msgmax", SPEC_NS_IPC }, { "kernel/msgmnb", SPEC_NS_IPC },	     { "kernel/msgmni", SPEC_NS_IPC },
	{ "kernel/sem", SPEC_NS_IPC },	  { "kernel/shmall", SPEC_NS_IPC },	     { "kernel/shmmax", SPEC_NS_IPC },
	{ "kernel/shmmni", SPEC_NS_IPC }, { "kernel/shm_rmid_forced", SPEC_NS_IPC }, { "fs/mqueue/", SPEC_NS_IPC },
	{ "net/", SPEC_NS_NETWORK },	  { "kernel/domainname", SPEC_NS_UTS },	     { "kernel/hostname", SPEC_NS_UTS },
};

/* Components of letters, digits, '_', '-' and '.', none of them empty, "." or "..". */
static bool well_formed(const char *path)
{
	static const char letters[] = "0123456789_-.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t len;

	for (;; path++) {
		len = strspn(path, letters);
		if (len == 0 || (path[len] != '/' && path[len] != '\0'))
			return false;
		if ((len == 1 && path[0] == '.') || (len == 2 && memcmp(path, "..", 2) == 0))
			return false;
		path += len;
		if (*path == '\0')
			return true;
	}
}

enum spec_ns_kind spec_sysctl_ns(const char *path)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		size_t len = strlen(allowed[i].path);
		bool prefix = allowed[i].path[len - 1] == '/';

		if (prefix ? strncmp(path, allowed[i].path, len) == 0 : strcmp(path, allowed[i].path) == 0)
			return allowed[i].ns;
	}
	return SPEC_NS_KINDS;
}

static void check_key(struct report *r, const struct place *at, const struct spec *s, const char *path)
{
	enum spec_ns_kind ns = spec_sysctl_ns(path);

	if (ns == SPEC_NS_KINDS)
		report_at(r, at, "not allowed: it belongs to no namespace of the container");
	else if (!s->ns[ns].listed)
		report_at(r, at, "needs \"%s\" in /linux/namespaces", spec_ns_name(ns));
}

void check_sysctl(struct report *r, struct arena *a, const struct place *at, const struct spec *s)
{
	const struct place list = place_member(at, "sysctl");

	for (size_t i = 0; i < s->n_sysctl && !report_full(r); i++) {
		const struct place member = place_member(&list, s->sysctl[i].key);
		const char *path = spec_sysctl_path(a, s->sysctl[i].key);

		if (!path)
			r->nomem = true;
		else if (!well_formed(path))
			report_at(r, &member, "not the name of a sysctl");
		else if (strpbrk(s->sysctl[i].value, "\r\n"))
			report_at(r, &member, "the value must be one line");
		else
			check_key(r, &member, s, path);
	}
}
