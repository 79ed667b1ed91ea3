/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building the blob of a plan.  Room: run (pure). */
#include "plan/draft.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spec/report.h"

static const char zeros[8];

void draft_init(struct draft *d)
{
	/* Offset 0 means absent, so nothing may be there. */
	buf_add(&d->data, zeros, sizeof(zeros));
}

void draft_done(struct draft *d)
{
	buf_done(&d->ops);
	buf_done(&d->data);
}

void draft_nomem(struct draft *d)
{
	if (!d->rc)
		d->rc = err_nomem(d->err);
}

void draft_fail(struct draft *d, const char *where, const char *fmt, ...)
{
	struct lct_err found;
	char text[512];
	va_list ap;

	if (d->rc)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_config(&found, where, "%s", text);
	if (d->problems)
		report_add(d->problems, &found);
	else
		d->rc = -EINVAL;
	if (d->err && !d->has_problems)
		*d->err = found;
	d->has_problems = true;
}

/* A reference to the last len bytes of the data; nul bytes of them are its terminator. */
static struct plan_ref last(const struct draft *d, size_t len, size_t nul)
{
	if (!buf_ok(&d->data) || d->data.len > UINT32_MAX)
		return (struct plan_ref){ 0 }; /* draft_finish refuses the whole */
	return (struct plan_ref){ (uint32_t)(d->data.len - len), (uint32_t)(len - nul) };
}

struct plan_ref draft_str(struct draft *d, const char *s)
{
	size_t len;

	if (!s)
		return (struct plan_ref){ 0 };
	len = strlen(s) + 1;
	buf_add(&d->data, s, len);
	return last(d, len, 1);
}

struct plan_ref draft_list(struct draft *d, char *const *v, size_t n)
{
	size_t begin = d->data.len;

	if (!n)
		return (struct plan_ref){ 0 };
	for (size_t i = 0; i < n; i++)
		buf_add(&d->data, v[i], strlen(v[i]) + 1);
	return last(d, d->data.len - begin, 0);
}

struct plan_ref draft_blob(struct draft *d, const void *data, size_t len)
{
	if (!len)
		return (struct plan_ref){ 0 };
	buf_add(&d->data, zeros, -d->data.len % 8);
	buf_add(&d->data, data, len);
	return last(d, len, 0);
}

struct plan_op *draft_op(struct draft *d, enum plan_code code, const char *where, ...)
{
	struct plan_op op = { .code = (uint16_t)code };
	char text[256];
	va_list ap;

	if (where) {
		va_start(ap, where);
		(void)vsnprintf(text, sizeof(text), where, ap);
		va_end(ap);
		op.where = draft_str(d, text);
	}
	buf_add(&d->ops, &op, sizeof(op));
	d->n_ops++;
	if (!buf_ok(&d->ops))
		return &d->scratch;
	return (struct plan_op *)(void *)(d->ops.data + d->ops.len - sizeof(op));
}

void draft_end_mid(struct draft *d)
{
	d->n_mid = d->n_ops;
}

int draft_finish(struct draft *d, enum plan_kind kind, struct buf *ret)
{
	struct plan_head h = { .magic = PLAN_MAGIC, .version = PLAN_VERSION, .kind = kind };
	size_t begin = ret->len;

	if (d->rc || d->has_problems)
		return d->rc ? d->rc : -EINVAL;
	if (!buf_ok(&d->ops) || !buf_ok(&d->data))
		return err_nomem(d->err);
	if (d->n_ops > PLAN_MAX_OPS)
		return err_config(d->err, NULL,
				  "the configuration asks for %u steps, more than the %d that are possible", d->n_ops,
				  (int)PLAN_MAX_OPS);
	if (sizeof(h) + d->ops.len + d->data.len > UINT32_MAX)
		return err_config(d->err, NULL, "the configuration is too large");
	h.n_mid = d->n_mid;
	h.n_init = d->n_ops - d->n_mid;
	h.data_off = (uint32_t)(sizeof(h) + d->ops.len);
	h.data_len = (uint32_t)d->data.len;
	h.size = h.data_off + h.data_len;
	buf_add(ret, &h, sizeof(h));
	buf_add(ret, d->ops.data, d->ops.len);
	buf_add(ret, d->data.data, d->data.len);
	if (!buf_ok(ret))
		return err_nomem(d->err);
	h.checksum = plan_checksum(ret->data + begin + offsetof(struct plan_head, size),
				   h.size - offsetof(struct plan_head, size));
	memcpy(ret->data + begin, &h, sizeof(h));
	return 0;
}
