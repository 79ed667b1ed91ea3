/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plan for people: one op a line, "room name key=value ... flags @pointer".  Numbers that are zero are left out
 * unless zero says something.  Stable: the golden tests compare it.  Room: run (pure).
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "plan/compile.h"
#include "plan/shape.h"
#include "plan/words.h"

/* How each number is shown; the key of strings that have one. */
struct labels {
	const char *s[PLAN_STRS];
	struct {
		const char *key;
		enum words_kind kind;
	} n[PLAN_NUMS];
};

#define SLOT                                                                                                           \
	{                                                                                                              \
		"slot", WORDS_NONZERO                                                                                  \
	}
static const struct labels labels[PLAN_CODES] = {
	[PLAN_OOM_SCORE] = { .n = { { "value", WORDS_SIGNED } } },
	[PLAN_CPU_AFFINITY] = { .s = { "mask" } },
	[PLAN_RLIMIT_RAISE] = { .n = { { "resource", WORDS_RLIMIT }, { "hard", WORDS_LIMIT } } },
	[PLAN_NS_OPEN] = { .s = { "path" }, .n = { { "slot", WORDS_NUMBER }, { "kind", WORDS_NAMESPACES } } },
	[PLAN_NS_JOIN] = { .n = { { "slot", WORDS_NUMBER }, { "kind", WORDS_NAMESPACES } } },
	[PLAN_NS_JOIN_TARGET] = { .n = { { "kinds", WORDS_NAMESPACES } } },
	[PLAN_UNSHARE] = { .n = { { "kinds", WORDS_NAMESPACES } } },
	[PLAN_TIME_OFFSETS] = { .s = { "text" } },
	[PLAN_SPAWN] = { .n = { { "new", WORDS_NAMESPACES } } },
	[PLAN_ASK_IDMAP] = { .n = { { "keep_groups", WORDS_NONZERO },
				    { "or_gid", WORDS_NONZERO },
				    { "or_uid", WORDS_NONZERO } } },
	[PLAN_BECOME_ROOT] = { .n = { { "keep_groups", WORDS_NONZERO },
				      { "or_gid", WORDS_NONZERO },
				      { "or_uid", WORDS_NONZERO } } },
	[PLAN_KEYRING] = { .s = { "name", "label" } },
	[PLAN_ASK_NETDEVICES] = { .s = { "devices" } },
	[PLAN_PROPAGATION] = { .n = { { "set", WORDS_PROPAGATION } } },
	[PLAN_ROOT] = { .s = { "path" } },
	[PLAN_MOUNT_FS] = { .s = { "type", "dest", "data" },
			    .n = { { "attrs", WORDS_ATTRS },
				   { "propagation", WORDS_PROPAGATION },
				   { NULL, WORDS_NONE },
				   { "rattrs", WORDS_ATTRS },
				   { "slot", WORDS_NONZERO },
				   SLOT } },
	[PLAN_MOUNT_BIND] = { .s = { "source", "dest", "mappings" },
			      .n = { { "attrs", WORDS_ATTRS },
				     { "propagation", WORDS_PROPAGATION },
				     { "clear", WORDS_ATTRS },
				     { "rattrs", WORDS_ATTRS },
				     { "rclear", WORDS_ATTRS },
				     { "index", WORDS_NUMBER } } },
	[PLAN_MOUNT_CGROUP] = { .s = { "own", "dest" },
				.n = { { "attrs", WORDS_ATTRS }, { "propagation", WORDS_PROPAGATION }, [5] = SLOT } },
	[PLAN_FILE_LABEL] = { .s = { "path", "label" }, .n = { [5] = SLOT } },
	[PLAN_REMOUNT] = { .s = { NULL, "dest" },
			   .n = { { "attrs", WORDS_ATTRS },
				  { "propagation", WORDS_PROPAGATION },
				  { "clear", WORDS_ATTRS },
				  { "rattrs", WORDS_ATTRS },
				  { "rclear", WORDS_ATTRS },
				  { "slot", WORDS_NONZERO } } },
	[PLAN_MKDIR] = { .s = { "path" }, .n = { { "mode", WORDS_OCTAL } } },
	[PLAN_DEV_NODE] = { .s = { "path", "source" },
			    .n = { { "mode", WORDS_OCTAL },
				   { "major", WORDS_NUMBER },
				   { "minor", WORDS_NUMBER },
				   { "uid", WORDS_NONZERO },
				   { "gid", WORDS_NONZERO } } },
	[PLAN_SYMLINK] = { .s = { "target", "path" } },
	[PLAN_HOOK] = { .s = { "path", "args", "env" },
			.n = { { "timeout_ms", WORDS_NONZERO },
			       { NULL, WORDS_NONE },
			       { NULL, WORDS_NONE },
			       { "index", WORDS_NUMBER },
			       { "kind", WORDS_HOOK } } },
	[PLAN_CONSOLE] = { .n = { { "rows", WORDS_NONZERO }, { "columns", WORDS_NONZERO }, { "uid", WORDS_NUMBER } } },
	[PLAN_SYSCTL] = { .s = { "path", "value" } },
	[PLAN_READONLY_PATH] = { .s = { "path" } },
	[PLAN_MASK_PATH] = { .s = { "path", "option" } },
	[PLAN_PIVOT] = { .n = { { "propagation", WORDS_PROPAGATION } } },
	[PLAN_HOSTNAME] = { .s = { "name" } },
	[PLAN_DOMAINNAME] = { .s = { "name" } },
	[PLAN_STDIO] = { .n = { { "uid", WORDS_NUMBER }, { "gid", WORDS_NUMBER } } },
	[PLAN_UMASK] = { .n = { { "mask", WORDS_OCTAL } } },
	[PLAN_RLIMIT] = { .n = { { "resource", WORDS_RLIMIT }, { "soft", WORDS_LIMIT }, { "hard", WORDS_LIMIT } } },
	[PLAN_SCHEDULER] = { .n = { { "policy", WORDS_POLICY },
				    { "flags", WORDS_HEX },
				    { "level", WORDS_SIGNED },
				    { "runtime", WORDS_NONZERO },
				    { "deadline", WORDS_NONZERO },
				    { "period", WORDS_NONZERO } } },
	[PLAN_IO_PRIORITY] = { .n = { { "class", WORDS_NUMBER }, { "priority", WORDS_NUMBER } } },
	[PLAN_PERSONALITY] = { .n = { { "domain", WORDS_NUMBER } } },
	[PLAN_MEMORY_POLICY] = { .s = { "nodes" }, .n = { { "mode", WORDS_NUMBER } } },
	[PLAN_APPARMOR] = { .s = { "profile" } },
	[PLAN_SELINUX] = { .s = { "label" } },
	[PLAN_ASK_AGENT] = { .s = { "socket", "metadata" } },
	[PLAN_CAP_BOUND] = { .n = { { "keep", WORDS_CAPS }, { "last", WORDS_NUMBER } } },
	[PLAN_USER] = { .s = { "groups" }, .n = { { "uid", WORDS_NUMBER }, { "gid", WORDS_NUMBER } } },
	[PLAN_CHDIR] = { .s = { "path" } },
	[PLAN_CAPS] = { .n = { { "effective", WORDS_CAPS },
			       { "permitted", WORDS_CAPS },
			       { "inheritable", WORDS_CAPS },
			       { "ambient", WORDS_CAPS } } },
	[PLAN_SECCOMP] = { .s = { "instructions" }, .n = { { "flags", WORDS_HEX } } },
	[PLAN_LOOKUP] = { .s = { "program", "path" } },
	[PLAN_CLOSE] = { .n = { { "from", WORDS_NUMBER } } },
	[PLAN_EXEC] = { .s = { "args", "env" } },
	[PLAN_ATTACH] = { .s = { NULL, "dest" }, .n = { [5] = { "slot", WORDS_NUMBER } } },
	[PLAN_FIND] = { .s = { NULL, "dest" }, .n = { { "id", WORDS_NUMBER }, [5] = { "slot", WORDS_NUMBER } } },
	[PLAN_UNMOUNT] = { .s = { NULL, "dest" }, .n = { { "id", WORDS_NUMBER }, [5] = { "slot", WORDS_NUMBER } } },
};

static const struct {
	unsigned flag;
	const char *word;
} flag_words[] = {
	{ PLAN_F_RECURSIVE, "recursive" },
	{ PLAN_F_ASK, "ask" },
	{ PLAN_F_OPTIONAL, "optional" },
	{ PLAN_F_REALDIR, "realdir" },
	{ PLAN_F_COPYUP, "copyup" },
	{ PLAN_F_NEWNS, "newns" },
	{ PLAN_F_BIND, "bind" },
	{ PLAN_F_REPLACE, "replace" },
	{ PLAN_F_INHERIT_ENV, "inherit-env" },
	{ PLAN_F_BIND_CONSOLE, "bind-console" },
	{ PLAN_F_NO_PIVOT, "no-pivot" },
	{ PLAN_F_SETGROUPS, "setgroups" },
	{ PLAN_F_EARLY, "early" },
	{ PLAN_F_GATE, "gate" },
	{ PLAN_F_ON_PROC, "on-proc" },
	{ PLAN_F_HOLD, "hold" },
};

static const struct {
	uint32_t how;
	const char *word;
} how_words[] = {
	{ PLAN_BIND_IDMAP, "idmap" },
	{ PLAN_BIND_RIDMAP, "ridmap" },
	{ PLAN_BIND_SRC_NOFOLLOW, "src-nofollow" },
	{ PLAN_BIND_DEST_NOFOLLOW, "dest-nofollow" },
	{ PLAN_BIND_COPY_SYMLINK, "copy-symlink" },
};

static void put_list(struct buf *b, const char *p, uint64_t n)
{
	buf_char(b, '[');
	for (uint64_t i = 0; i < n; i++, p += strlen(p) + 1) {
		if (i)
			buf_char(b, ' ');
		words_string(b, p);
	}
	buf_char(b, ']');
}

static void put_groups(struct buf *b, const char *p, uint64_t n)
{
	uint32_t gid;

	buf_char(b, '[');
	for (uint64_t i = 0; i < n; i++) {
		memcpy(&gid, p + i * sizeof(gid), sizeof(gid));
		buf_printf(b, i ? " %u" : "%u", gid);
	}
	buf_char(b, ']');
}

static void put_str(struct buf *b, const void *blob, const struct plan_op *op, unsigned i)
{
	const struct plan_shape *shape = plan_shape(op->code);
	const char *p = plan_data(blob, op->s[i]);
	uint64_t n = op->n[shape->count[i]];

	if (shape->s[i] == SHAPE_NONE || (shape->s[i] == SHAPE_OPT && !plan_has(op->s[i])))
		return;
	buf_printf(b, " %s=", labels[op->code].s[i]);
	if (shape->s[i] == SHAPE_LIST)
		put_list(b, p, n);
	else if (shape->s[i] == SHAPE_U32)
		put_groups(b, p, n);
	else if (shape->s[i] == SHAPE_FILTER)
		buf_printf(b, "%u", op->s[i].len / 8);
	else
		words_string(b, p);
}

static void put_op(struct buf *b, const void *blob, const struct plan_op *op, const char *room)
{
	const struct labels *l = &labels[op->code];

	buf_printf(b, "%-4s %s", room, plan_code_name(op->code));
	for (unsigned i = 0; i < PLAN_STRS; i++)
		put_str(b, blob, op, i);
	for (unsigned i = 0; i < PLAN_NUMS; i++)
		words_number(b, l->n[i].key, l->n[i].kind, op->n[i]);
	for (size_t i = 0; i < sizeof(flag_words) / sizeof(flag_words[0]); i++) {
		if (op->flags & flag_words[i].flag)
			buf_printf(b, " %s", flag_words[i].word);
	}
	for (size_t i = 0; i < sizeof(how_words) / sizeof(how_words[0]); i++) {
		if (op->how & how_words[i].how)
			buf_printf(b, " %s", how_words[i].word);
	}
	if (plan_has(op->where)) {
		buf_str(b, " @");
		words_string(b, plan_data(blob, op->where));
	}
	buf_char(b, '\n');
}

int plan_text(const void *blob, size_t len, struct buf *ret)
{
	static const char *const kinds[] = {
		[PLAN_KIND_CREATE] = "create", [PLAN_KIND_EXEC] = "exec", [PLAN_KIND_MOUNTS] = "mounts"
	};
	const struct plan_head *h = blob;
	int r = plan_verify(blob, len, NULL);

	if (r < 0)
		return r;
	buf_printf(ret, "plan %s %u\n", kinds[h->kind], h->version);
	for (uint32_t i = 0; i < h->n_mid + h->n_init; i++)
		put_op(ret, blob, plan_ops(blob) + i, i < h->n_mid ? "mid" : "init");
	return buf_ok(ret) ? 0 : -ENOMEM;
}
