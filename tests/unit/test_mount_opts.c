/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of mount options: all that the runtime-spec lists, what each means, and what comes of several. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "plan/compile.h"
#include "sys/kernel.h"

enum { MAX_WORDS = 16 };

struct parsed {
	struct mount_opts o;
	char *words[MAX_WORDS];
	size_t n;
	int r;
	struct arena a;
};

/* Words separated by blanks. */
static void parse(struct parsed *p, const char *text)
{
	char *save, *copy;

	memset(p, 0, sizeof(*p));
	copy = arena_strdup(&p->a, text);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		assert_true(p->n < MAX_WORDS);
		p->words[p->n++] = w;
	}
	p->r = mount_opts_parse(&p->a, p->words, p->n, &p->o);
}

static void attrs(const char *text, uint64_t set, uint64_t clr, uint64_t rec_set, uint64_t rec_clr)
{
	struct parsed p;

	parse(&p, text);
	assert_int_equal(p.r, 0);
	assert_int_equal(p.o.attr_set, set);
	assert_int_equal(p.o.attr_clr, clr);
	assert_int_equal(p.o.rec_set, rec_set);
	assert_int_equal(p.o.rec_clr, rec_clr);
	assert_int_equal(p.o.n_data, 0);
	arena_done(&p.a);
}

static void test_attributes(void **state)
{
	(void)state;
	attrs("", 0, 0, 0, 0);
	attrs("ro", KMOUNT_ATTR_RDONLY, 0, 0, 0);
	attrs("nosuid nodev noexec nodiratime nosymfollow",
	      KMOUNT_ATTR_NOSUID | KMOUNT_ATTR_NODEV | KMOUNT_ATTR_NOEXEC | KMOUNT_ATTR_NODIRATIME |
		      KMOUNT_ATTR_NOSYMFOLLOW,
	      0, 0, 0);
	attrs("rw suid dev exec diratime symfollow", 0,
	      KMOUNT_ATTR_RDONLY | KMOUNT_ATTR_NOSUID | KMOUNT_ATTR_NODEV | KMOUNT_ATTR_NOEXEC |
		      KMOUNT_ATTR_NODIRATIME | KMOUNT_ATTR_NOSYMFOLLOW,
	      0, 0);
	attrs("rro rnosuid rnodev rnoexec rnodiratime rnosymfollow", 0, 0,
	      KMOUNT_ATTR_RDONLY | KMOUNT_ATTR_NOSUID | KMOUNT_ATTR_NODEV | KMOUNT_ATTR_NOEXEC |
		      KMOUNT_ATTR_NODIRATIME | KMOUNT_ATTR_NOSYMFOLLOW,
	      0);
	attrs("rrw rsuid rdev rexec rdiratime rsymfollow", 0, 0, 0,
	      KMOUNT_ATTR_RDONLY | KMOUNT_ATTR_NOSUID | KMOUNT_ATTR_NODEV | KMOUNT_ATTR_NOEXEC |
		      KMOUNT_ATTR_NODIRATIME | KMOUNT_ATTR_NOSYMFOLLOW);
}

static void test_later_wins(void **state)
{
	(void)state;
	attrs("ro rw", 0, KMOUNT_ATTR_RDONLY, 0, 0);
	attrs("rw ro", KMOUNT_ATTR_RDONLY, 0, 0, 0);
	attrs("rro rrw rro", 0, 0, KMOUNT_ATTR_RDONLY, 0);
	attrs("ro rrw", KMOUNT_ATTR_RDONLY, 0, 0, KMOUNT_ATTR_RDONLY); /* two different things */
}

/* mount_setattr(2): EINVAL unless all of the field is cleared with any of it set. */
static void test_access_times(void **state)
{
	/* Of words that are there together the kernel has the strongest, in whatever order, see mount(2). */
	static const struct {
		const char *words;
		uint64_t mode;
	} together[] = {
		{ "relatime relatime", 0 },
		{ "noatime relatime", KMOUNT_ATTR_NOATIME },
		{ "relatime noatime", KMOUNT_ATTR_NOATIME },
		{ "noatime strictatime", KMOUNT_ATTR_STRICTATIME },
		{ "strictatime noatime", KMOUNT_ATTR_STRICTATIME },
		{ "strictatime relatime", KMOUNT_ATTR_STRICTATIME },
		{ "noatime atime", 0 },
		{ "atime noatime", KMOUNT_ATTR_NOATIME },
		{ "strictatime nostrictatime", 0 },
		{ "nostrictatime strictatime", KMOUNT_ATTR_STRICTATIME },
		{ "strictatime atime", KMOUNT_ATTR_STRICTATIME },
		{ "noatime nostrictatime", KMOUNT_ATTR_NOATIME },
		{ "atime", 0 },
		{ "nostrictatime", 0 },
	};

	(void)state;
	attrs("noatime", KMOUNT_ATTR_NOATIME, KMOUNT_ATTR__ATIME, 0, 0);
	attrs("strictatime", KMOUNT_ATTR_STRICTATIME, KMOUNT_ATTR__ATIME, 0, 0);
	attrs("relatime", 0, KMOUNT_ATTR__ATIME, 0, 0);
	attrs("norelatime", 0, 0, 0, 0);
	attrs("rnoatime", 0, 0, KMOUNT_ATTR_NOATIME, KMOUNT_ATTR__ATIME);
	attrs("rstrictatime", 0, 0, KMOUNT_ATTR_STRICTATIME, KMOUNT_ATTR__ATIME);
	for (size_t i = 0; i < sizeof(together) / sizeof(together[0]); i++)
		attrs(together[i].words, together[i].mode, KMOUNT_ATTR__ATIME, 0, 0);
}

static void test_propagation(void **state)
{
	static const struct {
		const char *word;
		uint64_t flags;
	} want[] = {
		{ "shared", KMS_SHARED },	  { "rshared", KMS_SHARED | KMS_REC },
		{ "slave", KMS_SLAVE },		  { "rslave", KMS_SLAVE | KMS_REC },
		{ "private", KMS_PRIVATE },	  { "rprivate", KMS_PRIVATE | KMS_REC },
		{ "unbindable", KMS_UNBINDABLE }, { "runbindable", KMS_UNBINDABLE | KMS_REC },
	};
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		parse(&p, want[i].word);
		assert_int_equal(p.r, 0);
		assert_int_equal(p.o.propagation, want[i].flags);
		arena_done(&p.a);
	}
}

static void test_kinds(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "bind");
	assert_true(p.o.bind && !p.o.rbind);
	arena_done(&p.a);
	parse(&p, "rbind");
	assert_true(p.o.rbind);
	arena_done(&p.a);
	parse(&p, "remount tmpcopyup");
	assert_true(p.o.remount && p.o.copyup && !p.o.bind && !p.o.rbind);
	arena_done(&p.a);
}

static void test_data(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "mode=755 sync size=1k x-systemd.thing defaults X-y lazytime newinstance");
	assert_int_equal(p.r, 0);
	assert_int_equal(p.o.n_data, 3);
	assert_ptr_equal(p.o.data[0], p.words[0]); /* so that a message can tell which */
	assert_string_equal(p.o.data[1], "size=1k");
	assert_string_equal(p.o.data[2], "newinstance");
	assert_null(p.o.data[3]);
	assert_int_equal(p.o.n_super, 2);
	assert_string_equal(p.o.super[0], "sync");
	assert_string_equal(p.o.super[1], "lazytime");
	arena_done(&p.a);
	parse(&p, "RO xro Bind"); /* words are exact */
	assert_int_equal(p.o.n_data, 3);
	arena_done(&p.a);
}

static void test_nofollow(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "bind copy-symlink");
	assert_int_equal(p.o.how, PLAN_BIND_COPY_SYMLINK);
	arena_done(&p.a);
	parse(&p, "src-nofollow bind dest-nofollow");
	assert_int_equal(p.o.how, PLAN_BIND_SRC_NOFOLLOW | PLAN_BIND_DEST_NOFOLLOW);
	assert_int_equal(p.o.n_data, 0);
	arena_done(&p.a);
}

static void test_idmap(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "bind idmap");
	assert_int_equal(p.o.how, PLAN_BIND_IDMAP);
	assert_null(p.o.idmap);
	arena_done(&p.a);
	parse(&p, "idmap=uids=0-1-2;gids=0-1-2 ridmap");
	assert_int_equal(p.o.how, PLAN_BIND_IDMAP | PLAN_BIND_RIDMAP);
	assert_ptr_equal(p.o.idmap, p.words[0]);
	assert_int_equal(p.o.n_data, 0);
	arena_done(&p.a);
	parse(&p, "ridmap=x");
	assert_int_equal(p.o.how, PLAN_BIND_IDMAP | PLAN_BIND_RIDMAP);
	assert_ptr_equal(p.o.idmap, p.words[0]);
	arena_done(&p.a);
}

/* config.md, "Linux mount options": MUST, SHOULD and MAY. */
static void test_spec_words(void **state)
{
	static char must[] = "async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev "
			     "nodiratime noexec noiversion nolazytime norelatime nostrictatime nosuid private rbind "
			     "relatime remount ro rprivate rshared rslave runbindable rw shared silent slave "
			     "strictatime suid sync unbindable nosymfollow symfollow rro rrw rnosuid rsuid rnodev rdev "
			     "rnoexec rexec rnoatime ratime rrelatime rnorelatime rstrictatime rnostrictatime "
			     "rnodiratime rdiratime rnosymfollow rsymfollow idmap ridmap copy-symlink src-nofollow "
			     "dest-nofollow mand nomand tmpcopyup acl noacl";
	char *save;

	(void)state;
	for (char *w = strtok_r(must, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		struct parsed p;
		size_t i = 0;

		parse(&p, w);
		assert_int_equal(p.r, 0);
		if (p.o.n_data)
			fail_msg("%s is not known", w);
		arena_done(&p.a);
		while (mount_opts_word(i) && strcmp(mount_opts_word(i), w))
			i++;
		if (!mount_opts_word(i))
			fail_msg("%s is not listed", w);
	}
}

/* crun has them in its table, as bits of mount(2) for mount_setattr(2): 1.28 gets EINVAL for them, or sets nodiratime. */
static void test_no_words(void **state)
{
	static const char *const words[] = { "rsync", "rasync", "rdirsync", "rmand", "rnomand" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct parsed p;

		parse(&p, words[i]);
		assert_int_equal(p.r, 0);
		assert_int_equal(p.o.n_data, 1); /* the file system's, and of a bind mount an error */
		arena_done(&p.a);
	}
}

/* bsearch relies on it, and `features` shows it. */
static void test_sorted(void **state)
{
	size_t n = 0;

	(void)state;
	for (; mount_opts_word(n); n++) {
		struct parsed p;

		if (n)
			assert_true(strcmp(mount_opts_word(n - 1), mount_opts_word(n)) < 0);
		parse(&p, mount_opts_word(n));
		assert_int_equal(p.r, 0);
		assert_int_equal(p.o.n_data, 0);
		arena_done(&p.a);
	}
	assert_true(n > 50);
	assert_null(mount_opts_word(n + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attributes),   cmocka_unit_test(test_later_wins),
		cmocka_unit_test(test_access_times), cmocka_unit_test(test_propagation),
		cmocka_unit_test(test_kinds),	     cmocka_unit_test(test_data),
		cmocka_unit_test(test_nofollow),     cmocka_unit_test(test_idmap),
		cmocka_unit_test(test_spec_words),   cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
