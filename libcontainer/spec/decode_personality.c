/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux/personality: personality(2).  Room: run (pure). */
#include "spec/decode.h"
#include "sys/kernel.h"

#define SPEC struct spec

static const struct decode_name domains[] = {
	{ "LINUX", KPER_LINUX },
	{ "LINUX32", KPER_LINUX32 },
	{ NULL, 0 },
};

static void decode_domain(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((SPEC *)out)->personality.domain = (uint32_t)decode_named(d, at, v, domains, "domain");
}

/* The specification has the member and no value for it. */
static void decode_personality_flags(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	static const struct decode_name none[] = { { NULL, 0 } };

	(void)out;
	(void)decode_flags(d, at, v, none, "flag (the specification defines none)");
}

static const struct field personality_fields[] = {
	ROW_CALL("domain", decode_domain, .flags = REQUIRED),
	ROW_CALL("flags", decode_personality_flags),
};
static const struct shape personality_shape = { FIELDS(personality_fields) };

void decode_personality(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((SPEC *)out)->personality.present = true;
	decode_object(d, at, v, &personality_shape, out);
}
