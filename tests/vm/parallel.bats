#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Many at a time: ten loops of create, start, update, kill or delete leave nothing behind, with either driver.

load ../helpers/kin

loops() { # [GLOBAL-OPTIONS...]
	args sleep 1000
	config '.linux.resources.memory.limit = 33554432 | .linux.resources.pids.limit = 60'
	run env KIN="$KIN" BUNDLE="$BUNDLE" tests/vm/loops "${KIN_VM_LOOP_SECONDS:-120}" "$@"
	echo "$output"
	equal "$status" 0
	# Fewer would say that most of the time was spent waiting.
	[ "$(tail -n 1 <<<"$output" | cut -d' ' -f1)" -ge 20 ]
}

# bats test_tags=vm_plain
@test "ten loops with the cgroupfs driver leave no cgroup and no process" {
	loops
}

# bats test_tags=vm_systemd
@test "ten loops with the systemd driver leave no unit, no cgroup and no process" {
	loops --systemd-cgroup
}
