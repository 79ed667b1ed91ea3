#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Inside an outer container whose seccomp profile is older than the system calls that kin mounts with.
load helpers/kin

# refusing CALL ERRNO: what k executes from now on
refusing() {
	printf '#!/bin/sh\nexec "%s/refuse" %s %s "%s/kin" "$@"\n' "$HELPERS" "$1" "$2" "$KIN_BUILD" >"$T/kin"
	chmod 755 "$T/kin"
	KIN=$T/kin
}

# bats test_tags=root
@test "refused: each call that the start needs is named, and nothing is left" {
	local call errno
	args true
	for call in open_tree move_mount mount_setattr fsopen fsconfig fsmount openat2 clone3 close_range; do
		for errno in 38 1; do # ENOSYS, EPERM
			refusing "$call" "$errno"
			fails run --bundle "$BUNDLE" c1
			has "$error" "the system call $call (Linux 5."
			clean
		done
	done
}

# bats test_tags=root
@test "refused: a right that is really missing is not blamed on a filter" {
	config '.mounts += [{destination: "/vol", type: "bind", source: "/no/such", options: ["bind"]}]'
	args true
	fails run --bundle "$BUNDLE" c1
	hasnt "$error" "system call"
	clean
}

# bats test_tags=root
@test "refused: exec names the call, too" {
	local call
	running c1
	for call in clone3 close_range; do
		refusing "$call" 1
		k exec c1 true
		equal "$status" 255
		has "$error" "the system call $call (Linux 5."
	done
	KIN=$KIN_BUILD/kin
	ok exec c1 true
}
