/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a process ended; see outcome.h.  Room: the CLI. */
#include "json/json.h"
#include "outcome.h"
#include "signals.h"
#include "usage.h"

int outcome_status(const struct lct_outcome *o, const char *id, struct lct_err *err)
{
	if (o->how == LCT_EXIT_CODE)
		return o->status;
	if (o->how == LCT_EXIT_SIGNAL)
		return 128 + o->status;
	return err_set(err, LCT_E_SYSTEM, ENODATA, NULL, "container %s has ended, but its exit status is not known",
		       id);
}

void outcome_json(struct buf *b, const char *id, const struct lct_outcome *o)
{
	static const char *const ended[] = {
		[LCT_EXIT_UNKNOWN] = "unknown",
		[LCT_EXIT_CODE] = "exit",
		[LCT_EXIT_SIGNAL] = "signal",
	};
	int status = outcome_status(o, id, NULL);
	char name[SIGNAL_NAME_SIZE];

	buf_str(b, "{\"id\":");
	json_put_string(b, id);
	buf_printf(b, ",\"ended\":\"%s\",\"exitStatus\":", ended[o->how]);
	if (status < 0)
		buf_str(b, "null");
	else
		buf_printf(b, "%d", status);
	if (o->how == LCT_EXIT_SIGNAL)
		buf_printf(b, ",\"signal\":%d,\"signalName\":\"%s\",\"coreDumped\":%s", o->status,
			   signal_name(o->status, name), o->core ? "true" : "false");
	buf_printf(b, ",\"oom\":%s,\"elapsedNs\":%lld,\"usage\":", o->oom ? "true" : "false", (long long)o->elapsed_ns);
	put_usage(b, &o->usage);
	buf_str(b, "}\n");
}
