#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Killed at random moments, records lost or damaged: delete --force recovers, and tells the truth.
load helpers/kin

@test "cleanup: create killed at forty random moments" {
	local i us
	args sleep 1000
	for ((i = 0; i < 40; i++)); do
		us=$((RANDOM % 6000))
		"$KIN" --root "$ROOT" create --bundle "$BUNDLE" "r$i" </dev/null >/dev/null 2>&1 &
		sleep "0.$(printf %06d $us)"
		kill -9 $! 2>/dev/null || :
		wait $! 2>/dev/null || :
		# The truth, whatever it is.
		k state "r$i"
		[ "$status" = 0 ] || [ "$status" = 1 ]
		k list
		equal "$status" 0
		ok delete --force "r$i"
		create "r$i"
		ok delete --force "r$i"
	done
	clean
}

@test "cleanup: run killed at forty random moments" {
	local i us
	args sh -c 'sleep 0.01; sleep 1000'
	for ((i = 0; i < 40; i++)); do
		us=$((RANDOM % 9000))
		"$KIN" --root "$ROOT" run --bundle "$BUNDLE" "r$i" </dev/null >/dev/null 2>&1 &
		sleep "0.$(printf %06d $us)"
		kill -9 $! 2>/dev/null || :
		wait $! 2>/dev/null || :
		ok delete --force "r$i"
	done
	clean
}

@test "cleanup: the creator stopped, then killed: init does not outlive it" {
	args sleep 1000
	local i
	for ((i = 0; i < 10; i++)); do
		"$KIN" --root "$ROOT" create --bundle "$BUNDLE" c1 </dev/null >/dev/null 2>&1 &
		sleep "0.00$((RANDOM % 5))"
		kill -STOP $! 2>/dev/null || :
		sleep 0.02
		kill -9 $! 2>/dev/null || :
		wait $! 2>/dev/null || :
		ok delete --force c1
		clean
	done
}

# damaged NAME COMMANDS: a running container whose record is changed by COMMANDS in its state directory
damaged() {
	local name=$1 how=$2 pid
	rm -rf "$T/pid"
	"$KIN" --root "$ROOT" create --bundle "$BUNDLE" --pid-file "$T/pid" c1 </dev/null >/dev/null 2>"$T/err" || fail "$name: $(<"$T/err")"
	ok start c1
	pid=$(<"$T/pid")
	( cd "$ROOT/c1" && [ -f record ] && eval "$how" )
	# Nothing hangs, nothing crashes, nothing lies: the process lives, so nobody may call it gone.
	k state c1
	[ "$status" = 0 ] || [ "$status" = 1 ] || fail "$name: state $status"
	[ "$status" = 1 ] || hasnt "$(jq -r .status <<<"$output")" stopped
	k list --format json
	equal "$status" 0 "$name: list"
	k kill c1 0
	k delete c1
	[ "$status" = 1 ] || fail "$name: delete without force ended with $status"
	[ -d "/proc/$pid" ] || fail "$name: a delete that was refused killed it"
	k delete --force c1
	if [ "$status" = 0 ]; then
		wait_for sh -c "[ ! -d /proc/$pid ] || grep -q '^State:.*[ZX]' /proc/$pid/status"
		[ ! -e "$ROOT/c1" ] || fail "$name: delete --force left the record"
		clean || fail "$name: delete --force returned 0"
	else
		# Without a cgroup to find it by it may be impossible; then it must be said, not claimed done.
		[ "$KIN_MODE" != root ] || fail "$name: delete --force: $error"
		kill -9 "$pid"
		wait_for test ! -d "/proc/$pid"
		k delete --force c1
		rm -rf "${ROOT:?}/c1"
		clean
	fi
}

# bats test_tags=smoke,slow
@test "cleanup: the record is damaged in twelve ways" {
	args sleep 1000
	damaged empty ': >record'
	damaged half 'head -c $(($(stat -c %s record) / 2)) record >r && mv r record'
	damaged zeroes 'head -c $(stat -c %s record) /dev/zero >r && mv r record'
	damaged braces 'printf "{}" >record'
	damaged brackets 'printf "[]" >record'
	damaged flipped 'printf "\377" | dd of=record bs=1 seek=$(($(stat -c %s record) / 2)) conv=notrunc 2>/dev/null'
	damaged appended 'echo more >>record'
	damaged nested 'head -c 100000 /dev/zero | tr "\0" "[" >record'
	damaged huge 'head -c 30000000 /dev/urandom >record'
	damaged link 'mv record r; ln -s r record'
	damaged fifo 'rm record; mkfifo record'
	damaged directory 'rm record; mkdir record; touch record/x'
	damaged missing 'rm record'
	clean
}

# bats test_tags=smoke
@test "cleanup: numbers in the record are changed: no other process is touched" {
	args sleep 1000
	create c1
	ok start c1
	local pid
	pid=$(pid_of c1)
	sleep 600 &
	local other=$!
	# Wherever the pid stands as text it becomes another's.
	sed -i "s/\b$pid\b/$other/g" "$ROOT/c1/record"
	k kill c1 KILL
	k delete --force c1
	kill -0 $other || fail "killed somebody else"
	kill $other
	wait $other || :
	kill -9 "$pid" 2>/dev/null || :
	k delete --force c1
	[ "$KIN_MODE" = root ] || rm -rf "${ROOT:?}/c1"
}

@test "cleanup: the whole state directory of the container is lost" {
	[ "$KIN_MODE" = root ] || return 0
	args sleep 1000
	create c1
	ok start c1
	rm -rf "${ROOT:?}/c1"
	ok delete --force c1
	clean
}

@test "cleanup: two containers of one name in two state directories do not touch each other" {
	args sleep 1000
	create c1
	local pid
	pid=$(pid_of c1)
	"$KIN" --root "$T/other" create --bundle "$BUNDLE" c1 </dev/null >/dev/null 2>"$T/err" || {
		# The same cgroup by default: refused is fine, harming the first is not.
		has "$(<"$T/err")" cgroup
	}
	"$KIN" --root "$T/other" delete --force c1
	[ -d "/proc/$pid" ] || fail "the other one's delete killed this one"
	equal "$(state_of c1)" created
	ok start c1
	equal "$(state_of c1)" running
	rm -rf "$T/other"
}

@test "cleanup: a stale temporary file or lock does not matter" {
	args sleep 1000
	create c1
	touch "$ROOT/c1/.record.tmp" "$ROOT/c1/record.tmp" "$ROOT/c1/record.new" "$ROOT/c1/garbage"
	ok start c1
	ok delete --force c1
	clean
}

# bats test_tags=root
@test "cleanup: the lock is held by one that hangs: others give up in time and say so" {
	args sleep 1000
	create c1
	( exec 9<"$ROOT/c1"; flock -x 9; sleep 1000 ) &
	local holder=$!
	sleep 0.2
	local begin=$SECONDS rc=0
	timeout 100 "$KIN" --root "$ROOT" start c1 </dev/null >"$T/out" 2>&1 || rc=$?
	# The default limit is a minute; what counts is that there is one.
	[ $rc = 1 ] || fail "start with a held lock: $rc $(<"$T/out")"
	pkill -9 -P $holder || :
	kill -9 $holder 2>/dev/null || :
	wait $holder 2>/dev/null || :
	ok delete --force c1
	clean
}

@test "cleanup: create, delete --force against each other, a hundred times" {
	args sleep 1000
	local i
	for ((i = 0; i < 100; i++)); do
		"$KIN" --root "$ROOT" create --bundle "$BUNDLE" c1 </dev/null >/dev/null 2>&1 &
		"$KIN" --root "$ROOT" delete --force c1 </dev/null >/dev/null 2>>"$T/err" &
		wait
		ok delete --force c1
	done
	clean
}

@test "cleanup: the end of the program at every moment of state, exec, ps, kill" {
	local i op
	for ((i = 0; i < 30; i++)); do
		args sh -c "usleep $((RANDOM % 8000))"
		create c1
		ok start c1
		for op in "state c1" "exec c1 true" "ps --format json c1" "kill c1 0" "kill c1 TERM"; do
			may_be_killed=1
			# shellcheck disable=SC2086
			k $op
			[[ $status =~ ^(0|1|255|137)$ ]] || fail "$op: $status $error"
		done
		ok delete --force c1
	done
	clean
}
