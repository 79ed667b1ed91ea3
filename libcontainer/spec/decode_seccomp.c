/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/seccomp.  Room: run (pure). */
#include "spec/decode.h"

#define SECCOMP struct spec_seccomp
#define RULE	struct spec_seccomp_rule
#define ARG	struct spec_seccomp_arg

static const struct field arg_fields[] = {
	ROW_U32("index", ARG, index, .flags = REQUIRED),
	ROW_U64("value", ARG, value, .flags = REQUIRED),
	ROW_U64("valueTwo", ARG, value_two),
	ROW_STRING("op", ARG, op, .flags = REQUIRED),
};
static const struct shape arg_shape = { FIELDS(arg_fields), .size = sizeof(ARG) };

static const struct field rule_fields[] = {
	ROW_STRINGS("names", RULE, names, .flags = REQUIRED),
	ROW_STRING("action", RULE, action, .flags = REQUIRED),
	ROW_U32("errnoRet", RULE, errno_ret, SETS(RULE, has_errno)),
	ROW_LIST("args", RULE, args, ARG, &arg_shape),
};
static const struct shape rule_shape = { FIELDS(rule_fields), .size = sizeof(RULE) };

static const struct field seccomp_fields[] = {
	ROW_STRING("defaultAction", SECCOMP, default_action, .flags = REQUIRED),
	ROW_U32("defaultErrnoRet", SECCOMP, default_errno, SETS(SECCOMP, has_default_errno)),
	ROW_STRINGS("architectures", SECCOMP, architectures),
	ROW_STRINGS("flags", SECCOMP, flags, SETS(SECCOMP, has_flags)),
	ROW_LIST("syscalls", SECCOMP, rules, RULE, &rule_shape),
	ROW_STRING("listenerPath", SECCOMP, listener_path, .flags = EMPTY_ABSENT),
	ROW_STRING("listenerMetadata", SECCOMP, listener_metadata, .flags = EMPTY_ABSENT),
};
static const struct shape seccomp_shape = { FIELDS(seccomp_fields) };

void decode_seccomp(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	SECCOMP *seccomp = out;

	seccomp->present = true;
	decode_object(d, at, v, &seccomp_shape, seccomp);
}
