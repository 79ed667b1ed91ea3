#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# linux.netDevices: devices of the caller's network namespace become the container's.
load helpers/kin

# A network namespace of the test's own, in which kin runs: the host's devices are nobody's to play with.
prepare() {
	root_mode || return 0
	NET=$(unshare --net sleep 1000 >/dev/null 2>&1 3>&- & echo $!) # no job of the shell's: those end before the oracle looks
	other_net "$NET"
	net ip link add veth0 type veth peer name veth1
	net ip addr add 10.7.0.2/24 broadcast + dev veth0
	net ip addr add 10.7.0.3/24 dev veth0
	net ip addr add fd07::2/64 dev veth0 nodad
	net ip addr add 10.7.9.9/32 scope link dev veth0
	net ip addr add 10.7.8.8/32 valid_lft 1000 preferred_lft 1000 dev veth0
	printf '#!/bin/sh\nexec nsenter --net=/proc/%s/ns/net "%s" "$@"\n' "$NET" "$KIN" >"$T/kin"
	chmod +x "$T/kin"
	KIN=$T/kin
}
eval "kin_$(declare -f teardown)"
teardown() {
	local rc=0
	kin_teardown || rc=1
	[ -z "${NET-}" ] || kill "$NET"
	return $rc
}
other_net() { # PID: is it where it should be?
	local i
	for ((i = 0; i < 100; i++)); do
		[ "$(readlink /proc/$$/ns/net)" != "$(readlink "/proc/$1/ns/net")" ] && return
		sleep 0.05
	done
	fail "no network namespace"
}
net() {
	nsenter --net=/proc/$NET/ns/net "$@"
}
here() { # the names of what is (still) the caller's
	net ip -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | sort | tr '\n' ' '
}
nothing_left() {
	[ "$(here)" = "lo " ]
}
devices() {
	config '.linux.netDevices = $d' --argjson d "$1"
}

# bats test_tags=smoke
@test "net devices: moved with their permanent global addresses, and up" {
	root_mode || return 0
	devices '{"veth0": {}}'
	runs 'ip addr show dev veth0'
	has "$output" "inet 10.7.0.2/24 brd 10.7.0.255 scope global"
	has "$output" "inet 10.7.0.3/24"
	has "$output" "inet6 fd07::2/64 scope global"
	hasnt "$output" 10.7.9.9
	hasnt "$output" 10.7.8.8
	like "$output" '<[A-Z,-]*UP[A-Z,-]*>'
}

@test "net devices: with another name, which may be a template; the peer stays" {
	root_mode || return 0
	net ip link add vethx type veth peer name vethy
	devices '{"veth0": {"name": "eth%d"}, "vethx": {"name": "eth1"}}'
	script 'ip -o link; sleep 1000'
	create c1
	equal "$(here)" "lo veth1 vethy "
	ok start c1
	wait_for grep -q eth1 <(said c1)
	ok exec c1 ip -o link
	has "$output" ": eth0@"
	has "$output" ": eth1@"
	hasnt "$output" veth
	# Never given back: they are gone with the container, and so are their peers.
	ok delete --force c1
	wait_for nothing_left
}

@test "net devices: into a namespace that exists" {
	root_mode || return 0
	unshare --net sleep 1000 3>&- &
	local other=$!
	other_net "$other"
	config '(.linux.namespaces[] | select(.type == "network")).path = $p' --arg p "/proc/$other/ns/net"
	devices '{"veth0": {"name": "eth0"}}'
	runs 'ip addr show dev eth0'
	has "$output" "inet 10.7.0.2/24"
	like "$(nsenter --net=/proc/$other/ns/net ip -o link)" ': eth0'
	config '(.linux.namespaces[] | select(.type == "network")).path = $p | .linux.netDevices = {veth1: {name: "eth1"}}' --arg p "/proc/$NET/ns/net"
	fails run --bundle "$BUNDLE" c2
	has "$error" "/linux/netDevices: the container is in the caller's network namespace"
}

@test "net devices: in a user namespace of the container's own" {
	root_mode || return 0
	config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	devices '{"veth0": {"name": "eth0"}}'
	runs 'ip addr show dev eth0'
	has "$output" "inet 10.7.0.2/24"
}

@test "net devices: what cannot be moved is an error, and those that were are given back" {
	root_mode || return 0
	args true
	devices '{"nosuch0": {}}'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/linux/netDevices/nosuch0: network device nosuch0: no such device"
	devices '{"veth0": {"name": "lo"}}'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/linux/netDevices/veth0: the container has a network device lo already"
	net ip link add br0 type bridge
	devices '{"veth0": {"name": "eth0"}, "br0": {}}'
	fails create --bundle "$BUNDLE" c1
	has "$error" "/linux/netDevices/br0: network device br0 is of a kind that cannot leave its namespace"
	equal "$(here)" "br0 lo veth0 veth1 "
	# Also when something else fails later.
	devices '{"veth0": {"name": "eth0"}}'
	args /no/such/program
	fails create --bundle "$BUNDLE" c1
	has "$error" "/no/such/program"
	equal "$(here)" "br0 lo veth0 veth1 "
	clean
}

@test "net devices: bad names, and a container without a network namespace, are refused" {
	local d words
	args true
	while IFS='|' read -r d words; do
		config '.linux.netDevices = $d' --argjson d "$d"
		fails run --bundle "$BUNDLE" c1
		has "$error" "$words"
	done <<-'END'
		{"": {}}|/linux/netDevices/: the name "" of a network device is empty
		{"eth0": {"name": "a/b"}}|/linux/netDevices/eth0/name: the name "a/b" of a network device has a slash
		{"eth0": {"name": "0123456789abcdef"}}|is longer than 15 bytes
		{"eth0": {"name": "e%s"}}|that is not its only %d
		{"eth0": {"name": "e%d%d"}}|that is not its only %d
		{"eth%d": {}}|that is not its only %d
		{"eth0": {"name": "x"}, "eth1": {"name": "x"}}|/linux/netDevices/eth1: the name "x" is given twice
		{"eth0": {"name": ".."}}|/linux/netDevices/eth0/name
		{"eth0": 1}|/linux/netDevices/eth0: must be an object
		[]|/linux/netDevices: must be an object
	END
	config '.linux.netDevices = {eth0: {}} | .linux.namespaces |= map(select(.type != "network"))'
	fails run --bundle "$BUNDLE" c1
	has "$error" '/linux/netDevices: needs "network" in /linux/namespaces'
	clean
}

@test "net devices: without the privilege it is an error" {
	[ "$KIN_MODE" = user ] || [ "$KIN_MODE" = plain ] || return 0
	args true
	devices '{"lo": {"name": "lo0"}}'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/linux/netDevices/lo"
	clean
}
