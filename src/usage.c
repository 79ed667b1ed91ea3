/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a container used, as JSON; see usage.h.  Room: the CLI. */
#include <inttypes.h>
#include <string.h>

#include "usage.h"

#define ROW(name_, member_)                                                                                            \
	{                                                                                                              \
		.name = name_, .at = offsetof(struct lct_usage, member_)                                               \
	}

static const struct {
	const char *name;
	size_t at;
} rows[] = {
	ROW("cpuUsec", cpu_usec),
	ROW("cpuUserUsec", cpu_user_usec),
	ROW("cpuSystemUsec", cpu_system_usec),
	ROW("cpuThrottledUsec", cpu_throttled_usec),
	ROW("memoryPeakBytes", memory_peak),
	ROW("memoryMaxHits", memory_max_hits),
	ROW("oom", memory_oom),
	ROW("oomKill", memory_oom_kill),
	ROW("pidsPeak", pids_peak),
	ROW("pidsMaxHits", pids_max_hits),
	ROW("ioReadBytes", io_read_bytes),
	ROW("ioWriteBytes", io_write_bytes),
	ROW("ioReads", io_reads),
	ROW("ioWrites", io_writes),
	ROW("cpuPressureUsec", cpu_pressure_usec),
	ROW("memoryPressureUsec", memory_pressure_usec),
	ROW("ioPressureUsec", io_pressure_usec),
};

void put_usage(struct buf *b, const struct lct_usage *u)
{
	const char *comma = "";

	buf_char(b, '{');
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t value;

		memcpy(&value, (const char *)u + rows[i].at, sizeof(value));
		if (value == LCT_UNKNOWN)
			continue;
		buf_printf(b, "%s\"%s\":%" PRIu64, comma, rows[i].name, value);
		comma = ",";
	}
	buf_char(b, '}');
}
