# SPDX-License-Identifier: LGPL-2.1-or-later
include config.mk

Q = $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)" $(2);)

COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
SANFLAGS = $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
CPPFLAGS += -Iinclude -Ilibcontainer -D_GNU_SOURCE
DEPFLAGS = -MMD -MP
STD = -std=gnu17
HARDEN = -fstack-protector-strong -fno-plt
ALL_CFLAGS = $(STD) $(WARN) $(CFLAGS) $(HARDEN) $(SANFLAGS) -fvisibility=hidden

# ---- libcontainer: every folder but the two rooms that become kin-init -------------------------------------------
LIB_DIRS = base sys json spec host seccomp plan link cgroup rdt systemd store run
# link/report.c is the far side's: only kin-init reports.
LIB_SRC = $(filter-out libcontainer/link/report.c,$(wildcard $(LIB_DIRS:%=libcontainer/%/*.c)))
LIB_OBJ = $(LIB_SRC:%.c=$(BUILD)/%.o)
LIB_PIC = $(LIB_SRC:%.c=$(BUILD)/pic/%.o)
LIBS = -lseccomp -lcap -lyajl -lcgroup
STATIC_LIBS = -lseccomp -lcap -lyajl_s -lcgroup

# ---- kin-init: mid/ and init/, and the parts that serve every room ----------------------------------------------------
INIT_SRC = $(wildcard libcontainer/mid/*.c libcontainer/init/*.c libcontainer/sys/*.c) \
	libcontainer/link/message.c libcontainer/link/report.c libcontainer/plan/verify.c
INIT_OBJ = $(INIT_SRC:%.c=$(BUILD)/init/%.o)
INIT_FLAGS = $(STD) $(WARN) $(INIT_CFLAGS) -fno-stack-protector -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fvisibility=hidden -fno-pie

# The programs that the library carries as bytes: no file of them need be installed, found or trusted at run time.
BLOBS = $(BUILD)/kin_init_blob.o $(BUILD)/kin_systemd_blob.o

CLI_SRC = $(wildcard src/*.c)
CLI_OBJ = $(CLI_SRC:%.c=$(BUILD)/%.o)
# With musl the command line has the library's sources compiled once more; src/musl/ is what is wanted beside them.
MUSL_OBJ = $(patsubst %.c,$(BUILD)/musl/%.o,$(CLI_SRC) $(wildcard src/musl/*.c) $(LIB_SRC))
MUSL_LIBS = $(foreach l,seccomp cap yajl_s cgroup,$(shell $(CC) -print-file-name=lib$(l).a))

all: $(BUILD)/kin $(BUILD)/libcontainer.a $(BUILD)/libcontainer.so $(BUILD)/libcontainer.pc

ifeq ($(MUSL),1)
$(BUILD)/kin: $(MUSL_OBJ) $(BLOBS)
	$(call say,LD,$@)$(INIT_CC) $(MUSL_FLAGS) $(LDFLAGS) -static -o $@ $^ $(MUSL_LIBS)
else
$(BUILD)/kin: $(CLI_OBJ) $(BUILD)/libcontainer.a
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(STATIC) -o $@ $^ $(if $(STATIC),$(STATIC_LIBS),$(LIBS))
endif

# musl-gcc knows no header but musl's: those of the kernel and of the libraries, by name.
MUSL_FLAGS = $(STD) $(WARN) $(CFLAGS) -fstack-protector-strong -fvisibility=hidden
$(BUILD)/musl/include: Makefile
	@mkdir -p $@/sys
	@for h in seccomp.h seccomp-syscalls.h yajl libcgroup.h libcgroup linux asm-generic; do ln -sfn /usr/include/$$h $@/$$h; done
	@ln -sfn /usr/include/$$($(CC) -print-multiarch)/asm $@/asm
	@ln -sfn /usr/include/sys/capability.h $@/sys/capability.h
	@touch $@

$(BUILD)/musl/%.o: %.c | $(BUILD)/musl/include
	@mkdir -p $(@D)
	$(call say,CC,$< \(musl\))$(INIT_CC) $(CPPFLAGS) $(VERSION_FLAGS) $(DEPFLAGS) $(MUSL_FLAGS) \
		-isystem $(BUILD)/musl/include -c -o $@ $<

$(BUILD)/libcontainer.a: $(LIB_OBJ) $(BLOBS)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/libcontainer.so: $(LIB_PIC) $(BLOBS) libcontainer/libcontainer.map
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libcontainer.so.0 \
		-Wl,--version-script=libcontainer/libcontainer.map -Wl,-z,defs -o $@ $(LIB_PIC) $(BLOBS) $(LIBS)

$(BUILD)/libcontainer.pc: libcontainer/libcontainer.pc.in config.mk
	$(call say,GEN,$@)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' $< > $@

# Two segments instead of four, and nothing to relocate: fewer pages to map and to fault in at every start.
INIT_LDFLAGS = -static -no-pie -Wl,--gc-sections -Wl,-z,noexecstack,-z,noseparate-code,-z,norelro -Wl,--build-id=none -s
$(BUILD)/kin-init: $(INIT_OBJ)
	$(call say,LD,$@)$(INIT_CC) $(INIT_FLAGS) $(INIT_LDFLAGS) -o $@ $^

$(BUILD)/kin_init_blob.o: $(BUILD)/kin-init libcontainer/run/kin_init_blob.S
	$(call say,AS,$@)$(CC) -DKIN_INIT_FILE='"$(BUILD)/kin-init"' -c -o $@ libcontainer/run/kin_init_blob.S

# kin-systemd: libsystemd is to be had as a shared library only, so only this program is linked to it.
BUS_SRC = $(wildcard libcontainer/bus/*.c)
$(BUILD)/kin-systemd: $(BUS_SRC) $(wildcard libcontainer/bus/*.h) libcontainer/systemd/request.h config.mk
	@mkdir -p $(@D)
ifeq ($(SYSTEMD),1)
	$(call say,LD,$@)$(CC) $(CPPFLAGS) $(STD) $(WARN) -Os $(HARDEN) -fvisibility=hidden -fPIE -pie \
		-Wl,-z,relro,-z,now,-z,noexecstack -s -o $@ $(BUS_SRC) -lsystemd
else
	@: > $@
endif

$(BUILD)/kin_systemd_blob.o: $(BUILD)/kin-systemd libcontainer/run/kin_systemd_blob.S
	$(call say,AS,$@)$(CC) -DKIN_SYSTEMD_FILE='"$(BUILD)/kin-systemd"' -c -o $@ libcontainer/run/kin_systemd_blob.S

VERSION_FLAGS = -DKIN_VERSION='"$(VERSION)"' -DKIN_COMMIT='"$(COMMIT)"' -DKIN_SPEC_VERSION='"$(SPEC_VERSION)"'
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(VERSION_FLAGS) $(DEPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/pic/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$< \(pic\))$(CC) $(CPPFLAGS) $(VERSION_FLAGS) $(DEPFLAGS) $(ALL_CFLAGS) -fPIC -c -o $@ $<

$(BUILD)/init/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$< \(kin-init\))$(INIT_CC) $(CPPFLAGS) $(DEPFLAGS) $(INIT_FLAGS) -c -o $@ $<

clean:
	rm -rf $(BUILD)

.PHONY: all clean
.DELETE_ON_ERROR:
-include $(MUSL_OBJ:.o=.d) $(LIB_OBJ:.o=.d) $(LIB_PIC:.o=.d) $(INIT_OBJ:.o=.d) $(CLI_OBJ:.o=.d)
include tests/tests.mk
