#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Mounts whose destination the image leads astray inside of its own root: to where a mount takes protection away, or
# where what was mounted is no longer found.
load helpers/kin

mounts() { # OBJECT...: appended to mounts
	local m
	for m in "$@"; do config '.mounts += [$m]' --argjson m "$m"; done
}
hook() { # SHELL TEXT: in the container's mount namespace, in its root, after the mounts
	config '.hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", $t], env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}]' \
		--arg t "cd '$BUNDLE/rootfs' && { $1; }"
}

# The text of the destination is innocent; where it leads is not.
@test "escape: a link of the image that leads a volume into /proc (CVE-2019-16884, CVE-2023-28642)" {
	local target
	mkdir "$T/fake"
	echo fake >"$T/fake/file"
	args true
	for target in /proc /proc/sys/kernel ../proc/self/attr; do
		ln -sfn "$target" "$BUNDLE/rootfs/data"
		for mount in "{\"destination\":\"/data\",\"type\":\"bind\",\"source\":\"$T/fake\",\"options\":[\"bind\"]}" \
			'{"destination":"/data","type":"tmpfs","source":"t"}' '{"destination":"/data","type":"tmpfs","source":"t","options":["tmpcopyup"]}'; do
			config '.mounts |= map(select(.destination != "/data"))'
			mounts "$mount"
			fails run --bundle "$BUNDLE" c1
			has "$error" "/mounts/7 (/data)"
			has "$error" "leads into /proc"
		done
	done
	ln -sfn /proc/version "$BUNDLE/rootfs/data"
	config '.mounts[-1] = {destination: "/data", type: "bind", source: $s, options: ["bind"]}' --arg s "$T/fake/file"
	fails run --bundle "$BUNDLE" c1
	has "$error" "leads into /proc"
	# Devices that are bound, too: their names are the configuration's, the directory is the image's.
	config 'del(.mounts[-1]) | .mounts |= map(select(.destination | startswith("/dev") | not))'
	rmdir "$BUNDLE/rootfs/dev"
	ln -s /proc "$BUNDLE/rootfs/dev"
	k run --bundle "$BUNDLE" c1
	[ "$status" != 0 ]
	clean
}

# What will be masked is not masked yet when tmpcopyup reads.
@test "escape: tmpcopyup through a link to a directory that is masked leaves it masked" {
	local dir=/sys/devices/system/cpu/vulnerabilities
	[ "$(ls -A $dir)" ] || skip "nothing there to be masked"
	ln -s $dir "$BUNDLE/rootfs/data"
	mounts '{"destination":"/data","type":"tmpfs","source":"t","options":["tmpcopyup"]}'
	args ls -A $dir /data/
	ok run --bundle "$BUNDLE" c1
	has "$output" meltdown
	config '.linux.maskedPaths += [$d]' --arg d $dir
	ok run --bundle "$BUNDLE" c1
	hasnt "$output" meltdown
	clean
}

# "ro" of a tmpfs is set when all that belongs into it is there: on what was mounted, not on what its name means by then.
# bats test_tags=root
@test "escape: a read-only tmpfs whose directory is exchanged for another's is read-only (CVE-2026-115521)" {
	config '.root.readonly = false'
	mounts '{"destination":"/a/t","type":"tmpfs","source":"t","options":["ro"]}' '{"destination":"/b/t","type":"tmpfs","source":"t"}'
	hook 'mv a c && mv b a'
	runs 'touch /c/t/x 2>&1; touch /a/t/x && echo writable'
	has "$output" "Read-only file system"
	has "$output" writable
	rm -rf "$BUNDLE/rootfs"/a "$BUNDLE/rootfs"/c
	hook 'mv a c && mkdir -p a/t'
	runs 'touch /c/t/x 2>&1; touch /a/t/x && echo writable'
	has "$output" "Read-only file system"
	has "$output" writable
	clean
}

@test "escape: a read-only tmpfs under another mount of the same place is the one that is read-only" {
	mkdir "$T/vol"
	mounts '{"destination":"/t","type":"tmpfs","source":"low","options":["ro"]}' \
		"{\"destination\":\"/t\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"bind\"]}" \
		'{"destination":"/t/in/side","type":"tmpfs","source":"t","options":["ro"]}'
	runs 'touch /t/x && grep -E " /t(/in/side)? " /proc/mounts | cut -d , -f 1'
	like "$output" $'^low /t tmpfs ro\n.* /t .* rw\nt /t/in/side tmpfs ro$'
	clean
}
