/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the requests.  Private to systemd/.  Room: run (pure). */
#ifndef SYSTEMD_PARTS_H
#define SYSTEMD_PARTS_H

#include "systemd/systemd.h"

/* ---- line.c ---- */
void line_word(struct buf *b, const char *s); /* a blank and the word */
void line_number(struct buf *b, uint64_t n);
void line_property(struct buf *b, const char *name, bool may, const char *type); /* begins a line */
void line_string(struct buf *b, const char *name, bool may, const char *value); /* whole lines */
void line_bool(struct buf *b, const char *name, bool may, bool value);
void line_u64(struct buf *b, const char *name, bool may, uint64_t value);

/* ---- name.c ---- */
enum { NAME_MAX_UNIT = 255 };
bool unit_is_name(const char *name, const char *suffix); /* ".scope", ".slice" */
bool unit_is_slice(const char *name);
/* "/a.slice/a-b.slice" for "a-b.slice", "" for "-.slice"; NULL: out of memory. */
const char *unit_expand(struct arena *a, const char *slice);
/* As the directory of its cgroup: systemd puts "_" before names that files of the kernel's could have; before which, depends
 * on its version. */
const char *unit_directory(struct arena *a, const char *unit);

/* ---- gvariant.c: the text format of GLib's GVariant, as far as unit properties need it ---- */
enum { GVARIANT_DEPTH = 8, GVARIANT_TYPE = 64, GVARIANT_SIZE = 64 * 1024 };
/* Appends "TYPE WORD..." (preceded by a blank).  seconds: a number of seconds, given as microseconds of type t.
 * -EINVAL with *why (static) and *at, the offset; -ENOMEM. */
int gvariant_add(struct buf *b, const char *text, bool seconds, const char **why, size_t *at);

/* ---- annotations.c ---- */
#define ANNOTATION_PREFIX "org.systemd.property."
int unit_annotations(struct buf *b, const struct spec_annotation *v, size_t n, struct lct_err *err);

/* ---- limits.c, devices.c ---- */
void unit_limits(struct buf *b, const struct spec_resources *res, bool start);
/* Returns 0 or -ENOMEM.  fresh: the unit has none yet, so nothing need be said to allow everything. */
int unit_devices(struct buf *b, const struct spec_resources *res, bool fresh);
#endif
