#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "delete: a stopped container, and everything is as before" {
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	ok delete c1
	equal "$output$error" ""
	equal "$(ls -A "$ROOT")" ""
	clean
}

@test "delete: a running container is refused" {
	running c1
	fails delete c1
	has "$error" "cannot delete container c1 that is not stopped: running"
	equal "$(state_of c1)" running
}

@test "delete: a created container is removed, as runc does" {
	args sleep 100
	create c1
	ok delete c1
	clean
}

# bats test_tags=smoke
@test "delete --force: running, created, stopped" {
	running c1
	ok delete --force c1
	clean
	create c2
	ok delete -f c2
	clean
	args true
	create c3
	ok start c3
	wait_state c3 stopped
	ok delete --force c3
	clean
}

@test "delete: unknown: fails; with --force: silent" {
	fails delete nope
	has "$error" "container does not exist"
	ok delete --force nope
	equal "$output$error" ""
	clean
}

@test "delete: twice" {
	args true
	create c1
	ok delete --force c1
	fails delete c1
	has "$error" "container does not exist"
}

@test "delete: several at once: one removes it, the others say it does not exist" {
	args sleep 100
	create c1
	local i won=0
	for i in 1 2 3 4 5 6; do
		( rc=0; "$KIN" --root "$ROOT" delete c1 </dev/null >"$T/d$i.out" 2>&1 || rc=$?; echo $rc >"$T/d$i" ) &
	done
	wait
	for i in 1 2 3 4 5 6; do
		if [ "$(<"$T/d$i")" = 0 ]; then won=$((won + 1)); else has "$(<"$T/d$i.out")" "does not exist"; fi
	done
	[ $won -ge 1 ] || fail "nobody removed it"
	clean
}

@test "delete --force: a container with many processes" {
	script 'i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i+1)); done; wait'
	create c1
	ok start c1
	wait_for sh -c "[ \$('$KIN' --root '$ROOT' ps --format json c1 | jq length) = 101 ]"
	ok delete --force c1
	clean
}

# bats test_tags=root
@test "delete --force: a paused (frozen) container" {
	running c1
	local cg
	cg=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup")
	echo 1 >"$cg/cgroup.freeze"
	equal "$(state_of c1)" paused
	ok delete --force c1
	clean
}

# bats test_tags=root
@test "delete --force: sub-cgroups that the container made" {
	config '(.mounts[] | select(.type == "cgroup").options) = ["rw"] | .root.readonly = false'
	script 'mkdir -p /sys/fs/cgroup/a/b/c; echo $$ >/sys/fs/cgroup/a/b/cgroup.procs; exec sleep 1000'
	create c1
	ok start c1
	wait_for sh -c 'find /sys/fs/cgroup -path "*/a/b/c" | grep -q .'
	ok delete --force c1
	clean
}

@test "delete: after the id is free it can be used again" {
	local i
	args true
	for i in 1 2 3; do
		create c1
		ok start c1
		wait_state c1 stopped
		ok delete c1
	done
	clean
}

@test "delete: while an exec is going on" {
	running c1
	"$KIN" --root "$ROOT" exec c1 sleep 888 </dev/null >/dev/null 2>&1 &
	wait_for pgrep -f '^sleep 888'
	ok delete --force c1
	wait $! || :
	clean
}

@test "delete: poststop hooks that fail are a warning" {
	args true
	config '.hooks.poststop = [{path: "/bin/false", args: ["false"]},
		{path: "/bin/sh", args: ["sh", "-c", "cat >\($t)/poststop"]}]' --arg t "$T"
	create c1
	ok start c1
	wait_state c1 stopped
	k delete c1
	equal "$status" 0
	equal "$(jq -r .status "$T/poststop")" stopped
	equal "$(ls -A "$ROOT")" ""
}

@test "delete --regex: what has stopped, and with --force what runs" {
	local id
	args sleep 1000
	for id in web-1 web-2 db-1; do create $id; done
	ok start web-2
	k delete --regex '^web'
	equal "$status" 1
	has "$error" "delete web-2: cannot delete container web-2 that is not stopped: running"
	has "$error" "1 of the 2 containers"
	equal "$(ls "$ROOT")" "$(printf 'db-1\nweb-2')"
	ok delete --regex --force 'web|nothing'
	equal "$(ls "$ROOT")" db-1
	ok delete --regex 'web|nothing'
	fails delete --regex --force '['
	equal "$(ls "$ROOT")" db-1
	ok delete -r -f .
	clean
}

@test "delete --regex --force: one whose record is damaged" {
	create c1
	create c2
	: >"$ROOT/c1/record"
	ok delete --regex --force 'c[12]'
	clean
}

# bats test_tags=root
@test "delete: --force of a create that was killed before it knew whose the unit is: another's is left alone" {
	local unit=/sys/fs/cgroup/system.slice/kin-c1.scope foreign
	[ -n "$KIN_VIEW" ] && [ ! -e /run/systemd/private ] || skip "there is a systemd"
	args sleep 1000
	mkdir -p /run/systemd
	"$HELPERS/recvtty" /run/systemd/private --ignore >/dev/null 2>&1 &
	wait_for test -S /run/systemd/private
	"$KIN" --root "$ROOT" --systemd-cgroup create --bundle "$BUNDLE" c1 </dev/null >/dev/null 2>&1 &
	wait_for pgrep -P $! -f kin-systemd
	kill -9 $!
	wait $! || :
	rm -r /run/systemd
	mkdir -p $unit
	sleep 1000 3>&- &
	foreign=$!
	echo $foreign >$unit/cgroup.procs
	ok delete --force c1
	equal "$(state_of c1)" none
	equal "$(<$unit/cgroup.procs)" $foreign
	kill $foreign
	wait $foreign || :
	wait_for rmdir $unit
	rmdir ${unit%/*}
}
