/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals by number and by name; see signals.h.  Room: the CLI. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "opt.h"
#include "signals.h"

/* signal(7) counts real-time signals from the kernel's 34 as glibc's and musl's SIGRTMIN do; the kernel's first two
 * belong to the C library's threads. */
enum { RTMIN = 34, RTMAX = SIGNAL_MAX };

#define NAME(n) [SIG##n] = "SIG" #n
static const char *const names[] = {
	NAME(HUP),  NAME(INT),	NAME(QUIT),   NAME(ILL),   NAME(TRAP), NAME(ABRT), NAME(BUS),  NAME(FPE),
	NAME(KILL), NAME(USR1), NAME(SEGV),   NAME(USR2),  NAME(PIPE), NAME(ALRM), NAME(TERM), NAME(STKFLT),
	NAME(CHLD), NAME(CONT), NAME(STOP),   NAME(TSTP),  NAME(TTIN), NAME(TTOU), NAME(URG),  NAME(XCPU),
	NAME(XFSZ), NAME(PROF), NAME(VTALRM), NAME(WINCH), NAME(IO),   NAME(PWR),  NAME(SYS),
};

static const struct {
	const char *name;
	int sig;
} aliases[] = { { "CLD", SIGCHLD }, { "IOT", SIGABRT }, { "POLL", SIGIO } };

static int realtime(const char *name)
{
	uint32_t offset = 0;
	int sign, base;

	if (!strncasecmp(name, "RTMIN", 5)) {
		base = RTMIN;
		sign = 1;
	} else if (!strncasecmp(name, "RTMAX", 5)) {
		base = RTMAX;
		sign = -1;
	} else {
		return -EINVAL;
	}
	if (name[5]) {
		if (name[5] != (sign > 0 ? '+' : '-') || opt_number(name + 6, RTMAX - RTMIN, &offset) < 0)
			return -EINVAL;
	}
	return base + sign * (int)offset;
}

int signal_number(const char *text)
{
	uint32_t n;

	if (*text >= '0' && *text <= '9')
		return opt_number(text, SIGNAL_MAX, &n) < 0 ? -EINVAL : (int)n;
	if (!strncasecmp(text, "SIG", 3))
		text += 3;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] && !strcasecmp(names[i] + 3, text))
			return (int)i;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcasecmp(aliases[i].name, text))
			return aliases[i].sig;
	return realtime(text);
}

const char *signal_name(int sig, char buf[SIGNAL_NAME_SIZE])
{
	if (sig > 0 && (size_t)sig < sizeof(names) / sizeof(names[0]) && names[sig])
		return names[sig];
	if (sig >= RTMIN && sig <= RTMAX)
		snprintf(buf, SIGNAL_NAME_SIZE, sig == RTMIN ? "SIGRTMIN" : "SIGRTMIN+%d", sig - RTMIN);
	else
		snprintf(buf, SIGNAL_NAME_SIZE, "%d", sig);
	return buf;
}
