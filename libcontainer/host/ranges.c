/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ids an ordinary user may map: ranges in /etc/subuid and /etc/subgid, and the privileged programs that check
 * them.  No getpwuid(3): a static program has no name service, and a library must not start one.  Room: run.
 */
#include <sys/stat.h>
#include <sys/xattr.h>

#include "host/parse.h"
#include "host/parts.h"

/* By absolute path, as CVE-2026-84042 teaches; root's, writable for nobody else, and with a privilege to use. */
static const char *helper(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != 0 || (st.st_mode & 022) || !(st.st_mode & 0111))
		return NULL;
	if (!(st.st_mode & S_ISUID) && getxattr(path, "security.capability", NULL, 0) <= 0)
		return NULL;
	return path;
}

static struct host_subid range(struct arena *a, const char *path, const char *name, uid_t uid)
{
	char *text;

	if (host_read(a, path, &text) < 0)
		return (struct host_subid){ 0, 0 };
	return host_subid(text, name, uid);
}

const char *host_owner(struct arena *a, uid_t uid)
{
	const char *name = NULL;
	char *text;

	if (host_read(a, "/etc/passwd", &text) >= 0)
		name = host_user_name(a, text, uid);
	return name ? name : arena_printf(a, "#%u", uid);
}

int host_ranges(struct arena *a, struct host *h, struct lct_err *err)
{
	const char *name = NULL;
	char *text;
	int r;

	h->newuidmap = helper("/usr/bin/newuidmap");
	h->newgidmap = helper("/usr/bin/newgidmap");
	if (!h->newuidmap || !h->newgidmap)
		return 0; /* without the programs the ranges are of no use */
	r = host_read(a, "/etc/passwd", &text);
	if (r == -ENOMEM)
		return err_nomem(err);
	if (r >= 0)
		name = host_user_name(a, text, h->euid);
	h->subuid = range(a, "/etc/subuid", name, h->euid);
	h->subgid = range(a, "/etc/subgid", name, h->euid); /* also by user: subgid(5) */
	return 0;
}
