#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# mounts[] whose ids are mapped.
load helpers/kin

prepare() {
	mkdir "$T/vol"
	mappable "$T/vol"
	mkdir "$T/vol/sub"
	echo content >"$T/vol/file"
	[ "$KIN_MODE" != root ] || chown 5:7 "$T/vol/file"
}
# bind EXTRA OPTION...: /vol, with members of EXTRA
bind() {
	local extra=$1
	shift
	config '.mounts |= map(select(.destination != "/vol")) |
		.mounts += [{destination: "/vol", type: "bind", source: $s, options: $o} + $x]' \
		--arg s "$T/vol" --argjson x "$extra" --argjson o "$(jq -nc '$ARGS.positional' --args -- "$@")"
}
# userns CONTAINER HOST SIZE ...: ranges of the container's new user namespace
userns() {
	local maps='[]'
	while [ $# != 0 ]; do
		maps=$(jq -c --argjson c "$1" --argjson h "$2" --argjson s "$3" '. + [{containerID: $c, hostID: $h, size: $s}]' <<<"$maps")
		shift 3
	done
	config '.linux.namespaces |= (map(select(.type != "user")) + [{type: "user"}]) | .linux.uidMappings = $m | .linux.gidMappings = $m' \
		--argjson m "$maps"
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
}
MAPS='{"uidMappings":[{"containerID":0,"hostID":1000,"size":100}],"gidMappings":[{"containerID":0,"hostID":2000,"size":100}]}'

# bats test_tags=root
@test "idmap: the mount's mappings, from the file system's ids to the host's" {
	bind "$MAPS" bind
	runs 'stat -c "%u %g" /vol/file /vol; touch /vol/new 2>/dev/null || echo cannot'
	equal "$output" $'1005 2007\n1000 2000\ncannot'
	# Who has no id in the file system cannot make files in it; who has one, makes them with it.
	config '.process.user = {uid: 1005, gid: 2007}'
	chmod 777 "$T/vol"
	runs 'touch /vol/made'
	equal "$(stat -c '%u %g' "$T/vol/made")" "5 7"
	clean
}

# bats test_tags=root
@test "idmap: several mounts, with equal and other mappings" {
	bind "$MAPS" bind
	config '.mounts += [.mounts[-1] | .destination = "/two"] + [.mounts[-1] | .destination = "/three" |
		.uidMappings[0].hostID = 3000 | .gidMappings[0].hostID = 4000]'
	runs 'stat -c "%u %g" /vol/file /two/file /three/file'
	equal "$output" $'1005 2007\n1005 2007\n3005 4007'
}

# bats test_tags=root
@test "idmap: with a user namespace and no mappings of the mount's: the namespace's" {
	userns 0 100000 65536
	bind '{}' rbind idmap
	runs 'stat -c "%u %g" /vol/file; touch /vol/new; stat -c "%u %g" /vol/new'
	equal "$output" $'5 7\n0 0'
	equal "$(stat -c '%u %g' "$T/vol/new")" "0 0"
	clean
}

elsewhere() { # PID: in another user namespace than we
	[ "$(readlink "/proc/$1/ns/user")" != "$(readlink /proc/self/ns/user)" ]
}
# bats test_tags=root
@test "idmap: a user namespace that is joined" {
	unshare -U sleep 100 &
	local p=$!
	wait_for elsewhere $p
	echo "0 100000 65536" >"/proc/$p/uid_map"
	echo "0 100000 65536" >"/proc/$p/gid_map"
	userns 0 100000 65536
	config '(.linux.namespaces[] | select(.type == "user")).path = $p | del(.linux.uidMappings, .linux.gidMappings)' \
		--arg p "/proc/$p/ns/user"
	bind '{}' bind idmap
	runs 'stat -c "%u %g" /vol/file'
	kill $p
	wait $p || :
	equal "$output" "5 7"
}

# bats test_tags=root
@test "idmap: idmap leaves what is mounted below, ridmap does not" {
	kernel_is 6 3 || skip "the tmpfs below cannot be mapped"
	mount -t tmpfs sub "$T/vol/sub"
	touch "$T/vol/sub/f"
	bind "$MAPS" rbind idmap
	runs 'stat -c %u /vol/sub/f'
	equal "$output" 0
	bind "$MAPS" rbind ridmap
	runs 'stat -c %u /vol/sub/f /vol/file'
	umount "$T/vol/sub"
	equal "$output" $'1000\n1005'
}

# bats test_tags=root
@test "idmap: mappings in the option, on the host and (with @) in the container" {
	userns 0 100000 10 10 200000 65000
	bind '{}' bind 'idmap=uids=0-100000-9;gids=0-100003-9'
	runs 'stat -c "%u %g" /vol/file'
	equal "$output" "5 65534" # 7 + 100003 is above what the container's first range maps
	# The range is cut where the container's is: file system 0-19 to the container's 4-23.
	bind '{}' bind 'idmap=uids=@0-4-20;gids=0-100000-1#@1-1-9'
	runs 'stat -c "%u %g" /vol/file'
	equal "$output" "9 7"
	chown 15:3 "$T/vol/file"
	runs 'stat -c "%u %g" /vol/file'
	equal "$output" "19 3"
	clean
}

# bats test_tags=root
@test "idmap: attributes and propagation beside it" {
	bind "$MAPS" rbind ro nosuid rslave
	runs 'stat -c "%u %g" /vol/file; touch /vol/x 2>&1; grep " /vol " /proc/mounts'
	has "$output" "1005 2007"
	has "$output" "Read-only file system"
	like "$output" 'ro,nosuid.*idmapped|ro,nosuid'
}

# bats test_tags=root
@test "idmap: a file system that cannot is an error that names it" {
	config '.mounts += [{destination: "/vol", type: "bind", source: "/sys/kernel", options: ["rbind"]} + $m]' --argjson m "$MAPS"
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "/mounts/7"
	has "$error" "sysfs cannot have idmapped mounts"
	clean
}

# bats test_tags=root
@test "idmap: what cannot be is found before anything is made" {
	local text what
	args true
	while read -r text what; do
		bind '{}' bind "$text"
		fails run --bundle "$BUNDLE" c1
		has "$error" "/mounts/7/options/1"
		has "$error" "$what"
	done <<-'END'
		idmap needs uidMappings
		ridmap needs uidMappings
		idmap=uids=0-1-2 both uids= and gids=
		idmap=uids=0-1;gids=0-1-1 three numbers
		idmap=uids=0-1-0;gids=0-1-1 has no id
		idmap=uids=0-1-2#1-9-1;gids=0-1-1 overlap
		idmap=gids=0-1-1;gids=0-1-1 written as
		idmap=nonsense written as
	END
	bind "${MAPS/gidMappings/other}" bind
	fails run --bundle "$BUNDLE" c1
	has "$error" "/mounts/7/gidMappings"
	config '.mounts |= map(select(.destination != "/vol")) | .mounts += [{destination: "/vol", type: "tmpfs", source: "x"} + $m]' \
		--argjson m "$MAPS"
	fails run --bundle "$BUNDLE" c1
	has "$error" "only a bind mount"
	clean
}

# bats test_tags=rootless
@test "idmap: an ordinary user is told what it takes" {
	[ "$KIN_MODE" != userns ] || return 0
	bind '{}' bind idmap
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "/mounts/7/options/1"
	has "$error" "CAP_SYS_ADMIN"
	clean
}

# Root of a user namespace: over what it has mounted itself it has the right.
# bats test_tags=rootless
@test "idmap: root of a user namespace, over its own file system and not over the host's" {
	[ "$KIN_MODE" = userns ] || return 0
	kernel_is 6 3 || skip "nothing that it may mount can be mapped"
	bind '{"uidMappings":[{"containerID":0,"hostID":10,"size":10}],"gidMappings":[{"containerID":0,"hostID":20,"size":10}]}' bind
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "CAP_SYS_ADMIN"
	mount -t tmpfs own "$T/vol"
	touch "$T/vol/file"
	runs 'stat -c "%u %g" /vol/file'
	umount "$T/vol"
	equal "$output" "10 20"
}
