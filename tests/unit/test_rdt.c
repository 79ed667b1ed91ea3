/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Classes of service on a directory that looks like resctrl.  It proves which directories and files are made, written,
 * compared and removed, with what in them, and in which order; that a kernel with resource control takes it is not
 * proved here: the files that it would put into a new directory are the test's.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "rdt/rdt.h"
#include "spec_refusal.h"

static char dir[] = "/tmp/kin-rdt-XXXXXX";
static int root;

static void put(const char *path, const char *text)
{
	int fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void holds(const char *path, const char *want)
{
	char text[4096] = "";
	int fd = openat(root, path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	assert_string_equal(n < 0 ? "no such file" : text, want);
}

/* What the kernel puts into a new group. */
static void furnish(const char *group)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/schemata", group);
	put(path, "");
	snprintf(path, sizeof(path), "%s/tasks", group);
	put(path, "");
	snprintf(path, sizeof(path), "%s/mon_groups", group);
	(void)mkdirat(root, path, 0700);
}

static bool is_there(const char *path)
{
	return faccessat(root, path, F_OK, 0) == 0;
}

static int begin(void **state)
{
	(void)state;
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	furnish(".");
	return root < 0 || mkdirat(root, "info", 0700) < 0 || mkdirat(root, "info/MB", 0700) < 0 ? -1 : 0;
}

static int end(void **state)
{
	char command[64];

	(void)state;
	close(root);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static struct rdt_group place(struct arena *a, const struct spec_rdt *s)
{
	struct rdt_group g;

	assert_int_equal(rdt_place(a, s, "c1", &g), 0);
	return g;
}

#define MADE(g, s, found_)                                                                                             \
	do {                                                                                                           \
		bool was_there;                                                                                        \
		assert_int_equal(rdt_make(root, g, s, &was_there, &err), 0);                                           \
		assert_int_equal(was_there, found_);                                                                   \
	} while (0)
#define FAILS(call, errno_, text_)                                                                                     \
	do {                                                                                                           \
		assert_int_equal(call, -(errno_));                                                                     \
		assert_string_equal(err.text, text_);                                                                  \
	} while (0)

/* ---- where ---- */

static void places(void **state)
{
	struct spec_rdt nothing = { 0 }, own = { .present = true, .enable_monitoring = true },
			named = { .present = true, .clos_id = "gold" }, all = { .present = true, .clos_id = "/" };
	_cleanup_arena_ struct arena a = { 0 };
	struct rdt_group g = place(&a, &nothing);

	(void)state;
	assert_null(g.clos);
	g = place(&a, &own);
	assert_string_equal(g.clos, "c1");
	assert_string_equal(g.monitor, "c1/mon_groups/c1");
	assert_true(g.owns);
	g = place(&a, &named);
	assert_string_equal(g.clos, "gold");
	assert_null(g.monitor);
	assert_false(g.owns);
	g = place(&a, &all);
	assert_string_equal(g.clos, ".");
	assert_false(g.owns);
}

/* ---- a class of the container's own ---- */

static void own_class(void **state)
{
	char *lines[] = { (char *)"L2:0=3", (char *)"SMBA:0=8", NULL };
	struct spec_rdt s = { .present = true,
			      .l3_cache_schema = "L3:0=f;1=f0",
			      .mem_bw_schema = "MB:0=20",
			      .schemata = lines,
			      .n_schemata = 2,
			      .enable_monitoring = true };
	_cleanup_arena_ struct arena a = { 0 };
	struct rdt_group g = place(&a, &s);
	struct lct_err err;

	(void)state;
	MADE(&g, &s, false);
	furnish("c1");
	assert_int_equal(rdt_furnish(root, &g, &s, false, &err), 0);
	holds("c1/schemata", "L3:0=f;1=f0\nMB:0=20\nL2:0=3\nSMBA:0=8\n");
	assert_true(is_there("c1/mon_groups/c1"));
	put("c1/mon_groups/c1/tasks", "");
	assert_int_equal(rdt_join(root, &g, 4711, &err), 0);
	holds("c1/tasks", "4711\n");
	holds("c1/mon_groups/c1/tasks", "4711\n");
	holds("schemata", "");
	holds("tasks", "");
	/* The kernel removes its files with the directory; here they would be in the way. */
	assert_int_equal(unlinkat(root, "c1/mon_groups/c1/tasks", 0), 0);
	assert_int_equal(rdt_remove(root, &(struct rdt_group){ .clos = "c1", .monitor = g.monitor }, &err), 0);
	assert_false(is_there("c1/mon_groups/c1"));
	assert_true(is_there("c1"));
	assert_int_equal(unlinkat(root, "c1/mon_groups", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(root, "c1/tasks", 0), 0);
	assert_int_equal(unlinkat(root, "c1/schemata", 0), 0);
	assert_int_equal(rdt_remove(root, &g, &err), 0);
	assert_false(is_there("c1"));
	assert_int_equal(rdt_remove(root, &g, &err), 0);
	assert_int_equal(rdt_join(root, &g, 4711, &err), -ENOENT);
}

/* Whose directory of that name is it?  Not ours. */
static void own_class_taken(void **state)
{
	struct spec_rdt s = { .present = true, .enable_monitoring = true };
	_cleanup_arena_ struct arena a = { 0 };
	struct rdt_group g = place(&a, &s);
	struct lct_err err;
	bool found;

	(void)state;
	assert_int_equal(mkdirat(root, "c1", 0700), 0);
	FAILS(rdt_make(root, &g, &s, &found, &err), EEXIST,
	      "/linux/intelRdt: make the class of service c1: file exists");
	put("info/last_cmd_status", "Out of CLOSIDs\n");
	FAILS(rdt_make(root, &g, &s, &found, &err), EEXIST,
	      "/linux/intelRdt: make the class of service c1: Out of CLOSIDs: file exists");
	put("info/last_cmd_status", "ok\n");
}

/* Neither schema: nothing is written. */
static void own_class_plain(void **state)
{
	struct spec_rdt s = { .present = true, .enable_monitoring = true };
	_cleanup_arena_ struct arena a = { 0 };
	struct rdt_group g = place(&a, &s);
	struct lct_err err;

	(void)state;
	MADE(&g, &s, false);
	assert_int_equal(mkdirat(root, "c1/mon_groups", 0700), 0);
	assert_int_equal(rdt_furnish(root, &g, &s, false, &err), 0); /* there is no schemata to be written */
	assert_true(is_there("c1/mon_groups/c1"));
}

/* ---- a class with a name ---- */

static void named_class(void **state)
{
	struct spec_rdt s = { .present = true, .clos_id = "gold", .l3_cache_schema = "L3:0=f" };
	struct spec_rdt plain = { .present = true, .clos_id = "gold" };
	_cleanup_arena_ struct arena a = { 0 };
	struct rdt_group g = place(&a, &s);
	struct lct_err err;
	bool found;

	(void)state;
	FAILS(rdt_make(root, &g, &plain, &found, &err), ENOENT,
	      "/linux/intelRdt: the class of service \"gold\" must be there already when no schema is given: no such "
	      "file "
	      "or directory");
	assert_false(is_there("gold"));
	MADE(&g, &s, false);
	furnish("gold");
	assert_int_equal(rdt_furnish(root, &g, &s, false, &err), 0);
	holds("gold/schemata", "L3:0=f\n");
	/* The second container finds it, and changes nothing. */
	MADE(&g, &s, true);
	put("gold/schemata", "    MB:0=100\n    L3:0=000f;1=7ff\n");
	assert_int_equal(rdt_furnish(root, &g, &s, true, &err), 0);
	holds("gold/schemata", "    MB:0=100\n    L3:0=000f;1=7ff\n");
	s.l3_cache_schema = "L3:0=e";
	FAILS(rdt_furnish(root, &g, &s, true, &err), EINVAL,
	      "/linux/intelRdt: the class of service \"gold\" is there already and has not \"L3:0=e\"");
	MADE(&g, &plain, true);
	assert_int_equal(rdt_furnish(root, &g, &plain, true, &err), 0);
	/* It is not the container's to remove. */
	assert_int_equal(rdt_remove(root, &g, &err), 0);
	assert_true(is_there("gold"));
}

static void bandwidth_is_rounded(void **state)
{
	struct spec_rdt s = { .present = true, .clos_id = "gold", .mem_bw_schema = "MB:0=25" };
	_cleanup_arena_ struct arena a = { 0 };
	struct rdt_group g = place(&a, &s);
	struct lct_err err;

	(void)state;
	assert_int_equal(mkdirat(root, "gold", 0700), 0);
	furnish("gold");
	put("gold/schemata", "MB:0=30\n");
	assert_int_equal(rdt_furnish(root, &g, &s, true, &err), -EINVAL);
	put("info/MB/bandwidth_gran", "10\n");
	assert_int_equal(rdt_furnish(root, &g, &s, true, &err), 0);
}

static void everybodys_class(void **state)
{
	struct spec_rdt s = { .present = true, .clos_id = "/", .enable_monitoring = true };
	_cleanup_arena_ struct arena a = { 0 };
	struct rdt_group g = place(&a, &s);
	struct lct_err err;

	(void)state;
	MADE(&g, &s, true);
	assert_int_equal(rdt_furnish(root, &g, &s, true, &err), 0);
	assert_true(is_there("mon_groups/c1"));
	put("mon_groups/c1/tasks", "");
	assert_int_equal(rdt_join(root, &g, 5, &err), 0);
	holds("tasks", "5\n");
	assert_int_equal(unlinkat(root, "mon_groups/c1/tasks", 0), 0);
	assert_int_equal(rdt_remove(root, &g, &err), 0);
	assert_false(is_there("mon_groups/c1"));
	assert_true(is_there("mon_groups"));
}

/* A link in place of a group leads nowhere. */
static void links(void **state)
{
	struct spec_rdt s = { .present = true, .clos_id = "gold", .l3_cache_schema = "L3:0=f" };
	_cleanup_arena_ struct arena a = { 0 };
	struct rdt_group g = place(&a, &s);
	struct lct_err err;

	(void)state;
	assert_int_equal(symlinkat("/tmp", root, "gold"), 0);
	assert_int_equal(rdt_furnish(root, &g, &s, false, &err), -ELOOP);
	assert_int_equal(rdt_join(root, &g, 5, &err), -ELOOP);
}

static void updates(void **state)
{
	struct spec_rdt s = { .present = true, .mem_bw_schema = "MB:0=50" };
	struct rdt_group g = { .clos = "c1", .owns = true };
	struct lct_err err;

	(void)state;
	assert_int_equal(mkdirat(root, "c1", 0700), 0);
	furnish("c1");
	assert_int_equal(rdt_update(root, &g, &s, &err), 0);
	holds("c1/schemata", "MB:0=50\n");
}

/* ---- lines ---- */

static void lines(void **state)
{
	static const struct {
		const char *l3, *mb, *want;
	} cases[] = {
		{ NULL, NULL, "" },
		{ "L3:0=f", NULL, "L3:0=f\n" },
		{ NULL, "MB:0=20", "MB:0=20\n" },
		{ "L3:0=f\nMB:0=70", NULL, "L3:0=f\nMB:0=70\n" },
		{ "L3:0=f\nMB:0=70\n\nL3CODE:0=1", "MB:0=20", "L3:0=f\nL3CODE:0=1\nMB:0=20\n" },
		{ "MB:0=70", "MB:0=20", "MB:0=20\n" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct spec_rdt s = { .l3_cache_schema = cases[i].l3, .mem_bw_schema = cases[i].mb };
		_cleanup_buf_ struct buf b = { 0 };

		rdt_schemata(&s, &b);
		buf_char(&b, '\0');
		assert_string_equal(b.data, cases[i].want);
	}
}

static void comparisons(void **state)
{
	static const char have[] = "    MB:0=100;1=40\n    L3:0=00ff;1=000f\nL3CODE:0=1\n";
	static const struct {
		const char *want;
		bool has;
	} cases[] = {
		{ "", true },
		{ "\n\n", true },
		{ "L3:0=ff", true },
		{ "L3:0=ff;1=f", true },
		{ "L3:1=F;0=0FF", true },
		{ " L3: 0=ff ; 1=f", true },
		{ "MB:1=40", true },
		{ "MB:1=40\nL3:0=ff", true },
		{ "L3CODE:0=1", true },
		{ "L3:0=fe", false },
		{ "L3:2=ff", false },
		{ "L3:0=ff;1=ff", false },
		{ "MB:0=ff", false },
		{ "MB:0=64", false },
		{ "MB:1=41", false },
		{ "L2:0=f", false },
		{ "L:0=f", false },
		{ "L3", false },
		{ "L3:x", false },
		{ "L3:0=ff;x", false },
		{ "L3:0=ff\nL3:1=e", false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const char *line;
		size_t len;

		if (rdt_has(have, cases[i].want, 0, &line, &len) != cases[i].has)
			fail_msg("\"%s\"", cases[i].want);
	}
}

/* ---- the configuration ---- */

#define RDT(members, want) LINUX("'intelRdt':{" members "}", want)

static const struct refusal config[] = {
	LINUX("'intelRdt':null", NULL),
	RDT("", NULL),
	RDT("'closID':'','l3CacheSchema':'','schemata':[],'enableMonitoring':false", NULL),
	RDT("'closID':'gold','l3CacheSchema':'L3:0=f','memBwSchema':'MB:0=20','schemata':['L2:0=1'],"
	    "'enableMonitoring':true",
	    NULL),
	RDT("'closID':'/'", NULL),
	RDT("'closID':'.'", "/linux/intelRdt/closID: \".\" is not the name of a class of service"),
	RDT("'closID':'..'", "/linux/intelRdt/closID: \"..\" is not the name of a class of service"),
	RDT("'closID':'a/b'", "/linux/intelRdt/closID: \"a/b\" is not the name of a class of service"),
	RDT("'closID':'../x'", "/linux/intelRdt/closID: \"../x\" is not the name of a class of service"),
	RDT("'closID':'info'", "/linux/intelRdt/closID: \"info\" is not the name of a class of service"),
	RDT("'closID':'mon_groups'", "/linux/intelRdt/closID: \"mon_groups\" is not the name of a class of service"),
	RDT("'closID':'mon_data'", "/linux/intelRdt/closID: \"mon_data\" is not the name of a class of service"),
	RDT("'closID':5", "/linux/intelRdt/closID: must be a string"),
	RDT("'memBwSchema':'L3:0=f'",
	    "/linux/intelRdt/memBwSchema: \"L3:0=f\" is not one line that begins with \"MB:\""),
	RDT("'memBwSchema':'MB:0=1\\nL3:0=f'",
	    "/linux/intelRdt/memBwSchema: \"MB:0=1?L3:0=f\" is not one line that begins with \"MB:\""),
	RDT("'schemata':'L3:0=f'", "/linux/intelRdt/schemata: must be an array"),
	RDT("'schemata':[1]", "/linux/intelRdt/schemata/0: must be a string"),
	RDT("'enableMonitoring':'yes'", "/linux/intelRdt/enableMonitoring: must be true or false"),
	LINUX("'intelRdt':'x'", "/linux/intelRdt: must be an object"),
};

TABLE_TEST(config)

#define ON_TREE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),	  cmocka_unit_test(lines), cmocka_unit_test(comparisons),
		cmocka_unit_test(refuses_config), ON_TREE(own_class),	   ON_TREE(own_class_taken),
		ON_TREE(own_class_plain),	  ON_TREE(named_class),	   ON_TREE(bandwidth_is_rounded),
		ON_TREE(everybodys_class),	  ON_TREE(links),	   ON_TREE(updates),
	};

	return cmocka_run_group_tests_name("rdt", tests, NULL, NULL);
}
