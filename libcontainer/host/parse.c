/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Understanding what the kernel and /etc say.  Each function is linear in its text.  Room: run (pure). */
#include "host/parse.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool host_is_initial_map(const char *text)
{
	unsigned long inside, outside, count;
	char more;

	/* One line and nothing after it: the same range in two pieces is somebody's map. */
	return sscanf(text, "%lu %lu %lu %c", &inside, &outside, &count, &more) == 3 && inside == 0 && outside == 0 &&
	       count == UINT32_MAX;
}

static const char *line_end(const char *p)
{
	return p + strcspn(p, "\n");
}

static const char *next_line(const char *p)
{
	p = line_end(p);
	return *p ? p + 1 : p;
}

int host_mapped(struct arena *a, const char *text, struct host_ids *ret)
{
	struct host_subid *v, r;
	size_t lines = 1;

	for (const char *p = text; *p; p = next_line(p))
		lines++;
	v = arena_array(a, lines, sizeof(*v));
	if (!v)
		return -ENOMEM;
	*ret = (struct host_ids){ v, 0 };
	for (const char *p = text; *p; p = next_line(p)) {
		if (sscanf(p, "%" SCNu32 " %*u %" SCNu32, &r.start, &r.count) == 2)
			v[ret->n++] = r;
	}
	return 0;
}

const char *host_own_cgroup(struct arena *a, const char *text)
{
	for (const char *p = text; *p; p = next_line(p)) {
		if (!strncmp(p, "0::", 3))
			return arena_strndup(a, p + 3, (size_t)(line_end(p) - p - 3));
	}
	return NULL;
}

/* proc(5): space, tab, newline and backslash in a path are written as three octal digits. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
		    s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* The n-th of the fields separated by single spaces, NULL when there are fewer. */
static char *field(char *line, unsigned n)
{
	for (; line && n; n--) {
		line = strchr(line, ' ');
		line = line ? line + 1 : NULL;
	}
	return line;
}

static char *cut(char *s)
{
	if (s)
		s[strcspn(s, " ")] = '\0';
	return s;
}

/* 36 35 98:0 /root /mount options [tags...] - type source options */
static int mount_line(struct arena *a, char *line, struct host *h)
{
	char *type = strstr(line, " - "), *root = field(line, 3), *mount = field(line, 4);

	if (!type || !root || !mount)
		return 0;
	type += 3;
	if (!strncmp(type, "cgroup ", 7))
		h->cgroup_unified = false;
	if (strncmp(type, "cgroup2 ", 8) || h->cgroup_mount)
		return 0;
	h->cgroup_mount = arena_strdup(a, cut(mount));
	h->cgroup_root = arena_strdup(a, cut(root));
	if (!h->cgroup_mount || !h->cgroup_root)
		return -ENOMEM;
	unescape((char *)h->cgroup_mount);
	unescape((char *)h->cgroup_root);
	return 0;
}

int host_cgroup_mounts(struct arena *a, char *text, struct host *h)
{
	char *next;
	int r;

	h->cgroup_unified = true;
	for (char *p = text; *p; p = next) {
		next = p + strcspn(p, "\n");
		if (*next)
			*next++ = '\0';
		r = mount_line(a, p, h);
		if (r < 0)
			return r;
	}
	h->cgroup_v1_only = !h->cgroup_mount && !h->cgroup_unified;
	return 0;
}

/* A number up to 32 bits and the character after it. */
static bool number(const char **p, char after, uint32_t *ret)
{
	unsigned long long n = 0;
	const char *s = *p;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		n = 10 * n + (unsigned)(*s - '0');
		if (n > UINT32_MAX)
			return false;
	}
	if (*s != after && !(after == '\n' && *s == '\0'))
		return false;
	*p = *s ? s + 1 : s;
	*ret = (uint32_t)n;
	return true;
}

const char *host_user_name(struct arena *a, const char *text, uid_t uid)
{
	for (const char *p = text; *p; p = next_line(p)) {
		const char *end = line_end(p), *colon = memchr(p, ':', (size_t)(end - p)), *id;
		uint32_t n;

		id = colon ? memchr(colon + 1, ':', (size_t)(end - colon - 1)) : NULL;
		if (!id)
			continue;
		id++;
		if (number(&id, ':', &n) && n == uid)
			return arena_strndup(a, p, (size_t)(colon - p));
	}
	return NULL;
}

struct host_subid host_subid(const char *text, const char *name, uid_t uid)
{
	char by_number[16];

	(void)snprintf(by_number, sizeof(by_number), "%u", (unsigned)uid);
	for (const char *p = text; *p; p = next_line(p)) {
		size_t len = strcspn(p, ":\n");
		struct host_subid ret;
		const char *q = p + len + 1;

		if (p[len] != ':')
			continue;
		if (!(name && strlen(name) == len && !memcmp(p, name, len)) &&
		    !(strlen(by_number) == len && !memcmp(p, by_number, len)))
			continue;
		/* Wrapping past the last id would be nobody's range. */
		if (number(&q, ':', &ret.start) && number(&q, '\n', &ret.count) && ret.count &&
		    ret.count - 1 <= UINT32_MAX - 1 - ret.start)
			return ret;
	}
	return (struct host_subid){ 0, 0 };
}
