#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "run: output, nothing else, and nothing left" {
	runs 'echo out; echo err >&2'
	equal "$output" out
	equal "$error" err
	equal "$(ls -A "$ROOT")" ""
	clean
}

# bats test_tags=smoke
@test "run: the exit status of the program is kin's" {
	local code
	for code in 0 1 2 42 127 255; do
		args sh -c "exit $code"
		k run --bundle "$BUNDLE" c1
		equal "$status" $code
	done
	clean
}

@test "run: a program killed by a signal is 128 and the signal" {
	# Process 1 is not killed by its own signals: a child is.
	local may_be_killed=1
	args sh -c 'sh -c "kill -9 \$\$"; exit $?'
	k run --bundle "$BUNDLE" c1
	equal "$status" 137
	args sleep 100
	timeout 30 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c2 </dev/null &
	wait_state c2 running
	ok kill c2 KILL
	local rc=0
	wait $! || rc=$?
	equal $rc 137
}

@test "run: passes its standard input on" {
	args cat
	local out
	out=$(echo from outside | timeout 20 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1)
	equal "$out" "from outside"
}

@test "run: signals reach the program" {
	script 'trap "echo got TERM; exit 9" TERM; echo ready; while :; do sleep 0.05; done'
	local rc=0
	"$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 </dev/null >"$T/out" 2>&1 &
	wait_for grep -q ready "$T/out"
	kill -TERM $!
	wait $! || rc=$?
	equal "$rc" 9
	equal "$(<"$T/out")" $'ready\ngot TERM'
}

@test "run --detach: returns at once, the container runs on" {
	args sleep 100
	ok run --detach --bundle "$BUNDLE" --pid-file "$T/pid" c1
	equal "$output$error" ""
	equal "$(state_of c1)" running
	equal "$(<"$T/pid")" "$(pid_of c1)"
}

@test "run --keep: record and cgroup stay after the end" {
	args true
	ok run --keep --bundle "$BUNDLE" c1
	equal "$(state_of c1)" stopped
	ok delete c1
	clean
}

@test "run: killed with SIGKILL while in the foreground: delete --force cleans up" {
	args sleep 1000
	"$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 </dev/null >/dev/null 2>&1 &
	local pid=$!
	wait_state c1 running
	kill -9 $pid
	wait $pid 2>/dev/null || :
	ok delete --force c1
	clean
}

@test "run: deleted by somebody else, who has the id for another then: that one is left alone, and nothing is said" {
	args sleep 100
	"$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 </dev/null >"$T/out" 2>&1 &
	local run=$!
	wait_state c1 running
	kill -STOP $run # it sees the end only when the next one is there
	ok delete --force c1
	create c1
	kill -CONT $run
	status=0
	wait $run || status=$?
	equal "$status" 137
	equal "$(<"$T/out")" ""
	equal "$(state_of c1)" created
	ok delete c1
}

@test "run: a command that cannot be found leaves nothing" {
	args nosuchprogram
	fails run --bundle "$BUNDLE" c1
	has "$error" 'exec: "nosuchprogram": executable file not found in $PATH'
	clean
}

@test "run: two hundred one after another, nothing accumulates" {
	args true
	local i
	for i in {1..200}; do
		"$KIN" --root "$ROOT" run --bundle "$BUNDLE" "n$i" </dev/null || fail "run $i failed"
	done
	clean
}

@test "run: a program that leaves children: they end with it" {
	script 'sleep 1000 & sleep 1000 & exit 3'
	k run --bundle "$BUNDLE" c1
	equal "$status" 3
	clean
}

@test "run: large output is complete" {
	args seq 1 200000
	run_c
	equal "$(wc -l <"$io.out")" 200000
	equal "$(tail -n 1 "$io.out")" 200000
}

@test "run: the orphan of a foreground run is nobody's zombie" {
	args true
	run_c
	local p
	for p in /proc/[0-9]*/stat; do
		{ read -r line <"$p"; } 2>/dev/null || continue
		[[ $line != *") Z $$ "* ]] || fail "a zombie: $line"
	done
}
