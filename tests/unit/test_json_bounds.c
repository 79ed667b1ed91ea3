/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON: hostile sizes stay cheap, and files are read with bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "json/json.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

/* ---- bounds ----------------------------------------------------------------------------------------------------- */

static char *repeat(const char *begin, const char *piece, size_t n, const char *end, size_t *len)
{
	size_t size = strlen(piece);
	char *text = malloc(strlen(begin) + n * size + strlen(end) + 1), *p;

	assert_non_null(text);
	p = stpcpy(text, begin);
	for (size_t i = 0; i < n; i++, p += size)
		memcpy(p, piece, size);
	p = stpcpy(p, end);
	*len = (size_t)(p - text);
	return text;
}

static void depth_is_bounded(void **state)
{
	static const struct {
		size_t depth;
		int r;
	} cases[] = { { 1, 0 }, { 64, 0 }, { 65, -EINVAL }, { 10000, -EINVAL }, { 5000000, -EINVAL } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		_cleanup_arena_ struct arena a = { 0 };
		struct lct_err err = { 0 };
		struct json *j;
		size_t n, m;
		char *open = repeat("", "[", cases[i].depth, "", &n), *all = repeat(open, "]", cases[i].depth, "", &m);

		assert_int_equal(json_parse(&a, all, m, "t", &j, &err), cases[i].r);
		if (cases[i].r < 0)
			assert_string_equal(err.text, "t: line 1, column 65: nested deeper than 64");
		free(open);
		free(all);
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* CPU time, and ten times what is measured: a machine under load must not fail it, quadratic code will. */
enum { BUDGET_S = 5 };

static void expect(char *text, size_t len, const char *want)
{
	_cleanup_arena_ struct arena a = { 0 };
	double begun = seconds();
	struct lct_err err = { 0 };
	struct json *j;
	int r = json_parse(&a, text, len, "t", &j, &err);

	assert_string_equal(err.text, want ? want : "");
	assert_int_equal(r, want ? -EINVAL : 0);
	assert_true(seconds() - begun < BUDGET_S);
	free(text);
}

static void size_is_bounded(void **state)
{
	size_t n;
	char *text;

	(void)state;
	text = repeat("[", " ", JSON_MAX_SIZE - 2, "]", &n);
	expect(text, n, NULL);
	text = repeat("[", " ", JSON_MAX_SIZE - 1, "]", &n);
	expect(text, n, "t: 16777217 bytes are above the limit of 16777216");
	text = repeat("[", "0,", 1000000, "0]", &n);
	expect(text, n, NULL);
	text = repeat("[", "[],", 5000000, "0]", &n);
	expect(text, n, "t: line 1, column 6291460: more than 2097152 values");
	/* one string of the whole size, plain and all escapes: yajl's own buffers */
	text = repeat("[\"", "a", JSON_MAX_SIZE - 4, "\"]", &n);
	expect(text, n, NULL);
	text = repeat("[\"", "\\n", JSON_MAX_SIZE / 2 - 2, "\"]", &n);
	expect(text, n, NULL);
	text = repeat("[\"", "\\n", JSON_MAX_SIZE / 2 - 2, "", &n);
	expect(text, n, "t: line 1, column 16777215: premature EOF");
}

static void many_members_are_fast(void **state)
{
	for (size_t k = 0; k < 3; k++) {
		_cleanup_buf_ struct buf b = { 0 };
		size_t len;

		(void)state;
		buf_char(&b, '{');
		for (size_t i = 0; i < 300000; i++) /* ascending, descending, and with a long common beginning */
			buf_printf(&b, "\"%s%zu\":0,", k == 2 ? "a/rather/long/beginning/of/a/name/" : "",
				   k == 1 ? 9000000 - i : 1000000 + i);
		buf_str(&b, "\"last\":1}");
		len = b.len;
		expect(buf_take(&b), len, NULL);
	}
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

struct folder {
	char path[64];
	int fd;
};

static int make_folder(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	strcpy(f->path, "/tmp/test_json.XXXXXX");
	if (!mkdtemp(f->path))
		return -1;
	f->fd = open(f->path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	*state = f;
	return f->fd < 0 ? -1 : 0;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "file", "empty", "fifo", "link", "loop" };
	struct folder *f = *state;

	for (size_t i = 0; i < N(names); i++)
		unlinkat(f->fd, names[i], 0);
	close(f->fd);
	rmdir(f->path);
	free(f);
	return 0;
}

static void put_file(int dir, const char *name, size_t len)
{
	autofd fd = openat(dir, name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	for (size_t i = 0; i < len; i++)
		assert_int_equal(write(fd, "x", 1), 1);
}

static int read_it(struct arena *a, int dir, const char *name, size_t max, size_t *len, struct lct_err *err)
{
	char *data;
	int r = json_read_file(a, dir, name, max, &data, len, err);

	if (r == 0) {
		assert_int_equal(data[*len], '\0');
		for (size_t i = 0; i < *len && data[0] == 'x'; i++)
			assert_int_equal(data[i], 'x');
	}
	return r;
}

static void reads_files(void **state)
{
	struct folder *f = *state;
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err = { 0 };
	size_t len = 0;

	put_file(f->fd, "file", 100);
	put_file(f->fd, "empty", 0);
	assert_int_equal(read_it(&a, f->fd, "file", 100, &len, &err), 0);
	assert_int_equal(len, 100);
	assert_int_equal(read_it(&a, f->fd, "empty", 100, &len, &err), 0);
	assert_int_equal(len, 0);
	assert_int_equal(read_it(&a, f->fd, "file", 99, &len, &err), -EFBIG);
	assert_string_equal(err.text, "read file: larger than the limit of 99 bytes");
	assert_int_equal(read_it(&a, AT_FDCWD, "/proc/self/status", 65536, &len, &err), 0); /* size 0, says fstat */
	assert_true(len > 100);
	assert_int_equal(read_it(&a, AT_FDCWD, "/proc/self/status", 50, &len, &err), -EFBIG);
}

static void refuses_other_things(void **state)
{
	struct folder *f = *state;
	_cleanup_arena_ struct arena a = { 0 };
	struct lct_err err = { 0 };
	size_t len;

	assert_int_equal(read_it(&a, f->fd, "absent", 100, &len, &err), -ENOENT);
	assert_string_equal(err.text, "open absent: no such file or directory");
	assert_int_equal(read_it(&a, AT_FDCWD, f->path, 100, &len, &err), -EISDIR);
	assert_string_equal(err.text, arena_printf(&a, "read %s: is a directory", f->path));
	/* a FIFO without a writer: reading would wait for ever */
	assert_int_equal(mkfifoat(f->fd, "fifo", 0600), 0);
	assert_int_equal(read_it(&a, f->fd, "fifo", 100, &len, &err), -EINVAL);
	assert_string_equal(err.text, "read fifo: not a regular file");
	assert_int_equal(read_it(&a, AT_FDCWD, "/dev/zero", 100, &len, &err), -EINVAL);
	assert_int_equal(symlinkat("loop", f->fd, "loop"), 0);
	assert_int_equal(read_it(&a, f->fd, "loop", 100, &len, &err), -ELOOP);
	assert_string_equal(err.text, "open loop: too many levels of symbolic links");
	put_file(f->fd, "file", 1);
	assert_int_equal(read_it(&a, f->fd, "file/x", 100, &len, &err), -ENOTDIR);
	assert_string_equal(err.text, "open file/x: not a directory");
}

static unsigned open_descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void leaves_no_descriptor(void **state)
{
	unsigned before = open_descriptors();

	reads_files(state);
	refuses_other_things(state);
	assert_int_equal(open_descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(size_is_bounded),
		cmocka_unit_test(many_members_are_fast),
		cmocka_unit_test_setup_teardown(reads_files, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(refuses_other_things, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(leaves_no_descriptor, make_folder, remove_folder),
	};

	return cmocka_run_group_tests_name("json bounds", tests, NULL, NULL);
}
