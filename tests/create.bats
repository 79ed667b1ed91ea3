#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "create: prints nothing, the state is created, the program has not run" {
	script 'echo ran'
	create c1
	equal "$output$error" ""
	equal "$(state_of c1)" created
	equal "$(said c1)" ""
}

@test "create: the pid file holds the digits of init's pid and nothing else" {
	args sleep 100
	create c1 --pid-file "$T/pid"
	like "$(<"$T/pid")" '^[0-9]+$'
	equal "$(wc -c <"$T/pid")" "$(printf %s "$(<"$T/pid")" | wc -c)" "no newline"
	equal "$(<"$T/pid")" "$(pid_of c1)"
	[ -d "/proc/$(<"$T/pid")" ]
	equal "$(find "$T" -maxdepth 1 -name 'pid*' -o -maxdepth 1 -name '.pid*' | wc -l)" 1 "temporary files"
}

@test "create: a pid file is not written by a create that fails" {
	args /nosuch
	fails create --bundle "$BUNDLE" --pid-file "$T/pid" c1
	[ ! -e "$T/pid" ]
	clean
}

@test "create: a pid file whose directory is absent fails the create" {
	args true
	fails create --bundle "$BUNDLE" --pid-file "$T/no/pid" c1
	has "$error" "no such file or directory"
	clean
}

# bats test_tags=smoke
@test "create: an id that is taken" {
	args sleep 100
	create c1
	local pid
	pid=$(pid_of c1)
	fails create --bundle "$BUNDLE" c1
	has "$error" "container with given ID already exists"
	equal "$(state_of c1)" created
	equal "$(pid_of c1)" "$pid"
}

@test "create: the bundle is the current directory when none is named" {
	args true
	cd "$BUNDLE"
	ok create c1
	ok state c1
	equal "$(jq -r .bundle <<<"$output")" "$BUNDLE"
	equal "$(jq -r .rootfs <<<"$output")" "$BUNDLE/rootfs"
}

@test "create: a relative bundle is recorded as an absolute one" {
	args true
	cd "$T"
	ok create --bundle bundle c1
	ok state c1
	equal "$(jq -r .bundle <<<"$output")" "$BUNDLE"
}

@test "create: the configuration is a snapshot" {
	script 'echo first'
	create c1
	script 'echo second'
	ok start c1
	wait_state c1 stopped
	equal "$(said c1)" first
}

@test "create: --config names another file" {
	script 'echo other'
	mv "$BUNDLE/config.json" "$T/other.json"
	ok run --bundle "$BUNDLE" --config "$T/other.json" c1
	equal "$output" other
}

@test "create: has exactly one process, and it is in the cgroup, ready and alone" {
	args sleep 100
	create c1
	ok ps --format json c1
	equal "$(jq length <<<"$output")" 1
	equal "$(jq '.[0]' <<<"$output")" "$(pid_of c1)"
}

@test "create: while created init holds the three standard descriptors and at most three others" {
	args sleep 100
	create c1
	local n
	n=$(find "/proc/$(pid_of c1)/fd" -mindepth 1 2>/dev/null | wc -l)
	[ "$KIN_MODE" != root ] || [ "$n" -ge 3 ] || fail "only $n descriptors: nothing was seen"
	[ "$n" -le 6 ] || fail "$n descriptors"
}

@test "create: nothing of the caller's other descriptors reaches the container" {
	script 'ls -l /proc/self/fd | grep -v "/proc/" | wc -l; ls /proc/self/fd'
	exec 17<"$OUT/file" 42<"$OUT/dir/ptmx"
	run_c
	exec 17<&- 42<&-
	# 0, 1, 2 and the directory that ls itself reads.
	equal "$(sed 1d <<<"$output" | tr '\n' ' ')" "0 1 2 3 "
}

@test "create: --preserve-fds keeps exactly so many" {
	script 'cat <&3; cat <&4; ls /proc/self/fd | tr "\n" " "'
	# In a subshell: 3 is bats's own.
	( exec 3<"$OUT/file" 4<"$OUT/dir/ptmx" 5</dev/null
	timeout 20 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" --preserve-fds 2 c1 </dev/null >"$T/out" )
	output=$(<"$T/out")
	has "$output" $'marker\nmarker\n0 1 2 3 4 5'
	hasnt "$output" "6"
}

@test "create: works with standard descriptors closed" {
	args sh -c 'exit 7'
	local combo rc
	for combo in '0<&-' '1>&-' '2>&-' '0<&- 1>&-' '1>&- 2>&-' '0<&- 1>&- 2>&-'; do
		rc=0
		eval "timeout --foreground 20 \"\$KIN\" --root \"\$ROOT\" run --bundle \"\$BUNDLE\" c1 $combo" || rc=$?
		equal "$rc" 7 "with $combo"
		rc=0
		eval "timeout --foreground 20 \"\$KIN\" --root \"\$ROOT\" create --bundle \"\$BUNDLE\" c2 $combo" || rc=$?
		equal "$rc" 0 "create with $combo"
		ok delete --force c2
	done
	clean
}

@test "create: standard descriptors that were closed are /dev/null inside, not something of kin's" {
	script 'for i in 0 1 2; do readlink /proc/self/fd/$i; done >/tmp/fds'
	config '.root.readonly = false'
	timeout 20 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 0<&- 1>&- 2>&-
	local line
	while read -r line; do
		[ "$line" != /tmp/fds ] || continue
		equal "$line" /dev/null
	done <"$BUNDLE/rootfs/tmp/fds"
}

@test "create: the bundle has nothing more in it afterwards" {
	script true
	( cd "$BUNDLE" && find . -path ./rootfs -prune -o -print | sort ) >"$T/before"
	run_c
	( cd "$BUNDLE" && find . -path ./rootfs -prune -o -print | sort ) >"$T/after"
	diff "$T/before" "$T/after"
}

@test "create: many at once, of one id: exactly one wins" {
	args sleep 100
	local i n=0 winners=0
	for i in 1 2 3 4 5 6 7 8; do
		( rc=0; "$KIN" --root "$ROOT" create --bundle "$BUNDLE" c1 </dev/null >"$T/p$i.out" 2>"$T/p$i.err" || rc=$?
			echo $rc >"$T/p$i.rc" ) &
	done
	wait
	for i in 1 2 3 4 5 6 7 8; do
		if [ "$(<"$T/p$i.rc")" = 0 ]; then
			winners=$((winners + 1))
		else
			has "$(<"$T/p$i.err")" "container with given ID already exists"
		fi
	done
	equal $winners 1
	equal "$(state_of c1)" created
	ok start c1
	equal "$(state_of c1)" running
}

@test "create: sixteen at once, of different ids" {
	args true
	local i
	for i in {1..16}; do
		"$KIN" --root "$ROOT" create --bundle "$BUNDLE" "p$i" </dev/null >"$T/p$i.out" 2>&1 &
	done
	for i in {1..16}; do wait -n || fail "a create failed: $(cat "$T"/p*.out)"; done
	ok list -q
	equal "$(wc -l <<<"$output")" 16
	for i in {1..16}; do ok start "p$i"; done
	for i in {1..16}; do wait_state "p$i" stopped; ok delete "p$i"; done
	clean
}

@test "create: the process that made it does not stay" {
	args sleep 100
	local before after
	before=$(pgrep -fc "$KIN" || :)
	create c1
	after=$(pgrep -fc "$KIN --root" || :)
	equal "$after" "$before"
}

@test "create: the orphan's parent is the reaper, not kin" {
	args sleep 100
	create c1
	local ppid
	ppid=$(awk '/^PPid/ { print $2 }' "/proc/$(pid_of c1)/status")
	equal "$(tr -d '\0' <"/proc/$ppid/comm" | grep -c kin)" 0 "parent $ppid: $(<"/proc/$ppid/comm")"
}

@test "create: the session keyring goes with the container" {
	args sleep 100
	local id=kin-oracle-$RANDOM$RANDOM
	create $id
	[ "$KIN_MODE" != root ] || has "$(cat /proc/keys)" "_ses.$id"
	ok delete --force $id
	clean
	create $id --no-new-keyring
	hasnt "$(cat /proc/keys)" "_ses.$id"
}

# bats test_tags=rootless,slow
@test "create: a systemd that does not answer: an error within the deadline, and nothing is left" {
	[ "$KIN_MODE" = plain ] || return 0 # a minute is enough
	local begin=$SECONDS
	args true
	mkdir -p "$T/s/systemd"
	"$HELPERS/recvtty" "$T/s/systemd/private" --ignore >/dev/null 2>&1 &
	wait_for test -S "$T/s/systemd/private"
	KIN_TIMEOUT=90
	export XDG_RUNTIME_DIR=$T/s
	fails --systemd-cgroup create --bundle "$BUNDLE" c1
	has "$error" "systemd did not answer in time"
	[ $((SECONDS - begin)) -ge 5 ] && [ $((SECONDS - begin)) -le 75 ] || fail "it took $((SECONDS - begin)) s"
	XDG_RUNTIME_DIR=$T k delete --force c1
	equal "$(state_of c1)" none
}
