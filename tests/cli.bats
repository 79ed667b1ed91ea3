#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

COMMANDS="create start run exec kill pause resume update delete state list ps events stats wait plan spec features"

# bats test_tags=smoke
@test "cli: --version in runc's three lines" {
	ok --version
	like "$(sed -n 1p <<<"$output")" '^kin version [0-9]+\.[0-9]+\.[0-9]+'
	like "$(sed -n 2p <<<"$output")" '^commit: [^ ]+$'
	like "$(sed -n 3p <<<"$output")" '^spec: 1\.[0-9]+\.[0-9]+'
	equal "$error" ""
	ok -v
	ok -V
}

# bats test_tags=smoke
@test "cli: --help for kin and for every command" {
	local c
	ok --help
	for c in $COMMANDS; do has "$output" "$c"; done
	for c in root log log-format debug systemd-cgroup cgroup-manager rootless version; do has "$output" "--$c"; done
	for c in $COMMANDS; do
		ok "$c" --help
		like "$output" "$c"
		equal "$error" ""
		ok "$c" -h
	done
}

@test "cli: the help of a command names each option that callers pass" {
	local c o
	while read -r c options; do
		ok "$c" --help
		for o in $options; do has "$output" "--$o"; done
	done <<-'END'
		create bundle config console-socket pid-file no-pivot no-new-keyring preserve-fds no-subreaper
		run bundle console-socket pid-file no-pivot no-new-keyring preserve-fds no-subreaper detach keep
		exec process console-socket cwd env tty detach pid-file user additional-gids cap no-new-privs preserve-fds ignore-paused cgroup
		kill all wait
		delete force
		list format quiet
		ps format
		spec bundle file rootless
		checkpoint image-path work-path network-lock manage-cgroups-mode leave-running
		restore bundle network-lock tcp-close no-subreaper detach
		pause timeout
		resume timeout
		update resources blkio-weight cpu-period cpu-quota cpu-burst cpu-share cpu-idle cpu-rt-period cpu-rt-runtime
		update cpuset-cpus cpuset-mems memory memory-reservation memory-swap pids-limit
		events interval stats
		stats no-stream format interval
		wait timeout format
	END
}

@test "cli: usage errors are 1, in one line, and touch nothing" {
	fails create
	fails create a b
	fails start
	fails state
	fails delete
	fails kill
	fails pause
	fails resume a b
	fails pause --timeout 0 c1
	fails pause --timeout soon c1
	fails update
	fails update c1 c2
	fails events
	fails exec
	k exec c1
	[ "$status" != 0 ]
	equal "$(wc -l <"$io.err")" 1
	fails create --nosuch c1
	has "$error" nosuch
	fails --nosuch list
	fails create --bundle
	has "$error" "flag needs an argument"
	fails --root
	has "$error" "flag needs an argument"
	fails create --preserve-fds x c1
	fails create --preserve-fds -1 c1
	fails --log-format xml list
	has "$error" xml
	fails --cgroup-manager nosuch list
	clean
}

@test "cli: an unknown command" {
	k nosuch
	[ "$status" != 0 ]
	has "$error" nosuch
	equal "$(wc -l <"$io.err")" 1
}

@test "cli: --flag value and --flag=value, letters, -- " {
	args true
	ok create --bundle="$BUNDLE" --pid-file="$T/p1" c1
	ok create --bundle "$BUNDLE" --pid-file "$T/p2" c2
	ok create -b "$BUNDLE" -- c3
	ok create c4 --bundle "$BUNDLE"
	[ -s "$T/p1" ] && [ -s "$T/p2" ]
	ok delete -f c1
	ok delete --force=true c2
	fails delete --force=maybe c3
}

@test "cli: --root may not be /" {
	local r
	for r in / // /. /tmp/..; do
		k --root "$r" list
		equal "$status" 1 "$r"
		has "$error" "Option --root argument should not be set to /"
	done
}

# bats test_tags=root
@test "cli: the default state directory is /run/kin for root" {
	args sleep 100
	"$KIN" create --bundle "$BUNDLE" c1 </dev/null >/dev/null 2>"$T/err" || fail "$(<"$T/err")"
	equal "$(stat -c '%a %u' /run/kin/c1)" "700 0"
	equal "$(XDG_RUNTIME_DIR='' "$KIN" state c1 | jq -r .status)" created
	"$KIN" delete --force c1
	[ ! -e /run/kin/c1 ]
	rmdir /run/kin
}

# bats test_tags=rootless
@test "cli: the default state directory is below XDG_RUNTIME_DIR for others" {
	args sleep 100
	[ -d "$XDG_RUNTIME_DIR" ]
	"$KIN" create --bundle "$BUNDLE" c1 </dev/null >/dev/null 2>"$T/err" || fail "$(<"$T/err")"
	equal "$(stat -c '%a' "$XDG_RUNTIME_DIR/kin/c1")" 700
	"$KIN" delete --force c1
	[ ! -e "$XDG_RUNTIME_DIR/kin/c1" ]
	rmdir "$XDG_RUNTIME_DIR/kin"
}

# bats test_tags=smoke
@test "cli: --log with --log-format json: exactly one object on failure, nothing on success" {
	args true
	ok --log "$T/log" --log-format json run --bundle "$BUNDLE" c1
	[ ! -s "$T/log" ] || fail "success logged: $(<"$T/log")"
	fails --log "$T/log" --log-format json state nope
	equal "$(wc -l <"$T/log")" 1
	equal "$(jq -r 'keys_unsorted | join(" ")' "$T/log")" "level msg time"
	equal "$(jq -r .level "$T/log")" error
	equal "$(jq -r .msg "$T/log")" "$error"
	like "$(jq -r .time "$T/log")" '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$'
	fails --log "$T/log" --log-format=json delete nope
	equal "$(jq -s length "$T/log")" 2
}

@test "cli: --log-format json without --log: the object is on standard error" {
	fails --log-format json state nope
	equal "$(jq -r 'keys_unsorted | join(" ")' <<<"$error")" "level msg time"
	equal "$(jq -r .level <<<"$error")" error
	has "$(jq -r .msg <<<"$error")" "does not exist"
	fails --log-format text state nope
	like "$error" '^nope: container does not exist'
}

@test "cli: --log with text" {
	fails --log "$T/log" state nope
	equal "$(wc -l <"$T/log")" 1
	has "$(<"$T/log")" "level=error"
	has "$(<"$T/log")" "does not exist"
}

@test "cli: --log file:PATH, and a path with a colon in it" {
	fails --log "file:$T/log" --log-format json state nope
	equal "$(jq -r .msg "$T/log")" "$error"
	cd "$T" || return
	fails --log other:log state nope
	has "$(<"$T/other:log")" "does not exist"
	local l
	for l in file: journald: syslog:; do
		fails --log $l state nope
		has "$error" "invalid log: $l needs a"
	done
}

# without_services SCRIPT WORDS...: in a mount namespace whose /run and /dev are empty, for the names that the sockets of the
# services have; ./kin, ./datagram
without_services() {
	cp "$KIN" "$HELPERS/datagram" "$T"
	(cd "$T" && timeout 20 unshare --user --map-root-user --mount sh -c "mount -t tmpfs run /run &&
		mount -t tmpfs dev /dev && touch /dev/null && mkdir -p /run/systemd/journal || exit 9; $1" sh </dev/null 3>&-)
}

@test "cli: --log journald:ID and syslog:ID send one datagram each" {
	without_services './datagram /run/systemd/journal/socket >journal & ./datagram /dev/log >syslog &
		while ! [ -S /run/systemd/journal/socket ] || ! [ -S /dev/log ]; do sleep 0.05; done
		./kin --root /dev/state --log journald:abc state nope
		./kin --root /dev/state --log syslog:abc state nope
		wait' 2>"$T/err"
	equal "$(sort "$T/journal")" "$(printf '%s\n' ID=abc "MESSAGE=$(head -n 1 "$T/err")" PRIORITY=3 SYSLOG_IDENTIFIER=kin)"
	has "$(<"$T/journal")" "does not exist"
	like "$(<"$T/syslog")" '^<11>[A-Z][a-z]{2} [ 1-3][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} abc\[[0-9]+\]: .*does not exist'
}

@test "cli: a log service that is not there never changes the result" {
	local where
	for where in journald:abc syslog:abc; do
		without_services "exec ./kin --root /dev/state --log $where state nope" 2>"$T/err" && return 1
		has "$(<"$T/err")" "does not exist"
		equal "$(wc -l <"$T/err")" 1
	done
}

@test "cli: a log that cannot be written never changes the result" {
	args true
	local l
	mkfifo "$T/fifo"
	for l in "$T/no/dir/log" "$T" "$T/fifo" /dev/full; do
		ok --log "$l" run --bundle "$BUNDLE" c1
		k --log "$l" state nope
		equal "$status" 1
		has "$error" "does not exist"
	done
}

@test "cli: an error in a message with control characters stays one line and valid JSON" {
	args $'/no\nsuch\t"x"'
	k --log "$T/log" --log-format json run --bundle "$BUNDLE" c1
	[ "$status" != 0 ]
	equal "$(wc -l <"$io.err")" 1
	equal "$(jq -s length "$T/log")" 1
}

@test "cli: standard error that cannot be written does not change the status" {
	local rc=0
	"$KIN" --root "$ROOT" state nope </dev/null 2>/dev/full || rc=$?
	equal $rc 1
	rc=0
	"$KIN" --root "$ROOT" state nope </dev/null 2>&- || rc=$?
	equal $rc 1
}

@test "cli: standard output that is full is a failure, not a truncated success" {
	local rc=0
	"$KIN" features </dev/null >/dev/full 2>"$T/err" || rc=$?
	equal $rc 1
	has "$(<"$T/err")" "no space left on device"
}

@test "cli: --debug tells what happens and changes nothing else" {
	script 'exit 3'
	k --debug run --bundle "$BUNDLE" c1
	equal "$status" 3
	[ -n "$error" ] || fail "--debug says nothing"
}

@test "cli: state directory of somebody else, or open to others, is refused" {
	mkdir -p "$ROOT"
	chmod 0777 "$ROOT"
	args true
	fails create --bundle "$BUNDLE" c1
	chmod 0700 "$ROOT"
	ok run --bundle "$BUNDLE" c1
	rmdir "$ROOT"
	mkdir "$T/real"
	chmod 0700 "$T/real"
	ln -s real "$ROOT"
	fails create --bundle "$BUNDLE" c1
	rm "$ROOT"
	rmdir "$T/real"
}

@test "cli: global options are accepted as callers pass them" {
	args true
	ok --log-format=json --log "$T/oci-log" create --bundle "$BUNDLE" --pid-file "$T/pid" --no-new-keyring c1
	ok --log-format=json --log "$T/oci-log" start c1
	wait_state c1 stopped
	ok kill --all c1 9
	ok delete --force c1
	ok --cgroup-manager disabled --rootless auto run --bundle "$BUNDLE" c2
	ok --cgroup-manager=cgroupfs --rootless=auto run --bundle "$BUNDLE" c3
	[ ! -s "$T/oci-log" ]
}

@test "cli: kill, delete and the others need nothing from the environment" {
	running c1
	env -i XDG_RUNTIME_DIR= "$KIN" --root "$ROOT" kill c1 KILL </dev/null
	wait_state c1 stopped
	env -i XDG_RUNTIME_DIR= "$KIN" --root "$ROOT" delete --force c1 </dev/null
	clean
}

@test "cli: the state directory is made sticky, so that what cleans runtime directories leaves it alone" {
	running c1
	equal "$(stat -c %a "$ROOT")" 1700
	ok delete --force c1
	# One that was there stays as it was.
	chmod 0700 "$ROOT"
	running c2
	equal "$(stat -c %a "$ROOT")" 700
}
