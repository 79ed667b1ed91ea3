/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /linux/seccomp: only the words of the spec (config-linux.md, Seccomp).  What the libseccomp of this build lacks of
 * them is for the compiler of filters to say.  Room: run (pure).
 */
#include <string.h>

#include "spec/check.h"

enum {
	LAST_ARG = 5,
	/* seccomp(2): the filter's answer has 16 bits for it, and 65536 would be "it worked" */
	MAX_ERRNO = 4095,
	MAX_TRACE = 65535,
};

static const char *const actions[] = {
	"SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO",  "SCMP_ACT_KILL",  "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD",
	"SCMP_ACT_LOG",	  "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP",		NULL,
};
static const char *const operators[] = {
	"SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT",	    "SCMP_CMP_LE",
	"SCMP_CMP_LT", "SCMP_CMP_NE", "SCMP_CMP_MASKED_EQ", NULL,
};
static const char *const architectures[] = {
	"SCMP_ARCH_AARCH64",  "SCMP_ARCH_ARM",	       "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K",
	"SCMP_ARCH_MIPS",     "SCMP_ARCH_MIPS64",      "SCMP_ARCH_MIPS64N32",	"SCMP_ARCH_MIPSEL",
	"SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PARISC",	"SCMP_ARCH_PARISC64",
	"SCMP_ARCH_PPC",      "SCMP_ARCH_PPC64",       "SCMP_ARCH_PPC64LE",	"SCMP_ARCH_RISCV64",
	"SCMP_ARCH_S390",     "SCMP_ARCH_S390X",       "SCMP_ARCH_SH",		"SCMP_ARCH_SHEB",
	"SCMP_ARCH_X32",      "SCMP_ARCH_X86",	       "SCMP_ARCH_X86_64",	NULL,
};
static const char *const flags[] = {
	"SECCOMP_FILTER_FLAG_LOG",
	"SECCOMP_FILTER_FLAG_SPEC_ALLOW",
	"SECCOMP_FILTER_FLAG_TSYNC",
	"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	NULL,
};

static void check_known(struct report *r, const struct place *at, const char *word, const char *const *table,
			const char *what)
{
	for (; *table; table++)
		if (word && strcmp(*table, word) == 0)
			return;
	report_at(r, at, "unknown %s \"%.*s\"", what, SHOWN(word ? word : ""));
}

static void check_words(struct report *r, const struct place *up, const char *member, char *const *words, size_t n,
			const char *const *table, const char *what)
{
	const struct place list = place_member(up, member);

	for (size_t i = 0; i < n && !report_full(r); i++) {
		const struct place at = place_element(&list, i);

		check_known(r, &at, words[i], table, what);
	}
}

/* The spec wants an error where the action cannot carry a number. */
static void check_errno(struct report *r, const struct place *up, const char *member, const char *action, uint32_t n)
{
	const struct place at = place_member(up, member);
	bool is_errno = action && strcmp(action, "SCMP_ACT_ERRNO") == 0;

	if (action && !is_errno && strcmp(action, "SCMP_ACT_TRACE") != 0)
		report_at(r, &at, "%.*s takes no errno", SHOWN(action));
	else if (n > (is_errno ? MAX_ERRNO : MAX_TRACE))
		report_at(r, &at, "%u is above the maximum %d", n, is_errno ? MAX_ERRNO : MAX_TRACE);
}

static void check_args(struct report *r, const struct place *up, const struct spec_seccomp_rule *rule)
{
	const struct place list = place_member(up, "args");

	for (size_t i = 0; i < rule->n_args && !report_full(r); i++) {
		const struct place at = place_element(&list, i), index = place_member(&at, "index");
		const struct place op = place_member(&at, "op");

		if (rule->args[i].index > LAST_ARG)
			report_at(r, &index, "%u is above the maximum %d", rule->args[i].index, LAST_ARG);
		check_known(r, &op, rule->args[i].op, operators, "operator");
	}
}

static void check_rule(struct report *r, const struct place *at, const struct spec_seccomp_rule *rule)
{
	const struct place names = place_member(at, "names"), action = place_member(at, "action");

	if (rule->n_names == 0)
		report_at(r, &names, "required (it is empty)");
	for (size_t i = 0; i < rule->n_names && !report_full(r); i++) {
		const struct place name = place_element(&names, i);

		if (!rule->names[i][0])
			report_at(r, &name, "a system call's name must not be empty");
	}
	check_known(r, &action, rule->action, actions, "action");
	if (rule->has_errno)
		check_errno(r, at, "errnoRet", rule->action, rule->errno_ret);
	check_args(r, at, rule);
}

static bool is_notify(const char *action)
{
	return action && !strcmp(action, "SCMP_ACT_NOTIFY");
}

bool spec_seccomp_notifies(const struct spec_seccomp *s)
{
	for (size_t i = 0; i < s->n_rules; i++)
		if (is_notify(s->rules[i].action))
			return true;
	return is_notify(s->default_action);
}

static void check_listener(struct report *r, const struct place *up, const struct spec_seccomp *s)
{
	const struct place path = place_member(up, "listenerPath"), metadata = place_member(up, "listenerMetadata");

	if (s->listener_path)
		check_absolute(r, &path, s->listener_path);
	else if (s->listener_metadata)
		report_at(r, &metadata, "needs /linux/seccomp/listenerPath");
	if (!s->listener_path && !s->raw && spec_seccomp_notifies(s))
		report_at(r, &path, "required with SCMP_ACT_NOTIFY: the socket of the agent that is to be asked");
}

void check_seccomp(struct report *r, const struct place *up, const struct spec_seccomp *s)
{
	const struct place at = place_member(up, "seccomp"), action = place_member(&at, "defaultAction");
	const struct place rules = place_member(&at, "syscalls");

	check_listener(r, &at, s);
	if (s->raw) /* instead of all the rest */
		return;
	check_known(r, &action, s->default_action, actions, "action");
	if (s->has_default_errno)
		check_errno(r, &at, "defaultErrnoRet", s->default_action, s->default_errno);
	check_words(r, &at, "architectures", s->architectures, s->n_architectures, architectures, "architecture");
	check_words(r, &at, "flags", s->flags, s->n_flags, flags, "flag");
	for (size_t i = 0; i < s->n_rules && !report_full(r); i++) {
		const struct place element = place_element(&rules, i);

		check_rule(r, &element, &s->rules[i]);
	}
}
