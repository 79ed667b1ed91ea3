#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Limits of an ordinary user, by their effect: below a delegated cgroup with the cgroupfs driver, and in units of the
# user's own systemd.  Without delegation: the error, and what still works.

load ../helpers/kin

# A cgroup of the user's without processes: those have no controllers for others below.
place=/user.slice/user-61000.slice/user@61000.service/kintest
prepare() {
	# The slice that the first unit in it leaves.
	[ "$KIN_VM_WHO" = outsider ] || systemd-run --user --quiet --scope --slice=user.slice true
}
tidy() {
	[ ! -d /sys/fs/cgroup$place ] || rmdir /sys/fs/cgroup$place
}
# with FUNCTION: with each of the drivers
with() {
	local driver
	for driver in cgroupfs systemd; do
		echo "$driver:"
		case $driver in
		cgroupfs) config '.linux.cgroupsPath = $p' --arg p "$place/c" ;;
		systemd) config 'del(.linux.cgroupsPath)' ;;
		esac
		options=(--cgroup-manager "$driver")
		"$1" "$driver"
	done
}
limit() { # JSON: all of /linux/resources
	config '.linux.resources = $l' --argjson l "$1"
}
begin() { # ID: detached
	ok "${options[@]}" create --bundle "$BUNDLE" "$1"
	eval "io_${1//[^A-Za-z0-9]/_}=\$io"
	ok start "$1"
	group=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid_of "$1")/cgroup")
	has "$group" /user@61000.service/
}
burnt() { # us of CPU time
	awk '$1 == "usage_usec" { print $2 }' "$group/cpu.stat"
}
now() { # us
	echo "${EPOCHREALTIME/./}"
}

# bats test_tags=vm_user
@test "memory: a hog is killed and reported so" {
	cp "$HELPERS/hog" "$BUNDLE/rootfs/bin/hog"
	hog() {
		limit '{"memory": {"limit": 33554432}}'
		args hog memory 48
		# systemd may have removed the cgroup before anybody could ask: not every time, since it is watched closely.
		for _ in 1 2 3 4 5; do
			may_be_killed=1 k "${options[@]}" run --bundle "$BUNDLE" "hog-$1"
			equal "$status" 137
			hasnt "$output" MiB
			[[ $error != *"out of memory"* ]] || break
		done
		has "$error" "out of memory"
	}
	with hog
}

# bats test_tags=vm_user
@test "pids: a fork bomb is held" {
	bomb() {
		limit '{"pids": {"limit": 12}}'
		script 'i=0; while [ $i -lt 30 ]; do sleep 1000 & i=$((i + 1)); echo "child $i"; done; echo all'
		k "${options[@]}" run --bundle "$BUNDLE" "bomb-$1"
		[ "$status" != 0 ]
		has "$output" 'child 11'
		hasnt "$output" 'child 12'
		has "$error" fork
	}
	with bomb
}

# bats test_tags=vm_user
@test "cpu: a burner gets its quota within a tenth, and its processor" {
	burner() {
		local u t share
		limit '{"cpu": {"quota": 25000, "period": 100000, "cpus": "1"}}'
		script 'while :; do :; done'
		begin "burner-$1"
		equal "$(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$(pid_of "burner-$1")/status")" 1
		sleep 1
		u=$(burnt) t=$(now)
		sleep 5
		u=$(($(burnt) - u)) t=$(($(now) - t))
		share=$((1000 * u / t))
		echo "$u us of $t us: $share of 1000"
		[ $share -ge 225 ]
		[ $share -le 275 ]
		ok delete --force "burner-$1"
	}
	with burner
}

# bats test_tags=vm_user
@test "io: the disk is as slow as the rate" {
	disk() {
		local fast slow
		config '.linux.devices = [{path: "/dev/vda", type: "b", major: $a, minor: $b}] | .linux.resources = {}' \
			--argjson a "$((0x$(stat -c %t /dev/vda)))" --argjson b "$((0x$(stat -c %T /dev/vda)))"
		script 'exec dd if=/dev/vda of=/dev/null bs=64k count=48 iflag=direct status=none'
		fast=$(now)
		ok "${options[@]}" run --bundle "$BUNDLE" "fast-$1"
		fast=$(($(now) - fast))
		limit "$(jq -nc --argjson a "$((0x$(stat -c %t /dev/vda)))" --argjson b "$((0x$(stat -c %T /dev/vda)))" \
			'{blockIO: {throttleReadBpsDevice: [{major: $a, minor: $b, rate: 1048576}]}}')"
		slow=$(now)
		ok "${options[@]}" run --bundle "$BUNDLE" "slow-$1"
		slow=$(($(now) - slow))
		echo "$fast us, then $slow us"
		[ $((slow - fast)) -ge 2000000 ]
		[ $((slow - fast)) -le 9000000 ]
	}
	with disk
}

# bats test_tags=vm_user
@test "update and pause: a burner is slowed down, then stopped, and goes on" {
	slower() {
		local u t share
		limit '{}'
		script 'while :; do :; done'
		begin "slower-$1"
		ok update --cpu-quota 20000 --cpu-period 100000 "slower-$1"
		sleep 1
		u=$(burnt) t=$(now)
		sleep 4
		u=$(($(burnt) - u)) t=$(($(now) - t))
		share=$((1000 * u / t))
		echo "$u us of $t us: $share of 1000"
		[ $share -ge 175 ]
		[ $share -le 225 ]
		ok pause "slower-$1"
		u=$(burnt)
		sleep 1
		equal "$(burnt)" "$u" "while paused"
		ok resume "slower-$1"
		sleep 1
		[ "$(burnt)" -gt "$u" ]
		ok delete --force "slower-$1"
	}
	with slower
}

# bats test_tags=vm_session,vm_outsider
@test "not delegated: without limits it runs, with one the error says which controller and how to delegate" {
	local what
	args true
	ok run --bundle "$BUNDLE" c1
	for what in 'pids {"pids": {"limit": 12}}' 'memory {"memory": {"limit": 33554432}}' 'cpu {"cpu": {"quota": 25000}}' \
		'io {"unified": {"io.weight": "50"}}'; do
		limit "${what#* }"
		fails run --bundle "$BUNDLE" c2
		has "$error" "cgroup controller \"${what%% *}\" is missing"
		has "$error" "A subtree must be delegated to user $(id -u): --systemd-cgroup asks"
	done
	clean
	limit '{"pids": {"limit": 0}, "memory": {"limit": -1}, "unified": {"pids.max": "max"}, "blockIO": {}}'
	ok run --bundle "$BUNDLE" c3
	# As it says, where there is a manager to ask.
	[ "$KIN_VM_WHO" = session ] || return 0
	limit '{"pids": {"limit": 12}}'
	script 'cat /sys/fs/cgroup/pids.max'
	ok --systemd-cgroup run --bundle "$BUNDLE" c4
	equal "$output" 12
}
