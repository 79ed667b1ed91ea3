/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any bytes as the resources of an update, relative to limits in force that the first byte chooses, and the same as
 * part of a config.json.  What is refused has words and a pointer; what is accepted can be written as it is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                                                \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			abort();                                                                                       \
	} while (0)

static const struct spec_in_force in_force[] = {
	{ -1, -1, -1, -1 },
	{ -1, -1, -1, 100000 },
	{ 0, 0, 1000, 1000000 },
	{ 1 << 30, 0, INT64_MAX, 1000 },
	{ INT64_MAX, INT64_MAX, 50000, 100000 },
};

static void check_refusal(int r, const struct lct_err *err)
{
	MUST(r == -EINVAL && err->code == LCT_E_CONFIG && err->text[0] && !strchr(err->text, '\n'));
}

static void check_file(const char *file)
{
	MUST(file[0] != '.' && strchr(file, '.') && !strchr(file, '/'));
	MUST(strcmp(file, "cgroup.procs") && strcmp(file, "cgroup.threads") && strcmp(file, "cgroup.kill") &&
	     strcmp(file, "cgroup.freeze") && strcmp(file, "cgroup.type"));
}

static void check_limit(const struct spec_limit *l, const char *base)
{
	MUST(strncmp(l->where, base, strlen(base)) == 0);
	check_file(l->file);
	MUST(l->value[0] && !l->or_file == !l->or_value);
	if (l->or_file) {
		check_file(l->or_file);
		MUST(l->or_value[0]);
	}
	/* Only unified's own values have several lines. */
	MUST(!strchr(l->value, '\n') || strncmp(l->where + strlen(base), "unified/", 8) == 0);
	MUST(!l->reset || strstr(l->value, "max") || strcmp(l->value, "0") == 0);
}

static void check_resources(const struct spec_resources *res, const char *base, bool update)
{
	MUST(!res->n_limits || res->limits);
	for (size_t i = 0; i < res->n_limits; i++) {
		check_limit(&res->limits[i], base);
		MUST(update || !res->limits[i].reset);
	}
	MUST(!res->n_device_rules || (res->device_rules && res->has_device_rules));
	for (size_t i = 0; i < res->n_device_rules; i++)
		MUST(strchr("abc", res->device_rules[i].type) && res->device_rules[i].access <= 7);
}

static bool fuzz_update(const char *text, size_t size, const struct spec_in_force *now)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err = { 0 };
	struct spec_resources res;
	int r = spec_decode_resources(&a, text, size, now, &res, &err);

	if (r < 0)
		check_refusal(r, &err);
	else
		check_resources(&res, "/", true);
	return r == 0;
}

static void fuzz_config(const char *text, size_t size)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf config = { 0 };
	struct lct_err err = { 0 };
	struct spec s;
	int r;

	buf_str(&config, "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},"
			 "\"process\":{\"args\":[\"sh\"],\"cwd\":\"/\"},"
			 "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}],\"resources\":");
	buf_add(&config, text, size);
	buf_str(&config, "}}");
	MUST(buf_ok(&config));
	r = spec_decode(&a, config.data, config.len, &s, NULL, &err);
	if (r < 0)
		check_refusal(r, &err);
	else
		check_resources(&s.resources, "/linux/resources/", false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	size_t now = 0;

	if (size > 0 && data[0] >= '0' && data[0] < '0' + sizeof(in_force) / sizeof(in_force[0])) {
		now = (size_t)(data[0] - '0');
		text++;
		size--;
	}
	if (fuzz_update(text, size, &in_force[now]) && size < 65536)
		fuzz_config(text, size);
	return 0;
}
