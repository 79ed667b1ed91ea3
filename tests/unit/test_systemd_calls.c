/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much is asked of systemd, and what it takes: against one that is made of sd-bus' other end, in a child, and notes
 * every call.  What a real one does is tests/vm/systemd.bats' business.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/run.h"

#if __has_include(<systemd/sd-bus.h>) && !defined(NO_SYSTEMD)
#include <systemd/sd-bus.h>

extern const uint64_t kin_systemd_size __attribute__((visibility("hidden")));

/* What this systemd is like. */
enum like {
	LIKE_SYSTEMD,
	LIKE_OLD, /* does not know MemoryZSwapMax */
	LIKE_LEFT, /* has a failed unit of that name */
	LIKE_TAKEN, /* a living one */
	LIKE_HANGING, /* takes the job and never ends it */
	LIKE_FAILING, /* ends it otherwise */
};

struct manager {
	char dir[64], path[2][100];
	bool direct;
	enum like like;
	int listening, notes[2];
	pid_t pid;
};

/* ---- the child ---- */

static void note(const struct manager *m, const char *what)
{
	if (dprintf(m->notes[1], "%s ", what) < 0)
		_exit(2);
}

static int job_ended(sd_bus *bus, const struct manager *m)
{
	sd_bus_message *s = NULL;
	int r = sd_bus_message_new_signal(bus, &s, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
					  "JobRemoved");

	if (r >= 0)
		r = sd_bus_message_append(s, "uoss", 7, "/org/freedesktop/systemd1/job/7", "kin-c1.scope",
					  m->like == LIKE_FAILING ? "failed" : "done");
	if (r >= 0 && !m->direct)
		r = sd_bus_message_set_sender(s, "org.freedesktop.systemd1");
	if (r >= 0)
		r = sd_bus_send(bus, s, NULL);
	sd_bus_message_unref(s);
	return r;
}

static bool has_property(sd_bus_message *call, const char *name)
{
	const char *s;

	if (sd_bus_message_skip(call, "ss") < 0 || sd_bus_message_enter_container(call, 'a', "(sv)") < 0)
		_exit(3);
	while (sd_bus_message_enter_container(call, 'r', "sv") > 0) {
		if (sd_bus_message_read(call, "s", &s) < 0 || sd_bus_message_skip(call, "v") < 0)
			_exit(3);
		if (!strcmp(s, name))
			return true;
		sd_bus_message_exit_container(call);
	}
	return false;
}

static int start_unit(sd_bus_message *call, struct manager *m)
{
	int r;

	if (m->like == LIKE_OLD && has_property(call, "MemoryZSwapMax"))
		return sd_bus_reply_method_errorf(call, "org.freedesktop.DBus.Error.PropertyReadOnly",
						  "Cannot set property MemoryZSwapMax, or unknown property.");
	if (m->like == LIKE_LEFT || m->like == LIKE_TAKEN)
		return sd_bus_reply_method_errorf(call, "org.freedesktop.systemd1.UnitExists", "it does");
	r = sd_bus_reply_method_return(call, "o", "/org/freedesktop/systemd1/job/7");
	return r < 0 || m->like == LIKE_HANGING ? r : job_ended(sd_bus_message_get_bus(call), m);
}

static int on_message(sd_bus_message *call, void *arg, sd_bus_error *error)
{
	const char *member = sd_bus_message_get_member(call);
	struct manager *m = arg;

	(void)error;
	if (!sd_bus_message_is_method_call(call, NULL, NULL))
		return 0;
	note(m, member);
	if (!strcmp(member, "Hello"))
		return sd_bus_reply_method_return(call, "s", ":1.7");
	if (!strcmp(member, "StartTransientUnit"))
		return start_unit(call, m);
	if (!strcmp(member, "ResetFailedUnit") && m->like == LIKE_LEFT)
		m->like = LIKE_SYSTEMD;
	return sd_bus_reply_method_return(call, "");
}

static void serve_one(struct manager *m, int fd)
{
	sd_bus *bus = NULL;
	sd_id128_t id;

	if (sd_id128_randomize(&id) < 0 || sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, fd, fd) < 0 ||
	    sd_bus_set_server(bus, 1, id) < 0 || sd_bus_set_trusted(bus, 1) < 0 ||
	    sd_bus_add_filter(bus, NULL, on_message, m) < 0 || sd_bus_start(bus) < 0)
		_exit(4);
	for (;;) {
		int r = sd_bus_process(bus, NULL);

		if (r < 0 || (r == 0 && sd_bus_wait(bus, UINT64_MAX) < 0))
			break;
	}
	sd_bus_unref(bus);
}

/* ---- the parent ---- */

static void begin(struct manager *m, bool direct, enum like like)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	*m = (struct manager){ .direct = direct, .like = like };
	strcpy(m->dir, "/tmp/kin-systemd.XXXXXX");
	assert_non_null(mkdtemp(m->dir));
	snprintf(m->path[0], sizeof(m->path[0]), "%s/systemd", m->dir);
	assert_int_equal(mkdir(m->path[0], 0700), 0);
	snprintf(m->path[1], sizeof(m->path[1]), direct ? "%s/systemd/private" : "%s/bus", m->dir);
	memcpy(sa.sun_path, m->path[1], strlen(m->path[1]) + 1);
	m->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(m->listening, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(m->listening, 5), 0);
	assert_int_equal(pipe(m->notes), 0);
	m->pid = fork();
	if (m->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		serve_one(m, accept(m->listening, NULL, NULL));
}

/* What it was asked, word by word. */
static void end(struct manager *m, const char *want)
{
	char got[512];
	ssize_t n;

	kill(m->pid, SIGKILL);
	waitpid(m->pid, NULL, 0);
	close(m->notes[1]);
	n = read(m->notes[0], got, sizeof(got) - 1);
	got[n > 0 ? n - 1 : 0] = '\0'; /* the last blank */
	close(m->notes[0]);
	close(m->listening);
	unlink(m->path[1]);
	rmdir(m->path[0]);
	rmdir(m->dir);
	assert_string_equal(got, want);
}

/* Asks it to start a unit around this process, which is in no unit: that much of the driver ends in EPROTO. */
static int start(const struct manager *m, int ms, struct lct_err *err)
{
	struct lct_runtime rt = { .root = (char *)"/run/kin", .runtime_dir = (char *)m->dir };
	struct host h = { .euid = geteuid(), .cgroup_mount = "/sys/fs/cgroup" };
	struct systemd_unit u = { "kin-c1.scope", "user.slice", "/user.slice/kin-c1.scope" };
	struct spec_limit l[] = { { .where = "/x", .file = "pids.max", .value = "9" },
				  { .where = "/y", .file = "memory.zswap.max", .value = "4096" } };
	struct spec s = { .resources = { .limits = l, .n_limits = 2 } };
	_cleanup_arena_ struct arena a = { 0 };
	const char *where;

	return systemd_start(&a, &rt, &h, &u, &s, "c1", getpid(), run_deadline(ms), &where, err);
}

static void started(enum like like, bool direct, const char *want)
{
	struct lct_err err = { 0 };
	struct manager m;
	int r;

	begin(&m, direct, like);
	r = start(&m, 10000, &err);
	if (r != -EPROTO || !strstr(err.text, "systemd says that process"))
		fail_msg("%d: %s", r, err.text);
	end(&m, want);
}

static void test_start(void **state)
{
	(void)state;
	if (!kin_systemd_size)
		skip();
	started(LIKE_SYSTEMD, true, "StartTransientUnit");
	/* Two, after the one that every connection to a message bus begins with. */
	started(LIKE_SYSTEMD, false, "Hello AddMatch StartTransientUnit");
}

static void test_start_again(void **state)
{
	(void)state;
	if (!kin_systemd_size)
		skip();
	started(LIKE_LEFT, true, "StartTransientUnit ResetFailedUnit StartTransientUnit");
	started(LIKE_OLD, true, "StartTransientUnit StartTransientUnit");
}

static void refused(enum like like, bool direct, int ms, int errnum, const char *text, const char *want)
{
	struct lct_err err = { 0 };
	int64_t from = clock_now_ns();
	struct manager m;

	begin(&m, direct, like);
	assert_int_equal(start(&m, ms, &err), -errnum);
	if (!strstr(err.text, text))
		fail_msg("%s", err.text);
	assert_in_range((clock_now_ns() - from) / 1000000, errnum == ETIMEDOUT ? ms / 2 : 0, ms + 500);
	end(&m, want);
}

static void test_refused(void **state)
{
	(void)state;
	if (!kin_systemd_size)
		skip();
	refused(LIKE_TAKEN, true, 10000, EEXIST, "unit kin-c1.scope exists already",
		"StartTransientUnit ResetFailedUnit StartTransientUnit");
	refused(LIKE_FAILING, true, 10000, ECANCELED, "systemd's job ended as \"failed\"", "StartTransientUnit");
	/* It has answered, and so has its bus: the deadline is for the end of the job as well. */
	refused(LIKE_HANGING, true, 800, ETIMEDOUT, "systemd did not answer in time", "StartTransientUnit");
	refused(LIKE_HANGING, false, 800, ETIMEDOUT, "systemd did not answer in time",
		"Hello AddMatch StartTransientUnit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_start_again),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("systemd-calls", tests, NULL, NULL);
}
#else
static void test_none(void **state)
{
	(void)state;
	print_message("skipped: there is no libsystemd here\n");
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_none) };

	return cmocka_run_group_tests_name("systemd-calls", tests, NULL, NULL);
}
#endif
