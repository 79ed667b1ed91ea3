# SPDX-License-Identifier: LGPL-2.1-or-later
# install, demo and everything that checks.  `make check` prints TAP and ends with "N passed, N failed, N skipped";
# so does each part alone: make unit walls golden format lint model fuzz sanitizer smoke bats callers killsweep vm.

# ---- install ------------------------------------------------------------------------------------------------------
SOVERSION = 0
MAN_PAGES = $(wildcard docs/man/*.8 docs/man/*.3 docs/man/*.5)
install: all
	@rm -f $(BUILD)/libcontainer.pc # PREFIX may be another than when it was built
	@$(MAKE) --no-print-directory -s $(BUILD)/libcontainer.pc
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR)
	install -m 0755 $(BUILD)/kin $(DESTDIR)$(BINDIR)/kin
	install -m 0644 $(BUILD)/libcontainer.a $(DESTDIR)$(LIBDIR)/libcontainer.a
	install -m 0755 $(BUILD)/libcontainer.so $(DESTDIR)$(LIBDIR)/libcontainer.so.$(VERSION)
	ln -sfn libcontainer.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libcontainer.so.$(SOVERSION)
	ln -sfn libcontainer.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/libcontainer.so
	install -m 0644 include/libcontainer.h $(DESTDIR)$(INCLUDEDIR)/libcontainer.h
	install -m 0644 $(BUILD)/libcontainer.pc $(DESTDIR)$(LIBDIR)/pkgconfig/libcontainer.pc
	install -d $(DESTDIR)$(SYSCONFDIR)/containers/containers.conf.d
	sed -e 's|@BINDIR@|$(BINDIR)|' contrib/callers/podman.conf >$(DESTDIR)$(SYSCONFDIR)/containers/containers.conf.d/kin.conf
	for page in $(MAN_PAGES); do \
		install -D -m 0644 "$$page" $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit 1; done
	install -D -m 0644 contrib/completions/kin.bash $(DESTDIR)$(COMPLETIONSDIR)/kin

# ---- first contact ------------------------------------------------------------------------------------------------
demo:
	@contrib/packages demo
	@$(MAKE) --no-print-directory -s $(BUILD)/kin
	@KIN=$(BUILD)/kin contrib/demo $(BUILD)/demo

# ---- programs of the tests ----------------------------------------------------------------------------------------
TEST_FLAGS = $(CPPFLAGS) $(VERSION_FLAGS) $(DEPFLAGS) $(ALL_CFLAGS)
# test_caller needs a container; caller.bats runs it.
UNIT_SRC = $(filter-out tests/unit/test_caller.c,$(wildcard tests/unit/test_*.c))
UNIT_BIN = $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/unit/%)
HELPER_SRC = $(wildcard tests/helpers/*.c tests/fault/*.c)
HELPER_BIN = $(HELPER_SRC:%.c=$(BUILD)/%)
CALLER_BIN = $(BUILD)/tests/unit/test_caller

$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libcontainer.a
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(TEST_FLAGS) -DTEST_SRC='"$(CURDIR)"' -o $@ $< $(BUILD)/libcontainer.a $(LIBS) -lcmocka -lpthread $(TEST_LIBS)
# It plays the part of systemd.
$(BUILD)/tests/unit/test_systemd_calls: TEST_LIBS = $(if $(filter 1,$(SYSTEMD)),-lsystemd,-DNO_SYSTEMD)

# Helpers run in containers too: static.
$(BUILD)/tests/helpers/%: tests/helpers/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) -D_GNU_SOURCE $(STD) $(WARN) -O2 -g $(DEPFLAGS) -static -o $@ $<
$(BUILD)/tests/fault/%: tests/fault/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) -D_GNU_SOURCE $(STD) $(WARN) -O2 -g $(DEPFLAGS) -o $@ $<

FUZZ_SRC = $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN = $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/tests/fuzz/%)
$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(BUILD)/libcontainer.a
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(VERSION_FLAGS) $(DEPFLAGS) $(STD) $(WARN) $(CFLAGS) \
		-fsanitize=fuzzer,address,undefined -o $@ $< $(BUILD)/libcontainer.a $(LIBS)

-include $(wildcard $(BUILD)/tests/*/*.d)

test-programs: all $(UNIT_BIN) $(HELPER_BIN) $(if $(wildcard tests/unit/test_caller.c),$(CALLER_BIN))
unit-programs: $(UNIT_BIN)
objects: $(LIB_OBJ) $(LIB_PIC) $(INIT_OBJ) $(CLI_OBJ)
fuzz-programs: $(FUZZ_BIN)

# ---- checks -------------------------------------------------------------------------------------------------------
C_FILES = $(sort $(wildcard include/*.h include/*/*.h libcontainer/*.h libcontainer/*/*.[ch] src/*.[ch] tests/*/*.[ch]))

PARTS_QUICK = unit walls golden smoke
PARTS = unit walls golden format lint compilers install-check model fuzz sanitizer bats callers killsweep vm

check:
	@contrib/packages check
	@tests/run $(PARTS)

check-quick:
	@contrib/packages check
	@tests/run $(PARTS_QUICK)

# Fetches what it needs itself, and is skipped where that cannot be had.
check-vm: vm

$(filter-out check-quick,$(PARTS) smoke):
	@tests/run $@

export BUILD CC

# Are the regression tests of docs/advisories.md ones that can fail?  As root, two minutes.
weakened:
	@tests/weakened/run

.PHONY: weakened objects install demo check check-quick check-vm test-programs unit-programs fuzz-programs $(PARTS) smoke
-include tests/bench/bench.mk
