/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * criu as a child of the caller: `criu swrk FD`, which serves one request on a socket and exits.  It lives as long as the
 * request takes: a checkpoint's time is that of its memory, so the only bound is its own end.  What went wrong is in the
 * log that it writes.  Room: run.
 */
#include "run/criu.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "json/json.h"
#include "sys/sys.h"

enum { OLDEST_MAJOR = 3, OLDEST_MINOR = 14 }; /* the freezer of cgroup v2 */

/* ---- options ---- */

static int bad(struct lct_err *err, const char *text)
{
	return err_set(err, LCT_E_USAGE, EINVAL, NULL, "%s", text);
}

static int open_dir(const char *path, bool make, const char *what, struct lct_err *err)
{
	int r = make ? sys_mkdirat(AT_FDCWD, path, 0700) : 0;

	if (r == 0 || r == -EEXIST)
		r = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
	return r < 0 ? err_sys(err, r, path, "%s", what) : r;
}

static int check_parent(const struct criu *c, const char *parent, struct lct_err *err)
{
	autofd dir = -EBADF;

	if (parent[0] == '/')
		return bad(err, "--parent-path must be relative to --image-path");
	dir = sys_openat(c->images, parent, O_RDONLY | O_DIRECTORY, 0);
	return dir < 0 ? err_sys(err, dir, parent, "parent's images (relative to --image-path)") : 0;
}

static int take_page_server(struct arena *a, const char *text, struct criu_request *q, struct lct_err *err)
{
	const char *colon = strrchr(text, ':');
	long port = colon && colon[1] ? strtol(colon + 1, NULL, 10) : 0;

	if (!colon || colon == text || port <= 0 || port > 65535 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return bad(err, "Use --page-server ADDRESS:PORT to specify page server");
	q->page_server = arena_strndup(a, text, (size_t)(colon - text));
	q->page_server_port = (int)port;
	return q->page_server ? 0 : err_nomem(err);
}

/* A word that criu has a number for: that, or -1. */
struct choice {
	const char *word;
	int number;
};

static int choose(const struct choice *choices, const char *word)
{
	while (choices->word && strcmp(choices->word, word) != 0)
		choices++;
	return choices->word ? choices->number : -1;
}

static int take_cgroup_mode(const char *word, struct criu_request *q, struct lct_err *err)
{
	static const struct choice modes[] = { { "ignore", CRIU_CG_IGNORE },
					       { "soft", CRIU_CG_SOFT },
					       { "full", CRIU_CG_FULL },
					       { "strict", CRIU_CG_STRICT },
					       { NULL, 0 } };
	int mode = choose(modes, word);

	if (mode < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "invalid manage-cgroups-mode value %s: it is ignore, soft, full or strict", word);
	q->cgroup_mode = (enum criu_cgroup_mode)mode;
	return 0;
}

static int take_network_lock(const char *word, struct criu_request *q, struct lct_err *err)
{
	static const struct choice methods[] = { { "iptables", CRIU_LOCK_IPTABLES },
						 { "nftables", CRIU_LOCK_NFTABLES },
						 { "skip", CRIU_LOCK_SKIP },
						 { NULL, 0 } };
	int method = choose(methods, word);

	if (method < 0)
		return err_set(err, LCT_E_USAGE, EINVAL, NULL,
			       "invalid network-lock value %s: it is iptables, nftables or skip", word);
	q->network_lock = (enum criu_network_lock)method;
	return 0;
}

/* ptrace of anything, mounts, pids of one's choice: not what an ordinary user's namespaces give. */
static int check_root(struct arena *a, const struct criu *c, struct lct_err *err)
{
	struct host h;
	int r = host_probe(a, &h, err);

	if (r < 0 || h.real_root)
		return r;
	return err_set(err, LCT_E_SYSTEM, EPERM, NULL,
		       "%s needs the privileges of the machine's root: criu cannot do without", c->what);
}

int criu_open(struct criu *c, struct arena *a, const struct lct_criu_opts *o, struct criu_request *q,
	      struct lct_err *err)
{
	bool make = q->type != CRIU_RESTORE;
	int r = 0;

	*c = (struct criu){ .program = o->criu,
			    .what = make ? "checkpoint" : "restore",
			    .log_dir = o->work_dir ? o->work_dir : o->image_dir,
			    .log_file = make ? "dump.log" : "restore.log",
			    .sock = -EBADF,
			    .pidfd = -EBADF,
			    .images = -EBADF,
			    .work = -EBADF };
	if (!o->criu || o->criu[0] != '/')
		return err_set(err, LCT_E_USAGE, ENOENT, NULL,
			       "the program criu was not found in PATH: %s needs it, version %d.%d or newer (package "
			       "criu)",
			       c->what, OLDEST_MAJOR, OLDEST_MINOR);
	if (!o->image_dir)
		return bad(err, "no directory for the images");
	r = check_root(a, c, err);
	if (r < 0)
		return r;
	q->flags = o->flags;
	q->log_file = c->log_file;
	q->lsm_profile = o->lsm_profile;
	q->lsm_mount_context = o->lsm_mount_context;
	q->status_fd = o->status_fd;
	if (o->manage_cgroups)
		r = take_cgroup_mode(o->manage_cgroups, q, err);
	if (r == 0 && o->network_lock)
		r = take_network_lock(o->network_lock, q, err);
	if (r == 0 && o->page_server)
		r = take_page_server(a, o->page_server, q, err);
	if (r == 0)
		r = q->images = c->images = open_dir(o->image_dir, make, "directory of the images", err);
	if (r >= 0)
		r = q->work = c->work = open_dir(c->log_dir, true, "directory of criu's logs", err);
	if (r >= 0 && o->parent_dir) {
		r = check_parent(c, o->parent_dir, err);
		q->parent = o->parent_dir;
	}
	return r < 0 ? r : 0;
}

const char *criu_config_file(const char *annotation)
{
	static const char *const usual[] = { "/etc/criu/kin.conf", "/etc/criu/runc.conf" };
	struct stat st;

	if (annotation)
		return annotation;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (sys_fstatat(AT_FDCWD, usual[i], &st, 0) == 0)
			return usual[i];
	return NULL;
}

/* ---- what went wrong ---- */

/* "(00.012345) Error (criu/mount.c:1088): mnt: ..." */
static const char *complaint(char *line)
{
	char *p = strstr(line, "Error (");
	char *text = p ? strstr(p, "): ") : NULL;

	/* What only says that all of it has failed tells nothing. */
	return text && !strstr(text, "FAILED") ? text + 3 : NULL;
}

/* The first complaint is mostly the cause, and the last what came of it. */
static void read_log(const struct criu *c, char *ret, size_t size)
{
	_cleanup_arena_ struct arena a = { 0 };
	const char *first = NULL, *last = NULL;
	char *text, *save = NULL;
	size_t len;

	ret[0] = '\0';
	if (c->work < 0 || json_read_file(&a, c->work, c->log_file, 64 << 20, &text, &len, NULL) < 0)
		return;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *said = complaint(line);

		if (said && !first)
			first = said;
		else if (said)
			last = said;
	}
	if (first)
		snprintf(ret, size, "%.280s%s%.200s", first, last ? "; " : "", last ? last : "");
	for (char *p = ret; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
}

static int failed(const struct criu *c, const struct criu_reply *reply, struct lct_err *err)
{
	char said[512];
	int errnum = reply && reply->error > 0 && reply->error < 4096 ? reply->error : EIO;

	read_log(c, said, sizeof(said));
	if (!said[0] && reply)
		snprintf(said, sizeof(said), "%.300s", reply->message);
	return err_set(err, LCT_E_SYSTEM, errnum, NULL, "criu failed: %s%s(log: %s/%s)",
		       said[0] ? said
		       : reply ? errno_text(errnum)
			       : "it ended without an answer",
		       " ", c->log_dir, c->log_file);
}

/* ---- the conversation ---- */

static int send_message(struct criu *c, struct buf *b, struct lct_err *err)
{
	ssize_t n;

	if (!buf_ok(b))
		return err_nomem(err);
	n = sys_send_fd(c->sock, b->data, b->len, -EBADF);
	if (n == -EPIPE || n == -ECONNRESET)
		return failed(c, NULL, err);
	return n < 0 ? err_sys(err, (int)n, NULL, "talk to criu") : 0;
}

static int take_fd(struct msghdr *m)
{
	int fd = -EBADF;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; CMSG_LEN((i + 1) * sizeof(int)) <= h->cmsg_len; i++) {
			autofd one = -EBADF;

			memcpy(&one, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
			if (fd < 0)
				fd = TAKE_FD(one);
		}
	}
	return fd;
}

/* 1: *ret is what it said, 0: it will say nothing more. */
static int receive(struct criu *c, struct criu_reply *ret, int *ret_fd, struct lct_err *err)
{
	char data[4096];
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int) * 4)];
	} control;
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	ssize_t n;
	int r;

	for (;;) {
		struct pollfd p[2] = { { .fd = c->sock, .events = POLLIN }, { .fd = c->pidfd, .events = POLLIN } };

		r = sys_poll(p, 2, -1);
		if (r < 0 && r != -EINTR)
			return err_sys(err, r, NULL, "wait for criu");
		if (r <= 0)
			continue;
		n = recvmsg(c->sock, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR) && !p[1].revents)
			continue;
		break;
	}
	if (n <= 0)
		return 0;
	*ret_fd = take_fd(&m);
	r = (m.msg_flags & MSG_TRUNC) ? -EBADMSG : criu_decode(data, (size_t)n, ret);
	return r < 0 ? err_set(err, LCT_E_SYSTEM, EPROTO, NULL, "criu answered something else than an answer") : 1;
}

static int answer_notify(struct criu *c, const struct criu_reply *n, int *fd, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };
	int r = c->notified ? c->notified(c->arg, n->script, n->pid, fd, err) : 0, sent;

	criu_encode_notified(r >= 0, &b);
	sent = send_message(c, &b, r < 0 ? NULL : err);
	return r < 0 ? r : sent;
}

/* The first failure is the cause: criu's own complaint that we refused comes after it. */
int criu_ask(struct criu *c, const struct criu_request *q, struct criu_reply *ret, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };
	int refused = 0, r;

	criu_encode(q, &b);
	r = send_message(c, &b, err);
	while (r >= 0) {
		autofd fd = -EBADF;

		r = receive(c, ret, &fd, refused < 0 ? NULL : err);
		if (r < 0 || refused < 0)
			return refused < 0 ? refused : r;
		if (r == 0)
			return failed(c, NULL, err);
		if (ret->type != CRIU_NOTIFY)
			return ret->success ? 0 : failed(c, ret, err);
		r = refused = answer_notify(c, ret, &fd, err);
		if (refused < 0)
			r = 0; /* it undoes what it has done, and says so */
	}
	return r;
}

static int check_version(struct criu *c, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct criu_reply v = { 0 };
	autofd fd = -EBADF;
	ssize_t n;
	int r = 0;

	criu_encode_version(&b);
	if (!buf_ok(&b))
		return err_nomem(err);
	n = sys_send_fd(c->sock, b.data, b.len, -EBADF);
	if (n > 0)
		r = receive(c, &v, &fd, err);
	if (r < 0)
		return r;
	if (n <= 0 || r == 0 || v.type != CRIU_VERSION)
		return err_set(err, LCT_E_SYSTEM, ENOEXEC, c->program,
			       "this is no criu, or one that does not answer: %s needs criu %d.%d or newer", c->what,
			       OLDEST_MAJOR, OLDEST_MINOR);
	if (v.major < OLDEST_MAJOR || (v.major == OLDEST_MAJOR && v.minor < OLDEST_MINOR))
		return err_set(err, LCT_E_SYSTEM, EOPNOTSUPP, c->program,
			       "criu %u.%u is too old: %s needs %d.%d or newer", v.major, v.minor, c->what,
			       OLDEST_MAJOR, OLDEST_MINOR);
	return 0;
}

int criu_start(struct criu *c, const struct child *like, struct lct_err *err)
{
	static char *const empty[] = { NULL };
	autofd far = -EBADF;
	char number[12], *const argv[] = { (char *)"criu", (char *)"swrk", number, NULL };
	struct child child = *like;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, errno, NULL, "make a socket for criu");
	c->sock = pair[0];
	far = pair[1];
	snprintf(number, sizeof(number), "%d", far);
	child.path = c->program;
	child.argv = argv;
	child.envp = like->envp ? like->envp : empty;
	child.keep = far;
	child.cwd = c->work;
	c->pid = child_spawn(&child, &c->pidfd);
	if (c->pid < 0)
		return err_sys(err, c->pid, c->program, "execute criu (package criu)");
	fd_done(&far);
	return check_version(c, err);
}

void criu_close(struct criu *c)
{
	siginfo_t si;

	fd_done(&c->sock);
	if (c->pidfd >= 0) {
		/* It has answered and exits, or it sees that nobody listens any more. */
		if (pidfd_wait_until(c->pidfd, run_deadline(10000)) != 1)
			(void)sys_pidfd_send_signal(c->pidfd, SIGKILL);
		if (pidfd_wait_until(c->pidfd, run_deadline(10000)) == 1)
			(void)sys_waitid_pidfd(c->pidfd, &si, WEXITED | WNOHANG);
	}
	fd_done(&c->pidfd);
	fd_done(&c->images);
	fd_done(&c->work);
}
