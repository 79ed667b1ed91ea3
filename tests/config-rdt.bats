#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# intelRdt where the machine has no resctrl: what is done where it has, test_rdt shows on a directory like it.
load helpers/kin

prepare() {
	[ "$(stat -f -c %t /sys/fs/resctrl 2>/dev/null)" != 7655821 ] || skip "there is a resctrl"
}

@test "intelRdt: without resctrl an error that says so, before anything is made" {
	args true
	config '.linux.intelRdt = {closID: "gold"}'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/linux/intelRdt: needs the resctrl file system at /sys/fs/resctrl"
	clean
	config '.linux.intelRdt = {enableMonitoring: true}'
	fails create --bundle "$BUNDLE" c1
	has "$error" "/linux/intelRdt: needs the resctrl file system"
	clean
}

@test "intelRdt: an object in which nothing is asked for needs none" {
	config '.linux.intelRdt = {}'
	runs 'echo ran'
	equal "$output" ran
	config '.linux.intelRdt = {closID: "", l3CacheSchema: "", schemata: [], enableMonitoring: false}'
	runs 'echo ran'
	equal "$output" ran
}
