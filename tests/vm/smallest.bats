#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm_plain
#
# The least memory that a container needs to be started in (tests/vm/smallest): what init and the intermediate take of it
# before they are the container's program.

load ../helpers/kin

@test "run of /bin/true works in 512 KiB, and in no more than crun needs" {
	local kin
	kin=$(KIN_SMALLEST_MOST=512 tests/vm/smallest "kin=$KIN")
	echo "$kin"
	like "$kin" '^kin [0-9]+$' # not: "fails even with 512 KiB"
	kin=${kin#kin }
	[ "$kin" -le 512 ]
	command -v crun >/dev/null || skip "kin needs $kin KiB; there is no crun to compare with"
	# It works at all, and not in a step less than kin needs.
	run env KIN_SMALLEST_ONLY=1 tests/vm/smallest "crun=$(command -v crun)"
	equal "$output" "crun works in 32768 KiB"
	run env KIN_SMALLEST_ONLY=1 KIN_SMALLEST_MOST=$((kin - 16)) tests/vm/smallest "crun=$(command -v crun)"
	has "$output" "crun fails even with $((kin - 16)) KiB"
}
