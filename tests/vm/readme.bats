#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm_plain
#
# What README.md tells people to type where there are controllers; tests/readme.bats has the rest.

load ../helpers/kin

@test "readme: limits, while it runs, and what it uses" {
	local line lines rc group=/sys/fs/cgroup/kin-box
	mapfile -t lines < <(awk '/^Limits, while it runs/ { on = 1 } /^`kin --help`/ { on = 0 } on && sub(/^    /, "")' README.md)
	[ ${#lines[@]} -ge 5 ] || fail "there are no examples"
	PATH=$(dirname "$KIN"):$PATH
	args sleep 1000
	kin create --bundle "$BUNDLE" box </dev/null >/dev/null 2>&1 3>&-
	kin start box
	for line in "${lines[@]}"; do
		rc=0
		timeout 3 bash -c "$line" >"$T/out" 2>&1 </dev/null || rc=$?
		echo "$line: $rc, $(<"$T/out")"
		case $line in
		'kin stats'* | 'kin events'*)
			equal $rc 124 "it goes on"
			has "$(<"$T/out")" box
			;;
		*) equal $rc 0 ;;
		esac
		case $line in
		'kin update'*) equal "$(cat $group/memory.max $group/cpu.max)" $'268435456\n50000 100000' ;;
		'kin pause'*) equal "$(kin state box | jq -r .status)" paused ;;
		'kin resume'*) equal "$(kin state box | jq -r .status)" running ;;
		esac
	done
	kin delete --force box
	rmdir /run/kin
}
