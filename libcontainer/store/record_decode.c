/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record from text that anybody may have written: every type, range and length is checked.  Room: run (pure). */
#include "store/store.h"
#include "store/record.h"

#include <string.h>

#include "json/json.h"

static int damaged(struct lct_err *err, const char *what)
{
	return err_set(err, LCT_E_DAMAGED, EBADMSG, NULL, "the record of the container is damaged: %s", what);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* -1, or how many bytes were stored. */
static int from_hex(const char *s, uint8_t *ret, size_t max)
{
	size_t n = strlen(s);

	if (n % 2 || n / 2 > max)
		return -1;
	for (size_t i = 0; i < n / 2; i++) {
		int high = hex_digit(s[2 * i]), low = hex_digit(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return (int)(n / 2);
}

/* The header, spelled in one way only. */
static int body_of(const char *text, size_t len, const char **ret, size_t *ret_len)
{
	const size_t magic = sizeof(RECORD_MAGIC) - 1;
	uint64_t sum = 0;
	size_t i = magic, n = 0, digits;

	if (len < magic || memcmp(text, RECORD_MAGIC, magic))
		return -EBADMSG;
	for (; i < len && text[i] >= '0' && text[i] <= '9' && n <= RECORD_MAX; i++)
		n = n * 10 + (size_t)(text[i] - '0');
	if (i == magic || text[magic] == '0' || i >= len || text[i++] != ' ')
		return -EBADMSG;
	for (digits = 0; digits < 16 && i < len && hex_digit(text[i]) >= 0; digits++)
		sum = sum << 4 | (unsigned)hex_digit(text[i++]);
	if (digits != 16 || i >= len || text[i++] != '\n' || len - i != n)
		return -EBADMSG;
	if (record_checksum(text + i, n) != sum)
		return -EBADMSG;
	*ret = text + i;
	*ret_len = n;
	return 0;
}

static int get_text(struct arena *a, const struct json *j, const char **ret)
{
	const struct json *hex;
	uint8_t *bytes;
	size_t len;
	int n;

	if (j->type == JSON_STRING) {
		*ret = j->string;
		return 0;
	}
	hex = json_get(j, "hex");
	if (!hex || hex->type != JSON_STRING || j->n != 1)
		return -EBADMSG;
	len = strlen(hex->string) / 2;
	bytes = arena_alloc(a, len + 1);
	if (!bytes)
		return -ENOMEM;
	n = from_hex(hex->string, bytes, len);
	if (n < 0 || memchr(bytes, 0, (size_t)n))
		return -EBADMSG;
	*ret = (const char *)bytes;
	return 0;
}

static bool get_identity(const struct json *j, struct identity *ret)
{
	const struct json *pid = json_get(j, "pid"), *start = json_get(j, "startTime"), *inode = json_get(j, "inode");
	const struct json *type = json_get(j, "handleType"), *handle = json_get(j, "handle");
	int64_t number, kind;
	int n;

	if (!pid || !start || !inode || !type || !handle || j->n != 5 || handle->type != JSON_STRING)
		return false;
	if (json_i64(pid, 1, INT32_MAX, &number) < 0 || json_i64(type, INT32_MIN, INT32_MAX, &kind) < 0 ||
	    json_u64(start, UINT64_MAX, &ret->start_time) < 0 || json_u64(inode, UINT64_MAX, &ret->pidfs_inode) < 0)
		return false;
	n = from_hex(handle->string, ret->handle, sizeof(ret->handle));
	if (n < 0)
		return false;
	ret->handle_len = (uint32_t)n;
	ret->pid = (pid_t)number;
	ret->handle_type = (int)kind;
	return true;
}

static int get_annotations(struct arena *a, const struct json *j, struct record *ret)
{
	int r = 0;

	if (j->type != JSON_ARRAY || j->n % 2)
		return -EBADMSG;
	ret->annotations = arena_array(a, (size_t)j->n + 1, sizeof(*ret->annotations));
	if (!ret->annotations)
		return -ENOMEM;
	for (size_t i = 0; i < j->n && r == 0; i++)
		r = get_text(a, &j->first[i], &ret->annotations[i]);
	ret->n_annotations = j->n / 2;
	return r;
}

static bool get_boot_id(const struct json *j, char ret[37])
{
	if (j->type != JSON_STRING || strlen(j->string) != 36 || strspn(j->string, "0123456789abcdef-") != 36)
		return false;
	memcpy(ret, j->string, 37);
	return true;
}

static bool get_phase(const struct json *j, enum state *ret)
{
	int s = j->type == JSON_STRING ? state_from_name(j->string) : -1;

	if (s <= STATE_NONE || s >= STATE_BROKEN)
		return false;
	*ret = (enum state)s;
	return true;
}

static int is_good(bool good)
{
	return good ? 0 : -EBADMSG;
}

static int get_value(struct arena *a, const struct field *f, const struct json *j, struct record *ret)
{
	void *v = (char *)ret + f->offset;
	uint64_t number;
	int r;

	switch (f->kind) {
	case FIELD_STRING:
		return get_text(a, j, v);
	case FIELD_PATH:
		r = get_text(a, j, v);
		return r < 0 ? r : is_good(**(const char **)v == '/');
	case FIELD_BOOT_ID:
		return is_good(get_boot_id(j, v));
	case FIELD_PHASE:
		return is_good(get_phase(j, v));
	case FIELD_BOOL:
		*(bool *)v = j->type == JSON_BOOL && j->boolean;
		return is_good(j->type == JSON_BOOL);
	case FIELD_IDENTITY:
		return is_good(get_identity(j, v));
	case FIELD_ANNOTATIONS:
		return get_annotations(a, j, ret);
	case FIELD_U64:
	case FIELD_COUNTER:
		return is_good(json_u64(j, f->max, v) == 0);
	case FIELD_UNSIGNED:
	case FIELD_INT:
		if (json_u64(j, f->max, &number) < 0)
			return -EBADMSG;
		*(unsigned *)v = (unsigned)number;
		return 0;
	}
	return -EBADMSG;
}

static const struct field *field_of(const char *name)
{
	for (size_t i = 0; i < record_n_fields; i++)
		if (!strcmp(record_fields[i].name, name))
			return &record_fields[i];
	return NULL;
}

int record_decode(struct arena *a, const char *text, size_t len, struct record *ret, struct lct_err *err)
{
	struct record r = { 0 };
	struct json *j;
	const char *body;
	size_t n;
	int e;

	memset(&r.usage, 0xff, sizeof(r.usage)); /* LCT_UNKNOWN */
	if (len > RECORD_MAX || body_of(text, len, &body, &n) < 0)
		return damaged(err, "length or checksum do not fit");
	e = json_parse(a, body, n, "record", &j, NULL);
	if (e == -ENOMEM)
		return err_nomem(err);
	if (e < 0 || j->type != JSON_OBJECT)
		return damaged(err, "not a JSON object");
	for (size_t i = 0; i < j->n; i++) {
		const struct field *f = field_of(j->first[i].name);

		e = f ? get_value(a, f, &j->first[i], &r) : -EBADMSG;
		if (e == -ENOMEM)
			return err_nomem(err);
		if (e < 0)
			return damaged(err, j->first[i].name);
	}
	for (size_t i = 0; i < record_n_fields; i++)
		if (record_fields[i].required && !json_get(j, record_fields[i].name))
			return damaged(err, record_fields[i].name);
	/* Pid 1 is never a container's init where we can see it; a creator may be pid 1 of its own container. */
	if (r.init.pid == 1 || store_check_id(r.id, NULL) < 0)
		return damaged(err, "impossible init or id");
	*ret = r;
	return 0;
}
