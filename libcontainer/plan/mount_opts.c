/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of a mount's options, as runc and the runtime-spec (config.md, "Linux mount options") know them.  One
 * table for the compiler, for messages and for `features`.  Later words override earlier ones, access time words excepted.
 * Room: run (pure).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/compile.h"
#include "sys/kernel.h"

enum word_kind {
	SET, /* attribute of the mount */
	CLEAR,
	ATIME, /* one of the access time modes */
	ATIME_NOT, /* not that one */
	REC_SET, /* the same for the whole tree: mount_setattr(2), AT_RECURSIVE */
	REC_CLEAR,
	REC_ATIME,
	PROPAGATION,
	SUPER, /* of the super block */
	NOTHING, /* the default, or without effect in this kernel interface */
	BIND,
	RBIND,
	REMOUNT,
	COPYUP,
	HOW, /* of a bind: PLAN_BIND_* */
};

static const struct word {
	const char *name;
	enum word_kind kind;
	uint64_t value;
} words[] = {
	/* Sorted: found by bsearch. */
	{ "acl", SUPER, 0 },
	{ "async", SUPER, 0 },
	{ "atime", ATIME_NOT, KMOUNT_ATTR_NOATIME },
	{ "bind", BIND, 0 },
	{ "copy-symlink", HOW, PLAN_BIND_COPY_SYMLINK },
	{ "defaults", NOTHING, 0 },
	{ "dest-nofollow", HOW, PLAN_BIND_DEST_NOFOLLOW },
	{ "dev", CLEAR, KMOUNT_ATTR_NODEV },
	{ "diratime", CLEAR, KMOUNT_ATTR_NODIRATIME },
	{ "dirsync", SUPER, 0 },
	{ "exec", CLEAR, KMOUNT_ATTR_NOEXEC },
	{ "idmap", HOW, PLAN_BIND_IDMAP },
	{ "iversion", SUPER, 0 },
	{ "lazytime", SUPER, 0 },
	{ "loud", NOTHING, 0 },
	{ "mand", SUPER, 0 },
	{ "noacl", SUPER, 0 },
	{ "noatime", ATIME, KMOUNT_ATTR_NOATIME },
	{ "nodev", SET, KMOUNT_ATTR_NODEV },
	{ "nodiratime", SET, KMOUNT_ATTR_NODIRATIME },
	{ "noexec", SET, KMOUNT_ATTR_NOEXEC },
	{ "noiversion", SUPER, 0 },
	{ "nolazytime", SUPER, 0 },
	{ "nomand", SUPER, 0 },
	{ "norelatime", NOTHING, 0 }, /* since 2.6.30 relatime is what a mount without an access time word has */
	{ "nostrictatime", ATIME_NOT, KMOUNT_ATTR_STRICTATIME },
	{ "nosuid", SET, KMOUNT_ATTR_NOSUID },
	{ "nosymfollow", SET, KMOUNT_ATTR_NOSYMFOLLOW },
	{ "private", PROPAGATION, KMS_PRIVATE },
	{ "ratime", REC_ATIME, KMOUNT_ATTR_RELATIME },
	{ "rbind", RBIND, 0 },
	{ "rdev", REC_CLEAR, KMOUNT_ATTR_NODEV },
	{ "rdiratime", REC_CLEAR, KMOUNT_ATTR_NODIRATIME },
	{ "relatime", ATIME, KMOUNT_ATTR_RELATIME },
	{ "remount", REMOUNT, 0 },
	{ "rexec", REC_CLEAR, KMOUNT_ATTR_NOEXEC },
	{ "ridmap", HOW, PLAN_BIND_IDMAP | PLAN_BIND_RIDMAP },
	{ "rnoatime", REC_ATIME, KMOUNT_ATTR_NOATIME },
	{ "rnodev", REC_SET, KMOUNT_ATTR_NODEV },
	{ "rnodiratime", REC_SET, KMOUNT_ATTR_NODIRATIME },
	{ "rnoexec", REC_SET, KMOUNT_ATTR_NOEXEC },
	{ "rnorelatime", REC_ATIME, KMOUNT_ATTR_RELATIME },
	{ "rnostrictatime", REC_ATIME, KMOUNT_ATTR_RELATIME },
	{ "rnosuid", REC_SET, KMOUNT_ATTR_NOSUID },
	{ "rnosymfollow", REC_SET, KMOUNT_ATTR_NOSYMFOLLOW },
	{ "ro", SET, KMOUNT_ATTR_RDONLY },
	{ "rprivate", PROPAGATION, KMS_PRIVATE | KMS_REC },
	{ "rrelatime", REC_ATIME, KMOUNT_ATTR_RELATIME },
	{ "rro", REC_SET, KMOUNT_ATTR_RDONLY },
	{ "rrw", REC_CLEAR, KMOUNT_ATTR_RDONLY },
	{ "rshared", PROPAGATION, KMS_SHARED | KMS_REC },
	{ "rslave", PROPAGATION, KMS_SLAVE | KMS_REC },
	{ "rstrictatime", REC_ATIME, KMOUNT_ATTR_STRICTATIME },
	{ "rsuid", REC_CLEAR, KMOUNT_ATTR_NOSUID },
	{ "rsymfollow", REC_CLEAR, KMOUNT_ATTR_NOSYMFOLLOW },
	{ "runbindable", PROPAGATION, KMS_UNBINDABLE | KMS_REC },
	{ "rw", CLEAR, KMOUNT_ATTR_RDONLY },
	{ "shared", PROPAGATION, KMS_SHARED },
	{ "silent", NOTHING, 0 }, /* a mount by descriptor logs nothing */
	{ "slave", PROPAGATION, KMS_SLAVE },
	{ "src-nofollow", HOW, PLAN_BIND_SRC_NOFOLLOW },
	{ "strictatime", ATIME, KMOUNT_ATTR_STRICTATIME },
	{ "suid", CLEAR, KMOUNT_ATTR_NOSUID },
	{ "symfollow", CLEAR, KMOUNT_ATTR_NOSYMFOLLOW },
	{ "sync", SUPER, 0 },
	{ "tmpcopyup", COPYUP, 0 },
	{ "unbindable", PROPAGATION, KMS_UNBINDABLE },
};
enum { N_WORDS = sizeof(words) / sizeof(words[0]) };

static int by_name(const void *key, const void *entry)
{
	return strcmp(key, ((const struct word *)entry)->name);
}

static void apply(uint64_t *set, uint64_t *clr, uint64_t add, uint64_t remove)
{
	*set = (*set & ~remove) | add;
	*clr = (*clr & ~add) | remove;
}

/* mount_setattr(2): an access time mode is a field of its own, set only while the whole field is cleared. */
static void apply_atime(uint64_t *set, uint64_t *clr, uint64_t mode)
{
	*set = (*set & ~(uint64_t)KMOUNT_ATTR__ATIME) | mode;
	*clr |= KMOUNT_ATTR__ATIME;
}

/* mount(2), of flags that are there together: strictatime wins over noatime, and that over relatime. */
static void join_atime(uint64_t *set, uint64_t *clr, uint64_t mode)
{
	uint64_t before = *clr & KMOUNT_ATTR__ATIME ? *set & KMOUNT_ATTR__ATIME : KMOUNT_ATTR_RELATIME;

	_Static_assert(KMOUNT_ATTR_RELATIME < KMOUNT_ATTR_NOATIME && KMOUNT_ATTR_NOATIME < KMOUNT_ATTR_STRICTATIME,
		       "in the order of their weight");
	apply_atime(set, clr, before > mode ? before : mode);
}

static void leave_atime(uint64_t *set, uint64_t *clr, uint64_t mode)
{
	if ((*set & KMOUNT_ATTR__ATIME) == mode || !(*clr & KMOUNT_ATTR__ATIME))
		apply_atime(set, clr, KMOUNT_ATTR_RELATIME);
}

/* crun's way to give a mount its mappings: "idmap=uids=0-1000-1;gids=0-1000-1". */
static bool take_mappings(const char *s, struct mount_opts *ret)
{
	if (strncmp(s, "idmap=", 6) && strncmp(s, "ridmap=", 7))
		return false;
	ret->how |= PLAN_BIND_IDMAP | (s[0] == 'r' ? PLAN_BIND_RIDMAP : 0);
	ret->idmap = s;
	return true;
}

/* "x-..." and "X-..." are remarks, see mount(8). */
static bool is_remark(const char *s)
{
	return (s[0] == 'x' || s[0] == 'X') && s[1] == '-';
}

static void take(const struct word *w, struct mount_opts *ret)
{
	switch (w->kind) {
	case SET:
		apply(&ret->attr_set, &ret->attr_clr, w->value, 0);
		break;
	case CLEAR:
		apply(&ret->attr_set, &ret->attr_clr, 0, w->value);
		break;
	case ATIME:
		join_atime(&ret->attr_set, &ret->attr_clr, w->value);
		break;
	case ATIME_NOT:
		leave_atime(&ret->attr_set, &ret->attr_clr, w->value);
		break;
	case REC_SET:
		apply(&ret->rec_set, &ret->rec_clr, w->value, 0);
		break;
	case REC_CLEAR:
		apply(&ret->rec_set, &ret->rec_clr, 0, w->value);
		break;
	case REC_ATIME:
		apply_atime(&ret->rec_set, &ret->rec_clr, w->value);
		break;
	case PROPAGATION:
		ret->propagation = w->value;
		break;
	case RBIND:
		ret->rbind = true;
		break;
	case BIND:
		ret->bind = true;
		break;
	case REMOUNT:
		ret->remount = true;
		break;
	case COPYUP:
		ret->copyup = true;
		break;
	case HOW:
		ret->how |= (uint32_t)w->value;
		break;
	case SUPER:
	case NOTHING:
		break;
	}
}

int mount_opts_parse(struct arena *a, char *const *options, size_t n, struct mount_opts *ret)
{
	const struct word *w;

	*ret = (struct mount_opts){ 0 };
	ret->super = arena_array(a, n + 1, sizeof(*ret->super));
	ret->data = arena_array(a, n + 1, sizeof(*ret->data));
	if (!ret->super || !ret->data)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (!*options[i] || is_remark(options[i]))
			continue;
		w = bsearch(options[i], words, N_WORDS, sizeof(*words), by_name);
		if (w)
			take(w, ret);
		if (!w && !take_mappings(options[i], ret))
			ret->data[ret->n_data++] = options[i];
		else if (w && w->kind == SUPER)
			ret->super[ret->n_super++] = options[i];
	}
	return 0;
}

/* The i-th word. */
const char *mount_opts_word(size_t i)
{
	return i < N_WORDS ? words[i].name : NULL;
}
