# SPDX-License-Identifier: LGPL-2.1-or-later
# What a packager or a developer may want to change: `make CC=clang`, `make SAN=address,undefined`, ...

VERSION = 0.1.0
SPEC_VERSION = 1.3.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
# Podman reads drop-ins nowhere else.
SYSCONFDIR ?= /etc
COMPLETIONSDIR ?= $(PREFIX)/share/bash-completion/completions

ifeq ($(origin CC),default)
CC = gcc
endif
AR ?= ar
# kin-init is built with musl where musl-gcc is there: it starts in half the time and a third of the size.
INIT_CC ?= $(if $(shell command -v musl-gcc 2>/dev/null),musl-gcc,$(CC))

# The command line, too, where the libraries' archives are there: static glibc spends 0.3 ms before main() asking the
# processor what it is.
MUSL = $(if $(SAN)$(filter-out -static,$(STATIC)),,$(if $(STATIC),$(if $(filter %musl-gcc,$(INIT_CC)),1)))

# The systemd cgroup driver, where libsystemd's header is there; SYSTEMD=0 builds without it.
SYSTEMD ?= $(if $(filter 0,$(shell pkg-config --exists libsystemd 2>/dev/null; echo $$?)),1,0)

WARN = -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes
CFLAGS ?= -O2 -g
INIT_CFLAGS ?= -Os -g0
# Static by default: a container runtime should start without a dynamic linker. STATIC= links it dynamically.
STATIC ?= $(if $(SAN),,-static)
SAN ?=
BUILD ?= build
