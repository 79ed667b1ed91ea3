#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# burning ID: one that does nothing but use CPU time
burning() {
	script 'while :; do :; done'
	create "$1"
	ok start "$1"
}
# follow NAME ARGS...: kin events in the background, into $T/NAME.out; its pid in $follower
follow() {
	local name=$1
	shift
	"$KIN" --root "$ROOT" events "$@" </dev/null >"$T/$name.out" 2>"$T/$name.err" &
	follower=$!
}
lines() { # FILE N: it has at least so many
	[ "$(wc -l <"$1")" -ge "$2" ]
}
ended() { # PID: within 5 s; its status in $status
	local i
	for ((i = 0; i < 100; i++)); do
		if ! kill -0 "$1" 2>/dev/null; then
			status=0
			wait "$1" || status=$?
			return 0
		fi
		sleep 0.05
	done
	fail "did not end"
}

# bats test_tags=smoke,root
@test "events --stats: one line in runc's shape" {
	running c1
	ok events --stats c1
	equal "$error" ""
	equal "$(wc -l <"$io.out")" 1
	equal "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" "type id data"
	equal "$(jq -r '.type + " " + .id' <<<"$output")" "stats c1"
	equal "$(jq -r '.data.cpu.usage | [.total, .kernel, .user] | map(type) | join(" ")' <<<"$output")" "number number number"
	equal "$(jq -r '.data | [has("cpu", "memory", "pids", "blkio", "hugetlb")] | all' <<<"$output")" true
}

# bats test_tags=root
@test "events --stats: the CPU time is that of the container, in nanoseconds" {
	local first second
	burning c1
	running c2
	ok events --stats c1
	first=$(jq .data.cpu.usage.total <<<"$output")
	sleep 1
	ok events --stats c1
	second=$(jq .data.cpu.usage.total <<<"$output")
	# A second on a machine with other work to do.
	[ $((second - first)) -gt 100000000 ] || fail "from $first to $second"
	[ $((second - first)) -lt 5000000000 ] || fail "from $first to $second"
	ok events --stats c2
	[ "$(jq .data.cpu.usage.total <<<"$output")" -lt "$first" ] || fail "an idle one used $output"
}

# bats test_tags=root
@test "events: goes on until the container has ended" {
	burning c1
	follow one --interval 100ms c1
	wait_for lines "$T/one.out" 4
	ok kill c1 KILL
	ended "$follower"
	equal "$status" 0
	equal "$(<"$T/one.err")" ""
	equal "$(jq -r .type "$T/one.out" | sort -u)" stats
	# Each says more than the one before.
	equal "$(jq -s '[.[].data.cpu.usage.total] | . == (. | sort) and .[0] < .[-1]' "$T/one.out")" true
}

# bats test_tags=root
@test "events: learns at once that the container has ended, whatever the interval" {
	running c1
	follow one --interval=1h c1
	wait_for lines "$T/one.out" 1
	ok delete --force c1
	ended "$follower"
	equal "$status" 0
	equal "$(wc -l <"$T/one.out")" 1
}

# bats test_tags=root
@test "events: keeps to its interval" {
	running c1
	local begin
	begin=$(date +%s%N)
	follow one --interval 400ms c1
	wait_for lines "$T/one.out" 4
	[ $(($(date +%s%N) - begin)) -ge 1200000000 ] || fail "four lines came within three intervals"
	kill "$follower"
	wait "$follower" || :
}

# bats test_tags=root
@test "events: a reader that goes ends it, also where SIGPIPE is ignored" {
	running c1
	local rc=0
	# shellcheck disable=SC2016 # the inner shell's
	timeout 10 bash -c 'trap "" PIPE; "$0" --root "$1" events --interval 50ms c1 </dev/null 2>"$2"; echo $? >"$3"' \
		"$KIN" "$ROOT" "$T/err" "$T/rc" | head -n 2 >"$T/out" || rc=$?
	equal "$(wc -l <"$T/out")" 2
	equal "$(<"$T/rc")" 0
	equal "$(<"$T/err")" ""
}

@test "events: stopped, absent, wrong interval" {
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	fails events --stats c1
	has "$error" "container not running"
	fails events c1
	has "$error" "container not running"
	fails events nope
	has "$error" "container does not exist"
	fails events --interval 0s c1
	has "$error" "interval must be greater than 0"
	fails events --interval soon c1
	has "$error" "--interval"
}
