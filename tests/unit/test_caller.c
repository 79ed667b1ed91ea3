/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The library never changes the process that calls it: descriptors, signal mask, dispositions and pending signals,
 * umask, working and root directory, rlimits, namespaces, credentials, dumpability, subreaper flag, threads,
 * children and environment are the same before and after each call, in a program with many threads.
 *
 * Needs a bundle: KIN_TEST_BUNDLE whose program runs until it is killed, KIN_TEST_ROOT a state directory
 * (caller.bats gives both).
 */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <libcontainer.h>

enum { THREADS = 8, LOOK = 32768 };

extern char **environ;

/* ---- what the process looks like, as text ---- */

struct look {
	char text[LOOK];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct look *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->len, sizeof(l->text) - l->len, fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof(l->text) - l->len);
	l->len += (size_t)n;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void look_links(struct look *l, const char *dir)
{
	struct dirent **names;
	char path[512], target[512];
	int n = scandir(dir, &names, NULL, by_name);

	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		ssize_t len;

		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		free(names[i]);
		/* The descriptor with which scandir itself reads. */
		if (len < 0)
			continue;
		target[len] = '\0';
		if (strstr(target, "/proc/") == target && strstr(target, "/fd"))
			continue;
		add(l, "%s -> %s\n", path, target);
	}
	free(names);
}

static void look_fd_flags(struct look *l)
{
	for (int fd = 0; fd < 64; fd++) {
		char path[64], line[128];
		FILE *f;

		(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
		f = fopen(path, "re");
		if (!f)
			continue;
		while (fgets(line, sizeof(line), f))
			if (!strncmp(line, "flags:", 6) && fileno(f) != fd)
				add(l, "fd %d %s", fd, line);
		(void)fclose(f);
	}
}

static void look_status(struct look *l)
{
	/* Everything in it that is not a counter. */
	static const char *const names[] = { "Umask:",	"State:",  "Tgid:",	  "Pid:",     "PPid:",	      "Uid:",
					     "Gid:",	"Groups:", "NSpid:",	  "Threads:", "SigPnd:",      "ShdPnd:",
					     "SigBlk:", "SigIgn:", "SigCgt:",	  "CapInh:",  "CapPrm:",      "CapEff:",
					     "CapBnd:", "CapAmb:", "NoNewPrivs:", "Seccomp:", "Cpus_allowed:" };
	char line[512];
	FILE *f = fopen("/proc/self/status", "re");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (!strncmp(line, names[i], strlen(names[i])))
				add(l, "%s", line);
	(void)fclose(f);
}

static void look_file(struct look *l, const char *path)
{
	char line[512];
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		add(l, "%s: %s", path, line);
	(void)fclose(f);
}

static void look_signals(struct look *l)
{
	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction sa;

		if (sigaction(sig, NULL, &sa) < 0)
			continue;
		add(l, "signal %d %p %x\n", sig, (void *)(uintptr_t)sa.sa_handler, (unsigned)sa.sa_flags);
	}
}

static void look_limits(struct look *l)
{
	for (int r = 0; r < RLIMIT_NLIMITS; r++) {
		struct rlimit lim;

		assert_int_equal(getrlimit((__rlimit_resource_t)r, &lim), 0);
		add(l, "limit %d %llu %llu\n", r, (unsigned long long)lim.rlim_cur, (unsigned long long)lim.rlim_max);
	}
}

static void look(struct look *l)
{
	char cwd[PATH_MAX];
	int subreaper = -1, death = -1;
	mode_t mask = umask(0);
	sigset_t set;

	(void)umask(mask);
	l->len = 0;
	look_links(l, "/proc/self/fd");
	look_fd_flags(l);
	look_links(l, "/proc/self/ns");
	look_links(l, "/proc/self/task");
	look_status(l);
	look_file(l, "/proc/self/oom_score_adj");
	look_file(l, "/proc/self/cgroup");
	look_file(l, "/proc/self/personality");
	look_signals(l);
	look_limits(l);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &set), 0);
	for (int sig = 1; sig < NSIG; sig++)
		add(l, "%d", sigismember(&set, sig));
	assert_int_equal(prctl(PR_GET_CHILD_SUBREAPER, &subreaper), 0);
	assert_int_equal(prctl(PR_GET_PDEATHSIG, &death), 0);
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	add(l, "\numask %o cwd %s subreaper %d death %d dumpable %d priority %d errno-free\n", (unsigned)mask, cwd,
	    subreaper, death, prctl(PR_GET_DUMPABLE), getpriority(PRIO_PROCESS, 0));
	for (char **e = environ; *e; e++)
		add(l, "env %p %s\n", (void *)*e, *e);
}

static void same(const struct look *a, const struct look *b, const char *call)
{
	const char *p = a->text, *q = b->text;

	if (a->len == b->len && !memcmp(p, q, a->len))
		return;
	while (*p && *q) {
		size_t n = strcspn(p, "\n"), m = strcspn(q, "\n");

		if (n != m || memcmp(p, q, n) != 0)
			fail_msg("%s changed the caller: was \"%.*s\", is \"%.*s\"", call, (int)n, p, (int)m, q);
		p += n + (p[n] == '\n');
		q += m + (q[m] == '\n');
	}
	fail_msg("%s changed the caller: \"%.200s\" against \"%.200s\"", call, p, q);
}

/* ---- a host program with threads that must not notice ---- */

static atomic_bool stop, reaped_enough;
static atomic_int handled;

static void *idle(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop))
		(void)usleep(1000);
	return NULL;
}

static void on_child(int sig)
{
	(void)sig;
	atomic_fetch_add(&handled, 1);
}

struct host {
	pthread_t threads[THREADS];
	pid_t child; /* of the host's own, that nobody else may reap */
	lct_runtime *rt;
	const char *bundle;
};

static int begin(void **state)
{
	static struct host h;
	struct lct_runtime_opts o = { .size = sizeof(o), .root = getenv("KIN_TEST_ROOT") };
	struct sigaction sa = { .sa_handler = on_child, .sa_flags = SA_RESTART };
	sigset_t some;

	h.bundle = getenv("KIN_TEST_BUNDLE");
	if (!o.root || !h.bundle)
		return -1;
	/* Nothing about this process is the default. */
	(void)umask(0137);
	if (sigaction(SIGCHLD, &sa, NULL) < 0 || signal(SIGUSR1, SIG_IGN) == SIG_ERR ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -1;
	(void)sigemptyset(&some);
	(void)sigaddset(&some, SIGWINCH);
	(void)sigaddset(&some, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &some, NULL) < 0)
		return -1;
	h.child = fork();
	if (h.child == 0) {
		(void)pause();
		_exit(0);
	}
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&h.threads[i], NULL, idle, NULL) != 0)
			return -1;
	*state = &h;
	return lct_open(&o, &h.rt, NULL);
}

static int end(void **state)
{
	struct host *h = *state;

	lct_close(h->rt);
	atomic_store(&stop, true);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(h->threads[i], NULL);
	/* Still there, still ours. */
	if (kill(h->child, SIGKILL) < 0 || waitpid(h->child, NULL, 0) != h->child)
		return -1;
	return 0;
}

static void null_stdio(int fds[3])
{
	for (int i = 0; i < 3; i++) {
		fds[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		assert_true(fds[i] >= 0);
	}
}

#define check(call_) check_call((call_), &err, #call_)
static void check_call(int r, struct lct_err *err, const char *call)
{
	if (r < 0)
		fail_msg("%s: %d %s", call, r, err->text);
}

static void test_life(void **state)
{
	static const char mounts[] = "[{\"destination\":\"/tmp\",\"type\":\"tmpfs\"},"
				     "{\"destination\":\"/dev/shm\",\"source\":\"/\",\"options\":[\"rbind\"]}]";
	static struct look before, after;
	struct host *h = *state;
	struct lct_create_opts o = { .size = sizeof(o), .bundle = h->bundle };
	struct lct_exec_opts e = { .size = sizeof(e), .args = (char *[]){ (char *)(uintptr_t) "true", NULL } };
	struct lct_outcome out = { .size = sizeof(out) };
	struct lct_process p;
	struct lct_err err = { 0 };
	lct_container *ct = NULL;
	pid_t *pids = NULL;
	char *text = NULL;
	size_t n = 0;
	int stdio[3];

	null_stdio(stdio);
	o.stdio = stdio;
	e.stdio = stdio;
	/* What the first call of a program sets up in the C library (locale, allocator) is not the library's. */
	look(&before);
	look(&before);

	check(lct_create(h->rt, "caller", &o, &ct, &err));
	lct_free(ct);
	look(&after);
	same(&before, &after, "create");

	check(lct_find(h->rt, "caller", &ct, &err));
	check(lct_start(ct, &err));
	check(lct_state_json(ct, &text, &err));
	check(lct_pids(ct, &pids, &n, &err));
	assert_true(n >= 1);
	free(text);
	free(pids);
	lct_free(ct);
	look(&after);
	same(&before, &after, "find, start, state, pids");

	check(lct_find(h->rt, "caller", &ct, &err));
	check(lct_exec(ct, &e, &p, &err));
	check(lct_wait_process(&p, 10000, &out, &err));
	assert_int_equal(out.how, LCT_EXIT_CODE);
	assert_int_equal(out.status, 0);
	(void)close(p.pidfd);
	if (p.console >= 0)
		(void)close(p.console);
	lct_free(ct);
	look(&after);
	same(&before, &after, "exec");

	check(lct_find(h->rt, "caller", &ct, &err));
	check(lct_mounts_add(ct, mounts, strlen(mounts), 0, &err));
	check(lct_mounts_remove(ct, mounts, strlen(mounts), 0, &err));
	lct_free(ct);
	look(&after);
	same(&before, &after, "mounts");

	check(lct_find(h->rt, "caller", &ct, &err));
	check(lct_kill(ct, SIGKILL, false, &err));
	check(lct_wait(ct, 10000, &out, &err));
	assert_int_equal(out.how, LCT_EXIT_SIGNAL);
	assert_int_equal(out.status, SIGKILL);
	check(lct_remove(ct, false, &err));
	check(lct_remove(ct, false, &err)); /* gone is gone, whoever it was */
	lct_free(ct);
	assert_int_equal(lct_delete(h->rt, "caller", false, &err), -ENOENT);
	look(&after);
	same(&before, &after, "kill, wait, remove");
	/* Nothing is left to be reaped but the host's own child, which lives.  SIGCHLD does come, as for any child: execve
	 * makes it the exit signal again (de_thread() in fs/exec.c), whatever clone was told. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), 0);
	for (int i = 0; i < 3; i++)
		(void)close(stdio[i]);
}

/* Failures must leave the process alone as well. */
static void test_failures(void **state)
{
	static struct look before, after;
	struct host *h = *state;
	struct lct_create_opts o = { .size = sizeof(o), .bundle = "/nonexistent/bundle" };
	struct lct_err err = { 0 };
	lct_container *ct = NULL;

	look(&before);
	assert_true(lct_create(h->rt, "caller", &o, &ct, &err) < 0);
	assert_null(ct);
	assert_true(err.text[0]);
	o.bundle = h->bundle;
	o.console_socket = "/nonexistent/socket";
	assert_true(lct_create(h->rt, "caller", &o, &ct, &err) < 0);
	assert_true(lct_create(h->rt, "../caller", &o, &ct, &err) < 0);
	assert_int_equal(lct_find(h->rt, "caller", &ct, &err), -ENOENT);
	assert_int_equal(lct_delete(h->rt, "caller", false, &err), -ENOENT);
	assert_int_equal(lct_delete(h->rt, "caller", true, &err), 0);
	look(&after);
	same(&before, &after, "a call that failed");
}

/* Many threads, one runtime handle, a container each. */
static void *one_life(void *arg)
{
	struct host *h = ((void **)arg)[0];
	struct lct_create_opts o = { .size = sizeof(o), .bundle = h->bundle, .stdio = ((void **)arg)[2] };
	struct lct_outcome out = { .size = sizeof(out) };
	lct_container *ct = NULL;
	struct lct_err err = { 0 };
	char id[32];

	(void)snprintf(id, sizeof(id), "thread-%d", (int)(intptr_t)((void **)arg)[1]);
	for (int i = 0; i < 5; i++) {
		int r = lct_create(h->rt, id, &o, &ct, &err);

		if (r == 0)
			r = lct_start(ct, &err);
		if (r == 0)
			r = lct_kill(ct, SIGKILL, false, &err);
		if (r == 0)
			r = lct_wait(ct, 20000, &out, &err);
		lct_free(ct);
		ct = NULL;
		if (r == 0)
			r = lct_delete(h->rt, id, false, &err);
		if (r < 0)
			return strdup(err.text);
	}
	return NULL;
}

static void test_threads(void **state)
{
	static struct look before, after;
	void *args[THREADS][3];
	char *texts[THREADS] = { NULL };
	pthread_t threads[THREADS];
	int stdio[3];

	null_stdio(stdio);
	look(&before);
	for (int i = 0; i < THREADS; i++) {
		args[i][0] = *state;
		args[i][1] = (void *)(intptr_t)i;
		args[i][2] = stdio;
		assert_int_equal(pthread_create(&threads[i], NULL, one_life, args[i]), 0);
	}
	/* All of them, before the first failure takes away the stack they work on. */
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], (void **)&texts[i]), 0);
	for (int i = 0; i < THREADS; i++)
		if (texts[i])
			fail_msg("thread %d: %s", i, texts[i]);
	look(&after);
	same(&before, &after, "forty lives in eight threads");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), 0);
	for (int i = 0; i < 3; i++)
		(void)close(stdio[i]);
}

/* Who did not reap a process learns how it ended since Linux 6.15 (pidfd_info.exit_code): before, it may be lost, but is
 * never told wrongly. */
static bool kernel_tells_ends(void)
{
	struct utsname u;
	int major = 0, minor = 0;

	assert_int_equal(uname(&u), 0);
	assert_int_equal(sscanf(u.release, "%d.%d", &major, &minor), 2);
	return major > 6 || (major == 6 && minor >= 15);
}

static void was_killed(const struct lct_outcome *out)
{
	if (out->how == LCT_EXIT_UNKNOWN && !kernel_tells_ends())
		return;
	assert_int_equal(out->how, LCT_EXIT_SIGNAL);
	assert_int_equal(out->status, SIGKILL);
}

/* A host that ignores SIGCHLD: the kernel reaps its children itself, ours too. */
static void test_sigchld_ignored(void **state)
{
	struct host *h = *state;
	struct lct_create_opts o = { .size = sizeof(o), .bundle = h->bundle };
	struct lct_outcome out = { .size = sizeof(out) };
	struct sigaction old, ign = { .sa_handler = SIG_IGN };
	struct lct_err err = { 0 };
	lct_container *ct = NULL;
	int stdio[3];

	null_stdio(stdio);
	o.stdio = stdio;
	assert_int_equal(sigaction(SIGCHLD, &ign, &old), 0);
	check(lct_run(h->rt, "ignored", &o, &ct, &err));
	check(lct_kill(ct, SIGTERM, true, &err));
	check(lct_kill(ct, SIGKILL, false, &err));
	check(lct_wait(ct, 10000, &out, &err));
	was_killed(&out);
	lct_free(ct);
	check(lct_delete(h->rt, "ignored", false, &err));
	assert_int_equal(sigaction(SIGCHLD, &old, NULL), 0);
	for (int i = 0; i < 3; i++)
		(void)close(stdio[i]);
}

/* A host that reaps whatever it sees, as old SIGCHLD handlers do: it takes our children away, and that must not confuse
 * anybody. */
static void *reaper(void *arg)
{
	(void)arg;
	while (!atomic_load(&reaped_enough))
		(void)waitpid(-1, NULL, WNOHANG);
	return NULL;
}

static void test_host_that_reaps_all(void **state)
{
	struct host *h = *state;
	struct lct_create_opts o = { .size = sizeof(o), .bundle = h->bundle };
	struct lct_exec_opts e = { .size = sizeof(e), .args = (char *[]){ (char *)(uintptr_t) "true", NULL } };
	struct lct_err err = { 0 };
	pthread_t thread;
	int stdio[3];

	null_stdio(stdio);
	o.stdio = stdio;
	e.stdio = stdio;
	atomic_store(&reaped_enough, false);
	assert_int_equal(pthread_create(&thread, NULL, reaper, NULL), 0);
	for (int i = 0; i < 10; i++) {
		struct lct_outcome out = { .size = sizeof(out) };
		lct_container *ct = NULL;
		struct lct_process p;

		check(lct_create(h->rt, "reaped", &o, &ct, &err));
		check(lct_start(ct, &err));
		check(lct_exec(ct, &e, &p, &err));
		check(lct_wait_process(&p, 10000, &out, &err));
		(void)close(p.pidfd);
		check(lct_kill(ct, SIGKILL, false, &err));
		check(lct_wait(ct, 10000, &out, &err));
		was_killed(&out);
		lct_free(ct);
		check(lct_delete(h->rt, "reaped", false, &err));
	}
	atomic_store(&reaped_enough, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	for (int i = 0; i < 3; i++)
		(void)close(stdio[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_sigchld_ignored),
		cmocka_unit_test(test_host_that_reaps_all),
	};

	if (!getenv("KIN_TEST_BUNDLE") || !getenv("KIN_TEST_ROOT")) {
		printf("1..0 # SKIP caller.bats runs this: it needs KIN_TEST_BUNDLE and KIN_TEST_ROOT\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, begin, end);
}
