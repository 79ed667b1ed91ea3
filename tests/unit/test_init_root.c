/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kin-init: the container's root, whose contents a malicious image chose. */
#include "init_caller.h"

static int no_userns;

/* ---- the root: a directory that a malicious image filled ---- */

static char base[] = "/tmp/kin-test-root-XXXXXX";

static void make_root(const char *script)
{
	char command[1024];

	assert_int_equal(strncmp(base, "/tmp/kin-test-root-", 19), 0);
	snprintf(command, sizeof(command),
		 "set -e; cd %s; chmod -R u+rwx . ; rm -rf root out; mkdir root out; cd root; %s", base, script);
	assert_int_equal(system(command), 0);
}

static void out_is_empty(void)
{
	char command[128];

	snprintf(command, sizeof(command), "[ -z \"$(ls -A %s/out)\" ]", base);
	assert_int_equal(system(command), 0);
}

static void in_root(void)
{
	char path[64];

	in_userns(KCLONE_NEWNS);
	hand_op(&plan, PLAN_HOST_FDS);
	hand_op(&plan, PLAN_PROPAGATION)->n[0] = KMS_SLAVE | KMS_REC;
	snprintf(path, sizeof(path), "%s/root", base);
	hand_op(&plan, PLAN_ROOT)->s[0] = hand_str(&plan, path);
}

static struct plan_op *mount_fs(const char *type, const char *dest)
{
	struct plan_op *op = hand_op(&plan, PLAN_MOUNT_FS);

	op->s[0] = hand_str(&plan, type);
	op->s[1] = hand_str(&plan, dest);
	return op;
}

static void bind_from(const char *source, const char *dest)
{
	struct plan_op *op = hand_op(&plan, PLAN_MOUNT_BIND);

	op->s[0] = hand_str(&plan, source);
	op->s[1] = hand_str(&plan, dest);
	op->flags = PLAN_F_RECURSIVE;
	op->n[0] = KMOUNT_ATTR_RDONLY;
}

/* The host's /bin, /lib and /usr in the new root, so that there is a shell, and the way to it. */
static void finish_root(const char *script)
{
	static const char *const dirs[] = { "/bin", "/lib", "/lib64", "/usr" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (access(dirs[i], F_OK) == 0)
			bind_from(dirs[i], dirs[i]);
	hand_op(&plan, PLAN_PIVOT);
	hand_op(&plan, PLAN_CHDIR)->s[0] = hand_str(&plan, "/");
	lookup("sh", "/bin");
	ready();
	sh(script);
}

static void test_root(void **state)
{
	struct talk t;
	struct plan_op *op;

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir tmp secret; chmod 0705 tmp; echo hidden >file; echo x >secret/x; mkdir ro");
	in_root();
	op = mount_fs("tmpfs", "/tmp");
	op->n[0] = KMOUNT_ATTR_NOEXEC | KMOUNT_ATTR_NOSUID;
	op = mount_fs("tmpfs", "/new/dir");
	op->s[2] = hand_list(&plan, &op->n[2], "mode=0711", NULL);
	op = hand_op(&plan, PLAN_DEV_NODE);
	op->s[0] = hand_str(&plan, "/dev/null");
	op->s[1] = hand_str(&plan, "/dev/null");
	op->n[0] = 0020666;
	op->n[1] = 1;
	op->n[2] = 3;
	op->flags = PLAN_F_BIND;
	op = hand_op(&plan, PLAN_SYMLINK);
	op->s[0] = hand_str(&plan, "/nowhere");
	op->s[1] = hand_str(&plan, "/dev/link");
	hand_op(&plan, PLAN_MASK_PATH)->s[0] = hand_str(&plan, "/file");
	hand_op(&plan, PLAN_MASK_PATH)->s[0] = hand_str(&plan, "/secret");
	hand_op(&plan, PLAN_MASK_PATH)->s[0] = hand_str(&plan, "/not/there");
	hand_op(&plan, PLAN_READONLY_PATH)->s[0] = hand_str(&plan, "/ro");
	finish_root(
		"[ \"$(stat -c %a /tmp)\" = 705 ] || exit 2; [ \"$(stat -c %a /new/dir)\" = 711 ] || exit 3; "
		"[ -z \"$(cat /file)\" ] || exit 4; [ -z \"$(ls -A /secret)\" ] || exit 5; "
		"touch /secret/x 2>&- && exit 6; touch /ro/x 2>&- && exit 7; "
		"[ -c /dev/null ] && echo x >/dev/null || exit 8; [ \"$(readlink /dev/link)\" = /nowhere ] || exit 9; "
		"touch /bin/x 2>&- && exit 10; touch /here || exit 11; "
		"[ \"$(ls -d /.. -i | cut -d' ' -f1)\" = \"$(ls -d / -i | cut -d' ' -f1)\" ] || exit 12; exit 0");
	mapped_runs(&t, 0);
}

/* CVE-2019-18837, CVE-2021-30465, CVE-2024-45310, CVE-2026-41579: symlinks of the image stay inside the image. */
static void test_symlinks_stay_inside(void **state)
{
	struct plan_op *op;
	struct talk t;
	char script[512];

	(void)state;
	if (no_userns)
		skip();
	snprintf(script, sizeof(script),
		 "mkdir etc; ln -s %s/out vol; ln -s ../../../../../../%s/out/new etc/resolv.conf; ln -s vol dev; "
		 "ln -s loop loop; ln -s /proc/self/root magic",
		 base, base + 1);
	make_root(script);
	in_root();
	(void)mount_fs("tmpfs", "/vol/a/b/c");
	bind_from("/etc/passwd", "/etc/resolv.conf");
	op = hand_op(&plan, PLAN_SYMLINK);
	op->s[0] = hand_str(&plan, "x");
	op->s[1] = hand_str(&plan, "/dev/ptmx");
	op->flags = PLAN_F_REPLACE;
	hand_op(&plan, PLAN_MKDIR)->s[0] = hand_str(&plan, "/vol/../../../made");
	finish_root("[ -s /etc/resolv.conf ] || exit 2; [ -d /vol/a/b/c ] || exit 3; [ -L /dev/ptmx ] || exit 4; "
		    "exit 0");
	mapped_runs(&t, 0);
	out_is_empty();
	in_root();
	(void)mount_fs("tmpfs", "/loop/x");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ELOOP, LINK_STAGE_DEST);
}

/* CVE-2019-19921 */
static void test_real_directory(void **state)
{
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir other; ln -s other proc");
	in_root();
	mount_fs("tmpfs", "/proc")->flags = PLAN_F_REALDIR;
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENOTDIR, LINK_STAGE_DEST);
	make_root("ln -s gone proc");
	in_root();
	mount_fs("tmpfs", "/proc")->flags = PLAN_F_REALDIR;
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENOTDIR, LINK_STAGE_DEST);
}

static void test_mount_errors(void **state)
{
	struct plan_op *op;
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir dir; : >file");
	in_root();
	op = mount_fs("tmpfs", "/dir");
	op->s[2] = hand_list(&plan, &op->n[2], "size=1m", "size=bogus", NULL);
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, EINVAL, LINK_STAGE_OPTION);
	assert_true(strncmp(t.m.text, "size=bogus", 10) == 0);
	in_root();
	(void)mount_fs("tmpfs", "/file");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENOTDIR, LINK_STAGE_DEST);
	in_root();
	(void)mount_fs("tmpfs", "/file/below");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENOTDIR, LINK_STAGE_DEST);
	in_root();
	(void)mount_fs("nosuchfs", "/dir");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_FS, ENODEV, LINK_STAGE_OP);
	in_root();
	bind_from("/nosuch/source", "/dir");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_BIND, ENOENT, LINK_STAGE_SOURCE);
	in_root();
	bind_from("/etc/passwd", "/dir");
	finish_root("");
	mapped_fails(&t, PLAN_MOUNT_BIND, ENOTDIR, LINK_STAGE_DEST);
}

static void test_copyup(void **state)
{
	struct plan_op *op;
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	make_root(
		"mkdir -p up/sub; chmod 1750 up; echo text >up/sub/file; chmod 4711 up/sub/file; ln -s sub/file up/l; "
		"mkfifo up/fifo");
	in_root();
	op = mount_fs("tmpfs", "/up");
	op->n[0] = KMOUNT_ATTR_RDONLY;
	op->flags = PLAN_F_COPYUP;
	finish_root("[ \"$(cat /up/l)\" = text ] || exit 2; [ \"$(stat -c %a /up/sub/file)\" = 4711 ] || exit 3; "
		    "[ -p /up/fifo ] || exit 4; touch /up/x 2>&- && exit 5; "
		    "[ \"$(stat -c %a /up)\" = 1750 ] || exit 6; exit 0");
	mapped_runs(&t, 0);
}

static void test_console(void **state)
{
	struct plan_op *op;
	char text[64] = "";
	struct talk t;
	ssize_t n;

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir dev");
	in_root();
	op = mount_fs("devpts", "/dev/pts");
	op->s[2] = hand_list(&plan, &op->n[2], "newinstance", "ptmxmode=0666", "mode=0620", NULL);
	op = hand_op(&plan, PLAN_CONSOLE);
	op->n[0] = 11;
	op->n[1] = 22;
	op->flags = PLAN_F_BIND_CONSOLE;
	hand_op(&plan, PLAN_SESSION);
	finish_root("[ \"$(stty size)\" = '11 22' ] || exit 2; [ -c /dev/console ] || exit 3; "
		    "echo hello >/dev/console; exit 0");
	map(&t);
	assert_int_equal(hear(&t), LINK_CONSOLE);
	assert_int_equal(t.m.n_fds, 1);
	assert_string_equal(t.m.text, "/dev/pts/0");
	{
		int master = t.fds[0];

		assert_int_equal(hear(&t), LINK_READY);
		say(&t, LINK_COMMIT, 1, -1);
		assert_int_equal(hear(&t), 0);
		init_gone(&t, 0);
		for (size_t have = 0; have < sizeof(text) - 1 && !strstr(text, "hello"); have += (size_t)n) {
			n = read(master, text + have, sizeof(text) - 1 - have);
			if (n <= 0)
				break;
		}
		close(master);
	}
	assert_non_null(strstr(text, "hello"));
}

/* CVE-2025-52565, CVE-2026-88264: the names a terminal comes from are the image's. */
static void test_console_names(void **state)
{
	struct talk t;
	struct plan_op *op;
	char script[256];

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir -p dev/pts; : >dev/pts/ptmx");
	in_root();
	hand_op(&plan, PLAN_CONSOLE);
	finish_root("");
	mapped_fails(&t, PLAN_CONSOLE, ENODEV, LINK_STAGE_SOURCE);
	make_root("mkdir -p dev real; ln -s ../real dev/pts");
	in_root();
	(void)mount_fs("devpts", "/real");
	hand_op(&plan, PLAN_CONSOLE);
	finish_root("");
	mapped_fails(&t, PLAN_CONSOLE, ELOOP, LINK_STAGE_SOURCE);
	snprintf(script, sizeof(script), "mkdir -p dev/pts; ln -s %s/out/pwn dev/console", base);
	make_root(script);
	in_root();
	op = mount_fs("devpts", "/dev/pts");
	op->s[2] = hand_list(&plan, &op->n[2], "newinstance", NULL);
	op = hand_op(&plan, PLAN_CONSOLE);
	op->flags = PLAN_F_BIND_CONSOLE;
	finish_root("");
	map(&t);
	assert_int_equal(hear(&t), LINK_FAILED);
	assert_int_equal(t.m.err, ELOOP);
	assert_int_equal(t.m.stage, LINK_STAGE_DEST);
	init_gone(&t, 1);
	out_is_empty();
}

/* CVE-2026-88265: /dev/null of the image is anything; nothing of it is opened, made 0-2 or given an owner. */
static void test_stdio(void **state)
{
	int null = open("/dev/null", O_RDONLY), saved = dup(0);
	struct talk t;

	(void)state;
	if (no_userns)
		skip();
	dup2(null, 0);
	make_root("mkdir dev; mkfifo dev/null");
	in_root();
	hand_op(&plan, PLAN_STDIO);
	finish_root("exit 0");
	mapped_runs(&t, 0);
	dup2(saved, 0);
	close(saved);
	close(null);
}

/* CVE-2024-21626: whatever number is guessed, no descriptor of init leads out. */
static void test_no_way_out_by_descriptor(void **state)
{
	struct talk t;
	char path[64];

	(void)state;
	if (no_userns)
		skip();
	make_root("mkdir proc");
	for (int fd = 3; fd < 24; fd++) {
		in_root();
		bind_from("/proc", "/proc");
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		hand_op(&plan, PLAN_PIVOT);
		hand_op(&plan, PLAN_CHDIR)->s[0] = hand_str(&plan, path);
		ready();
		sh("");
		map(&t);
		assert_int_equal(hear(&t), LINK_FAILED);
		assert_int_equal(plan.op[t.m.op].code, PLAN_CHDIR);
		init_gone(&t, 1);
	}
}

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(base))
		return -1;
	no_userns = cannot_userns();
	return 0;
}

static int end(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", base);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_symlinks_stay_inside),
		cmocka_unit_test(test_real_directory),
		cmocka_unit_test(test_mount_errors),
		cmocka_unit_test(test_copyup),
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_console_names),
		cmocka_unit_test(test_stdio),
		cmocka_unit_test(test_no_way_out_by_descriptor),
	};

	return cmocka_run_group_tests_name("init_root", tests, begin, end);
}
