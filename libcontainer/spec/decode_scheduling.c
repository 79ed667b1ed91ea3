/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /process/scheduler, ioPriority and execCPUAffinity: when and where the program runs.  Room: run (pure). */
#include "spec/decode.h"
#include "spec/number_set.h"
#include "sys/kernel.h"

#define PROCESS struct spec_process

enum { MAX_CPUS = 8192 }; /* the kernel's largest NR_CPUS */

static const struct decode_name policies[] = {
	{ "SCHED_OTHER", KSCHED_OTHER }, { "SCHED_FIFO", KSCHED_FIFO },		{ "SCHED_RR", KSCHED_RR },
	{ "SCHED_BATCH", KSCHED_BATCH }, { "SCHED_ISO", KSCHED_ISO }, /* reserved: the kernel's to refuse */
	{ "SCHED_IDLE", KSCHED_IDLE },	 { "SCHED_DEADLINE", KSCHED_DEADLINE }, { NULL, 0 },
};

static const struct decode_name flags[] = {
	{ "SCHED_FLAG_RESET_ON_FORK", 0x01 },
	{ "SCHED_FLAG_RECLAIM", 0x02 },
	{ "SCHED_FLAG_DL_OVERRUN", 0x04 },
	{ "SCHED_FLAG_KEEP_POLICY", KSCHED_FLAG_KEEP_POLICY },
	{ "SCHED_FLAG_KEEP_PARAMS", KSCHED_FLAG_KEEP_PARAMS },
	{ "SCHED_FLAG_UTIL_CLAMP_MIN", 0x20 },
	{ "SCHED_FLAG_UTIL_CLAMP_MAX", 0x40 },
	{ NULL, 0 },
};

static const struct decode_name classes[] = {
	{ "IOPRIO_CLASS_RT", 1 },
	{ "IOPRIO_CLASS_BE", 2 },
	{ "IOPRIO_CLASS_IDLE", 3 },
	{ NULL, 0 },
};

const char *spec_scheduler_policy(uint32_t policy)
{
	for (const struct decode_name *p = policies; p->name; p++)
		if (p->value == policy)
			return p->name;
	return NULL;
}

static void decode_policy(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((PROCESS *)out)->scheduler.policy = (uint32_t)decode_named(d, at, v, policies, "policy");
}

static void decode_scheduler_flags(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((PROCESS *)out)->scheduler.flags = decode_flags(d, at, v, flags, "flag");
}

static const struct field scheduler_fields[] = {
	ROW_CALL("policy", decode_policy, .flags = REQUIRED), ROW_I32("nice", PROCESS, scheduler.nice),
	ROW_I32("priority", PROCESS, scheduler.priority),     ROW_CALL("flags", decode_scheduler_flags),
	ROW_U64("runtime", PROCESS, scheduler.runtime),	      ROW_U64("deadline", PROCESS, scheduler.deadline),
	ROW_U64("period", PROCESS, scheduler.period),
};
static const struct shape scheduler_shape = { FIELDS(scheduler_fields) };

void decode_scheduler(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((PROCESS *)out)->scheduler.present = true;
	decode_object(d, at, v, &scheduler_shape, out);
}

static void decode_class(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((PROCESS *)out)->io_priority.class = (uint32_t)decode_named(d, at, v, classes, "class");
}

static const struct field io_fields[] = {
	ROW_CALL("class", decode_class, .flags = REQUIRED),
	ROW_I32("priority", PROCESS, io_priority.priority, .max = 7),
};
static const struct shape io_shape = { FIELDS(io_fields) };

void decode_io_priority(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	((PROCESS *)out)->io_priority.present = true;
	decode_object(d, at, v, &io_shape, out);
}

static void decode_initial(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	number_set_decode(d, at, v, MAX_CPUS, &((PROCESS *)out)->exec_cpus_initial);
}

static void decode_final(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	number_set_decode(d, at, v, MAX_CPUS, &((PROCESS *)out)->exec_cpus_final);
}

static const struct field cpus_fields[] = {
	ROW_CALL("initial", decode_initial),
	ROW_CALL("final", decode_final),
};
static const struct shape cpus_shape = { FIELDS(cpus_fields) };

void decode_exec_cpus(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	decode_object(d, at, v, &cpus_shape, out);
}
