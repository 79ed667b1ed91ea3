/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was mounted into a container while it lived: [{"destination":"/vol","id":123}, ...], oldest first.  A path alone
 * would not do for who takes it off: the container can make it lead to a mask, or to a volume of its configuration.
 * An id that is not the kernel's any more is of no consequence: it is compared, never used.  Room: run.
 */
#include "run/run.h"

#include <inttypes.h>
#include <string.h>

#include "json/json.h"

enum { LIST_MAX = 16 << 20 };

static int damaged(struct lct_err *err)
{
	return err_set(err, LCT_E_DAMAGED, EBADMSG, NULL, "mounts in the state directory is damaged");
}

int mounted_read(int dirfd, struct arena *a, size_t more, struct mounted_list *ret, struct lct_err *err)
{
	struct json none = { .type = JSON_ARRAY }, *list = &none;
	char *text;
	size_t len;
	int r = store_get(dirfd, "mounts", LIST_MAX, a, &text, &len, err);

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && (json_parse(a, text, len, "mounts", &list, NULL) < 0 || list->type != JSON_ARRAY))
		return damaged(err);
	ret->v = arena_array(a, list->n + more + 1, sizeof(*ret->v));
	if (!ret->v)
		return err_nomem(err);
	for (ret->n = 0; ret->n < list->n; ret->n++) {
		const struct json *id = json_get(&list->first[ret->n], "id"),
				  *at = json_get(&list->first[ret->n], "destination");

		if (!id || !at || at->type != JSON_STRING || json_u64(id, UINT64_MAX, &ret->v[ret->n].id) < 0)
			return damaged(err);
		ret->v[ret->n].destination = at->string;
	}
	return 0;
}

int mounted_write(int dirfd, const struct mounted_list *list, struct lct_err *err)
{
	_cleanup_buf_ struct buf b = { 0 };
	const char *sep = "[";

	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i].gone)
			continue;
		buf_printf(&b, "%s{\"destination\":", sep);
		json_put_string(&b, list->v[i].destination);
		buf_printf(&b, ",\"id\":%" PRIu64 "}", list->v[i].id);
		sep = ",\n";
	}
	buf_str(&b, *sep == '[' ? "[]" : "]");
	return buf_ok(&b) ? store_put(dirfd, "mounts", b.data, b.len, err) : err_nomem(err);
}
