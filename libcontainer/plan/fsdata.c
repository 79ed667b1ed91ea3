/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file system's own options.  mount(2) takes one string with commas, fsconfig(2) one item per call: words that
 * hold commas are taken apart as the kernel would have.  Room: run (pure).
 */
#include "plan/fsdata.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 4095 };

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

/* What mount(2) has no room for in its page; overlay's list of layers can also be given one by one. */
static void check_length(struct draft *d, const struct draft_mount *m, const char *item)
{
	size_t name = strcspn(item, "=");

	if (!strcmp(m->type, "overlay") && !strncmp(item, "lowerdir=", 9))
		return;
	if (name > NAME_MAX || strlen(item) > OPTIONS_MAX)
		draft_fail(d, m->at, "\"%.*s\": longer than the %d bytes that the kernel takes",
			   name > 32 ? 32 : (int)name, item, name > NAME_MAX ? (int)NAME_MAX : (int)OPTIONS_MAX);
}

/* Directories of an overlay that are relative are below the bundle, as sources of bind mounts are. */
static char *from_bundle(struct draft *d, const char *item)
{
	const char *p = strchr(item, '=') + 1, *bundle = d->o->bundle;
	size_t escaped = 2 * strlen(bundle) + 2, n = 1, at = (size_t)(p - item);
	bool list = !strncmp(item, "lowerdir=", 9);
	char *ret;

	for (const char *c = p; *c; c++)
		n += *c == ':';
	ret = arena_alloc(d->a, strlen(item) + n * escaped + 1);
	if (!ret)
		return NULL;
	memcpy(ret, item, at);
	for (bool begin = true; *p; p++) {
		if (begin && *p != '/' && *p != ':') {
			for (const char *c = bundle; *c; c++) {
				if (*c == ':' || *c == '\\')
					ret[at++] = '\\';
				ret[at++] = *c;
			}
			ret[at++] = '/';
		}
		begin = *p == ':' && list;
		if (*p == '\\' && p[1])
			ret[at++] = *p++;
		ret[at++] = *p;
	}
	ret[at] = '\0';
	return ret;
}

static bool is_layer(const struct draft_mount *m, const char *item)
{
	static const char *const keys[] = { "lowerdir=", "upperdir=", "workdir=", "lowerdir+=", "datadir+=" };

	if (strcmp(m->type, "overlay"))
		return false;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!strncmp(item, keys[i], strlen(keys[i])))
			return true;
	}
	return false;
}

static size_t count(const struct draft_mount *dm)
{
	const struct mount_opts *opts = &dm->opts;
	const struct spec_mount *m = dm->m;
	size_t n = 2 + (m->source != NULL) + opts->n_super;

	for (size_t i = 0; i < opts->n_data; i++) {
		for (const char *p = opts->data[i]; *p; p++)
			n += *p == ',';
		n++;
	}
	return n;
}

/* Callers put the label of a single mount there. */
static bool has_label(const struct fsdata *f)
{
	static const char *const words[] = { "context=", "fscontext=", "defcontext=", "rootcontext=" };

	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; f->v[i] && k < sizeof(words) / sizeof(words[0]); k++)
			if (!strncmp(f->v[i], words[k], strlen(words[k])))
				return true;
	return false;
}

bool fsdata_make(struct draft *d, const struct draft_mount *m, struct fsdata *ret)
{
	const struct mount_opts *opts = &m->opts;
	bool own = IS_IN(own_types, m->type);
	char *item, *label;
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
			if (item && is_unmapped_gid(d, m->type, item))
				continue;
			item = item ? unquote(item) : NULL;
			ret->v[ret->n++] = item && is_layer(m, item) ? from_bundle(d, item) : item;
		}
	}
	label = has_label(ret) ? NULL : draft_mount_label(d, m->type);
	if (label)
		ret->v[ret->n++] = label;
	for (size_t i = 0; i < ret->n; i++) {
		if (ret->v[i])
			check_length(d, m, ret->v[i]);
		else
			draft_nomem(d);
	}
	return !d->rc;
}
