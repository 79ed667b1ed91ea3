/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file system's own options.  mount(2) takes one string with commas, fsconfig(2) one item per call: words that
 * hold commas are taken apart as the kernel would have.  Room: run (pure).
 */
#include "plan/fsdata.h"

#include <stdlib.h>
#include <string.h>

enum { FSCONFIG_MAX = 255 };

static bool is_in(const char *const *v, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(v[i], s))
			return true;
	}
	return false;
}
#define IS_IN(table, s) is_in(table, sizeof(table) / sizeof((table)[0]), s)

/* cgroup2's, see Documentation/admin-guide/cgroup-v2.rst. */
static const char *const cgroup_words[] = {
	"favordynmods", "memory_hugetlb_accounting", "memory_localevents", "memory_recursiveprot", "nofavordynmods",
	"nsdelegate",	"pids_localevents",
};

/* File systems of the kernel's own: flags of mount(2) that no fsconfig(2) knows have never meant anything there. */
static const char *const own_types[] = { "tmpfs",      "proc",	  "sysfs",   "devpts",	 "mqueue", "ramfs",    "bpf",
					 "securityfs", "tracefs", "debugfs", "configfs", "binder", "hugetlbfs" };
static const char *const mount2_only[] = { "acl", "noacl" };

/* Which file system counts versions of inodes is its own affair now: fsconfig(2) has no name for mount(2)'s flag. */
static bool is_void(const char *word, bool own)
{
	return strstr(word, "iversion") || (own && IS_IN(mount2_only, word));
}

bool fsdata_is_cgroup_word(const char *word)
{
	return IS_IN(cgroup_words, word);
}

/* Length up to the next comma that is neither quoted (SELinux contexts) nor escaped (overlay's directories). */
static size_t item_len(const char *s)
{
	bool quoted = false;
	size_t n;

	for (n = 0; s[n] && (quoted || s[n] != ','); n++) {
		if (s[n] == '"')
			quoted = !quoted;
		else if (s[n] == '\\' && s[n + 1])
			n++;
	}
	return n;
}

/* context="a,b": the quotes are syntax of the one string, not part of the value. */
static char *unquote(char *item)
{
	char *eq = strchr(item, '='), *from, *to;

	if (!eq || eq - item < 7 || strncmp(eq - 7, "context", 7))
		return item;
	for (from = to = eq; *from; from++) {
		if (*from != '"')
			*to++ = *from;
	}
	*to = '\0';
	return item;
}

/* tty's group: where nobody can be in it the kernel refuses the option, and nothing is lost without it. */
static bool is_unmapped_gid(const struct draft *d, const char *type, const char *item)
{
	if (strcmp(type, "devpts") || strncmp(item, "gid=", 4))
		return false;
	return !draft_gid_mapped(d, (uint32_t)strtoul(item + 4, NULL, 10));
}

/* fsconfig(2) copies names and values of up to 255 bytes and says no more than EINVAL to longer ones. */
static void check_length(struct draft *d, const struct draft_mount *m, const char *item)
{
	const char *eq = strchr(item, '=');
	size_t name = eq ? (size_t)(eq - item) : strlen(item);

	if (name > FSCONFIG_MAX || (eq && strlen(eq + 1) > FSCONFIG_MAX))
		draft_fail(d, arena_printf(d->a, "/mounts/%zu", m->index),
			   "\"%.*s\": longer than the %d bytes that the kernel takes", name > 32 ? 32 : (int)name, item,
			   (int)FSCONFIG_MAX);
}

static size_t count(const struct draft_mount *dm)
{
	const struct mount_opts *opts = &dm->opts;
	const struct spec_mount *m = dm->m;
	size_t n = 1 + (m->source != NULL) + opts->n_super;

	for (size_t i = 0; i < opts->n_data; i++) {
		for (const char *p = opts->data[i]; *p; p++)
			n += *p == ',';
		n++;
	}
	return n;
}

bool fsdata_make(struct draft *d, const struct draft_mount *m, struct fsdata *ret)
{
	const struct mount_opts *opts = &m->opts;
	bool own = IS_IN(own_types, m->type);
	char *item;
	size_t len;

	ret->v = arena_array(d->a, count(m), sizeof(*ret->v));
	if (!ret->v) {
		draft_nomem(d);
		return false;
	}
	if (m->m->source && *m->m->source)
		ret->v[ret->n++] = arena_printf(d->a, "source=%s", m->m->source);
	for (size_t i = 0; i < opts->n_super; i++) {
		if (!is_void(opts->super[i], own))
			ret->v[ret->n++] = opts->super[i];
	}
	for (size_t i = 0; i < opts->n_data; i++) {
		for (const char *p = opts->data[i]; *p; p += len + (p[len] == ',')) {
			len = item_len(p);
			if (!len)
				continue;
			item = arena_strndup(d->a, p, len);
			if (!item || !is_unmapped_gid(d, m->type, item))
				ret->v[ret->n++] = item ? unquote(item) : NULL;
		}
	}
	for (size_t i = 0; i < ret->n; i++) {
		if (ret->v[i])
			check_length(d, m, ret->v[i]);
		else
			draft_nomem(d);
	}
	return !d->rc;
}
