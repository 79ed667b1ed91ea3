/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * agent PATH DIR [DENIED...]: a seccomp agent.  Listens at PATH; each connection brings one message with one descriptor
 * (runtime-spec config-linux.md, "The Container Process State").  The system calls whose numbers are DENIED fail with
 * ENOMEDIUM, all others go on.  In DIR: a file `ready` when it listens, `doc.N` with the Nth message once its sender has
 * closed the connection, `calls` with the number of each system call that it was asked about.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX = 32 };

struct peer { /* a connection whose message is not complete, or a listener */
	int fd;
	bool listener;
	int got; /* the descriptor that came */
	char *doc;
	size_t len;
};

static struct peer peers[MAX];
static int n_peers, n_docs;
static const char *dir;

static FILE *out(const char *name, const char *mode)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, mode);
	if (!f)
		abort();
	return f;
}

static void add(int fd, bool listener)
{
	if (fd < 0 || n_peers == MAX)
		abort();
	peers[n_peers++] = (struct peer){ .fd = fd, .listener = listener, .got = -1 };
}

static void drop(struct peer *p)
{
	close(p->fd);
	free(p->doc);
	*p = peers[--n_peers];
}

/* The sender is done: what it said counts, and its descriptor is asked from now on. */
static void complete(struct peer *p)
{
	char name[32], path[512], new[520];
	FILE *f = out("new", "w");
	int got = p->got;

	fwrite(p->doc, 1, p->len, f);
	fclose(f);
	drop(p);
	add(got, true);
	snprintf(name, sizeof(name), "doc.%d", ++n_docs);
	snprintf(new, sizeof(new), "%s/new", dir);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (rename(new, path) < 0)
		abort();
}

static void receive(struct peer *p)
{
	union {
		char buf[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} u;
	char text[4096];
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = u.buf, .msg_controllen = sizeof(u.buf) };
	ssize_t n = recvmsg(p->fd, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	if (n <= 0) {
		if (p->len)
			complete(p);
		else
			drop(p);
		return;
	}
	if (c && (c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(int)) || p->len))
		abort();
	if (c)
		memcpy(&p->got, CMSG_DATA(c), sizeof(int));
	p->doc = realloc(p->doc, p->len + (size_t)n);
	memcpy(p->doc + p->len, text, (size_t)n);
	p->len += (size_t)n;
}

static bool is_denied(int nr, char **denied)
{
	for (; *denied; denied++)
		if (atoi(*denied) == nr)
			return true;
	return false;
}

static void reply(struct peer *p, char **denied)
{
	struct seccomp_notif ask = { 0 };
	struct seccomp_notif_resp say = { 0 };
	FILE *f;

	if (ioctl(p->fd, SECCOMP_IOCTL_NOTIF_RECV, &ask) < 0)
		return;
	f = out("calls", "a");
	fprintf(f, "%d\n", ask.data.nr);
	fclose(f);
	say.id = ask.id;
	if (is_denied(ask.data.nr, denied))
		say.error = -ENOMEDIUM;
	else
		say.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(p->fd, SECCOMP_IOCTL_NOTIF_SEND, &say);
}

static int listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	return bind(s, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s, 8) < 0 ? -1 : s;
}

int main(int argc, char **argv)
{
	int s = argc > 2 ? listen_at(argv[1]) : -1;

	if (s < 0)
		return 1;
	dir = argv[2];
	fclose(out("ready", "w"));
	for (;;) {
		struct pollfd fds[MAX + 1] = { { .fd = s, .events = POLLIN } };
		int n = n_peers;

		for (int i = 0; i < n; i++)
			fds[i + 1] = (struct pollfd){ .fd = peers[i].fd, .events = POLLIN };
		if (poll(fds, (nfds_t)n + 1, -1) < 0)
			return 1;
		for (int i = n - 1; i >= 0; i--) { /* from the end: what goes away is replaced by the last */
			if (!fds[i + 1].revents)
				continue;
			if (!peers[i].listener)
				receive(&peers[i]);
			else if (fds[i + 1].revents & POLLIN)
				reply(&peers[i], argv + 3);
			else
				drop(&peers[i]);
		}
		if (fds[0].revents)
			add(accept4(s, NULL, NULL, SOCK_CLOEXEC), false);
	}
}
