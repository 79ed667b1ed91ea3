#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Terminals: console socket, the foreground relay, window sizes.
load helpers/kin

RECVTTY=$HELPERS/recvtty
tty_on() {
	config '.process.terminal = true'
}
receiver() { # OPTIONS...: a console socket at $T/tty.sock; output in $T/tty.out
	rm -f "$T/tty.sock"
	"$RECVTTY" "$T/tty.sock" "$@" >"$T/tty.out" 2>"$T/tty.err" </dev/null 3>&- &
	receiver_pid=$!
	wait_for test -S "$T/tty.sock"
}
tidy() {
	rm -f "$T/tty.sock"
}

# bats test_tags=smoke
@test "terminal: --console-socket gets one descriptor with a name; it is the container's terminal" {
	tty_on
	script 'tty; test -t 0 && test -t 1 && test -t 2 && echo all three; ls -l /dev/console | cut -c1; echo $(ps | grep -c sh)'
	receiver --name "$T/name"
	ok create --bundle "$BUNDLE" --console-socket "$T/tty.sock" c1
	wait_for test -s "$T/name"
	ok start c1
	wait $receiver_pid || fail "$(<"$T/tty.err")"
	like "$(<"$T/tty.out")" '/dev/(pts/0|console)'
	has "$(<"$T/tty.out")" "all three"
	has "$(<"$T/tty.out")" c
}

@test "terminal: is the controlling one: ^C interrupts" {
	tty_on
	script 'trap "echo interrupted; exit 7" INT; echo ready; while :; do sleep 0.05; done'
	receiver
	ok create --bundle "$BUNDLE" --console-socket "$T/tty.sock" c1
	ok start c1
	wait_for grep -q ready "$T/tty.out"
	kill $receiver_pid
	wait $receiver_pid || :
	# The master is gone: a hangup, which ends what does not ignore it; here the test is the other one:
	ok delete --force c1
	rm -f "$T/tty.sock"
	receiver --send $'\003'
	script 'trap "echo interrupted; exit 7" INT; echo ready; sleep 5; sleep 5'
	ok create --bundle "$BUNDLE" --console-socket "$T/tty.sock" c2
	ok start c2
	sleep 0.3
	ok delete --force c2
	wait $receiver_pid || :
	clean
}

@test "terminal: consoleSize" {
	tty_on
	config '.process.consoleSize = {height: 17, width: 99}'
	script 'stty size'
	receiver
	ok create --bundle "$BUNDLE" --console-socket "$T/tty.sock" c1
	ok start c1
	wait $receiver_pid
	equal "$(tr -d '\r' <"$T/tty.out")" "17 99"
}

# bats test_tags=smoke
@test "terminal: the console socket is absent, no socket, too long" {
	tty_on
	args true
	local s
	touch "$T/file"
	for s in "$T/none" "$T/file" "$T" "$T/$(printf 'x%.0s' {1..200})"; do
		fails create --bundle "$BUNDLE" --console-socket "$s" c1
		clean
	done
}

@test "terminal: a receiver that accepts and never reads does not hold create up" {
	tty_on
	args true
	receiver --ignore
	local begin=$SECONDS
	k create --bundle "$BUNDLE" --console-socket "$T/tty.sock" c1
	[ $((SECONDS - begin)) -lt 30 ]
	ok delete --force c1
	kill $receiver_pid
	wait $receiver_pid || :
	rm -f "$T/tty.sock"
	clean
}

@test "terminal: create and run --detach need a socket; a socket needs a terminal" {
	tty_on
	args true
	fails create --bundle "$BUNDLE" c1
	has "$error" "cannot allocate tty if"
	fails run --detach --bundle "$BUNDLE" c1
	has "$error" "cannot allocate tty if"
	config '.process.terminal = false'
	fails create --bundle "$BUNDLE" --console-socket "$T/none" c1
	has "$error" "cannot use console socket"
	clean
}

in_script() { # COMMAND...: with a terminal, as script(1) makes one; output in $T/script.out
	printf '%q ' "$@" >"$T/command"
	script -qec "$(<"$T/command")" "$T/typescript" </dev/null >"$T/script.out" 2>&1
}
# script(1) is a program; the helper of that name is for configurations.
unset_script() { unset -f script; }

# bats test_tags=smoke
@test "terminal: run in the foreground relays to the caller's" {
	tty_on
	args sh -c 'tty; test -t 0 && test -t 1 && echo yes; exit 9'
	unset_script
	local rc=0
	in_script "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 || rc=$?
	equal $rc 9
	has "$(<"$T/script.out")" yes
	like "$(<"$T/script.out")" '/dev/(pts/0|console)'
	clean
}

@test "terminal: run relays the window size, and its changes" {
	tty_on
	args sh -c 'stty size; trap "stty size" WINCH; echo ready; i=0; while [ $i -lt 40 ]; do sleep 0.05; i=$((i+1)); done'
	unset_script
	in_script sh -c "stty rows 31 cols 71; '$KIN' --root '$ROOT' run --bundle '$BUNDLE' c1 & sleep 0.7; stty rows 32 cols 72; wait"
	has "$(tr -d '\r' <"$T/script.out")" "31 71"
	has "$(tr -d '\r' <"$T/script.out")" "32 72"
}

@test "terminal: run puts the caller's terminal back as it was" {
	tty_on
	args true
	unset_script
	in_script sh -c "stty -g; '$KIN' --root '$ROOT' run --bundle '$BUNDLE' c1; stty -g"
	# script(1) sends an end of file, which is echoed as ^D or NUL.
	equal "$(tr -cd '0-9a-f:\n' <"$T/script.out" | sort -u | wc -l)" 1 "$(cat -A "$T/script.out")"
}

@test "terminal: input reaches the program, end of file too" {
	tty_on
	args sh -c 'read x; echo "got <$x>"'
	unset_script
	printf '%q ' "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 >"$T/command"
	(sleep 0.5; echo typed; sleep 0.5) | timeout 20 script -qec "$(<"$T/command")" "$T/typescript" >"$T/script.out" 2>&1
	has "$(<"$T/script.out")" "got <typed>"
}

@test "terminal: exec --tty in the foreground, and with a console socket" {
	args sleep 1000
	create c1
	ok start c1
	receiver
	ok exec --tty --detach --console-socket "$T/tty.sock" --pid-file "$T/pid" c1 sh -c 'tty; test -t 1 && echo yes'
	wait $receiver_pid || fail "$(<"$T/tty.err")"
	has "$(<"$T/tty.out")" yes
	unset_script
	local rc=0
	in_script "$KIN" --root "$ROOT" exec -t c1 sh -c 'test -t 0 && echo term; exit 5' || rc=$?
	equal $rc 5
	has "$(<"$T/script.out")" term
}

@test "terminal: exec --tty has the caller's size from its first moment on" {
	args sleep 1000
	create c1
	ok start c1
	unset_script
	in_script sh -c "stty rows 33 cols 77; for i in 1 2 3 4 5 6 7 8 9 10; do '$KIN' --root '$ROOT' exec -t c1 stty size; done"
	equal "$(tr -d '\r' <"$T/script.out" | grep -c '33 77$')" 10 "$(cat -A "$T/script.out")"
	# What the process object says is for it alone.
	jq '.process | .terminal = true | .consoleSize = {height: 11, width: 22} | .args = ["stty", "size"]' "$BUNDLE/config.json" \
		>"$T/process.json"
	receiver
	ok exec --process "$T/process.json" --detach --console-socket "$T/tty.sock" c1
	wait $receiver_pid || fail "$(<"$T/tty.err")"
	equal "$(tr -d '\r' <"$T/tty.out")" "11 22"
}

@test "terminal: /dev/console as a link to the outside, without a mount on /dev (CVE-2026-88264)" {
	local gone
	args true
	ln -s "$OUT/pwn" "$BUNDLE/rootfs/dev/console"
	cp "$BUNDLE/config.json" "$T/base"
	# Without anything there, and with a devpts in the image's directory: then the console is reached.
	for gone in '^/dev' '^/dev(/(shm|mqueue))?$'; do
		cp "$T/base" "$BUNDLE/config.json"
		config '.mounts |= map(select(.destination | test($g) | not)) | .process.terminal = true' --arg g "$gone"
		receiver
		fails create --bundle "$BUNDLE" --console-socket "$T/tty.sock" c1
		[ ! -e "$OUT/pwn" ]
		kill $receiver_pid 2>/dev/null || :
		wait $receiver_pid || :
		rm -f "$T/tty.sock"
		clean
	done
	has "$error" "too many levels of symbolic links"
}

@test "terminal: a hook that exchanges ptmx and console gets nowhere (CVE-2025-52565)" {
	[ "$KIN_MODE" = root ] || return 0
	local what
	tty_on
	args true
	cp "$BUNDLE/config.json" "$T/base"
	for what in dev/console dev/ptmx dev/pts/ptmx; do
		cp "$T/base" "$BUNDLE/config.json"
		config '.hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", "rm -f \($w); ln -s \($o)/file \($w)"], env: ["PATH=/bin:/usr/bin"]}]' \
			--arg w "$what" --arg o "$OUT"
		receiver
		k create --bundle "$BUNDLE" --console-socket "$T/tty.sock" c1
		k delete --force c1
		kill $receiver_pid 2>/dev/null || :
		wait $receiver_pid || :
		rm -f "$T/tty.sock"
		clean
	done
}
