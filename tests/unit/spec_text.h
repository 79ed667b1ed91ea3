/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configurations for the tests of spec/: pieces of JSON written with ' for ", put into a config that is right. */
#ifndef SPEC_TEXT_H
#define SPEC_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NULL: what is right there.  A piece is the whole member list of its object, without braces. */
struct pieces {
	const char *version, *root; /* the values */
	const char *process;
	const char *linux_; /* with the namespaces */
	const char *more; /* further members of the document */
};

#define PROCESS_PIECE "'args':['sh'],'cwd':'/'"
#define NS(type)      "{'type':'" type "'}"
#define NAMESPACES_PIECE                                                                                               \
	"'namespaces':[" NS("mount") "," NS("pid") "," NS("uts") "," NS("ipc") "," NS("network") "," NS(               \
		"user") "," NS("time") "]"

static inline char *quoted(char *text)
{
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	return text;
}

/* free() it */
static inline char *config_text(const struct pieces *p)
{
	char *text = NULL;

	if (asprintf(&text, "{%s%s'root':%s,%s%s%s'linux':{%s}%s%s}", p->version ? p->version : "'ociVersion':'1.2.0'",
		     p->version && !*p->version ? "" : ",", p->root ? p->root : "{'path':'rootfs'}",
		     p->process && !*p->process ? "" : "'process':{", p->process ? p->process : PROCESS_PIECE,
		     p->process && !*p->process ? "" : "},", p->linux_ ? p->linux_ : NAMESPACES_PIECE,
		     p->more ? "," : "", p->more ? p->more : "") < 0)
		abort();
	return quoted(text);
}
#endif
