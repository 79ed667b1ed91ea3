/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /hooks.  Room: run (pure). */
#include "spec/decode.h"

#define HOOK struct spec_hook

/* In milliseconds it must fit an int. */
enum { MAX_TIMEOUT_S = 2147483 };

static const struct field hook_fields[] = {
	ROW_STRING("path", HOOK, path, .flags = REQUIRED),
	ROW_STRINGS("args", HOOK, args),
	ROW_STRINGS("env", HOOK, env, SETS(HOOK, has_env)),
	ROW_I32("timeout", HOOK, timeout_s, .min = 1, .max = MAX_TIMEOUT_S),
};
static const struct shape hook_shape = { FIELDS(hook_fields), .size = sizeof(HOOK) };

/* The target is an array of six struct spec_hooks. */
#define ROW_HOOKS(nm, kind_)                                                                                           \
	{                                                                                                              \
		.name = nm, .kind = KIND_LIST,                                                                         \
		.at = (kind_) * sizeof(struct spec_hooks) + offsetof(struct spec_hooks, v),                            \
		.count = (kind_) * sizeof(struct spec_hooks) + offsetof(struct spec_hooks, n), .shape = &hook_shape    \
	}

static const struct field hooks_fields[] = {
	ROW_HOOKS("prestart", SPEC_HOOK_PRESTART),
	ROW_HOOKS("createRuntime", SPEC_HOOK_CREATE_RUNTIME),
	ROW_HOOKS("createContainer", SPEC_HOOK_CREATE_CONTAINER),
	ROW_HOOKS("startContainer", SPEC_HOOK_START_CONTAINER),
	ROW_HOOKS("poststart", SPEC_HOOK_POSTSTART),
	ROW_HOOKS("poststop", SPEC_HOOK_POSTSTOP),
};
const struct shape hooks_shape = { FIELDS(hooks_fields) };
