#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

burning() {
	script 'while :; do :; done'
	create "$1"
	ok start "$1"
}
# rounds ARGS...: kin stats in the background, JSON, into $T/rounds; its pid in $stats
rounds() {
	"$KIN" --root "$ROOT" stats --format json "$@" </dev/null >"$T/rounds" 2>"$T/rounds.err" &
	stats=$!
}
last_round() { # IDS: the last complete line is of these
	[ "$(head -n "$(wc -l <"$T/rounds")" "$T/rounds" | tail -n 1 | jq -r '[.[].id] | join(" ")')" = "$1" ]
}

# bats test_tags=smoke,root
@test "stats --no-stream --format json: who uses the CPU" {
	burning c1
	running c2
	ok stats --no-stream --format json
	equal "$error" ""
	equal "$(wc -l <"$io.out")" 1
	equal "$(jq -r '[.[] | .id + " " + .status] | join(", ")' <<<"$output")" "c1 running, c2 running"
	equal "$(jq '.[0].cpuPercent > 10 and .[0].cpuPercent < 150' <<<"$output")" true "$output"
	equal "$(jq '.[1].cpuPercent >= 0 and .[1].cpuPercent < 5' <<<"$output")" true "$output"
	equal "$(jq '.[0].usage.cpuUsec > 10000' <<<"$output")" true "$output"
	# Absent where it is not known, never a made-up number.
	equal "$(jq '[.. | numbers] | all(. >= 0 and . < 1e18)' <<<"$output")" true "$output"
}

# bats test_tags=root
@test "stats: only those that are named" {
	running c1
	running c2
	running c3
	ok stats --no-stream --format=json c3 c1
	equal "$(jq -r '[.[].id] | join(" ")' <<<"$output")" "c3 c1"
	fails stats --no-stream c1 nope
	has "$error" "container does not exist"
	equal "$output" ""
	fails stats --no-stream c1 ../c1
}

# bats test_tags=root
@test "stats: a table for people" {
	running a-container-with-a-name-that-is-longer-than-most
	ok stats --no-stream
	equal "$(wc -l <<<"$output")" 2
	like "$(sed -n 1p <<<"$output")" '^ID +CPU % +MEM USAGE / LIMIT +MEM % +PIDS +BLOCK I/O$'
	like "$(sed -n 2p <<<"$output")" '^a-container-with-a-name-that-is-longer-than-most   [0-9]+\.[0-9][0-9]% '
	hasnt "$output" $'\033'
	# The columns stand below their heads.
	local head row
	head=$(sed -n 1p <<<"$output") row=$(sed -n 2p <<<"$output")
	head=${head%%CPU*}
	like "${row:${#head}}" '^[0-9]'
}

@test "stats: nothing runs" {
	ok stats --no-stream
	equal "$(wc -l <<<"$output")" 1
	ok stats --no-stream --format json
	equal "$output" "[]"
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	ok stats --no-stream --format json
	equal "$output" "[]"
	fails stats --no-stream c1
	has "$error" "container not running"
}

# bats test_tags=root
@test "stats: containers that come and go" {
	running c1
	rounds --interval 200ms
	wait_for last_round c1
	running c2
	wait_for last_round "c1 c2"
	ok delete --force c1
	wait_for last_round c2
	ok delete --force c2
	wait_for last_round ""
	kill -0 "$stats"
	kill "$stats"
	wait "$stats" || :
	equal "$(<"$T/rounds.err")" ""
	# One that just came has no reading before, so nobody knows yet.
	equal "$(jq -s '[.[][] | select(.id == "c2")][0] | has("cpuPercent")' "$T/rounds")" false
	equal "$(jq -s '[.[][] | select(.id == "c2")][1:] | all(has("cpuPercent"))' "$T/rounds")" true
}

# bats test_tags=root
@test "stats: ends with the last of those that are named" {
	running c1
	running c2
	running c3
	rounds -i 100ms c1 c2
	wait_for last_round "c1 c2"
	ok kill c1 KILL
	wait_for last_round c2
	ok kill c2 KILL
	wait_for eval "! kill -0 $stats"
	wait "$stats"
	equal "$(<"$T/rounds.err")" ""
}

# bats test_tags=root
@test "stats: one that is made anew under the same name begins anew" {
	running c1
	rounds -i 1s
	wait_for last_round c1
	ok delete --force c1
	burning c1
	sleep 2.5
	kill "$stats"
	wait "$stats" || :
	# Its first reading has none before it: what the idle one had used is not where it began.
	equal "$(jq -s '[.[][] | select(has("cpuPercent") | not)] | length' "$T/rounds")" 1 "$(<"$T/rounds")"
	equal "$(jq -s '[.[][]] | length >= 3 and (.[0], .[-1] | has("cpuPercent"))' "$T/rounds" | sort -u)" true
}

# bats test_tags=root
@test "stats: blocks in a file, one screen on a terminal" {
	type -P script >/dev/null || skip "there is no script(1)"
	running c1
	timeout 1.5 "$KIN" --root "$ROOT" stats -i 300ms </dev/null >"$T/blocks" || [ $? = 124 ]
	hasnt "$(<"$T/blocks")" $'\033'
	[ "$(grep -c '^ID ' "$T/blocks")" -ge 2 ]
	[ "$(grep -c '^$' "$T/blocks")" -ge 1 ]
	local line
	printf -v line "stty rows 24 cols 60; exec timeout 1.5 '%s' --root '%s' stats -i 300ms" "$KIN" "$ROOT"
	command script -qec "$line" /dev/null </dev/null >"$T/screen" || :
	has "$(<"$T/screen")" $'\033[H\033[2J'
	has "$(<"$T/screen")" "c1"
	equal "$(grep -o $'\033\[2J' "$T/screen" | wc -l)" 1
	[ "$(grep -o $'\033\[H' "$T/screen" | wc -l)" -ge 2 ]
	equal "$(tr -d '\r' <"$T/screen" | sed 's/\x1b\[[0-9]*[A-Z]//g' | awk 'length > 60')" ""
}

# bats test_tags=root
@test "stats: a reader that goes ends it quietly" {
	running c1
	# shellcheck disable=SC2016 # the inner shell's
	timeout 10 bash -c 'trap "" PIPE; "$0" --root "$1" stats -i 50ms -f json </dev/null 2>"$2"; echo $? >"$3"' \
		"$KIN" "$ROOT" "$T/err" "$T/rc" | head -n 2 >"$T/out"
	equal "$(wc -l <"$T/out")" 2
	equal "$(<"$T/rc")" 0
	equal "$(<"$T/err")" ""
}

@test "stats: wrong values" {
	fails stats --interval 0
	has "$error" "interval must be greater than 0"
	fails stats --format xml
	has "$error" "--format"
}
