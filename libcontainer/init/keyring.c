/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A session keyring of the container's own: the caller's keys stay the caller's.  Room: init. */
#include "init/init.h"

#include <errno.h>
#include <string.h>

#include "sys/sys.h"

#include "room.h"

static const unsigned long USER_SEARCH = 0x00080000; /* KEY_USR_SEARCH: keyctl_setperm(3) */

/* "keyring;uid;gid;3f130000;name": the permissions are the fourth field. */
static int permissions(long key, unsigned long *ret)
{
	char text[256], *p = text;
	long n = sys_keyctl(KKEYCTL_DESCRIBE, (unsigned long)key, (unsigned long)text, sizeof(text));
	unsigned long value = 0;

	if (n < 0)
		return (int)n;
	text[(size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1] = '\0';
	for (int field = 0; p && field < 3; field++) {
		p = strchr(p, ';');
		p = p ? p + 1 : NULL;
	}
	for (; p && *p && *p != ';'; p++) {
		if (*p >= '0' && *p <= '9')
			value = value << 4 | (unsigned long)(*p - '0');
		else if (*p >= 'a' && *p <= 'f')
			value = value << 4 | (unsigned long)(*p - 'a' + 10);
		else
			p = (char *)"";
	}
	if (!p || !value)
		return -EBADMSG;
	*ret = value;
	return 0;
}

int init_keyring(struct init *in, const struct plan_op *op, struct report *r)
{
	const char *label = op_str(in, op, 1);
	int err = label ? lsm_label_keys(in, label) : 0;
	unsigned long perm;
	long key;

	if (err < 0)
		return report_at(r, err, LINK_STAGE_OP, "label");
	key = sys_keyctl(KKEYCTL_JOIN_SESSION_KEYRING, (unsigned long)op_str(in, op, 0), 0, 0);
	if (label)
		err = lsm_label_keys(in, NULL);
	if (err < 0)
		return report_at(r, err, LINK_STAGE_OP, "label");
	/* No keyrings in the kernel, a filter around us, or the user's quota is used up: the container can do without. */
	if (key == -ENOSYS || key == -EPERM || key == -EDQUOT)
		return 0;
	if (key < 0)
		return (int)key;
	/* exec finds the keyring by its name, which takes the right to search it. */
	if (permissions(key, &perm) == 0 && !(perm & USER_SEARCH))
		(void)sys_keyctl(KKEYCTL_SETPERM, (unsigned long)key, perm | USER_SEARCH, 0);
	return 0;
}
