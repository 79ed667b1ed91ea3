/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Annotations that ask something of the runtime: crun's, which stand in for what the runtime-spec has not (yet).  Each
 * becomes what a member of the configuration would have become; one that kin cannot do is an error, as a caller that sets
 * it relies on it.  (org.systemd.property.* is systemd/'s.)  Room: run (pure).
 */
#include <limits.h>
#include <string.h>

#include "spec/check.h"
#include "spec/decode.h"

typedef void take_fn(struct decoder *d, const struct place *at, struct spec *s, const char *value);

/* crun: anything but "0" */
static bool is_on(const char *value)
{
	return strcmp(value, "0") != 0;
}

static void take_receiver(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	if (check_absolute(d->report, at, value) && !s->seccomp.listener_path)
		s->seccomp.listener_path = value;
}

static void take_fail_unknown(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	(void)d, (void)at;
	s->seccomp.fail_unknown = is_on(value);
}

static int sextet(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* RFC 4648, 4: with its padding and nothing else in it.  The length of what it stands for, or -1. */
static ptrdiff_t base64(const char *text, uint8_t *out)
{
	size_t len = strlen(text), pad = 0, n = 0;
	uint32_t bits = 0;

	if (!len || len % 4)
		return -1;
	while (pad < 2 && text[len - pad - 1] == '=')
		pad++;
	for (size_t i = 0; i < len; i++) {
		int v = i < len - pad ? sextet(text[i]) : 0;

		if (v < 0)
			return -1;
		bits = bits << 6 | (uint32_t)v;
		if (i % 4 != 3)
			continue;
		for (int shift = 16; shift >= 0; shift -= 8)
			out[n++] = (uint8_t)(bits >> shift);
	}
	return (ptrdiff_t)(n - pad);
}

static void take_bpf_data(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	uint8_t *out = decode_alloc(d, strlen(value) / 4 * 3 + 1, 1);
	ptrdiff_t n = out ? base64(value, out) : -1;

	if (out && n < 0)
		report_at(d->report, at, "not in base64");
	if (n < 0)
		return;
	s->seccomp.present = true;
	s->seccomp.raw = out;
	s->seccomp.raw_len = (size_t)n;
}

static void take_pidfd_receiver(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	if (check_absolute(d->report, at, value))
		s->pidfd_receiver = value;
}

/* Opened when hooks are to run, by what is on record. */
static void take_hooks_output(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	(void)s;
	(void)check_absolute(d->report, at, value);
}

static void take_keep_groups(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	(void)d, (void)at;
	s->keep_groups = is_on(value);
}

/* What cgroup v2 takes as a name, and is not among its own files' (cgroup-v2.rst, "Conventions"); "" and "." are no level. */
static bool check_level(struct decoder *d, const struct place *at, const char *name, size_t len)
{
	if (len > NAME_MAX || memchr(name, '\n', len) || (len >= 7 && !memcmp(name, "cgroup.", 7)))
		return report_at(d->report, at, "\"%.*s\" is not the name of a cgroup", (int)(len > 64 ? 64 : len),
				 name),
		       false;
	if (len == 2 && !memcmp(name, "..", 2))
		return report_at(d->report, at, "must be below the container's cgroup, without \"..\""), false;
	return true;
}

static const char *take_below(struct decoder *d, const struct place *at, const char *value)
{
	enum { LEVELS = 16 };
	char *path = decode_alloc(d, strlen(value) + 1, 1), *to = path;
	unsigned levels = 0;

	if (!path)
		return NULL;
	for (const char *p = value; *p; p += *p == '/') {
		size_t len = strcspn(p, "/");

		if (len && (len > 1 || *p != '.')) {
			if (!check_level(d, at, p, len))
				return NULL;
			if (++levels > LEVELS)
				return report_at(d->report, at, "more than %d levels", LEVELS), NULL;
			if (to > path)
				*to++ = '/';
			to = (char *)memcpy(to, p, len) + len;
		}
		p += len;
	}
	*to = '\0';
	return *path ? path : NULL;
}

static void take_subgroup(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	s->subgroup = take_below(d, at, value);
}

static void take_delegate(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	s->delegate_cgroup = take_below(d, at, value);
}

static void take_mount_context(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	static const char *const types[] = { "context", "fscontext", "defcontext", "rootcontext" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(value, types[i])) {
			s->mount_context = types[i];
			return;
		}
	report_at(d->report, at, "\"%.*s\" is none of context, fscontext, defcontext, rootcontext", SHOWN(value));
}

static void refuse(struct decoder *d, const struct place *at, struct spec *s, const char *value)
{
	(void)s;
	if (*value)
		report_at(d->report, at, "\"%.*s\": not supported by kin", SHOWN(value));
}

static const struct {
	const char *key;
	take_fn *take;
} known[] = {
	{ "run.oci.handler", refuse }, /* WebAssembly, virtual machines */
	{ SPEC_DELEGATE_CGROUP, take_delegate },
	{ SPEC_HOOKS_STDERR, take_hooks_output },
	{ SPEC_HOOKS_STDOUT, take_hooks_output },
	{ SPEC_KEEP_GROUPS, take_keep_groups },
	{ "run.oci.pidfd_receiver", take_pidfd_receiver },
	{ "run.oci.mount_context_type", take_mount_context },
	{ "run.oci.seccomp.plugins", refuse }, /* code of others in our process */
	{ "run.oci.seccomp.receiver", take_receiver },
	{ "run.oci.seccomp_bpf_data", take_bpf_data },
	{ "run.oci.seccomp_fail_unknown_syscall", take_fail_unknown },
	{ "run.oci.systemd.force_cgroup_v1", refuse }, /* a mount of what kin has no use for */
	{ SPEC_SUBGROUP, take_subgroup },
};

void decode_known_annotations(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	const struct place annotations = place_member(at, "annotations");
	struct spec *s = out;

	(void)v;
	for (size_t i = 0; i < s->n_annotations; i++)
		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
			const struct place member = place_member(&annotations, known[k].key);

			if (!strcmp(s->annotations[i].key, known[k].key))
				known[k].take(d, &member, s, s->annotations[i].value);
		}
}
