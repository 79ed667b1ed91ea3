/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record as text: the members of the table that have a value.  Room: run (pure). */
#include "store/store.h"
#include "store/record.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "json/json.h"
#include "json/utf8.h"

static bool is_utf8(const char *s)
{
	size_t left = strlen(s), n;

	for (; left; s += n, left -= n)
		if (!(n = utf8_length((const unsigned char *)s, left)))
			return false;
	return true;
}

static void put_hex(struct buf *b, const void *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_printf(b, "%02x", ((const unsigned char *)data)[i]);
}

/* A path is any bytes, a JSON string is not: what is no UTF-8 travels as {"hex": ...}. */
static void put_text(struct buf *b, const char *s)
{
	if (is_utf8(s)) {
		json_put_string(b, s);
		return;
	}
	buf_str(b, "{\"hex\":\"");
	put_hex(b, s, strlen(s));
	buf_str(b, "\"}");
}

static void put_identity(struct buf *b, const struct identity *id)
{
	buf_printf(b, "{\"pid\":%d,\"startTime\":%" PRIu64 ",\"inode\":%" PRIu64 ",\"handleType\":%d,\"handle\":\"",
		   (int)id->pid, id->start_time, id->pidfs_inode, id->handle_type);
	put_hex(b, id->handle, id->handle_len <= IDENTITY_HANDLE ? id->handle_len : 0);
	buf_str(b, "\"}");
}

static void put_annotations(struct buf *b, const struct record *r)
{
	buf_char(b, '[');
	for (size_t i = 0; i < 2 * r->n_annotations; i++) {
		if (i)
			buf_char(b, ',');
		put_text(b, r->annotations[i]);
	}
	buf_char(b, ']');
}

static bool has_value(const struct field *f, const struct record *r, const void *v)
{
	switch (f->kind) {
	case FIELD_STRING:
	case FIELD_PATH:
		return *(const char *const *)v;
	case FIELD_IDENTITY:
		return ((const struct identity *)v)->pid;
	case FIELD_ANNOTATIONS:
		return r->n_annotations;
	case FIELD_COUNTER:
		return *(const uint64_t *)v != LCT_UNKNOWN;
	default:
		return true;
	}
}

static void put_value(struct buf *b, const struct field *f, const struct record *r, const void *v)
{
	switch (f->kind) {
	case FIELD_STRING:
	case FIELD_PATH:
		put_text(b, *(const char *const *)v);
		break;
	case FIELD_BOOT_ID:
		json_put_string(b, v);
		break;
	case FIELD_PHASE:
		json_put_string(b, state_name(*(const enum state *)v));
		break;
	case FIELD_UNSIGNED:
		buf_printf(b, "%u", *(const unsigned *)v);
		break;
	case FIELD_U64:
	case FIELD_COUNTER:
		buf_printf(b, "%" PRIu64, *(const uint64_t *)v);
		break;
	case FIELD_INT:
		buf_printf(b, "%d", *(const int *)v);
		break;
	case FIELD_BOOL:
		buf_str(b, *(const bool *)v ? "true" : "false");
		break;
	case FIELD_IDENTITY:
		put_identity(b, v);
		break;
	case FIELD_ANNOTATIONS:
		put_annotations(b, r);
		break;
	}
}

int record_encode(const struct record *r, struct buf *ret, struct lct_err *err)
{
	_cleanup_buf_ struct buf body = { 0 };
	const char *separator = "{";

	for (size_t i = 0; i < record_n_fields; i++) {
		const struct field *f = &record_fields[i];
		const void *v = (const char *)r + f->offset;

		if (!has_value(f, r, v))
			continue;
		buf_str(&body, separator);
		json_put_string(&body, f->name);
		buf_char(&body, ':');
		put_value(&body, f, r, v);
		separator = ",";
	}
	buf_str(&body, "}\n");
	if (!buf_ok(&body))
		return err_nomem(err);
	buf_printf(ret, RECORD_MAGIC "%zu %016" PRIx64 "\n", body.len, record_checksum(body.data, body.len));
	buf_add(ret, body.data, body.len);
	if (!buf_ok(ret))
		return err_nomem(err);
	if (ret->len > RECORD_MAX)
		return err_set(err, LCT_E_CONFIG, E2BIG, NULL,
			       "hooks and annotations are too large to be kept: %zu bytes > %d", ret->len, RECORD_MAX);
	return 0;
}
