# SPDX-License-Identifier: LGPL-2.1-or-later
# `make bench`: kin beside crun, runc and the floor.  A benchmark, not a test: see docs/benchmarks.md.

BENCH_SRC = $(addprefix tests/bench/,bench.c cases.c rounds.c spawn.c report.c json.c)
BENCH_CC = $(CC) $(STD) $(WARN) -O2 -g -D_GNU_SOURCE

bench: $(BUILD)/kin $(BUILD)/bench $(BUILD)/bench-profile $(BUILD)/floor $(BUILD)/bench-library
	$(Q)tests/bench/run $(BUILD)

$(BUILD)/bench: $(BENCH_SRC) tests/bench/bench.h
	@mkdir -p $(@D)
	$(call say,CC,$@)$(BENCH_CC) -o $@ $(BENCH_SRC) -lyajl

$(BUILD)/bench-profile: tests/bench/profile.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(BENCH_CC) -o $@ $< -lyajl

# With the archive of libcgroup, as kin has it.
$(BUILD)/bench-library: tests/bench/library.c $(BUILD)/libcontainer.a
	@mkdir -p $(@D)
	$(call say,CC,$@)$(BENCH_CC) $(CPPFLAGS) -static -o $@ $< $(BUILD)/libcontainer.a $(STATIC_LIBS) -lpthread 2>$@.log || \
		{ cat $@.log; exit 1; }

# As kin-init: musl where it is, to have nothing between the program and the kernel.
$(BUILD)/floor: tests/bench/floor.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(INIT_CC) $(STD) $(WARN) -Os -s -static -D_GNU_SOURCE -o $@ $<

.PHONY: bench
