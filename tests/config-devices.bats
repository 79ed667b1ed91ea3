#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Devices, masked and read-only paths, sysctl.
load helpers/kin

# bats test_tags=smoke
@test "devices: the default ones, with mode and number; the links" {
	runs 'for d in null zero full random urandom tty; do stat -c "%n %F %t:%T %a" /dev/$d; done
		for l in fd stdin stdout stderr ptmx core; do echo $l $(readlink /dev/$l); done'
	has "$output" "/dev/null character special file 1:3 666"
	has "$output" "/dev/zero character special file 1:5 666"
	has "$output" "/dev/full character special file 1:7 666"
	has "$output" "/dev/random character special file 1:8 666"
	has "$output" "/dev/urandom character special file 1:9 666"
	has "$output" "/dev/tty character special file 5:0 666"
	has "$output" "fd /proc/self/fd"
	has "$output" "stdin /proc/self/fd/0"
	has "$output" "stderr /proc/self/fd/2"
	like "$output" 'ptmx (/dev/)?pts/ptmx'
}

@test "devices: they work" {
	runs 'echo x >/dev/null && dd if=/dev/zero bs=4 count=1 2>/dev/null | od -An -tx1; dd if=/dev/urandom bs=1 count=2 2>/dev/null | wc -c; echo y >/dev/full; echo $?'
	has "$output" "00 00 00 00"
	has "$output" $'2\n'
	has "$error" "No space left"
}

@test "devices: a mount of the configuration in the place of a default one stays" {
	config '.mounts += [{destination: "/dev/random", type: "bind", source: "/dev/urandom", options: ["bind"]},
		{destination: "/dev//full/", type: "bind", source: "/dev/zero", options: ["bind", "ro"]}]'
	runs 'for d in random full urandom zero; do stat -c "%n %t:%T" /dev/$d; done; dd if=/dev/random bs=1 count=2 2>/dev/null | wc -c'
	equal "$output" $'/dev/random 1:9\n/dev/full 1:5\n/dev/urandom 1:9\n/dev/zero 1:5\n2'
}

# bats test_tags=root
@test "devices: the same one twice is one" {
	config '.linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 3}, {path: "/dev/mine", type: "c", major: 1, minor: 3}]'
	runs 'stat -c "%n %t:%T" /dev/mine'
	equal "$output" "/dev/mine 1:3"
}

@test "devices: no console without a terminal" {
	runs 'ls /dev/console 2>&1; true'
	has "$output" "No such file"
}

# bats test_tags=root
@test "devices: listed ones, with owner and mode" {
	config '.linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 3, fileMode: 438, uid: 5, gid: 6},
		{path: "/dev/deep/er/fifo", type: "p", fileMode: 384}] |
		.linux.resources.devices += [{allow: true, type: "c", major: 1, minor: 3, access: "rwm"}]'
	runs 'stat -c "%n %F %t:%T %a %u:%g" /dev/mine /dev/deep/er/fifo; echo ok >/dev/mine'
	has "$output" "/dev/mine character special file 1:3 666 5:6"
	has "$output" "/dev/deep/er/fifo fifo 0:0 600 0:0"
}

# bats test_tags=rootless
@test "devices: listed ones are bound from the host" {
	config '.linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 3}]'
	args sh -c 'echo ok >/dev/mine && stat -c "%F %t:%T" /dev/mine'
	k run --bundle "$BUNDLE" c1
	# Without a node of that path on the host there is nothing to bind.
	if [ "$status" = 0 ]; then equal "$output" "character special file 1:3"; else has "$error" /dev/mine; fi
	config '.linux.devices = [{path: "/dev/fuse", type: "c", major: 10, minor: 229}]'
	if [ -e /dev/fuse ]; then
		runs 'stat -c "%F %t:%T" /dev/fuse'
		equal "$output" "character special file a:e5"
	fi
}

# bats test_tags=root
@test "devices: default deny: only the default set can be made or opened" {
	config '.process.capabilities |= map_values(. + ["CAP_MKNOD"]) | .root.readonly = false'
	runs 'mknod /tmp/sda b 8 0; cat /tmp/sda 2>&1; mknod /tmp/mem c 1 1; cat /tmp/mem 2>&1; mknod /tmp/null c 1 3 && echo x >/tmp/null && echo null works'
	has "$output" "null works"
	like "$output" 'sda.*(Operation not permitted|Permission denied)'
	like "$output" 'mem.*(Operation not permitted|Permission denied)'
}

# bats test_tags=root
@test "devices: an allow rule opens what it says and no more" {
	config '.process.capabilities |= map_values(. + ["CAP_MKNOD"]) | .root.readonly = false |
		.linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 250, minor: 250, access: "rm"}]'
	# No driver has that number: a permitted open finds nothing behind it, any other is refused before.
	runs 'mknod /tmp/dev c 250 250; dd if=/tmp/dev count=1; dd of=/tmp/dev count=1 </dev/null; mknod /tmp/no c 250 251; dd if=/tmp/no count=1; true'
	like "$(sed -n 1p <<<"$error")" 'No such device'
	like "$(sed -n 2p <<<"$error")" 'Operation not permitted|Permission denied'
	like "$(sed -n 3p <<<"$error")" '(Operation not permitted|Permission denied)'
}

@test "devices: something else in the place of one is an error, and stays" {
	echo kept >"$BUNDLE/rootfs/var/file"
	args true
	config '.linux.devices = [{path: "/var/file", type: "p"}]'
	fails create --bundle "$BUNDLE" c1
	has "$error" /linux/devices/0
	has "$error" "file exists"
	equal "$(<"$BUNDLE/rootfs/var/file")" kept
	clean
}

@test "devices: a kind that does not exist" {
	config '.linux.devices = [{path: "/dev/x", type: "q", major: 1, minor: 3}]'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" /linux/devices/0
	clean
}

@test "devices: nothing but the mount points is left in the rootfs when /dev is a mount" {
	runs true
	equal "$(ls -A "$BUNDLE/rootfs/dev")" ""
}

# bats test_tags=smoke
@test "paths: masked files are empty, masked directories too, missing ones no matter" {
	echo secret >"$BUNDLE/rootfs/etc/secret"
	mkdir "$BUNDLE/rootfs/etc/secrets"
	echo secret >"$BUNDLE/rootfs/etc/secrets/f"
	config '.linux.maskedPaths += ["/etc/secret", "/etc/secrets", "/not/there"]'
	runs 'cat /etc/secret; ls -A /etc/secrets; touch /etc/secrets/x 2>/dev/null; echo $?; cat /proc/kcore | head -c 1 | wc -c'
	equal "$output" $'1\n0'
	equal "$(<"$BUNDLE/rootfs/etc/secret")" secret
}

@test "paths: masks come from a null device that nobody can exchange (CVE-2025-31133)" {
	[ "$KIN_MODE" = root ] || return 0
	echo secret >"$BUNDLE/rootfs/etc/secret"
	config '.linux.maskedPaths += ["/etc/secret"] | .hooks.createContainer = [
		{path: "/bin/sh", args: ["sh", "-c", "rm -f dev/null; ln -s \($o)/file dev/null"], env: ["PATH=/bin:/usr/bin"]}]' --arg o "$OUT"
	args sh -c 'cat /etc/secret; echo attack >/etc/secret'
	k run --bundle "$BUNDLE" c1
	hasnt "$output" secret
	hasnt "$output" marker
	equal "$(<"$OUT/file")" marker
}

# bats test_tags=smoke
@test "paths: read-only ones" {
	mkdir "$BUNDLE/rootfs/data"
	config '.root.readonly = false | .linux.readonlyPaths += ["/data", "/not/there"]'
	runs 'touch /data/x 2>&1; touch /tmp/x && echo writable; echo 1 >/proc/sys/kernel/hostname 2>&1; echo $?'
	has "$output" "Read-only file system"
	has "$output" writable
	like "$output" '1$'
}

@test "paths: relative ones are refused" {
	config '.linux.maskedPaths = ["relative"]'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" /linux/maskedPaths/0
	clean
}

# bats test_tags=smoke
@test "sysctl: of the container's own namespaces" {
	config '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.msgmax": "4096", "net.core.somaxconn": "256"}'
	runs 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax /proc/sys/net/core/somaxconn'
	equal "$output" $'1\n4096\n256'
}

@test "sysctl: the host's are refused, whatever the spelling" {
	local s before
	before=$(cat /proc/sys/kernel/core_pattern)
	args true
	for s in kernel.core_pattern vm.swappiness kernel/core_pattern fs.file-max kernel.hostname/../core_pattern \
		net/../kernel/core_pattern net.ipv4/../../kernel.core_pattern; do
		config '.linux.sysctl = {($k): "x"}' --arg k "$s"
		fails run --bundle "$BUNDLE" c1
		has "$error" sysctl
	done
	equal "$(cat /proc/sys/kernel/core_pattern)" "$before"
	clean
}

@test "sysctl: net.* without a network namespace of its own is refused" {
	config '.linux.namespaces |= map(select(.type != "network")) | .linux.sysctl = {"net.ipv4.ip_forward": "1"}'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" net.ipv4.ip_forward
	clean
}
