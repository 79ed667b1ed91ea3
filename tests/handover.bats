#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What callers hand to kin and get from it by descriptors: pidfds, documents from pipes.
load helpers/kin

taker() { # NAME [SIGNAL]: takes a descriptor at $T/NAME.sock; prints to $T/NAME
	local name=$1
	shift
	"$HELPERS/takefd" "$T/$name.sock" "$@" >"$T/$name" 3>&- &
	wait_for test -S "$T/$name.sock"
}

# bats test_tags=smoke
@test "pidfd socket: create and run give init's, exec its process's" {
	taker create
	args sleep 1000
	create c1 --pidfd-socket "$T/create.sock"
	wait_for test -s "$T/create"
	equal "$(<"$T/create")" "standard $(pid_of c1)"
	ok start c1
	taker exec
	ok exec --detach --pid-file "$T/pid" --pidfd-socket "$T/exec.sock" c1 sleep 1000
	wait_for test -s "$T/exec"
	equal "$(<"$T/exec")" "setns $(<"$T/pid")"
	taker run
	ok run --detach --bundle "$BUNDLE" --pid-file "$T/pid2" --pidfd-socket "$T/run.sock" c2
	wait_for test -s "$T/run"
	equal "$(<"$T/run")" "standard $(<"$T/pid2")"
	taker kill 9
	# A process that can only end by it; it is killed before the program is executed, or after.
	may_be_killed=1 k exec --pidfd-socket "$T/kill.sock" c1 sleep 1000
	like "$status" '^(137|255)$'
}

@test "pidfd socket: the annotation names one, too" {
	taker both
	taker receiver
	args sleep 1000
	config '.annotations["run.oci.pidfd_receiver"] = $p' --arg p "$T/receiver.sock"
	create c1 --pidfd-socket "$T/both.sock"
	wait_for test -s "$T/receiver"
	equal "$(<"$T/receiver")" "standard $(pid_of c1)"
	equal "$(<"$T/both")" "standard $(pid_of c1)"
	config '.annotations["run.oci.pidfd_receiver"] = "receiver.sock"'
	fails create --bundle "$BUNDLE" c2
	has "$error" "/annotations/run.oci.pidfd_receiver"
}

@test "pidfd socket: one where nobody listens is an error, and nothing is left" {
	fails create --bundle "$BUNDLE" --pid-file "$T/pid" --pidfd-socket "$T/none.sock" c1
	has "$error" "$T/none.sock: pidfd socket: no such file or directory"
	[ ! -e "$T/pid" ]
	clean
	fails run --bundle "$BUNDLE" --pidfd-socket "$BUNDLE/config.json" c1
	has "$error" "pidfd socket"
	clean
	running c1
	k exec --pidfd-socket "$T/none.sock" c1 touch /tmp/x
	equal "$status" 255
	has "$error" "pidfd socket"
	[ ! -e "$BUNDLE/rootfs/tmp/x" ]
}

@test "exec: --process from a pipe" {
	running c1
	jq '.process | .args = ["echo", "from a pipe"]' "$BUNDLE/config.json" >"$T/process.json"
	local path out
	for path in - /dev/stdin /proc/self/fd/0; do
		out=$("$KIN" --root "$ROOT" exec --process "$path" c1 < <(cat "$T/process.json"))
		equal "$out" "from a pipe" "$path"
	done
	out=$("$KIN" --root "$ROOT" exec --process <(cat "$T/process.json") c1)
	equal "$out" "from a pipe"
	mkfifo "$T/fifo"
	cat "$T/process.json" >"$T/fifo" 3>&- &
	ok exec --process "$T/fifo" c1
	equal "$output" "from a pipe"
	k exec --process - c1
	equal "$status" 255 "nothing on standard input"
	"$KIN" --root "$ROOT" update --resources <(echo '{}') c1
}
