#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Mounts whose flags a more privileged namespace has locked: they stay, whatever else is asked for.
load helpers/kin

prepare() {
	mkdir -p "$T/vol/sub"
}

# An ordinary user inside of a namespace whose root has mounted $T/vol with `options`: for kin's containers these are locked.
locked() { # OPTIONS [SUBOPTIONS]
	cat >"$T/kin" <<-END
		#!/bin/sh
		exec unshare -U -m --map-root-user sh -c 'mount -t tmpfs -o mode=777 vol "$T/vol" && mkdir "$T/vol/sub" &&
			touch "$T/vol/file" && mount -t tmpfs -o mode=777 sub "$T/vol/sub" && mount -o "remount,bind,${2-rw}" "$T/vol/sub" &&
			mount -o "remount,bind,$1" "$T/vol" && exec unshare -U --map-user=1000 --map-group=1000 "\$@"' - "$KIN_BUILD/kin" "\$@"
	END
	chmod 755 "$T/kin"
	KIN=$T/kin
	config '.linux.uidMappings = [{containerID: 0, hostID: 1000, size: 1}] | .linux.gidMappings = .linux.uidMappings |
		(.mounts[] | select(.destination == "/dev/pts").options) -= ["gid=5"]'
}
bind() { # OPTION...
	config '.mounts |= map(select(.destination != "/vol")) | .mounts += [{destination: "/vol", type: "bind", source: $s, options: $o}]' \
		--arg s "$T/vol" --argjson o "$(jq -nc '$ARGS.positional' --args -- "$@")"
}
ordinary() {
	[ "$KIN_MODE" = user ] || [ "$KIN_MODE" = plain ]
}

# bats test_tags=rootless
@test "locked: a bind keeps the flags, alone or beside others" {
	ordinary || return 0
	local word
	locked nosuid,nodev,noexec,noatime
	for word in bind ro nosuid noatime nodiratime; do
		bind rbind "$word"
		if [ $word = nodiratime ]; then continue; fi
		runs 'grep " /vol " /proc/mounts'
		like "$output" 'nosuid,nodev,noexec,(relatime,)?noatime'
		[ $word != ro ] || like "$output" ' ro,'
	done
	clean
}

# bats test_tags=rootless
@test "locked: ro stays, also under a rw that callers write for every volume" {
	ordinary || return 0
	locked ro
	bind rbind rw
	runs 'touch /vol/x 2>&1; grep -o "/vol tmpfs [a-z]*" /proc/mounts'
	has "$output" "Read-only file system"
	has "$output" "/vol tmpfs ro"
	bind rbind
	runs 'touch /vol/x 2>&1 || touch /vol/sub/x'
	has "$output" "Read-only file system"
	clean
}

# bats test_tags=rootless
@test "locked: who asks for the opposite is told which flag it is" {
	ordinary || return 0
	local word flag
	locked nosuid,nodev,noexec,noatime
	args true
	while read -r word flag; do
		bind rbind "$word"
		fails run --bundle "$BUNDLE" c1
		has "$error" "/mounts/7 (/vol)"
		has "$error" "$flag of the source is locked"
	done <<-'END'
		suid nosuid
		dev nodev
		exec noexec
		relatime the access time mode
		rsuid nosuid
		rexec noexec
	END
	clean
}

# bats test_tags=rootless
@test "locked: recursive flags are set beside locked ones, and not taken from what is mounted below" {
	ordinary || return 0
	locked nosuid noexec,nodev
	bind rbind rro rnodev
	runs 'grep " /vol" /proc/mounts'
	like "$(grep ' /vol ' <<<"$output")" ' ro,nosuid,nodev,'
	like "$(grep ' /vol/sub ' <<<"$output")" ' ro,nodev,noexec'
	bind rbind rexec
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "noexec of the source is locked"
	clean
}

# bats test_tags=rootless
@test "locked: a remount entry changes what it names and keeps the rest" {
	ordinary || return 0
	locked nosuid,nodev
	bind rbind
	config '.mounts += [{destination: "/vol", options: ["remount", "bind", "ro", "noexec"]}]'
	runs 'grep " /vol " /proc/mounts'
	like "$output" ' ro,nosuid,nodev,noexec'
	config '.mounts[-1].options = ["remount", "bind", "suid"]'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "/mounts/8 (/vol)"
	has "$error" "nosuid of the source is locked"
	clean
}
