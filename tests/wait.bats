#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "wait: the exit status, by one who is not the parent" {
	script 'sleep 0.2; exit 42'
	create c1
	ok start c1
	waited c1 42
	waited c1 42 # asked again
}

@test "wait: killed by a signal is 128 and the signal" {
	running c1
	( sleep 0.2; "$KIN" --root "$ROOT" kill c1 KILL ) &
	waited c1 137
}

@test "wait: several, json" {
	# The second ends first: who asks for both holds both from the beginning.
	args sh -c "sleep 0.6; exit 3"
	create c1
	args sh -c "sleep 0.3; exit 4"
	create c2
	ok start c1
	ok start c2
	k wait c1 c2
	if tells_ends; then
		equal "$status $output" $'0 3\n4'
	else
		like "$status $error" "^1 .*its exit status is not known"
	fi
	ok wait --format json c1
	jq -e . <<<"$output" >/dev/null
}

@test "wait --timeout: says that it does not know, and nothing is decided" {
	running c1
	fails wait --timeout 200ms c1
	equal "$output" ""
	equal "$(state_of c1)" running
}

@test "wait: no container" {
	fails wait nope
	has "$error" "container does not exist"
}

@test "wait: many at once get the same answer" {
	script 'sleep 0.3; exit 9'
	create c1
	ok start c1
	local i
	for i in {1..10}; do "$KIN" --root "$ROOT" wait c1 </dev/null >>"$T/answers" 2>&1 & done
	wait
	equal "$(wc -l <"$T/answers")" 10
	# Who finds no zombie any more may not know it, but nobody is told anything else.
	tells_ends || sed -i '/exit status is not known/d' "$T/answers"
	equal "$(sort -u "$T/answers")" "$(tells_ends || [ -s "$T/answers" ] && echo 9)"
}

# bats test_tags=root
@test "wait --format json: what the container used" {
	script 'i=0; while [ $i -lt 50000 ]; do i=$((i + 1)); done'
	create c1
	ok start c1
	ok wait --format json c1
	equal "$(jq -r '.usage | type' <<<"$output")" object
	equal "$(jq '.usage.cpuUsec > 10000 and .usage.cpuUsec < 60000000' <<<"$output")" true "$output"
	equal "$(jq .oom <<<"$output")" false
	# Left out where it is not known.
	equal "$(jq '[.usage[]] | all(. < 1e18)' <<<"$output")" true "$output"
	local first
	first=$(jq -c .usage <<<"$output")
	ok wait --format json c1
	equal "$(jq -c .usage <<<"$output")" "$first" "asked again"
}
