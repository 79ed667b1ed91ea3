/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /ociVersion, a version of semver.org 2.0.0.  Room: run (pure). */
#include <string.h>

#include "spec/check.h"

enum { MAJOR = 1 };

/* Moves *p behind a number without leading zeros; it stops growing where no version is. */
static bool number(const char **p, unsigned *ret)
{
	const char *s = *p;

	if (*s < '0' || *s > '9' || (*s == '0' && s[1] >= '0' && s[1] <= '9'))
		return false;
	for (*ret = 0; *s >= '0' && *s <= '9'; s++)
		if (*ret < 100000)
			*ret = *ret * 10 + (unsigned)(*s - '0');
	*p = s;
	return true;
}

/* "-rc.1" or "+dev": identifiers of letters, digits and hyphens with dots between. */
static bool suffix(const char **p, char begins)
{
	static const char letters[] = "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t len;

	if (**p != begins)
		return true;
	do {
		(*p)++;
		len = strspn(*p, letters);
		*p += len;
	} while (len > 0 && **p == '.');
	return len > 0;
}

static bool parse(const char *p, unsigned *major)
{
	unsigned minor, patch;

	if (!number(&p, major) || *p++ != '.' || !number(&p, &minor) || *p++ != '.' || !number(&p, &patch))
		return false;
	return suffix(&p, '-') && suffix(&p, '+') && *p == '\0';
}

void check_version(struct report *r, const struct spec *s)
{
	const struct place at = place_member(NULL, "ociVersion");
	const char *version = s->oci_version ? s->oci_version : "";
	unsigned major;

	if (!*version)
		report_at(r, &at, "required");
	else if (!parse(version, &major))
		report_at(r, &at, "\"%.*s\" is not a version as \"1.2.3\"", SHOWN(version));
	else if (major != MAJOR) /* a later minor version adds members, which are ignored as unknown ones are */
		report_at(r, &at, "version %.*s is not supported, only %d.x", SHOWN(version), MAJOR);
}
