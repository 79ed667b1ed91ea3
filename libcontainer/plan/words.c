/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as words, strings as tokens.  Room: run (pure). */
#include "plan/words.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "spec/spec.h"
#include "sys/kernel.h"

struct bit {
	uint64_t mask, value;
	const char *word;
};

static const struct bit attr_bits[] = {
	{ KMOUNT_ATTR_RDONLY, KMOUNT_ATTR_RDONLY, "ro" },
	{ KMOUNT_ATTR_NOSUID, KMOUNT_ATTR_NOSUID, "nosuid" },
	{ KMOUNT_ATTR_NODEV, KMOUNT_ATTR_NODEV, "nodev" },
	{ KMOUNT_ATTR_NOEXEC, KMOUNT_ATTR_NOEXEC, "noexec" },
	{ KMOUNT_ATTR__ATIME, KMOUNT_ATTR__ATIME, "atime" }, /* cleared only */
	{ KMOUNT_ATTR__ATIME, KMOUNT_ATTR_NOATIME, "noatime" },
	{ KMOUNT_ATTR__ATIME, KMOUNT_ATTR_STRICTATIME, "strictatime" },
	{ KMOUNT_ATTR_NODIRATIME, KMOUNT_ATTR_NODIRATIME, "nodiratime" },
	{ KMOUNT_ATTR_NOSYMFOLLOW, KMOUNT_ATTR_NOSYMFOLLOW, "nosymfollow" },
};

static const struct bit propagation_bits[] = {
	{ KMS_SHARED | KMS_REC, KMS_SHARED, "shared" },
	{ KMS_SHARED | KMS_REC, KMS_SHARED | KMS_REC, "rshared" },
	{ KMS_SLAVE | KMS_REC, KMS_SLAVE, "slave" },
	{ KMS_SLAVE | KMS_REC, KMS_SLAVE | KMS_REC, "rslave" },
	{ KMS_PRIVATE | KMS_REC, KMS_PRIVATE, "private" },
	{ KMS_PRIVATE | KMS_REC, KMS_PRIVATE | KMS_REC, "rprivate" },
	{ KMS_UNBINDABLE | KMS_REC, KMS_UNBINDABLE, "unbindable" },
	{ KMS_UNBINDABLE | KMS_REC, KMS_UNBINDABLE | KMS_REC, "runbindable" },
};

static void put_word(struct buf *b, const char **sep, const char *word)
{
	buf_str(b, *sep);
	buf_str(b, word);
	*sep = ",";
}

static void put_bits(struct buf *b, const struct bit *table, size_t n_table, uint64_t n)
{
	const char *sep = "";
	uint64_t rest = n;

	for (size_t i = 0; i < n_table; i++) {
		if ((n & table[i].mask) != table[i].value)
			continue;
		put_word(b, &sep, table[i].word);
		rest &= ~table[i].mask;
	}
	if (rest)
		buf_printf(b, "%s0x%" PRIx64, sep, rest);
}
#define PUT_BITS(b, table, n) put_bits(b, table, sizeof(table) / sizeof((table)[0]), n)

static void put_namespaces(struct buf *b, uint64_t n)
{
	const char *sep = "";

	for (unsigned k = 0; k < SPEC_NS_KINDS; k++) {
		if (n & spec_ns_flag(k))
			put_word(b, &sep, spec_ns_name(k));
		n &= ~spec_ns_flag(k);
	}
	if (n)
		buf_printf(b, "%s0x%" PRIx64, sep, n);
	else if (!*sep)
		buf_char(b, '-');
}

static void put_caps(struct buf *b, uint64_t n)
{
	const char *sep = "", *name;

	for (int i = 0; i < 64; i++) {
		if (!(n >> i & 1))
			continue;
		name = spec_capability_name(i);
		if (name)
			put_word(b, &sep, name + strlen("CAP_"));
		else
			buf_printf(b, "%s%d", sep, i);
		sep = ",";
	}
	if (!n)
		buf_char(b, '-');
}

static void put_rlimit(struct buf *b, uint64_t n)
{
	const char *name = n <= INT32_MAX ? spec_rlimit_name((int)n) : NULL;

	if (name)
		buf_str(b, name + strlen("RLIMIT_"));
	else
		buf_printf(b, "%" PRIu64, n);
}

static void put_policy(struct buf *b, uint64_t n)
{
	const char *name = n <= UINT32_MAX ? spec_scheduler_policy((uint32_t)n) : NULL;

	if (name)
		buf_str(b, name + strlen("SCHED_"));
	else
		buf_printf(b, "%" PRIu64, n);
}

static void put_value(struct buf *b, enum words_kind kind, uint64_t n)
{
	switch (kind) {
	case WORDS_SIGNED:
		buf_printf(b, "%" PRId64, (int64_t)n);
		break;
	case WORDS_OCTAL:
		buf_printf(b, "0%" PRIo64, n);
		break;
	case WORDS_HEX:
		buf_printf(b, "0x%" PRIx64, n);
		break;
	case WORDS_RLIMIT:
		put_rlimit(b, n);
		break;
	case WORDS_NAMESPACES:
		put_namespaces(b, n);
		break;
	case WORDS_PROPAGATION:
		PUT_BITS(b, propagation_bits, n);
		break;
	case WORDS_ATTRS:
		PUT_BITS(b, attr_bits, n);
		break;
	case WORDS_CAPS:
		put_caps(b, n);
		break;
	case WORDS_POLICY:
		put_policy(b, n);
		break;
	case WORDS_HOOK:
		buf_str(b, n < SPEC_HOOK_KINDS ? spec_hook_name((enum spec_hook_kind)n) : "unknown");
		break;
	default:
		if (kind == WORDS_LIMIT && n == UINT64_MAX)
			buf_str(b, "unlimited");
		else
			buf_printf(b, "%" PRIu64, n);
	}
}

static bool is_quiet(enum words_kind kind)
{
	return kind == WORDS_NONZERO || kind == WORDS_HEX || kind == WORDS_PROPAGATION || kind == WORDS_ATTRS;
}

void words_number(struct buf *b, const char *key, enum words_kind kind, uint64_t n)
{
	if (kind == WORDS_NONE || (!n && is_quiet(kind)))
		return;
	buf_printf(b, " %s=", key);
	put_value(b, kind, n);
}

static bool is_plain(const char *s)
{
	static const char odd[] = "\"'\\[] @";

	if (!*s)
		return false;
	for (; *s; s++) {
		if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 127 || strchr(odd, *s))
			return false;
	}
	return true;
}

void words_string(struct buf *b, const char *s)
{
	if (is_plain(s)) {
		buf_str(b, s);
		return;
	}
	buf_char(b, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_printf(b, "\\%c", *s);
		else if (*s == '\n')
			buf_str(b, "\\n");
		else if ((unsigned char)*s < ' ' || *s == 127)
			buf_printf(b, "\\x%02x", (unsigned char)*s);
		else
			buf_char(b, *s); /* UTF-8 stays readable */
	}
	buf_char(b, '"');
}
