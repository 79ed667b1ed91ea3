/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is on record before the first effect: what a container is to be, and what delete needs to undo it.  Room: run. */
#include "run/run.h"

#include <string.h>
#include <time.h>

/* RFC 3339 in UTC.  By hand: gmtime_r() reads /etc/localtime first.  Days to a date as in H. Hinnant's "chrono-
 * compatible low-level date algorithms": years begin in March, eras have 146097 days. */
static const char *now_text(struct arena *a)
{
	struct timespec ts;
	int64_t days, second, era, doe, yoe, doy, mp;

	clock_gettime(CLOCK_REALTIME, &ts);
	days = ts.tv_sec / 86400 + 719468;
	second = ts.tv_sec % 86400;
	era = days / 146097;
	doe = days % 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ", (int)(yoe + era * 400 + (mp >= 10)),
			    (int)(mp < 10 ? mp + 3 : mp - 9), (int)(doy - (153 * mp + 2) / 5 + 1), (int)(second / 3600),
			    (int)(second / 60 % 60), (int)(second % 60), ts.tv_nsec);
}

static int take_annotations(struct arena *a, const struct spec *s, struct record *r)
{
	r->n_annotations = s->n_annotations;
	r->annotations = arena_array(a, 2 * s->n_annotations + 1, sizeof(char *));
	if (!r->annotations)
		return -ENOMEM;
	for (size_t i = 0; i < s->n_annotations; i++) {
		r->annotations[2 * i] = s->annotations[i].key;
		r->annotations[2 * i + 1] = s->annotations[i].value;
	}
	return 0;
}

int intent_record(struct arena *a, const struct intent *in, struct record *r, struct lct_err *err)
{
	const struct spec *s = &in->bundle->spec;
	int e;

	*r = (struct record){
		.phase = STATE_CREATING,
		.id = in->id,
		.oci_version = s->oci_version,
		.bundle = in->bundle->path,
		.rootfs = in->bundle->rootfs,
		.created = now_text(a),
		.cgroup = in->place->dir,
		.cgroup_made = in->place->make,
		.cgroup_manager = in->cgroup_manager,
		.unit = in->unit,
		.cgroup_sub = in->unit ? s->subgroup : NULL,
		.cgroup_delegate = s->delegate_cgroup,
		.user_unit = in->unit && !in->host->real_root,
		.owner_uid = in->host->euid,
		.new_ns = in->needs->new_ns,
		.joined_ns = in->needs->joined_ns,
		.no_new_keyring = in->no_new_keyring,
		.has_seccomp = in->filter->len != 0,
		.seccomp_flags = in->filter->flags,
		.mount_label = s->mount_label,
		.mount_context = s->mount_context,
		.has_attributes = s->personality.present || s->memory_policy.present,
		.hooks_json = s->hooks_json ? arena_strndup(a, s->hooks_json, s->hooks_json_len) : NULL,
	};
	usage_unknown(&r->usage);
	e = rdt_intend(a, &s->rdt, r, err);
	if (e < 0)
		return e;
	if (take_annotations(a, s, r) < 0 || !r->created || (s->hooks_json && !r->hooks_json))
		return err_nomem(err);
	e = identity_boot_id(r->boot_id);
	return e < 0 ? err_sys(err, e, NULL, "read the boot id") : 0;
}
