#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "spec: writes a config.json that runs" {
	mkdir "$T/new"
	cd "$T/new"
	if [ "$KIN_MODE" = root ] || [ "$KIN_MODE" = userns ]; then ok spec; else ok spec --rootless; fi
	equal "$output$error" ""
	equal "$(jq -r '.process.args | join(" ")' config.json)" sh
	equal "$(jq .process.terminal config.json)" true
	equal "$(jq -r .root.path config.json)" rootfs
	jq '.process.terminal = false | .process.args = ["echo", "it runs"]' config.json >new && mv new config.json
	cp -al "$BATS_FILE_TMPDIR/rootfs" rootfs
	ok run c1
	equal "$output" "it runs"
}

@test "spec: --bundle, and never over an existing file" {
	mkdir "$T/new"
	ok spec --bundle "$T/new"
	[ -s "$T/new/config.json" ]
	local before
	before=$(cksum <"$T/new/config.json")
	fails spec --bundle "$T/new"
	equal "$(cksum <"$T/new/config.json")" "$before"
	fails spec --bundle "$T/none"
	has "$error" "no such file or directory"
}

@test "spec: --file is another name in the bundle, and never over an existing file" {
	mkdir "$T/new"
	ok spec --bundle "$T/new" --file other.json
	equal "$(jq -r .root.path "$T/new/other.json")" rootfs
	[ ! -e "$T/new/config.json" ]
	fails spec --bundle "$T/new" -f other.json
	has "$error" "File other.json exists"
}

@test "spec: what runc writes is in it" {
	mkdir "$T/new"
	ok spec --bundle "$T/new"
	local c=$T/new/config.json
	equal "$(jq -r '[.mounts[].destination] | join(" ")' "$c")" \
		"/proc /dev /dev/pts /dev/shm /dev/mqueue /sys /sys/fs/cgroup"
	equal "$(jq -r '[.linux.namespaces[].type] | sort | join(" ")' "$c")" "cgroup ipc mount network pid uts"
	equal "$(jq -c '.process.rlimits' "$c")" '[{"type":"RLIMIT_NOFILE","hard":1024,"soft":1024}]'
	equal "$(jq -r '.process.capabilities.bounding | sort | join(" ")' "$c")" \
		"CAP_AUDIT_WRITE CAP_KILL CAP_NET_BIND_SERVICE"
	equal "$(jq '.process.capabilities | has("inheritable")' "$c")" false
	equal "$(jq .process.noNewPrivileges "$c")" true
	equal "$(jq .root.readonly "$c")" true
	equal "$(jq '.linux.maskedPaths | length > 5' "$c")" true
	like "$(jq -r .ociVersion "$c")" '^1\.[0-9]+\.[0-9]+'
}

@test "spec --rootless: user namespace with one mapping, no gid=5, no resources, no network, /sys bound" {
	mkdir "$T/new"
	ok spec --rootless --bundle "$T/new"
	local c=$T/new/config.json
	equal "$(jq -r '[.linux.namespaces[].type] | index("user") != null' "$c")" true
	equal "$(jq -r '[.linux.namespaces[].type] | index("network") == null' "$c")" true
	equal "$(jq -c .linux.uidMappings "$c")" "[{\"containerID\":0,\"hostID\":$(id -u),\"size\":1}]"
	equal "$(jq -c .linux.gidMappings "$c")" "[{\"containerID\":0,\"hostID\":$(id -g),\"size\":1}]"
	equal "$(jq '[.mounts[].options[]? | select(startswith("gid="))] | length' "$c")" 0
	equal "$(jq -r '.mounts[] | select(.destination == "/sys") | .source' "$c")" /sys
	equal "$(jq '.linux | has("resources")' "$c")" false
}
