/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cgroup v1's cpu.shares in cgroup v2's cpu.weight.  Room: run (pure). */
#ifndef SPEC_CPU_WEIGHT_H
#define SPEC_CPU_WEIGHT_H

#include <stdint.h>

/* 2 .. 262144 to 1 .. 10000, so that both defaults meet: 1024 is 100.  0 (nothing asked) stays 0. */
uint64_t spec_cpu_weight(uint64_t shares);
#endif
