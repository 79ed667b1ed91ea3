#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=root
#
# What a paused container does and does not do.  An ordinary user without a delegated cgroup has none to freeze: the last
# test, and tests/vm.
load helpers/kin

# A container that counts for as long as it is let: its number is the size of $T/bundle/rootfs/count/n.
counting() {
	mkdir -p "$BUNDLE/rootfs/count"
	config '.mounts += [{destination: "/count", type: "bind", source: $d, options: ["bind", "rw"]}]' --arg d "$T/count"
	mkdir -p "$T/count"
	args sh -c 'while :; do echo >>/count/n; usleep 1000; done'
	create "$1"
}
count() {
	stat -c %s "$T/count/n" 2>/dev/null || echo 0
}
goes_on() {
	local before
	before=$(count)
	wait_for more_than "$before"
}
more_than() {
	[ "$(count)" -gt "$1" ]
}
stands_still() {
	local before
	before=$(count)
	sleep 0.3
	equal "$(count)" "$before" "frozen processes write"
}

# bats test_tags=root,smoke
@test "pause, resume: progress stops at once and goes on" {
	counting c1
	ok start c1
	goes_on
	ok pause c1
	equal "$output$error" ""
	stands_still
	equal "$(state_of c1)" paused
	ok list -f json
	equal "$(jq -r '.[0].status' <<<"$output")" paused
	ok resume c1
	equal "$(state_of c1)" running
	goes_on
}

@test "pause: processes of exec, too, in any sub-cgroup" {
	counting c1
	ok start c1
	ok exec -d c1 sh -c 'while :; do echo >>/count/exec; usleep 1000; done'
	wait_for test -s "$T/count/exec"
	ok pause c1
	local before
	before=$(stat -c %s "$T/count/exec")
	sleep 0.3
	equal "$(stat -c %s "$T/count/exec")" "$before"
}

@test "pause: twice, resume: not paused, both: not there" {
	running c1
	fails resume c1
	has "$error" "container not paused"
	ok pause c1
	fails pause c1
	has "$error" "container paused"
	ok resume c1
	fails resume c1
	has "$error" "container not paused"
	fails pause nope
	has "$error" "container does not exist"
	fails resume nope
	has "$error" "container does not exist"
}

@test "pause: a container that has stopped" {
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	fails pause c1
	has "$error" "container not running"
	fails resume c1
	has "$error" "container not paused"
	equal "$(state_of c1)" stopped
}

@test "pause: a created one; it cannot be started until it is resumed" {
	counting c1
	ok pause c1
	equal "$(state_of c1)" paused
	fails start c1
	has "$error" "cannot start a container in the paused state"
	ok resume c1
	equal "$(state_of c1)" created
	ok start c1
	goes_on
}

@test "exec in a paused container: refused, and possible with --ignore-paused" {
	running c1
	ok pause c1
	k exec c1 true
	equal "$status" 255
	has "$error" "cannot exec in a paused container (use --ignore-paused to override)"
	# It is frozen, too, as soon as it is there: nothing is heard of it until the container is resumed.
	timeout 30 "$KIN" --root "$ROOT" exec --ignore-paused c1 echo thawed </dev/null >"$T/exec" 2>&1 &
	sleep 0.5
	equal "$(<"$T/exec")" ""
	ok resume c1
	wait $!
	equal "$(<"$T/exec")" thawed
}

@test "kill of a paused container: SIGKILL ends it, anything else waits for resume" {
	script 'trap "echo caught; exit 7" TERM; while :; do sleep 0.05; done'
	create c1
	ok start c1
	sleep 0.3
	ok pause c1
	ok kill c1 TERM
	"$KIN" --root "$ROOT" wait --timeout 10s c1 </dev/null >"$T/end1" 2>&1 &
	local w1=$!
	sleep 0.3
	equal "$(state_of c1)" paused
	equal "$(<"$T/end1")" ""
	ok resume c1
	status=0
	wait "$w1" || status=$?
	answered "$status $(<"$T/end1")" 7
	running c2
	ok pause c2
	"$KIN" --root "$ROOT" wait --timeout 10s c2 </dev/null >"$T/end2" 2>&1 &
	local w2=$!
	sleep 0.2
	ok kill c2 KILL
	status=0
	wait "$w2" || status=$?
	answered "$status $(<"$T/end2")" 137
	equal "$(state_of c2)" stopped
	ok delete c2
	running c3
	ok pause c3
	ok kill --all c3 KILL
	wait_state c3 stopped
}

@test "delete of a paused container: refused without --force, done with it" {
	running c1
	ok pause c1
	fails delete c1
	has "$error" "cannot delete container c1 that is not stopped: paused"
	equal "$(state_of c1)" paused
	ok delete --force c1
	equal "$(state_of c1)" none
	create c2
	ok pause c2
	ok delete --force c2
	equal "$(state_of c2)" none
	clean
}

@test "wait: for a paused container it goes on waiting" {
	running c1
	ok pause c1
	fails wait --timeout 300ms c1
	has "$error" "has not ended in time"
	equal "$(state_of c1)" paused
}

@test "pause: one that is frozen from above is still frozen after resume, and that is said" {
	local parent=/sys/fs/cgroup/kin-above-$$
	config '.linux.cgroupsPath = $p' --arg p "/kin-above-$$/c1"
	running c1
	ok pause c1
	echo 1 >"$parent/cgroup.freeze"
	fails resume --timeout 300ms c1
	has "$error" "still frozen"
	equal "$(state_of c1)" paused
	echo 0 >"$parent/cgroup.freeze"
	wait_state c1 running
	ok delete --force c1
	rmdir "$parent" 2>/dev/null || [ ! -e "$parent" ]
}

@test "pause, resume: many at once, and the container is in one of the two states" {
	counting c1
	ok start c1
	local i
	for i in {1..10}; do
		"$KIN" --root "$ROOT" pause c1 </dev/null >/dev/null 2>&1 &
		"$KIN" --root "$ROOT" resume c1 </dev/null >/dev/null 2>&1 &
	done
	wait
	case $(state_of c1) in
	paused) ok resume c1 ;;
	running) ;;
	*) fail "it is $(state_of c1)" ;;
	esac
	goes_on
}

@test "pause: ends meanwhile: never paused and stopped at once" {
	local i
	for i in {1..10}; do
		args sh -c 'usleep 30000'
		create "c$i"
		ok start "c$i"
		"$KIN" --root "$ROOT" wait --timeout 10s "c$i" </dev/null >"$T/end" 2>&1 &
		local w=$!
		k pause "c$i"
		if [ "$status" != 0 ]; then
			like "$error" "container not (running|paused)"
		else
			ok resume "c$i"
		fi
		status=0
		wait "$w" || status=$?
		# It fails where it came after the end, which nobody has seen then.
		like "$status $(<"$T/end")" "^0 0$|^1 .*exit status is not known"
		wait_state "c$i" stopped
	done
}

# bats test_tags=root
@test "pause: a container without a cgroup says so" {
	args sleep 1000
	ok --cgroup-manager disabled create --bundle "$BUNDLE" c1
	ok start c1
	fails pause c1
	has "$error" "has no cgroup of its own"
	equal "$(state_of c1)" running
}
