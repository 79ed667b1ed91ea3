#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# podman run: namespaces of the host, of another container, of a pod; user namespaces; cgroups.
load podman

begun() { # NAME
	pq run -d --name "$1" "$IMAGE" sleep 1000 >/dev/null
}

same() { # NAMESPACE ARGS: whether it is the caller's
	local ns=$1
	shift
	pq run --rm "$@" "$IMAGE" sh -c "[ \$(readlink /proc/self/ns/$ns) = $(readlink "/proc/self/ns/$ns") ] && echo $ns: host || echo $ns: own"
}
hosts() {
	local ns kinds='pid uts net'
	# A user's Podman wants /dev/mqueue of the machine for its message queues; not every machine has it mounted.
	if root_mode || [ -d /dev/mqueue ]; then kinds+=' ipc'; fi
	for ns in $kinds; do
		same $ns
		same $ns --$([ $ns = net ] && echo network || echo $ns) host
	done
	same cgroup --cgroupns host
	same cgroup --cgroupns private
	p run --rm --pid host "$IMAGE" sh -c '[ $$ != 1 ] && echo not 1'
	p run --rm --network none "$IMAGE" sh -c 'ip -o link | wc -l; ip addr show lo | grep -c 127.0.0.1'
	p run --rm --uts host --hostname x "$IMAGE" true
}
@test "podman: namespaces of the host" {
	both hosts
	[ "$(grep -c ': host' <<<"$output")" -ge 4 ]
	has "$output" $'pid: own\npid: host\nuts: own\nuts: host\nnet: own\nnet: host'
	has "$output" "not 1"
}

joins() {
	pq run -d --name first --ipc shareable "$IMAGE" sleep 1000 >/dev/null
	p run --rm --pid container:first --ipc container:first --network container:first --uts container:first "$IMAGE" \
		sh -c 'tr "\0" " " </proc/1/cmdline; hostname >/dev/null && echo joined; echo $$ | grep -vx 1 >/dev/null && echo not 1'
	p exec first sh -c 'ps | grep -c "[s]leep 1000"'
	p run --rm --network container:nosuch "$IMAGE" true
	p rm -f -t 0 first
}
@test "podman: namespaces of another container" {
	both joins
	has "$output" "sleep 1000 joined"
}

shared() { # without a process of its own, and ended before the one that owns it
	pq run -d --name first "$IMAGE" sleep 1000 >/dev/null
	pq run -d --name second --pid container:first "$IMAGE" sleep 2000 >/dev/null
	p exec second sh -c 'ps | grep -c "[s]leep [12]000"'
	p kill second
	p wait second
	p exec first sh -c 'ps | grep -c "[s]leep 2000"'
	p rm -f -t 0 second
	p rm -f -t 0 first
}
@test "podman: kill of one that has no pid namespace of its own" {
	both shared
	has "$output" 137
}

mapped() {
	p run --rm --uidmap 0:1:1000 --gidmap 0:1:1000 "$IMAGE" sh -c 'id -u; awk "{ print \$1, \$3 }" /proc/self/uid_map; touch /x; stat -c %u /x'
	p run --rm --userns host "$IMAGE" id -u
}
# bats test_tags=ids
@test "podman: --uidmap, --userns host" {
	both mapped
	has "$output" "0 1000"
}

automatic() { # a range that nobody else has, of the user that podman_configuration names
	pq run -d --name first --userns auto:size=1000 "$IMAGE" sleep 1000 >/dev/null
	p exec first sh -c 'id -u; awk "{ print \$1, \$3 }" /proc/self/uid_map; touch /x; stat -c %u /x'
	p run --rm --userns auto "$IMAGE" sh -c 'awk "{ print \$1, \$3 }" /proc/self/uid_map'
	p run --rm --userns auto:size=1000 "$IMAGE" cat /proc/self/uid_map >"$T/second"
	p exec first cat /proc/self/uid_map | diff -q - "$T/second" >/dev/null || echo another range
}
# bats test_tags=ids
@test "podman: --userns auto" {
	both automatic
	has "$output" $'0\n0 1000\n0\n= 0\n0 '
	has "$output" "another range"
}

keeps() {
	p run --rm --userns keep-id "$IMAGE" sh -c 'id -u; id -g; touch /tmp/x; stat -c %u /tmp/x'
	p run --rm --userns keep-id:uid=5,gid=6 "$IMAGE" sh -c 'id -u; id -g'
	p run --rm --userns nomap "$IMAGE" sh -c 'id -u; grep -cw 61000 /proc/self/uid_map'
}
# bats test_tags=subuid
@test "podman: --userns keep-id, nomap" {
	both keeps
	has "$output" $'61000\n61000\n61000\n= 0'
}
unmapped() {
	local how
	for how in auto keep-id nomap; do p run --rm --userns $how "$IMAGE" true; done
}
# bats test_tags=rootless
@test "podman: --userns auto, keep-id, nomap: Podman refuses them where there is only one id" {
	both unmapped
	if [ "$KIN_MODE" = plain ]; then
		equal "$(grep -c '^= 125' <<<"$output")" 3
	else
		equal "$output" $'= 0\n= 0\n= 0'
	fi
}

without_cgroups() {
	p run --rm --cgroups=disabled "$IMAGE" echo none
}
@test "podman: --cgroups=disabled" {
	differs "--cgroups=disabled" without_cgroups
	equal "$output" $'none\n= 0'
}

# tests/vm/podman.bats has the limits that can be had.
too_much() {
	p run --rm --memory 20m "$IMAGE" echo ran
	p run --rm --pids-limit 20 "$IMAGE" echo ran
	begun c
	visible podman --log-level=error --runtime "$RUNTIME" update --memory 20m c | tail -n 1
	p exec c echo it goes on
}
# bats test_tags=rootless
@test "podman: limits of a user who has no cgroup are refused" {
	differs "--memory, --pids-limit" too_much
	equal "$(grep -c 'memory.swap.max cannot be\|pids.max cannot be' <<<"$output")" 2
	equal "$(grep ^= <<<"$output" | tr -d '\n')" '= 126= 126= 125= 0'
	hasnt "$output" ran
}
