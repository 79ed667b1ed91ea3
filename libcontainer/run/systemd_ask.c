/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One request to systemd: one run of the program that talks to it (bus/).
 *
 * It is dynamically linked to libsystemd, which is not to be had as an archive; so it is carried as bytes in this library
 * and executed only here: nothing of it is installed or looked up.  It has the deadline, too, and an empty environment.
 * Room: run.
 */
#include "run/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/sys.h"
#include "systemd/request.h"

extern const char kin_systemd_start[] __attribute__((visibility("hidden")));
extern const uint64_t kin_systemd_size __attribute__((visibility("hidden")));

static int did_not_run(const struct lct_outcome *how, const char *said, struct lct_err *err)
{
	/* ld.so(8): 127 for a library that is not there, 1 for one that is too old. */
	if (how->how == LCT_EXIT_CODE && (how->status == 127 || strstr(said, "libsystemd.so")))
		return err_set(err, LCT_E_SYSTEM, ELIBACC, NULL,
			       "the systemd cgroup driver needs libsystemd (package libsystemd0)%s%s",
			       said[0] ? ": " : "", said);
	return err_set(err, LCT_E_SYSTEM, EPROTO, NULL, "the program that talks to systemd %s %d%s%s",
		       how->how == LCT_EXIT_SIGNAL ? "was killed by signal" : "ended with exit status", how->status,
		       said[0] ? ": " : "", said);
}

static int too_late(const char *what, const char *unit, struct lct_err *err)
{
	return err_set(err, LCT_E_TIMEOUT, ETIMEDOUT, NULL, "%s unit %s: systemd did not answer in time", what, unit);
}

static int errnum_of(const char *name)
{
	static const struct {
		const char *name;
		int errnum;
	} names[] = {
		{ REQUEST_JOB, ECANCELED },
		{ REQUEST_FOREIGN, EOPNOTSUPP },
		{ "org.freedesktop.DBus.Error.AccessDenied", EACCES },
		{ "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", EACCES },
		{ "org.freedesktop.DBus.Error.InvalidArgs", EINVAL },
		{ "org.freedesktop.DBus.Error.PropertyReadOnly", EINVAL },
		{ "org.freedesktop.DBus.Error.UnknownProperty", EINVAL },
		{ "System.Error.ENXIO", EINVAL }, /* a property of another type than it should have */
		{ "org.freedesktop.DBus.Error.NoSuchProcess", ESRCH },
		{ "org.freedesktop.systemd1.NoSuchUnit", ENOENT },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i].name))
			return names[i].errnum;
	return EIO;
}

/* "NAME MESSAGE" in words. */
static int refused(const char *what, const char *unit, char *name, struct lct_err *err)
{
	char *message = strchr(name, ' ');
	int number;

	if (message)
		*message++ = '\0';
	else
		message = name + strlen(name);
	number = atoi(message);
	if (!strcmp(name, REQUEST_TIMEOUT))
		return too_late(what, unit, err);
	if (!strcmp(name, REQUEST_EXISTS))
		return err_set(err, LCT_E_SYSTEM, EEXIST, NULL, "unit %s exists already and is in use", unit);
	if (!strcmp(name, REQUEST_ABSENT))
		return err_set(err, LCT_E_SYSTEM, number == ENOENT || number == ECONNREFUSED ? ENOTCONN : number, NULL,
			       "systemd cannot be reached: connect to %s: %s", message + strspn(message, "0123456789 "),
			       errno_text(number));
	if (!strcmp(name, REQUEST_BROKEN))
		return err_sys(err, number > 0 ? number : EIO, NULL, "%s unit %s: %s", what, unit,
			       message + strspn(message, "0123456789 "));
	if (!strcmp(name, REQUEST_JOB))
		return err_set(err, LCT_E_SYSTEM, ECANCELED, NULL, "%s unit %s: systemd's job ended as \"%s\"", what,
			       unit, message);
	return err_set(err, LCT_E_SYSTEM, errnum_of(name), NULL, "%s unit %s: systemd: %s", what, unit,
		       message[0] ? message : name);
}

static int understand(const char *what, const char *unit, char *said, const struct lct_outcome *how,
		      struct lct_err *err)
{
	size_t n = strlen(said);
	char *line;

	while (n && said[n - 1] == '\n')
		said[--n] = '\0';
	line = strrchr(said, '\n');
	line = line ? line + 1 : said;
	/* A host program that waits for any child may have its exit status; the answer is ours all the same. */
	if (!strcmp(line, "ok") && how->how != LCT_EXIT_SIGNAL)
		return 0;
	if (!strncmp(line, "error ", 6))
		return refused(what, unit, line + 6, err);
	return did_not_run(how, line, err);
}

static int program_start(const struct buf *request, int *ret_output, int *ret_pidfd, struct lct_err *err)
{
	char *const argv[] = { (char *)"kin-systemd", NULL }, *const envp[] = { NULL };
	autofd program = -EBADF, in = -EBADF, out = -EBADF, answer = -EBADF;
	int p[2], r;
	pid_t pid;

	if (!kin_systemd_size)
		return err_set(err, LCT_E_SYSTEM, EOPNOTSUPP, NULL,
			       "the systemd cgroup driver is not in this build (SYSTEMD=0)");
	program = memfd_sealed("kin-systemd", kin_systemd_start, (size_t)kin_systemd_size, true);
	in = program < 0 ? program : memfd_sealed("kin-request", request->data, request->len, false);
	if (in < 0)
		return err_sys(err, in, NULL, "make the request to systemd");
	(void)lseek(in, 0, SEEK_SET);
	r = sys_pipe(p);
	if (r < 0)
		return err_sys(err, r, NULL, "make the request to systemd");
	answer = p[0];
	out = p[1];
	pid = child_spawn(&(struct child){ .exec_fd = program,
					   .argv = argv,
					   .envp = envp,
					   .stdio = { in, out, out },
					   .cwd = -EBADF,
					   .keep = -EBADF },
			  ret_pidfd);
	if (pid == -ENOENT) /* no dynamic loader: not a system with glibc */
		return err_set(err, LCT_E_SYSTEM, ELIBACC, NULL,
			       "the systemd cgroup driver needs glibc and libsystemd (package libsystemd0)");
	if (pid < 0)
		return err_sys(err, pid, NULL, "execute the program that talks to systemd");
	*ret_output = TAKE_FD(answer);
	return pid;
}

int systemd_ask(const struct buf *request, const char *what, const char *unit, int64_t deadline_ns, struct lct_err *err)
{
	struct lct_outcome how = { .how = LCT_EXIT_UNKNOWN };
	autofd output = -EBADF, pidfd = -EBADF;
	char said[1024] = "";
	pid_t pid;
	int r;

	if (clock_now_ns() >= deadline_ns)
		return too_late(what, unit, err);
	pid = program_start(request, &output, &pidfd, err);
	if (pid < 0)
		return pid;
	r = child_wait(pidfd, pid, false, output, deadline_ns, said, sizeof(said), &how);
	if (r == -ETIMEDOUT)
		return too_late(what, unit, err);
	if (r < 0)
		return err_sys(err, r, NULL, "wait for the program that talks to systemd");
	return understand(what, unit, said, &how, err);
}
