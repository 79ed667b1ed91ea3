#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Namespaces, id mappings, host name.
load helpers/kin

# bats test_tags=smoke
@test "namespaces: new ones are new, the others the caller's" {
	local n
	config '.linux.namespaces |= map(select(.type != "ipc"))'
	config '.mounts |= map(select(.type != "mqueue"))'
	[ "$KIN_MODE" != user ] && [ "$KIN_MODE" != plain ] || return 0
	runs 'for n in pid net uts mnt cgroup ipc; do readlink /proc/self/ns/$n; done'
	for n in pid net uts mnt cgroup; do hasnt "$output" "$(readlink "/proc/self/ns/$n")"; done
	has "$output" "$(readlink /proc/self/ns/ipc)"
}

# bats test_tags=smoke
@test "namespaces: hostname and domainname" {
	config '.hostname = "myhost" | .domainname = "my.domain"'
	runs 'hostname; cat /proc/sys/kernel/domainname'
	equal "$output" $'myhost\nmy.domain'
	[ "$(hostname)" != myhost ]
}

@test "namespaces: a host name without a uts namespace is refused" {
	config '.linux.namespaces |= map(select(.type != "uts"))'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" hostname
	clean
}

@test "namespaces: the loopback device is up" {
	runs 'ip addr show lo'
	like "$output" 'LOOPBACK,UP'
	has "$output" 127.0.0.1
}

@test "namespaces: the same kind twice, an unknown kind, a relative path" {
	args true
	config '.linux.namespaces += [{type: "pid"}]'
	fails run --bundle "$BUNDLE" c1
	has "$error" /linux/namespaces/
	config '.linux.namespaces |= .[:-1] + [{type: "colour"}]'
	fails run --bundle "$BUNDLE" c1
	has "$error" colour
	config '.linux.namespaces |= .[:-1] + [{type: "time", path: "rel"}]'
	fails run --bundle "$BUNDLE" c1
	config '.linux.namespaces |= .[:-1]'
	run_c
	clean
}

# bats test_tags=ownns
@test "namespaces: joined by path, every kind" {
	local kind file holder
	# The holder: a container of the same mapping.
	config '.linux.namespaces |= map(select(.type != "time")) + [{type: "time"}]'
	running c1
	holder=$(pid_of c1)
	cp "$BUNDLE/config.json" "$T/base.json"
	for kind in network:net ipc:ipc uts:uts cgroup:cgroup pid:pid time:time; do
		file=${kind#*:} kind=${kind%:*}
		cp "$T/base.json" "$BUNDLE/config.json"
		config '(.linux.namespaces[] | select(.type == $k)).path = $p | if $k == "uts" then del(.hostname) else . end |
			.linux.namespaces |= map(if .type == "user" then .path = $u else . end) |
			if (.linux.namespaces | any(.type == "user")) then del(.linux.uidMappings, .linux.gidMappings) else . end |
			if $k == "time" then . else .linux.namespaces |= map(select(.type != "time")) end' \
			--arg k "$kind" --arg p "/proc/$holder/ns/$file" --arg u "/proc/$holder/ns/user"
		args readlink "/proc/self/ns/$file"
		k run --bundle "$BUNDLE" c2
		[ "$status" = 0 ] || fail "$kind: $error"
		equal "$output" "$(nsenter_link "$holder" "$file")" "$kind"
	done
	cp "$T/base.json" "$BUNDLE/config.json"
}
nsenter_link() { # PID FILE: by exec, because a user may not read the link from outside
	ok exec c1 readlink "/proc/1/ns/$2"
	echo "$output"
}

@test "namespaces: a path of the wrong kind, and one that is absent" {
	args true
	config '(.linux.namespaces[] | select(.type == "network")).path = "/proc/self/ns/ipc"'
	fails run --bundle "$BUNDLE" c1
	has "$error" /linux/namespaces/1
	config '(.linux.namespaces[] | select(.type == "network")).path = "/proc/self/ns/none"'
	fails run --bundle "$BUNDLE" c1
	has "$error" "no such file or directory"
	config '(.linux.namespaces[] | select(.type == "network")).path = "/etc/passwd"'
	fails run --bundle "$BUNDLE" c1
	clean
}

# bats test_tags=root
@test "namespaces: user, with mappings, by root" {
	config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
		.linux.gidMappings = [{containerID: 0, hostID: 200000, size: 65536}] | .root.readonly = false'
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	chown 100000:200000 "$BUNDLE/rootfs/tmp"
	runs 'cat /proc/self/uid_map /proc/self/gid_map | tr -s " "; touch /tmp/mine; id -u; echo x >/dev/null'
	has "$output" "0 100000 65536"
	has "$output" "0 200000 65536"
	equal "$(stat -c %u:%g "$BUNDLE/rootfs/tmp/mine")" 100000:200000
}

# bats test_tags=root
@test "namespaces: message queues and their file system are of the user namespace's root" {
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	config '.linux.namespaces += [{type: "user"}] | .process.capabilities.bounding += ["CAP_FOWNER"] |
		.process.capabilities.effective += ["CAP_FOWNER"] | .process.capabilities.permitted += ["CAP_FOWNER"] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
		.linux.gidMappings = [{containerID: 0, hostID: 200000, size: 65536}]'
	script 'stat -c %u:%g /dev/mqueue; : >/dev/mqueue/q; stat -c %u:%g /dev/mqueue/q; chmod 0700 /dev/mqueue && stat -c %a /dev/mqueue; readlink /proc/self/ns/ipc; exec sleep 1000'
	create c1
	ok start c1
	wait_for grep -q ipc: "$io_c1.out"
	equal "$(said c1 | head -n 3)" $'0:0\n0:0\n700'
	[ "$(said c1 | tail -n 1)" != "$(readlink /proc/self/ns/ipc)" ]
	ok exec c1 readlink /proc/self/ns/ipc
	equal "$output" "$(said c1 | tail -n 1)"
	# The same for a user namespace that is joined.
	local p=/proc/$(pid_of c1)/ns/user
	config '(.linux.namespaces[] | select(.type == "user")).path = $p | del(.linux.uidMappings, .linux.gidMappings)' --arg p "$p"
	runs 'stat -c %u:%g /dev/mqueue'
	equal "$output" 0:0
}

@test "namespaces: a user namespace without id 0: all is done as the program's user" {
	config '.linux.namespaces |= map(select(.type != "user")) + [{type: "user"}] |
		.linux.uidMappings = [{containerID: 5, hostID: $u, size: 1}] | .linux.gidMappings = [{containerID: 5, hostID: $g, size: 1}] |
		.process.user = {uid: 5, gid: 5} | .process.capabilities = {bounding: ["CAP_KILL"]} | .hostname = "five" |
		.mounts += [{destination: "/made/here", type: "tmpfs", source: "tmpfs"}]' --argjson u "$(id -u)" --argjson g "$(id -g)"
	script 'tr -s " " </proc/self/uid_map; id; hostname; grep CapEff /proc/self/status; echo x >/dev/null; stat -c %u:%g /dev/shm /made/here; sleep 1000'
	create c1
	equal "$(state_of c1)" created
	ok start c1
	wait_for sh -c "grep -q 5:5 $io_c1.out"
	equal "$(said c1)" " 5 $(id -u) 1"$'\nuid=5 gid=5\nfive\nCapEff:\t0000000000000000\n5:5\n5:5'
	ok exec c1 sh -c 'id -u; id -g; cat /proc/1/cmdline | tr "\0" " "'
	like "$output" $'^5\n5\nsleep'
	ok kill c1 KILL
	wait_state c1 stopped
	ok delete c1
	config '.process.user = {uid: 0, gid: 0}'
	fails run --bundle "$BUNDLE" c2
	has "$error" "/process/user/uid: 0 is not mapped in the user namespace"
	clean
}

# bats test_tags=root
@test "namespaces: a user namespace by path" {
	config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
		.linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	running c1
	local p=/proc/$(pid_of c1)/ns/user
	config '(.linux.namespaces[] | select(.type == "user")).path = $p | del(.linux.uidMappings, .linux.gidMappings)' --arg p "$p"
	runs 'readlink /proc/self/ns/user; tr -s " " </proc/self/uid_map'
	has "$output" "$(readlink "$p")"
	has "$output" "0 100000 65536"
}

# bats test_tags=root
@test "namespaces: a mount namespace by path" {
	unshare -m sleep 300 &
	local holder=$!
	wait_for sh -c "[ \$(readlink /proc/$holder/ns/mnt) != \$(readlink /proc/self/ns/mnt) ]"
	config '(.linux.namespaces[] | select(.type == "mount")).path = $p' --arg p "/proc/$holder/ns/mnt"
	args readlink /proc/self/ns/mnt
	k run --bundle "$BUNDLE" c1
	kill $holder
	wait $holder || :
	# Either it works in the joined namespace or it is refused with a reason; never a third.
	if [ "$status" != 0 ]; then has "$error" mount; fi
	clean
}

@test "namespaces: mappings that overlap, are empty, or have no namespace" {
	args true
	config '.linux.namespaces |= map(select(.type != "user")) + [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 0, size: 0}] | .linux.gidMappings = [{containerID: 0, hostID: 0, size: 1}]'
	fails run --bundle "$BUNDLE" c1
	has "$error" /linux/uidMappings/0
	config '.linux.uidMappings = [{containerID: 0, hostID: 4294967290, size: 100}]'
	fails run --bundle "$BUNDLE" c1
	config '.linux.uidMappings = [{containerID: 0, hostID: 5, size: 10}, {containerID: 5, hostID: 100, size: 10}]'
	fails run --bundle "$BUNDLE" c1
	clean
}

@test "namespaces: time offsets" {
	config '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 1000000, nanosecs: 5}, monotonic: {secs: 7}}'
	runs 'cut -d. -f1 /proc/uptime; cat /proc/self/timens_offsets | tr -s " "'
	[ "$(sed -n 1p <<<"$output")" -ge 1000000 ]
	like "$output" 'boottime 1000000 5'
	like "$output" 'monotonic 7 0'
	config '.linux.namespaces |= map(select(.type != "time"))'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" timeOffsets
	clean
}
