# SPDX-License-Identifier: LGPL-2.1-or-later
# `make bench`: kin beside crun, runc and the floor.  A benchmark, not a test: see docs/benchmarks.md.

BENCH_SRC = $(addprefix tests/bench/,bench.c cases.c rounds.c spawn.c report.c json.c)
BENCH_CC = $(CC) $(STD) $(WARN) -O2 -g -D_GNU_SOURCE

bench: $(BUILD)/kin $(BUILD)/bench $(BUILD)/bench-profile $(BUILD)/floor $(BUILD)/bench-libcgroup
	$(Q)tests/bench/run $(BUILD)

$(BUILD)/bench: $(BENCH_SRC) tests/bench/bench.h
	@mkdir -p $(@D)
	$(call say,CC,$@)$(BENCH_CC) -o $@ $(BENCH_SRC) -lyajl

$(BUILD)/bench-profile: tests/bench/profile.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(BENCH_CC) -o $@ $< -lyajl

# As kin-init: musl where it is, to have nothing between the program and the kernel.
$(BUILD)/floor: tests/bench/floor.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(INIT_CC) $(STD) $(WARN) -Os -s -static -D_GNU_SOURCE -o $@ $<

# As kin: the same objects, the same C library.
ifeq ($(MUSL),1)
$(BUILD)/bench-libcgroup: $(BUILD)/musl/tests/bench/libcgroup.o $(filter $(BUILD)/musl/libcontainer/% $(BUILD)/musl/src/musl/%,$(MUSL_OBJ)) $(BLOBS)
	$(call say,LD,$@)$(INIT_CC) $(MUSL_FLAGS) $(LDFLAGS) -static -o $@ $^ $(MUSL_LIBS)
else
$(BUILD)/bench-libcgroup: tests/bench/libcgroup.c $(BUILD)/libcontainer.a
	$(call say,LD,$@)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(STATIC) -o $@ $^ $(if $(STATIC),$(STATIC_LIBS),$(LIBS))
endif

.PHONY: bench
