/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* criu's messages written and read; see criu_wire.h.  Room: run (pure). */
#include "run/criu_wire.h"

#include <errno.h>
#include <libcontainer.h>
#include <string.h>

#include "base/buf.h"

/* ---- writing ---- */

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

static void put_varint(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_char(b, (char)(v | 0x80));
	buf_char(b, (char)v);
}

static void put_number(struct buf *b, unsigned field, uint64_t v)
{
	put_varint(b, (uint64_t)field << 3 | VARINT);
	put_varint(b, v);
}

static void put_true(struct buf *b, unsigned field, bool v)
{
	if (v)
		put_number(b, field, 1);
}

static void put_bytes(struct buf *b, unsigned field, const void *data, size_t len)
{
	put_varint(b, (uint64_t)field << 3 | BYTES);
	put_varint(b, len);
	buf_add(b, data, len);
}

static void put_string(struct buf *b, unsigned field, const char *s)
{
	if (s)
		put_bytes(b, field, s, strlen(s));
}

/* A message within: what has been put into *inner, which is empty again. */
static void put_message(struct buf *b, unsigned field, struct buf *inner)
{
	if (!buf_ok(inner))
		b->failed = true;
	else
		put_bytes(b, field, inner->data, inner->len);
	inner->len = 0;
}

static void put_pairs(struct buf *b, unsigned field, const struct criu_pair *v, size_t n)
{
	_cleanup_buf_ struct buf inner = { 0 };

	for (size_t i = 0; i < n; i++) {
		put_string(&inner, 1, v[i].key);
		put_string(&inner, 2, v[i].value);
		put_message(b, field, &inner);
	}
}

static void put_inherited(struct buf *b, const struct criu_request *q)
{
	_cleanup_buf_ struct buf inner = { 0 };

	for (size_t i = 0; i < q->n_inherited; i++) {
		put_string(&inner, 1, q->inherited[i].key);
		put_number(&inner, 2, (uint64_t)q->inherited[i].fd);
		put_message(b, 27, &inner);
	}
}

static void put_page_server(struct buf *b, const struct criu_request *q)
{
	_cleanup_buf_ struct buf inner = { 0 };

	if (!q->page_server)
		return;
	put_string(&inner, 1, q->page_server);
	put_number(&inner, 2, (uint64_t)q->page_server_port);
	put_message(b, 11, &inner);
}

static void put_cgroups(struct buf *b, const struct criu_request *q)
{
	_cleanup_buf_ struct buf inner = { 0 };

	if (q->cgroup_root) {
		put_string(&inner, 2, q->cgroup_root);
		put_message(b, 25, &inner);
	}
	put_number(b, 34, q->cgroup_mode); /* without it criu has "soft" */
}

static void put_flags(struct buf *b, unsigned flags)
{
	static const struct {
		unsigned flag, field;
	} fields[] = {
		{ LCT_CRIU_LEAVE_RUNNING, 3 }, { LCT_CRIU_EXT_UNIX_SK, 4 }, { LCT_CRIU_TCP_ESTABLISHED, 5 },
		{ LCT_CRIU_SHELL_JOB, 7 },     { LCT_CRIU_FILE_LOCKS, 8 },  { LCT_CRIU_AUTO_DEDUP, 16 },
		{ LCT_CRIU_LINK_REMAP, 18 },   { LCT_CRIU_LAZY_PAGES, 48 }, { LCT_CRIU_TCP_SKIP_IN_FLIGHT, 46 },
		{ LCT_CRIU_TCP_CLOSE, 52 },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		put_true(b, fields[i].field, flags & fields[i].flag);
	if (flags & LCT_CRIU_EMPTY_NETWORK)
		put_number(b, 38, 0x40000000); /* CLONE_NEWNET */
}

static void put_options(struct buf *b, const struct criu_request *q)
{
	enum { LOG_LEVEL = 4 };

	put_number(b, 1, (uint64_t)q->images);
	if (q->pid)
		put_number(b, 2, (uint64_t)q->pid);
	put_flags(b, q->flags);
	put_number(b, 9, LOG_LEVEL);
	put_string(b, 10, q->log_file);
	put_page_server(b, q);
	put_number(b, 12, 1); /* notify */
	put_string(b, 13, q->root);
	put_string(b, 14, q->parent);
	put_true(b, 15, q->parent || q->type == CRIU_PRE_DUMP); /* changed pages are told apart */
	put_number(b, 17, (uint64_t)q->work);
	put_pairs(b, 23, q->mounts, q->n_mounts);
	put_cgroups(b, q);
	put_true(b, 26, q->type == CRIU_RESTORE); /* the restored init is criu's sibling: our child */
	put_inherited(b, q);
	for (size_t i = 0; i < q->n_external; i++)
		put_string(b, 37, q->external[i]);
	put_pairs(b, 39, q->join, q->n_join);
	put_string(b, 44, q->freeze_cgroup);
	if (q->status_fd)
		put_number(b, 49, (uint64_t)q->status_fd);
	/* The master of the container's terminal is held outside: it is made anew and handed to us. */
	put_true(b, 50, !(q->flags & LCT_CRIU_SHELL_JOB));
	put_string(b, 51, q->config_file);
	put_string(b, 53, q->lsm_profile);
	put_string(b, 60, q->cgroup_yard);
	put_string(b, 63, q->lsm_mount_context);
	if (q->network_lock)
		put_number(b, 64, q->network_lock);
}

void criu_encode(const struct criu_request *q, struct buf *ret)
{
	_cleanup_buf_ struct buf options = { 0 };

	put_number(ret, 1, q->type);
	put_options(&options, q);
	put_message(ret, 2, &options);
}

void criu_encode_version(struct buf *ret)
{
	put_number(ret, 1, CRIU_VERSION);
	put_number(ret, 4, 1); /* another request will follow */
}

void criu_encode_notified(bool success, struct buf *ret)
{
	put_number(ret, 1, CRIU_NOTIFY);
	put_number(ret, 3, success);
}

/* ---- reading ---- */

struct reader {
	const uint8_t *p, *end;
};
struct field {
	unsigned number, kind;
	uint64_t value; /* VARINT */
	struct reader bytes; /* BYTES */
};

static int get_varint(struct reader *r, uint64_t *ret)
{
	*ret = 0;
	for (unsigned shift = 0; shift < 64 && r->p < r->end; shift += 7) {
		*ret |= (uint64_t)(*r->p & 0x7f) << shift;
		if (!(*r->p++ & 0x80))
			return 0;
	}
	return -EBADMSG;
}

static int skip(struct reader *r, uint64_t n)
{
	if (n > (uint64_t)(r->end - r->p))
		return -EBADMSG;
	r->p += n;
	return 0;
}

/* 1: a field, 0: the end, -EBADMSG. */
static int next(struct reader *r, struct field *f)
{
	uint64_t tag;

	if (r->p == r->end)
		return 0;
	if (get_varint(r, &tag) < 0 || tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
		return -EBADMSG;
	f->number = (unsigned)(tag >> 3);
	f->kind = tag & 7;
	switch (f->kind) {
	case VARINT:
		return get_varint(r, &f->value) < 0 ? -EBADMSG : 1;
	case BYTES:
		if (get_varint(r, &f->value) < 0)
			return -EBADMSG;
		f->bytes = (struct reader){ r->p, r->p + (f->value <= (uint64_t)(r->end - r->p) ? f->value : 0) };
		return skip(r, f->value) < 0 ? -EBADMSG : 1;
	case FIXED64:
		return skip(r, 8) < 0 ? -EBADMSG : 1;
	case FIXED32:
		return skip(r, 4) < 0 ? -EBADMSG : 1;
	default:
		return -EBADMSG;
	}
}

/* What is for a person to read: one line. */
static void take_text(const struct field *f, char *ret, size_t size)
{
	size_t n = (size_t)(f->bytes.end - f->bytes.p);

	if (n > size - 1)
		n = size - 1;
	for (size_t i = 0; i < n; i++)
		ret[i] = f->bytes.p[i] < ' ' || f->bytes.p[i] == 0x7f ? ' ' : (char)f->bytes.p[i];
	while (n && ret[n - 1] == ' ')
		n--;
	ret[n] = '\0';
}

/* A failed restore has -1 there. */
static void take_pid(const struct field *f, pid_t *ret)
{
	*ret = f->value <= INT32_MAX ? (pid_t)f->value : 0;
}

static int take_notify(struct reader r, struct criu_reply *ret)
{
	struct field f;
	int more;

	while ((more = next(&r, &f)) == 1) {
		if (f.number == 1 && f.kind == BYTES)
			take_text(&f, ret->script, sizeof(ret->script));
		else if (f.number == 2 && f.kind == VARINT)
			take_pid(&f, &ret->pid);
	}
	return more;
}

static int take_restored(struct reader r, struct criu_reply *ret)
{
	struct field f;
	int more;

	while ((more = next(&r, &f)) == 1)
		if (f.number == 1 && f.kind == VARINT)
			take_pid(&f, &ret->pid);
	return more;
}

static int take_version(struct reader r, struct criu_reply *ret)
{
	struct field f;
	int more;

	while ((more = next(&r, &f)) == 1) {
		if (f.kind != VARINT)
			continue;
		if (f.number == 1)
			ret->major = (uint32_t)f.value;
		else if (f.number == 2)
			ret->minor = (uint32_t)f.value;
		else if (f.number == 4)
			ret->sublevel = (uint32_t)f.value;
	}
	return more;
}

static int take(const struct field *f, struct criu_reply *ret)
{
	if (f->kind == VARINT) {
		if (f->number == 1)
			ret->type = f->value;
		else if (f->number == 2)
			ret->success = f->value;
		else if (f->number == 7)
			ret->error = (int32_t)f->value;
		return 0;
	}
	if (f->kind != BYTES)
		return 0;
	switch (f->number) {
	case 4:
		return take_restored(f->bytes, ret);
	case 5:
		return take_notify(f->bytes, ret);
	case 9:
		take_text(f, ret->message, sizeof(ret->message));
		return 0;
	case 10:
		return take_version(f->bytes, ret);
	default:
		return 0;
	}
}

int criu_decode(const void *data, size_t len, struct criu_reply *ret)
{
	struct reader r = { data, (const uint8_t *)data + len };
	struct field f;
	int more;

	*ret = (struct criu_reply){ 0 };
	while ((more = next(&r, &f)) == 1)
		if (take(&f, ret) < 0)
			return -EBADMSG;
	return more < 0 || !ret->type ? -EBADMSG : 0;
}
