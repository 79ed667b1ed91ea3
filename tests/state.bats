#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "state: the members of runc's document, in its order" {
	config '.annotations = {"a.b": "c", "d": ""}'
	running c1
	ok state c1
	equal "$(jq -r 'keys_unsorted | join(" ")' <<<"$output" | sed 's/ *$//' | cut -d' ' -f1-8)" \
		"ociVersion id pid status bundle rootfs created annotations"
	like "$(jq -r .ociVersion <<<"$output")" '^1\.[0-3]\.'
	equal "$(jq -r .id <<<"$output")" c1
	equal "$(jq -r .status <<<"$output")" running
	equal "$(jq -r .bundle <<<"$output")" "$BUNDLE"
	equal "$(jq -r .rootfs <<<"$output")" "$BUNDLE/rootfs"
	equal "$(jq -c .annotations <<<"$output")" '{"a.b":"c","d":""}'
	like "$(jq -r .created <<<"$output")" '^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{1,9}Z$'
	equal "$(jq -r '.owner | type' <<<"$output")" string
	equal "$error" ""
}

@test "state: two spaces of indent" {
	running c1
	ok state c1
	like "$output" '^\{
  "ociVersion": '
}

@test "state: annotations are left out when there are none" {
	running c1
	ok state c1
	equal "$(jq 'has("annotations")' <<<"$output")" false
}

@test "state: the pid is the process, 0 when stopped" {
	args sleep 100
	create c1
	local pid
	pid=$(pid_of c1)
	[ -d "/proc/$pid" ]
	ok start c1
	equal "$(pid_of c1)" "$pid"
	has "$(tr '\0' ' ' <"/proc/$pid/cmdline")" "sleep 100"
	ok kill c1 KILL
	wait_state c1 stopped
	equal "$(pid_of c1)" 0
}

@test "state: no container" {
	fails state nope
	has "$error" "container does not exist"
	equal "$output" ""
}

@test "state: killed from outside is seen at once" {
	running c1
	kill -9 "$(pid_of c1)"
	wait_state c1 stopped
}

# bats test_tags=root
@test "state: paused when its cgroup is frozen" {
	running c1
	local cg
	cg=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup")
	echo 1 >"$cg/cgroup.freeze"
	equal "$(state_of c1)" paused
	k exec c1 true
	[ "$status" != 0 ]
	has "$error" "cannot exec in a paused container"
	echo 0 >"$cg/cgroup.freeze"
	equal "$(state_of c1)" running
}

@test "state: is right while it is asked all the time" {
	args sleep 1000
	create c1
	( while [ ! -e "$T/stop" ]; do "$KIN" --root "$ROOT" state c1 </dev/null >>"$T/states" 2>>"$T/errors" || break; done ) &
	ok start c1
	sleep 0.1
	ok kill c1 KILL
	wait_state c1 stopped
	touch "$T/stop"
	wait
	equal "$(cat "$T/errors")" ""
	equal "$(jq -r .status "$T/states" | uniq | tr '\n' ' ' | sed -E 's/^created //; s/^(running )?(stopped )?$/fine/')" fine
}

@test "state: a record of another boot is stopped, and no process is touched" {
	running c1
	local pid copy
	pid=$(pid_of c1)
	# What a reboot leaves when the state directory survives: the same record, another boot.  The checksum is part of
	# the format, so the test has the kernel lie instead: a file bound over boot_id.
	if [ "$KIN_MODE" != root ]; then
		# Only root can bind over /proc here; the unit tests of the store have the rest.
		return 0
	fi
	echo 00000000-0000-4000-8000-000000000000 >"$T/boot_id"
	k_rebooted() { unshare -m sh -c 'mount --make-rprivate / && mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"' \
		"$T/boot_id" "$KIN" --root "$ROOT" "$@" </dev/null; }
	equal "$(k_rebooted state c1 | jq -r .status)" stopped
	k_rebooted kill c1 KILL 2>/dev/null && fail "killed across a boot"
	[ -d "/proc/$pid" ]
	equal "$(state_of c1)" running
}
