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
@test "refused: each call of the mount API is named, and nothing is left" {
	local call errno
	args true
	for call in open_tree move_mount mount_setattr fsopen fsconfig fsmount openat2; do
		for errno in 38 1; do # ENOSYS, EPERM
			refusing "$call" "$errno"
			fails run --bundle "$BUNDLE" c1
			has "$error" "$call"
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
