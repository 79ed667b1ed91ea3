#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm_plain
#
# Hosts whose cgroups are of version 1, alone or beside version 2 (systemd's "hybrid": controllers in v1 hierarchies, and
# /sys/fs/cgroup/unified without any): a mount namespace in which /sys/fs/cgroup looks like that, and a controller that
# really is bound to v1.

load ../helpers/kin

prepare() {
	host_kin=$KIN
}
# host v1|hybrid: from now on kin runs on such a host
host() {
	local i controller=/sys/fs/cgroup/cgroup.subtree_control
	: >"$T/host"
	[[ " $(<$controller) " != *" pids "* ]] || echo -pids >$controller
	# What used the controller a moment ago may keep it from v1 for a while: EBUSY.
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m --propagation private sh -c '
		while mountpoint -q /sys/fs/cgroup; do umount -R /sys/fs/cgroup || exit; done
		mount -t tmpfs -o mode=0755 cgroup /sys/fs/cgroup && cd /sys/fs/cgroup && mkdir pids unified || exit
		i=0
		until mount -t cgroup -o pids cgroup pids; do
			i=$((i + 1)); [ $i -lt 50 ] || exit
			sleep 0.2
		done 2>/dev/null
		[ "$1" = v1 ] || mount -t cgroup2 -o nsdelegate cgroup2 unified || exit
		echo ready
		exec sleep 1000' sh "$1" >"$T/host" 2>&1 3>&- &
	ORACLE_LATE="process $! "
	for ((i = 0; i < 150; i++)); do
		[ "$(<"$T/host")" != ready ] || break
		sleep 0.1
	done
	equal "$(<"$T/host")" ready
	printf '#!/bin/sh\nexec nsenter --mount=/proc/%d/ns/mnt %q "$@"\n' $! "$host_kin" >"$T/kin"
	chmod 0755 "$T/kin"
	KIN=$T/kin
}
tidy() {
	# The controller comes back to v2 with the last mount of v1, which was that of the job that was just killed.
	if [ -n "${KIN_VM-}" ]; then wait_for grep -qw pids /sys/fs/cgroup/cgroup.controllers; fi
}

@test "hybrid: without limits all of it works, in the hierarchy without controllers" {
	host hybrid
	running c1
	has "$(</proc/"$(pid_of c1)"/cgroup)" 0::/kin-c1
	ok pause c1
	equal "$(state_of c1)" paused
	ok resume c1
	ok exec c1 cat /proc/self/cgroup
	has "$output" pids:
	ok exec --detach c1 sleep 1000
	ok ps --format json c1
	equal "$(jq length <<<"$output")" 2
	ok events --stats c1
	equal "$(jq .data.pids.current <<<"$output")" 2
	[ "$(jq .data.cpu.usage.total <<<"$output")" -gt 0 ]
	ok stats --no-stream --format json c1
	equal "$(jq -r '.[0].id // .id' <<<"$output")" c1
	ok kill --all c1 KILL
	wait_state c1 stopped
	ok delete c1
	[ ! -e /sys/fs/cgroup/kin-c1 ]
	script 'exit 7'
	k run --bundle "$BUNDLE" c2
	equal "$status" 7
	clean
}

@test "hybrid: a limit is an error that names the controller and who has it" {
	local want='cgroup controller "pids" is not available in /sys/fs/cgroup/unified: on this host it is bound to cgroup v1'
	host hybrid
	args true
	config '.linux.resources.pids.limit = 12'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/linux/resources/pids/limit: $want"
	clean
	config '.linux.resources |= (del(.pids) | .unified = {"pids.max": "12"})'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/linux/resources/unified/pids.max: $want"
	clean
	config '.linux.resources |= del(.unified)'
	running c1
	fails update --pids-limit 12 c1
	has "$error" "/pids/limit: $want"
	equal "$(state_of c1)" running
}

@test "hybrid: zero, empty and unlimited need no controller" {
	host hybrid
	args sleep 1000
	config '.linux.resources += {memory: {limit: -1, swap: -1, reservation: 0}, pids: {limit: 0}, blockIO: {weight: 0,
			throttleReadBpsDevice: []}, cpu: {shares: 0, quota: -1, period: 0, burst: 0, idle: 0, cpus: "", mems: ""},
		hugepageLimits: [{pageSize: "2MB", limit: 0}], rdma: {}, unified: {"memory.max": "max", "pids.max": "max",
			"memory.low": "0", "io.max": ""}}'
	create c1
	ok start c1
	ok update --memory -1 --memory-swap -1 --pids-limit -1 --cpu-quota -1 --cpu-share 0 --blkio-weight 0 c1
	echo '{"memory": {"limit": -1}, "pids": {"limit": -1}, "unified": {"memory.high": "max"}}' >"$T/r"
	ok update --resources "$T/r" c1
	echo '{"unified": {"memory.high": "max", "pids.max": "12"}}' >"$T/r"
	fails update --resources "$T/r" c1
	has "$error" '/unified/pids.max: cgroup controller "pids" is not available'
}

@test "v1 only: an error that says what is needed, and without cgroups it works" {
	host v1
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" 'this host has cgroup v1 only, kin needs v2'
	clean
	ok --cgroup-manager disabled run --bundle "$BUNDLE" c1
	config '.linux.resources.pids.limit = 12'
	fails --cgroup-manager disabled run --bundle "$BUNDLE" c1
	has "$error" '/linux/resources/pids/limit: cgroup controller "pids" is missing (pids.max cannot be set): no cgroup for this container: cgroups are disabled'
	config '.linux.resources = {pids: {limit: 0}, unified: {"pids.max": "max"}}'
	ok --cgroup-manager disabled run --bundle "$BUNDLE" c1
	clean
}
