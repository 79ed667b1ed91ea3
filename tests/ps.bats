#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "ps --format json: pids as the host sees them, and nothing else" {
	script 'sleep 100 & sleep 100 & wait'
	create c1
	ok start c1
	wait_for sh -c "[ \$('$KIN' --root '$ROOT' ps -f json c1 | jq length) = 3 ]"
	local init
	init=$(pid_of c1)
	ok ps --format json c1
	equal "$error" ""
	like "$output" '^\[[0-9]+,[0-9]+,[0-9]+\]$'
	equal "$(wc -l <"$io.out")" 1
	local p
	for p in $(jq '.[]' <<<"$output"); do [ -d "/proc/$p" ]; done
	equal "$(jq --argjson p "$init" 'index($p) != null' <<<"$output")" true
}

@test "ps --format json: null when stopped" {
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	ok ps --format json c1
	equal "$output" null
}

@test "ps: a table as the host's ps prints it, only the container's" {
	running c1
	ok ps c1
	like "$(head -n 1 <<<"$output")" '^UID +PID +PPID'
	equal "$(wc -l <<<"$output")" 2
	has "$output" "sleep 1000"
	ok ps c1 -o pid,args
	like "$(head -n 1 <<<"$output")" 'PID +COMMAND'
	like "$(tail -n 1 <<<"$output")" "$(pid_of c1) +sleep 1000"
}

@test "ps: no container" {
	fails ps nope
	has "$error" "container does not exist"
}
