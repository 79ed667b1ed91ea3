/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kin update.  Flags and file become one LinuxResources document: what it means is the library's business.
 * Room: the CLI.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "document.h"
#include "json/json.h"
#include "size.h"
#include "sys/sys.h"

enum flag {
	BLKIO_WEIGHT,
	CPU_PERIOD,
	CPU_QUOTA,
	CPU_BURST,
	CPU_SHARE,
	CPU_IDLE,
	CPU_RT_PERIOD,
	CPU_RT_RUNTIME,
	CPUSET_CPUS,
	CPUSET_MEMS,
	MEMORY,
	MEMORY_RESERVATION,
	MEMORY_SWAP,
	PIDS_LIMIT,
	L3_CACHE_SCHEMA,
	MEM_BW_SCHEMA,
	FLAGS
};

struct values {
	const char *resources;
	const char *flag[FLAGS]; /* as given; NULL: not */
	const char *no_effect;
};

#define FLAG(letter_, name_, flag_, value_, help_, ...)                                                                \
	OPT(OPT_STRING, letter_, name_, value_, help_, OPT_AT(values, flag[flag_]), __VA_ARGS__)

static const struct opt opts[] = {
	OPT(OPT_STRING, 'r', "resources", "FILE", "a LinuxResources object of the runtime-spec; -: standard input",
	    OPT_AT(values, resources), .complete = "file"),
	FLAG(0, "blkio-weight", BLKIO_WEIGHT, "N", "share of the disks' time, 10 to 1000"),
	FLAG(0, "cpu-period", CPU_PERIOD, "USEC", "the time that --cpu-quota is a part of"),
	FLAG(0, "cpu-quota", CPU_QUOTA, "USEC", "CPU time within a period; -1: no limit"),
	FLAG(0, "cpu-burst", CPU_BURST, "USEC", "unused quota that may be saved for later"),
	FLAG(0, "cpu-share", CPU_SHARE, "N", "share of the CPU time, 2 to 262144"),
	FLAG(0, "cpu-shares", CPU_SHARE, "N", "", .flags = OPT_HIDDEN),
	FLAG(0, "cpu-idle", CPU_IDLE, "N", "1: only CPU time that nobody else wants; 0: as others"),
	FLAG(0, "cpu-rt-period", CPU_RT_PERIOD, "USEC", "refused: cgroup v2 has no real-time bandwidth"),
	FLAG(0, "cpu-rt-runtime", CPU_RT_RUNTIME, "USEC", "refused, too"),
	FLAG(0, "cpuset-cpus", CPUSET_CPUS, "LIST", "CPUs to run on, such as 0-3,7"),
	FLAG(0, "cpuset-mems", CPUSET_MEMS, "LIST", "memory nodes to use"),
	FLAG('m', "memory", MEMORY, "SIZE", "limit of memory; -1: no limit"),
	FLAG(0, "memory-reservation", MEMORY_RESERVATION, "SIZE", "memory that is taken away from it last"),
	FLAG(0, "memory-swap", MEMORY_SWAP, "SIZE", "limit of memory and swap together; -1: no limit of swap"),
	FLAG(0, "pids-limit", PIDS_LIMIT, "N", "limit of processes and threads; -1: no limit"),
	FLAG(0, "l3-cache-schema", L3_CACHE_SCHEMA, "SCHEMA", "part of the L3 cache, such as L3:0=7ff;1=f"),
	FLAG(0, "mem-bw-schema", MEM_BW_SCHEMA, "SCHEMA", "part of the memory's bandwidth, such as MB:0=20;1=70"),
	/* Of cgroup v1; runc takes them without effect, too. */
	OPT(OPT_STRING, 0, "kernel-memory", "SIZE", "", OPT_AT(values, no_effect), .flags = OPT_HIDDEN),
	OPT(OPT_STRING, 0, "kernel-memory-tcp", "SIZE", "", OPT_AT(values, no_effect), .flags = OPT_HIDDEN),
	{ .type = OPT_END },
};

static const char *const about[] = {
	"Changes the limits of a container while it runs. What is not named stays as it is; on a failure all stays\n"
	"as it was. A memory limit below what is in use is refused unless enough can be reclaimed: nobody is killed\n"
	"by an update.",
	"A SIZE is in bytes, or has a suffix k, m, g, t or p, always powers of 1024. With --resources and other\n"
	"options together, the options win, each over its own member of the object. An empty value counts as not\n"
	"given.",
	NULL,
};

enum kind { UNSIGNED, SIGNED, SIZE, TEXT, NO_REALTIME, SCHEMA };

/* Where in the document a flag goes. */
static const struct {
	const char *name, *group, *member;
	enum kind kind;
} flags[FLAGS] = {
	[BLKIO_WEIGHT] = { "blkio-weight", "blockIO", "weight", UNSIGNED },
	[CPU_PERIOD] = { "cpu-period", "cpu", "period", UNSIGNED },
	[CPU_QUOTA] = { "cpu-quota", "cpu", "quota", SIGNED },
	[CPU_BURST] = { "cpu-burst", "cpu", "burst", UNSIGNED },
	[CPU_SHARE] = { "cpu-share", "cpu", "shares", UNSIGNED },
	[CPU_IDLE] = { "cpu-idle", "cpu", "idle", SIGNED },
	[CPU_RT_PERIOD] = { "cpu-rt-period", NULL, NULL, NO_REALTIME },
	[CPU_RT_RUNTIME] = { "cpu-rt-runtime", NULL, NULL, NO_REALTIME },
	[CPUSET_CPUS] = { "cpuset-cpus", "cpu", "cpus", TEXT },
	[CPUSET_MEMS] = { "cpuset-mems", "cpu", "mems", TEXT },
	[MEMORY] = { "memory", "memory", "limit", SIZE },
	[MEMORY_RESERVATION] = { "memory-reservation", "memory", "reservation", SIZE },
	[MEMORY_SWAP] = { "memory-swap", "memory", "swap", SIZE },
	[PIDS_LIMIT] = { "pids-limit", "pids", "limit", SIGNED },
	[L3_CACHE_SCHEMA] = { "l3-cache-schema", NULL, NULL, SCHEMA },
	[MEM_BW_SCHEMA] = { "mem-bw-schema", NULL, NULL, SCHEMA },
};

static const char *const groups[] = { "memory", "cpu", "blockIO", "pids" };
enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };

/* ---- values ---- */

static int whole(const char *text, int64_t *ret)
{
	bool negative = *text == '-';
	uint64_t n = 0;

	text += negative;
	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		if (n > (INT64_MAX - 9) / 10)
			return -ERANGE;
		n = n * 10 + (uint64_t)(*text - '0');
	}
	*ret = negative ? -(int64_t)n : (int64_t)n;
	return 0;
}

static int number(enum flag f, const char *text, int64_t *ret, struct lct_err *err)
{
	bool size = flags[f].kind == SIZE;
	int r = size && strcmp(text, "-1") != 0 ? size_parse(text, ret) : whole(text, ret);
	const char *why;

	if (r >= 0 && *ret < 0 && flags[f].kind == UNSIGNED)
		r = -ERANGE;
	if (r >= 0)
		return 0;
	why = r == -ERANGE ? "value out of range" : size ? "not a size such as 512m or 2g" : "not a number";
	return err_set(err, LCT_E_USAGE, EINVAL, NULL, "invalid value \"%s\" for flag --%s: %s", text, flags[f].name,
		       why);
}

static int check(const struct values *v, struct lct_err *err)
{
	int64_t n = 0;
	int r = 0;

	for (enum flag f = 0; r >= 0 && f < FLAGS; f++) {
		if (!v->flag[f] || flags[f].kind == TEXT || flags[f].kind == SCHEMA)
			continue;
		r = number(f, v->flag[f], &n, err);
		/* 0 asks for nothing. */
		if (r >= 0 && n && flags[f].kind == NO_REALTIME)
			return err_set(err, LCT_E_USAGE, EOPNOTSUPP, NULL,
				       "--%s: cgroup v2 has no real-time bandwidth to limit", flags[f].name);
	}
	return r;
}

/* ---- the document ---- */

static bool is_given(const struct values *v, enum flag f, const char *group)
{
	return v->flag[f] && flags[f].group && !strcmp(flags[f].group, group);
}

static bool group_given(const struct values *v, const char *group)
{
	for (enum flag f = 0; f < FLAGS; f++)
		if (is_given(v, f, group))
			return true;
	return false;
}

static bool member_given(const struct values *v, const char *group, const char *member)
{
	for (enum flag f = 0; f < FLAGS; f++)
		if (is_given(v, f, group) && !strcmp(flags[f].member, member))
			return true;
	return false;
}

static void put_name(struct buf *b, bool *first, const char *name)
{
	buf_str(b, *first ? "" : ",");
	*first = false;
	json_put_string(b, name);
	buf_char(b, ':');
}

/* As it stands in `text`. */
static void put_value(struct buf *b, const char *text, const struct json *v)
{
	switch (v->type) {
	case JSON_NULL:
		buf_str(b, "null");
		break;
	case JSON_BOOL:
		buf_str(b, v->boolean ? "true" : "false");
		break;
	case JSON_NUMBER:
		buf_str(b, v->string);
		break;
	case JSON_STRING:
		json_put_string(b, v->string);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		buf_add(b, text + v->begin, v->end - v->begin);
		break;
	}
}

static void put_flags(struct buf *b, bool *first, const struct values *v, const char *group)
{
	for (enum flag f = 0; f < FLAGS; f++) {
		int64_t n;

		if (!is_given(v, f, group))
			continue;
		put_name(b, first, flags[f].member);
		if (flags[f].kind == TEXT)
			json_put_string(b, v->flag[f]);
		else if (number(f, v->flag[f], &n, NULL) >= 0)
			buf_printf(b, "%" PRId64, n);
	}
}

/* base: the group as the file has it, an object; NULL: not there. */
static void put_group(struct buf *b, const struct values *v, const char *group, const char *text,
		      const struct json *base)
{
	bool first = true;

	buf_char(b, '{');
	for (uint32_t i = 0; base && i < base->n; i++) {
		const struct json *member = &base->first[i];

		if (member_given(v, group, member->name))
			continue;
		put_name(b, &first, member->name);
		put_value(b, text, member);
	}
	put_flags(b, &first, v, group);
	buf_char(b, '}');
}

static void put_file(struct buf *b, bool *first, const struct values *v, const char *text, const struct json *file)
{
	for (uint32_t i = 0; i < file->n; i++) {
		const struct json *member = &file->first[i];
		bool group = member->type == JSON_OBJECT && group_given(v, member->name);

		if (member->type == JSON_NULL)
			continue; /* the same as absent */
		put_name(b, first, member->name);
		if (group)
			put_group(b, v, member->name, text, member);
		else
			put_value(b, text, member);
	}
}

static bool is_there(const struct json *file, const char *group)
{
	const struct json *member = file ? json_get(file, group) : NULL;

	return member && member->type != JSON_NULL;
}

static void document(struct buf *b, const struct values *v, const char *text, const struct json *file)
{
	bool first = true;

	buf_char(b, '{');
	if (file)
		put_file(b, &first, v, text, file);
	for (size_t i = 0; i < GROUPS; i++) {
		if (!group_given(v, groups[i]) || is_there(file, groups[i]))
			continue;
		put_name(b, &first, groups[i]);
		put_group(b, v, groups[i], text, NULL);
	}
	buf_char(b, '}');
}

/* ---- the file ---- */

static int read_file(struct arena *a, const char *path, struct buf *b, struct lct_err *err)
{
	size_t len;
	char *text;
	int r = document_read(a, path, &text, &len, err);

	if (r < 0)
		return r;
	buf_add(b, text, len);
	return buf_ok(b) ? 0 : err_nomem(err);
}

static bool any_flag(const struct values *v)
{
	for (size_t i = 0; i < GROUPS; i++)
		if (group_given(v, groups[i]))
			return true;
	return false;
}

/* What the library gets: the file itself where no flag changes it. */
static int resources(struct arena *a, const struct values *v, struct buf *ret, struct lct_err *err)
{
	_cleanup_buf_ struct buf file = { 0 };
	struct json *parsed = NULL;
	int r;

	if (v->resources && !any_flag(v))
		return read_file(a, v->resources, ret, err);
	r = v->resources ? read_file(a, v->resources, &file, err) : 0;
	if (r >= 0 && v->resources)
		r = json_parse(a, file.data, file.len, v->resources, &parsed, err);
	if (r < 0)
		return r;
	if (parsed && parsed->type != JSON_OBJECT)
		return err_set(err, LCT_E_CONFIG, EINVAL, NULL, "%s: must be an object", v->resources);
	document(ret, v, file.data, parsed);
	return buf_ok(ret) ? 0 : err_nomem(err);
}

/* An empty value counts as not given. */
static const char *schema(const struct values *v, enum flag f)
{
	return v->flag[f] && *v->flag[f] ? v->flag[f] : NULL;
}

static int update(struct cli *cli, void *values, char **args, int n_args, struct lct_err *err)
{
	const struct values *v = values;
	_cleanup_buf_ struct buf text = { 0 };
	autocontainer *ct = NULL;
	int r;

	(void)n_args;
	r = check(v, err);
	if (r >= 0)
		r = cli_find(cli, args[0], &ct, err);
	if (r >= 0)
		r = resources(&cli->arena, v, &text, err);
	if (r < 0)
		return r;
	log_debug(&cli->log, "resources: %.*s", (int)(text.len > 4096 ? 4096 : text.len), text.len ? text.data : "");
	r = lct_update(ct, text.len ? text.data : "", text.len, 0, err);
	if (r >= 0 && (schema(v, L3_CACHE_SCHEMA) || schema(v, MEM_BW_SCHEMA)))
		r = lct_update_rdt(ct, schema(v, L3_CACHE_SCHEMA), schema(v, MEM_BW_SCHEMA), err);
	return r;
}

const struct command update_command = {
	.name = "update",
	.args = "ID",
	.summary = "change the limits of a container",
	.about = about,
	.opts = opts,
	.min_args = 1,
	.max_args = 1,
	.complete_id = true,
	.values_size = sizeof(struct values),
	.run = update,
};
