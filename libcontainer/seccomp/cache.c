/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compiled filters kept on disk: one file each, named after a hash of the input, which only finds the file; whether
 * it is used is decided by comparing the whole input.  A file is made without a name and linked when complete, so
 * nothing half-written is ever found and a killed writer leaves nothing.  Room: run.
 */
#include "seccomp/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "seccomp/filter.h"
#include "seccomp/seccomp.h"

enum { NAME_LEN = 16, MAX_KEY = 16 * 1024 * 1024 };

/* In native byte order: the cache never leaves the machine, and the key names its architecture. */
struct entry_head {
	char magic[8];
	uint64_t checksum; /* of everything after this member */
	uint32_t key_len, code_len;
};

static const char magic[8] = "kinBPF1";

/* Finds accidents and file names, not forgeries: for those there are owner and mode. */
static uint64_t hash(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t w;

	h ^= len;
	for (; len; p += sizeof(w), len -= len < sizeof(w) ? len : sizeof(w)) {
		w = 0;
		memcpy(&w, p, len < sizeof(w) ? len : sizeof(w));
		h = (h ^ w) * UINT64_C(0x9fb21c651e98df25);
		h ^= h >> 29;
	}
	return h;
}

static uint64_t entry_checksum(const struct entry_head *head, const void *key, const void *code)
{
	uint64_t h = hash(0, &head->key_len, sizeof(head->key_len));

	h = hash(h, &head->code_len, sizeof(head->code_len));
	return hash(hash(h, key, head->key_len), code, head->code_len);
}

static void entry_name(const struct buf *key, char name[NAME_LEN + 1])
{
	snprintf(name, NAME_LEN + 1, "%016llx", (unsigned long long)hash(0, key->data, key->len));
}

static bool private_to_us(const struct stat *st)
{
	return st->st_uid == geteuid() && !(st->st_mode & 077);
}

/* Missing parents, too: a fresh account has no ~/.cache. */
static int make_dirs(char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int seccomp_cache_open(const char *dir)
{
	char path[PATH_MAX];
	size_t len = strlen(dir);
	autofd fd = -EBADF;
	struct stat st;

	while (len > 1 && dir[len - 1] == '/') /* behind a slash O_NOFOLLOW would follow */
		len--;
	if (!len || len >= sizeof(path))
		return -ENAMETOOLONG;
	memcpy(path, dir, len);
	path[len] = '\0';
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && make_dirs(path) == 0)
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!private_to_us(&st))
		return -EPERM;
	return TAKE_FD(fd);
}

static int read_all(int fd, void *data, size_t len)
{
	for (size_t n = 0; n < len;) {
		ssize_t r = pread(fd, (char *)data + n, len - n, (off_t)n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -ENODATA;
		n += (size_t)r;
	}
	return 0;
}

static int write_all(int fd, const void *data, size_t len)
{
	for (size_t n = 0; n < len;) {
		ssize_t r = write(fd, (const char *)data + n, len - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -EIO;
		n += (size_t)r;
	}
	return 0;
}

/* 1 or 0, as seccomp_cache_load. */
static int load(int fd, struct arena *a, const struct buf *key, void **ret, size_t *ret_len)
{
	struct entry_head *head;
	const char *entry_key;
	struct stat st;
	size_t size;
	char *code;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !private_to_us(&st))
		return 0;
	size = (size_t)st.st_size;
	if (size < sizeof(*head) + key->len ||
	    size > sizeof(*head) + key->len + SECCOMP_MAX_INSNS * sizeof(struct sock_filter))
		return 0;
	head = arena_alloc(a, size);
	if (!head || read_all(fd, head, size) < 0)
		return 0;
	entry_key = (const char *)(head + 1);
	if (memcmp(head->magic, magic, sizeof(magic)) || head->key_len != key->len ||
	    size != sizeof(*head) + (size_t)head->key_len + head->code_len || !head->code_len ||
	    head->code_len % sizeof(struct sock_filter) || memcmp(entry_key, key->data, key->len) ||
	    head->checksum != entry_checksum(head, entry_key, entry_key + key->len))
		return 0;
	code = arena_alloc(a, head->code_len); /* aligned, as the file need not be */
	if (!code)
		return 0;
	*ret = memcpy(code, entry_key + key->len, head->code_len);
	*ret_len = head->code_len;
	return 1;
}

int seccomp_cache_load(int dir, struct arena *a, const struct buf *key, void **ret, size_t *ret_len)
{
	char name[NAME_LEN + 1];
	autofd fd = -EBADF;

	entry_name(key, name);
	/* NONBLOCK: a FIFO of that name must not hold us up. */
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	/* A symlink, a foreign file, a socket are in the way; no file, or no descriptor left, says nothing about it. */
	if (fd < 0 && errno != ELOOP && errno != EACCES && errno != ENXIO)
		return 0;
	if (fd >= 0 && load(fd, a, key, ret, ret_len))
		return 1;
	/* Out of the way of a good one.  Should another process have just put that there, it costs a compilation. */
	if (unlinkat(dir, name, 0) < 0)
		(void)unlinkat(dir, name, AT_REMOVEDIR);
	return 0;
}

static bool is_entry(const char *name)
{
	return strlen(name) == NAME_LEN && strspn(name, "0123456789abcdef") == NAME_LEN;
}

/* Full: starts over.  That takes as many different profiles, and the ones in use are back with the next start. */
static void make_room(int dir)
{
	autofd fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	size_t n = 0;

	if (!d)
		return;
	(void)TAKE_FD(fd);
	for (const struct dirent *e; (e = readdir(d));)
		n += is_entry(e->d_name);
	rewinddir(d);
	for (const struct dirent *e; n >= SECCOMP_CACHE_ENTRIES && (e = readdir(d));)
		if (is_entry(e->d_name))
			(void)unlinkat(dir, e->d_name, 0);
	closedir(d);
}

static int give_name(int fd, int dir, const char *name)
{
	char path[32];

	/* AT_EMPTY_PATH is for one's own files since 6.10, before that for CAP_DAC_READ_SEARCH only. */
	if (linkat(fd, "", dir, name, AT_EMPTY_PATH) == 0 || errno == EEXIST)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, path, dir, name, AT_SYMLINK_FOLLOW) == 0 || errno == EEXIST)
		return 0;
	return -errno;
}

int seccomp_cache_store(int dir, const struct buf *key, const void *code, size_t len)
{
	struct entry_head head = { .key_len = (uint32_t)key->len, .code_len = (uint32_t)len };
	char name[NAME_LEN + 1];
	autofd fd = -EBADF;
	int r;

	if (key->len > MAX_KEY || len > SECCOMP_MAX_INSNS * sizeof(struct sock_filter))
		return -E2BIG;
	memcpy(head.magic, magic, sizeof(magic));
	head.checksum = entry_checksum(&head, key->data, code);
	make_room(dir);
	/* File systems without O_TMPFILE (NFS, overlay before 6.1) get no cache: a file with a name from the start
	 * would be left behind by a kill. */
	fd = openat(dir, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, &head, sizeof(head));
	if (r == 0)
		r = write_all(fd, key->data, key->len);
	if (r == 0)
		r = write_all(fd, code, len);
	entry_name(key, name);
	return r < 0 ? r : give_name(fd, dir, name);
}
