/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The record's reader on any bytes: as they are, and behind a header that fits them, so that the checksum does not
 * keep the fuzzer out.  What is believed must be written and read again as the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "store/record.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text, size_t len)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf once = { 0 }, twice = { 0 };
	struct record first, second;
	struct lct_err err;
	int r = record_decode(&a, text, len, &first, &err);

	if (r < 0) {
		if (!err.text[0] || strchr(err.text, '\n'))
			abort();
		return;
	}
	if (store_check_id(first.id, NULL) < 0 || first.init.pid == 1 || first.init.pid < 0 ||
	    first.init.handle_len > IDENTITY_HANDLE || first.cgroup_made > RECORD_DEPTH_CGROUP)
		abort();
	if (record_encode(&first, &once, NULL) < 0) /* escapes can make it longer than it was */
		return;
	if (record_decode(&a, once.data, once.len, &second, NULL) < 0 || record_encode(&second, &twice, NULL) < 0)
		abort();
	if (once.len != twice.len || memcmp(once.data, twice.data, once.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf sealed = { 0 };

	check((const char *)data, size);
	buf_printf(&sealed, RECORD_MAGIC "%zu %016" PRIx64 "\n", size, record_checksum((const char *)data, size));
	buf_add(&sealed, data, size);
	if (buf_ok(&sealed))
		check(sealed.data, sealed.len);
	return 0;
}
