/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record's members, and the record as a file.  Room: run. */
#include "store/store.h"
#include "store/record.h"

#include <stddef.h>

#include "base/buf.h"

#define AT(member) offsetof(struct record, member)
#define COUNTER(name, member)                                                                                          \
	{                                                                                                              \
		name, FIELD_COUNTER, AT(usage.member), false, LCT_UNKNOWN - 1                                          \
	}

const struct field record_fields[] = {
	{ "phase", FIELD_PHASE, AT(phase), true, 0 },
	{ "id", FIELD_STRING, AT(id), true, 0 },
	{ "ociVersion", FIELD_STRING, AT(oci_version), false, 0 },
	{ "bundle", FIELD_PATH, AT(bundle), false, 0 },
	{ "rootfs", FIELD_PATH, AT(rootfs), false, 0 },
	{ "created", FIELD_STRING, AT(created), false, 0 },
	{ "cgroup", FIELD_PATH, AT(cgroup), false, 0 },
	{ "cgroupMade", FIELD_UNSIGNED, AT(cgroup_made), false, RECORD_DEPTH_CGROUP },
	{ "cgroupManager", FIELD_STRING, AT(cgroup_manager), false, 0 },
	{ "cgroupSub", FIELD_STRING, AT(cgroup_sub), false, 0 },
	{ "cgroupDelegate", FIELD_STRING, AT(cgroup_delegate), false, 0 },
	{ "unit", FIELD_STRING, AT(unit), false, 0 },
	{ "userUnit", FIELD_BOOL, AT(user_unit), false, 0 },
	{ "bootId", FIELD_BOOT_ID, AT(boot_id), true, 0 },
	{ "ownerUid", FIELD_UNSIGNED, AT(owner_uid), true, UINT32_MAX },
	{ "creator", FIELD_IDENTITY, AT(creator), false, 0 },
	{ "init", FIELD_IDENTITY, AT(init), false, 0 },
	{ "newNs", FIELD_U64, AT(new_ns), false, UINT64_MAX },
	{ "joinedNs", FIELD_U64, AT(joined_ns), false, UINT64_MAX },
	{ "noNewKeyring", FIELD_BOOL, AT(no_new_keyring), false, 0 },
	{ "hasSeccomp", FIELD_BOOL, AT(has_seccomp), false, 0 },
	{ "seccompFlags", FIELD_U64, AT(seccomp_flags), false, UINT64_MAX },
	{ "rdtClos", FIELD_STRING, AT(rdt_clos), false, 0 },
	{ "rdtMonitor", FIELD_STRING, AT(rdt_monitor), false, 0 },
	{ "rdtOwns", FIELD_BOOL, AT(rdt_owns), false, 0 },
	{ "mountLabel", FIELD_STRING, AT(mount_label), false, 0 },
	{ "mountContext", FIELD_STRING, AT(mount_context), false, 0 },
	{ "hasAttributes", FIELD_BOOL, AT(has_attributes), false, 0 },
	{ "hooks", FIELD_STRING, AT(hooks_json), false, 0 },
	{ "annotations", FIELD_ANNOTATIONS, AT(annotations), false, 0 },
	{ "exited", FIELD_BOOL, AT(exited), false, 0 },
	{ "exitHow", FIELD_INT, AT(exit_how), false, LCT_EXIT_SIGNAL },
	{ "exitStatus", FIELD_INT, AT(exit_status), false, 255 },
	COUNTER("cpuUsec", cpu_usec),
	COUNTER("cpuUserUsec", cpu_user_usec),
	COUNTER("cpuSystemUsec", cpu_system_usec),
	COUNTER("cpuThrottledUsec", cpu_throttled_usec),
	COUNTER("memoryPeak", memory_peak),
	COUNTER("memoryOom", memory_oom),
	COUNTER("memoryOomKill", memory_oom_kill),
	COUNTER("memoryMaxHits", memory_max_hits),
	COUNTER("pidsPeak", pids_peak),
	COUNTER("pidsMaxHits", pids_max_hits),
	COUNTER("ioReadBytes", io_read_bytes),
	COUNTER("ioWriteBytes", io_write_bytes),
	COUNTER("ioReads", io_reads),
	COUNTER("ioWrites", io_writes),
	COUNTER("cpuPressureUsec", cpu_pressure_usec),
	COUNTER("memoryPressureUsec", memory_pressure_usec),
	COUNTER("ioPressureUsec", io_pressure_usec),
};
const size_t record_n_fields = sizeof(record_fields) / sizeof(record_fields[0]);

uint64_t record_checksum(const char *data, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)data[i]) * UINT64_C(0x100000001b3);
	return h;
}

int record_write(int dirfd, const struct record *r, struct lct_err *err)
{
	_cleanup_buf_ struct buf text = { 0 };
	int e = record_encode(r, &text, err);

	return e < 0 ? e : store_put(dirfd, "record", text.data, text.len, err);
}

int record_read(int dirfd, struct arena *a, struct record *ret, struct lct_err *err)
{
	char *text;
	size_t len;
	int r = store_get(dirfd, "record", RECORD_MAX, a, &text, &len, err);

	return r < 0 ? r : record_decode(a, text, len, ret, err);
}
