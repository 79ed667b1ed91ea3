#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

trapping() { # a container that says which signals came
	script 'for s in HUP INT TERM USR1 USR2 WINCH CONT; do trap "echo $s" $s; done; echo ready; while :; do sleep 0.02; done'
	create c1
	ok start c1
	wait_for grep -q ready "$io_file"
}
setup_io() { io_file=$T/io.1.out; }

came() { # N: so many signals
	[ "$(grep -vc ready "$io_file")" -ge "$1" ]
}
# bats test_tags=smoke
@test "kill: by name with and without SIG, by number; TERM when nothing is said" {
	setup_io
	trapping
	local s n=0
	for s in HUP SIGINT 15 usr1 SIGUSR2 28 ''; do
		ok kill c1 ${s:+"$s"}
		equal "$output$error" ""
		n=$((n + 1))
		wait_for came $n
	done
	equal "$(grep -v ready "$io_file" | sort | tr '\n' ' ')" "HUP INT TERM TERM USR1 USR2 WINCH "
	ok kill c1 KILL
	wait_state c1 stopped
}

@test "kill: words that are no signals" {
	running c1
	local s
	for s in FOO SIGFOO -1 65 999 1x '' 4294967305; do
		fails kill c1 "$s"
	done
	equal "$(state_of c1)" running
}

@test "kill: real-time signals by number" {
	running c1
	ok kill c1 34
	ok kill c1 64
}

@test "kill: a created container" {
	args sleep 100
	create c1
	ok kill c1 KILL
	wait_state c1 stopped
}

@test "kill: a stopped container" {
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	fails kill c1 TERM
	like "$error" 'container not running|no such process'
}

@test "kill: no container" {
	fails kill nope TERM
	has "$error" "container does not exist"
}

@test "kill --all: on a stopped container is no error" {
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	ok kill --all c1 9
	ok kill -a c1 KILL
}

@test "kill --all: reaches every process" {
	script 'sleep 1000 & sleep 1000 & wait'
	create c1
	ok start c1
	wait_for sh -c "[ \$('$KIN' --root '$ROOT' ps --format json c1 | jq length) = 3 ]"
	ok kill --all c1 KILL
	wait_state c1 stopped
	ok delete c1
	clean
}

# bats test_tags=root
@test "kill: SIGKILL to a container without a pid namespace of its own is for all of it, other signals are for init" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	script 'sleep 1011 & sleep 1012 & exec sleep 1013'
	create c1
	ok start c1
	wait_for pgrep -f '^sleep 1012'
	wait_for pgrep -f '^sleep 1013'
	ok kill c1 KILL
	wait_state c1 stopped
	wait_for sh -c '! pgrep -f "^sleep 101[123]"'
	ok delete c1
	create c2
	ok start c2
	wait_for pgrep -f '^sleep 1012'
	wait_for pgrep -f '^sleep 1013'
	ok kill c2 TERM
	wait_state c2 stopped
	pgrep -f '^sleep 1012'
	ok delete c2
	wait_for sh -c '! pgrep -f "^sleep 101[123]"'
}

# bats test_tags=ownns
@test "kill --all: a container without a pid namespace of its own" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	[ "$KIN_MODE" = root ] || config '.mounts |= map(if .destination == "/proc" then {destination: "/proc", type: "bind", source: "/proc", options: ["rbind"]} else . end) | .linux.maskedPaths = [] | .linux.readonlyPaths = []'
	script 'sleep 1001 & sleep 1002 & exec sleep 1003'
	create c1
	ok start c1
	wait_for pgrep -f '^sleep 1002'
	if [ "$KIN_MODE" = root ]; then
		ok kill --all c1 KILL
		wait_state c1 stopped
		wait_for sh -c '! pgrep -f "^sleep 100[123]"'
	else
		# No cgroup of its own: nobody can know what else belongs to it; init at least must go.
		k kill --all c1 KILL
		wait_state c1 stopped
		pkill -9 -f '^sleep 100[123]' || :
	fi
}

# bats test_tags=smoke
@test "kill --wait: returns when it is over, with the outcome" {
	script 'trap "sleep 0.3; exit 5" TERM; echo ready; while :; do sleep 0.02; done'
	create c1
	local file=$io.out
	ok start c1
	wait_for grep -q ready "$file"
	ok kill --wait c1 TERM
	equal "$(state_of c1)" stopped
	ok delete c1
	clean
}

@test "kill --wait=TIME: the time passes, the container goes on, and that is said" {
	script 'trap "" TERM; echo ready; while :; do sleep 0.02; done'
	create c1
	local file=$io.out
	ok start c1
	wait_for grep -q ready "$file"
	local begin=${EPOCHREALTIME/./}
	fails kill --wait=300ms c1 TERM
	local took=$((${EPOCHREALTIME/./} - begin))
	[ $took -ge 300000 ] || fail "only $took us"
	[ $took -lt 3000000 ] || fail "$took us"
	equal "$(state_of c1)" running
}

@test "kill: delivery to a process 1 without a handler is no outcome" {
	running c1
	ok kill c1 TERM
	sleep 0.1
	equal "$(state_of c1)" running
}

@test "kill --regex: all that match, and no others" {
	local id
	for id in web-1 web-2 db-1; do running $id; done
	ok kill --regex '^web-' KILL
	equal "$output$error" ""
	wait_state web-1 stopped
	wait_state web-2 stopped
	equal "$(state_of db-1)" running
	ok kill --regex nothing-like-it KILL
	ok kill -r --wait '^.b-1$' KILL
	equal "$(jq -r '.id, .signal' <<<"$output" | tr '\n' ' ')" "db-1 $(tells_ends && echo 9 || echo null) "
}

@test "kill --regex: those that fail are named, and the others have the signal" {
	running web-1
	running web-2
	running web-3
	ok kill --wait web-1 KILL
	ok kill --wait web-3 KILL
	k kill --regex 'web-[0-9]+' KILL
	equal "$status" 1
	equal "$(wc -l <<<"$error")" 3
	like "$error" '^kill web-1: .*not running'
	has "$error" "2 of the 3 containers that match \"web-[0-9]+\" failed"
	wait_state web-2 stopped
	fails kill --regex 'web-(' KILL
	has "$error" 'regular expression "web-("'
	fails kill --regex web FOO
	has "$error" 'unknown signal "FOO"'
}
