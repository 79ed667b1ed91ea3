/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The members of a record as a table, for its writer and its reader.  Room: run (pure). */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include <stddef.h>
#include <stdint.h>

/* Line one is "kin1 <bytes that follow> <16 hex digits>"; the digits are FNV-1a of those bytes: a guard against torn
 * and bit-rotten files, not against an enemy, who could not get past the directory's mode. */
#define RECORD_MAGIC "kin1 "
enum { RECORD_MAX = 1024 * 1024, RECORD_DEPTH_CGROUP = 64 };

enum field_kind {
	FIELD_STRING, /* const char * */
	FIELD_PATH, /* const char *, absolute */
	FIELD_BOOT_ID, /* char[37] */
	FIELD_PHASE, /* enum state */
	FIELD_UNSIGNED, /* unsigned or uint32_t */
	FIELD_U64, /* uint64_t */
	FIELD_COUNTER, /* uint64_t; absent: LCT_UNKNOWN */
	FIELD_INT, /* int */
	FIELD_BOOL, /* bool */
	FIELD_IDENTITY, /* struct identity; absent: no process */
	FIELD_ANNOTATIONS, /* const char **annotations and n_annotations */
};

struct field {
	const char *name;
	enum field_kind kind;
	size_t offset; /* in struct record */
	bool required;
	uint64_t max; /* of numbers */
};

extern const struct field record_fields[];
extern const size_t record_n_fields;

uint64_t record_checksum(const char *data, size_t len);
#endif
