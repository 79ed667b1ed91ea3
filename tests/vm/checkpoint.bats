#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm_plain,vm61,vm61_only
#
# checkpoint and restore, with Debian 12's criu (3.17), which does not know kernels newer than 6.1 well enough.

load ../helpers/kin

source "$BATS_TEST_DIRNAME/../helpers/checkpoint.bash"

counted() { # N: beyond that
	[ "$(number)" -gt "$1" ]
}
@test "what is restored goes on where it was, and is a container like any other" {
	begin c1
	wait_for counted 1000
	ok checkpoint --image-path "$IMAGES" c1
	fails state c1
	has "$error" 'does not exist'
	at=$(number)
	sleep 0.3
	equal "$(number)" "$at" "nobody counts"

	ok restore -d --image-path "$IMAGES" --bundle "$BUNDLE" --pid-file "$T/pid" c1
	equal "$(state_of c1)" running
	equal "$(<"$T/pid")" "$(pid_of c1)"
	counts_on "$at"
	equal "$(sed -n 's/^0:://p' "/proc/$(<"$T/pid")/cgroup")" /kin-c1
	# criu does not restore a read-only root.
	ok exec c1 sh -c 'touch /x 2>&1; touch /locked/x 2>&1; cat /proc/self/cgroup; cat /proc/keys; hostname; ls /sys/fs/cgroup'
	has "$output" '/x: Read-only file system'
	has "$output" '/locked/x: Read-only file system'
	has "$output" '0::/'$'\n''kin'
	hasnt "$output" runner
	[ "$(readlink "/proc/$(<"$T/pid")/ns/cgroup")" != "$(readlink /proc/self/ns/cgroup)" ] || fail "the host's cgroup namespace"
	equal "$(grep -c "$T" /proc/self/mountinfo)" 0 "mounts left on the host"
	ok pause c1
	equal "$(state_of c1)" paused
	ok resume c1
	ok kill c1 TERM
	wait_state c1 stopped
	ok delete c1
}

@test "in the foreground: pipes are handed over, the exit status is the program's" {
	script 'read line; echo "got $line"; read line; echo "then $line"; exit 5'
	mkfifo "$T/one" "$T/two"
	(cat "$T/one" | "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 2>&1 | cat >"$T/out") &
	exec 8>"$T/one"
	echo one >&8
	wait_for grep 'got one' "$T/out"
	ok checkpoint --image-path "$IMAGES" c1
	exec 8>&-
	wait
	has "$(<"$IMAGES/descriptors.json")" 'pipe:['
	(
		cat "$T/two" | "$KIN" --root "$ROOT" restore --image-path "$IMAGES" --bundle "$BUNDLE" c1 2>&1 | cat >"$T/out2"
		echo "${PIPESTATUS[1]}" >"$T/status"
	) &
	echo two >"$T/two"
	wait
	equal "$(<"$T/out2")" 'then two'
	equal "$(<"$T/status")" 5
}

@test "pre-dump, a checkpoint on top of it, --leave-running, and a restore under another id" {
	begin c1
	ok checkpoint --image-path "$T/pre" --pre-dump c1
	equal "$(state_of c1)" running
	at=$(number)
	counts_on "$at"
	fails checkpoint --image-path "$IMAGES" --parent-path /pre c1
	has "$error" '--parent-path must be relative'
	fails checkpoint --image-path "$IMAGES" --parent-path ../other c1
	ok pause c1
	ok checkpoint --image-path "$IMAGES" --work-path "$T/work" --parent-path ../pre --leave-running c1
	equal "$(state_of c1)" paused
	at=$(number)
	ok resume c1
	[ -e "$T/work/dump.log" ] && [ -L "$IMAGES/parent" ]
	counts_on "$at"
	ok delete --force c1
	ok restore -d --image-path "$IMAGES" --work-path "$T/work" --bundle "$BUNDLE" c2
	counts_on "$at"
	[ "$(number)" -lt $((at + 1000)) ]
	ok delete --force c2
}

@test "a terminal is made anew and handed to the console socket" {
	config '.process.terminal = true'
	script 'n=0; while :; do n=$((n + 1)); echo "n $n"; sleep 0.1; done'
	receiver() { # NAME
		"$HELPERS/recvtty" "$T/$1" >"$T/$1.out" 2>&1 </dev/null 3>&- &
		wait_for test -S "$T/$1"
	}
	receiver before
	create c1 --console-socket "$T/before"
	ok start c1
	wait_for grep 'n 3' "$T/before.out"
	ok checkpoint --image-path "$IMAGES" c1
	wait
	fails restore -d --image-path "$IMAGES" --bundle "$BUNDLE" c1
	has "$error" 'cannot allocate tty if kin will detach without setting console socket'
	last=$(sed -n 's/^n \([0-9]*\).*/\1/p' "$T/before.out" | tail -n 1)
	receiver after
	ok restore -d --image-path "$IMAGES" --bundle "$BUNDLE" --console-socket "$T/after" c1
	wait_for grep "n $((last + 3))" "$T/after.out"
	ok delete --force c1
	wait
	hasnt "$(<"$T/after.out")" $'n 1\r'
	rm -f "$T/before" "$T/after"
}

@test "what criu cannot do is said with its reason, and nothing has changed: TCP connections need to be asked for" {
	script 'sleep 1000 | nc -l -p 99 >/shared/received & sleep 0.5
		n=1000; while :; do n=$((n + 1)); echo $n; echo $n >/shared/n; sleep 0.05; done | nc 127.0.0.1 99'
	# What criu reads itself, as the annotation says.
	config '.annotations = {"org.criu.config": $f}' --arg f "$T/criu.conf"
	echo '# nothing' >"$T/criu.conf"
	begin c1
	fails checkpoint --image-path "$IMAGES" c1
	has "$error" 'criu failed: '
	has "$error" '--tcp-established'
	has "$error" "(log: $IMAGES/dump.log)"
	equal "$(state_of c1)" running
	counts_on "$(number)"
	echo tcp-established >"$T/criu.conf"
	ok checkpoint --image-path "$IMAGES" c1
	echo '# nothing' >"$T/criu.conf"
	at=$(number)
	clean
	fails restore -d --image-path "$IMAGES" --bundle "$BUNDLE" c1
	has "$error" 'criu failed: '
	clean
	ok restore -d --image-path "$IMAGES" --bundle "$BUNDLE" --tcp-established c1
	counts_on "$at"
	wait_for grep "^$(($(number) + 3))\$" "$T/shared/received"
	ok delete --force c1
}
