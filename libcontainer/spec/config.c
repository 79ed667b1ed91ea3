/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole of config.json, and the parts of it that also come alone.  Room: run (pure). */
#include <stdlib.h>
#include <string.h>

#include "spec/check.h"
#include "spec/decode.h"
#include "spec/limits.h"

#define SPEC struct spec
#define ROOT __typeof__(((SPEC *)0)->root)

static void decode_process(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	SPEC *s = out;

	s->process.present = true;
	s->process_json = d->text + v->begin;
	s->process_json_len = v->end - v->begin;
	decode_object(d, at, v, &process_shape, &s->process);
}

static void decode_hooks(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	SPEC *s = out;

	s->hooks_json = d->text + v->begin;
	s->hooks_json_len = v->end - v->begin;
	decode_object(d, at, v, &hooks_shape, s->hooks);
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct spec_annotation *)a)->key, ((const struct spec_annotation *)b)->key);
}

static void decode_annotations(struct decoder *d, const struct place *at, const struct json *v, void *out)
{
	SPEC *s = out;

	if (!decode_is(d, at, v, JSON_OBJECT))
		return;
	s->annotations = decode_alloc(d, v->n ? v->n : 1, sizeof(*s->annotations));
	for (size_t i = 0; i < v->n && !report_full(d->report); i++) {
		const struct json *m = &v->first[i];
		const struct place member = place_member(at, m->name);
		const char *value = m->type == JSON_NULL ? "" : decode_string(d, &member, m);

		if (!*m->name)
			report_at(d->report, &member, "an annotation's key must not be empty");
		s->annotations[i] = (struct spec_annotation){ .key = m->name, .value = value ? value : "" };
	}
	if (report_result(d->report) < 0)
		return;
	s->n_annotations = v->n;
	qsort(s->annotations, s->n_annotations, sizeof(*s->annotations), by_key);
}

static const struct field root_fields[] = {
	ROW_STRING("path", ROOT, path, .flags = REQUIRED),
	ROW_BOOL("readonly", ROOT, readonly),
};
static const struct shape root_shape = { FIELDS(root_fields) };

static const struct field config_fields[] = {
	ROW_STRING("ociVersion", SPEC, oci_version, .flags = REQUIRED),
	ROW_OBJECT("root", offsetof(SPEC, root), &root_shape, .flags = REQUIRED),
	ROW_STRING("hostname", SPEC, hostname, .flags = EMPTY_ABSENT),
	ROW_STRING("domainname", SPEC, domainname, .flags = EMPTY_ABSENT),
	ROW_CALL("process", decode_process),
	ROW_LIST("mounts", SPEC, mounts, struct spec_mount, &mount_shape),
	ROW_CALL("hooks", decode_hooks),
	ROW_CALL("annotations", decode_annotations),
	ROW_CALL("linux", decode_linux),
};
static const struct shape config_shape = { FIELDS(config_fields), .after = decode_known_annotations };

static int parse(struct arena *a, const char *text, size_t len, const char *what, struct json **ret,
		 struct report *report)
{
	struct lct_err parse_err;
	int r = json_parse(a, text, len, what, ret, &parse_err);

	if (r < 0 && report->err)
		*report->err = parse_err;
	if (r < 0 && report->problems)
		buf_str(report->problems, parse_err.text);
	return r;
}

/* Parses, then decodes one object. */
static int decode_document(struct arena *a, const char *text, size_t len, const char *what, const struct shape *shape,
			   void *out, struct report *report)
{
	struct decoder d = { .arena = a, .report = report, .text = text };
	struct json *json;
	int r = parse(a, text, len, what, &json, report);

	if (r < 0)
		return r;
	if (json->type != JSON_OBJECT)
		report_at(report, NULL, "%s must be a JSON object", what);
	else
		decode_object(&d, NULL, json, shape, out);
	return report_result(report);
}

int spec_decode(struct arena *a, const char *text, size_t len, struct spec *ret, struct buf *problems,
		struct lct_err *err)
{
	struct report report = { .problems = problems, .err = err };

	*ret = (struct spec){ 0 };
	return decode_document(a, text, len, "config.json", &config_shape, ret, &report);
}

int spec_decode_process(struct arena *a, const char *text, size_t len, struct spec_process *ret, struct lct_err *err)
{
	struct report report = { .err = err };
	int r;

	*ret = (struct spec_process){ .present = true };
	r = decode_document(a, text, len, "process.json", &process_shape, ret, &report);
	if (r < 0)
		return r;
	check_process(&report, NULL, ret);
	return report_result(&report);
}

int spec_decode_hooks(struct arena *a, const char *text, size_t len, struct spec_hooks ret[SPEC_HOOK_KINDS],
		      struct lct_err *err)
{
	struct report report = { .err = err };
	int r;

	memset(ret, 0, SPEC_HOOK_KINDS * sizeof(*ret));
	r = decode_document(a, text, len, "hooks", &hooks_shape, ret, &report);
	if (r < 0)
		return r;
	check_hooks(&report, NULL, ret);
	return report_result(&report);
}

int spec_decode_resources(struct arena *a, const char *text, size_t len, const struct spec_in_force *now,
			  struct spec_resources *ret, struct lct_err *err)
{
	struct report report = { .err = err };
	struct limits l = { .out = ret, .now = now };

	*ret = (struct spec_resources){ 0 };
	return decode_document(a, text, len, "resources", &resources_shape, &l, &report);
}

int spec_decode_mounts(struct arena *a, const char *text, size_t len, struct spec_mount **ret, size_t *ret_n,
		       struct lct_err *err)
{
	struct report report = { .err = err };
	struct decoder d = { .arena = a, .report = &report, .text = text };
	struct json *json;
	int r = parse(a, text, len, "mounts", &json, &report);

	if (r < 0)
		return r;
	if (json->type != JSON_ARRAY)
		report_at(&report, NULL, "mounts must be a JSON array");
	else
		*ret = decode_list(&d, NULL, json, &mount_shape, ret_n);
	r = report_result(&report);
	if (r < 0)
		return r;
	check_mounts(&report, NULL, *ret, *ret_n);
	return report_result(&report);
}
