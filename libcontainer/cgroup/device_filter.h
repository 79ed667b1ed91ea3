/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device rules as a BPF program of type CGROUP_DEVICE.  Semantics: nothing is allowed but what a rule allows; each
 * access bit (read, write, mknod) is decided by the last rule that matches the device and names the bit; kin's default
 * devices come last, so they are always allowed.  Room: run (pure).
 */
#ifndef CGROUP_DEVICE_FILTER_H
#define CGROUP_DEVICE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>

#include "base/buf.h"
#include "spec/spec.h"

/* Appends struct bpf_insn[] to *ret and returns their number; 0: everything is allowed, no program needed; -ENOMEM. */
int device_filter_build(const struct spec_device_rule *rules, size_t n, struct buf *ret);
#endif
