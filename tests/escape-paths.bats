#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What an image can put where the runtime will look: symlinks out of the root, in every place.  After each test the
# oracle compares $OUT (content, owners, modes, times), the host's mounts, processes and records with before.
load helpers/kin

mounts() { # OBJECT...: appended to mounts
	local m
	for m in "$@"; do config '.mounts += [$m]' --argjson m "$m"; done
}
no_dev_mount() {
	config '.mounts |= map(select(.destination | startswith("/dev") | not))'
}
# Whether it works or not: nothing of $OUT is different (a file that was made or touched, too), and nothing is left.
unharmed() {
	k run --bundle "$BUNDLE" "${1-c1}"
	equal "$(find "$OUT" | sort | tr '\n' ' ')" "$OUT $OUT/dir $OUT/dir/ptmx $OUT/file " || return 1
	equal "$(cat "$OUT/file" "$OUT/dir/ptmx")" $'marker\nmarker' || return 1
	[ "$status" = 0 ] || [ -n "$error" ]
}

# CVE-2021-30465, CVE-2024-45310: SWAP.  Two containers share a volume; one exchanges a directory for a symlink while the
# other's mounts are made below it.
# bats test_tags=slow
@test "escape: a directory of the volume is exchanged for a symlink all the time (CVE-2021-30465, CVE-2024-45310)" {
	local i swapper
	mkdir -p "$T/vol/dir/sub" "$T/source"
	ln -s "$OUT" "$T/vol/link"
	config '.mounts += [{destination: "/vol", type: "bind", source: $v, options: ["rbind"]}] |
		.mounts += [range(12) | {destination: "/vol/dir/a\(.)/b", type: "bind", source: $s, options: ["rbind"]}] |
		.mounts += [{destination: "/vol/dir/t", type: "tmpfs", source: "t", options: ["tmpcopyup"]}]' --arg v "$T/vol" --arg s "$T/source"
	args true
	for ((i = 0; i < ${KIN_SWAPS:-60}; i++)); do
		"$HELPERS/swap" "$T/vol/dir" "$T/vol/link" 2>/dev/null &
		swapper=$!
		unharmed "c$i" || { kill $swapper; return 1; }
		kill $swapper
		wait $swapper || :
		rm -rf "$T/vol"
		mkdir -p "$T/vol/dir/sub"
		ln -s "$OUT" "$T/vol/link"
	done
	clean
}

# The same for everything else that is made, read or changed below a path: the working directory, devices, what tmpcopyup
# copies, a symlink that is copied, an overlay by mount(2), masks, read-only paths.
# bats test_tags=slow
@test "escape: what is made, copied and masked below a directory that is exchanged all the time (CVE-2021-30465, lxc CVE-2015-1335)" {
	local i long own=() swapper
	[ "$KIN_MODE" = root ] || own=(userxattr)
	long=$(printf 'x%.0s' {1..90})
	long=$long/$long/$long
	mkdir -p "$T/vol/dir/sub" "$BUNDLE/low" "$BUNDLE/$long"/{up,work}
	ln -s "$OUT" "$T/vol/link"
	ln -s target "$T/source"
	config '.mounts += [{destination: "/vol", type: "bind", source: $v, options: ["rbind"]},
			{destination: "/vol/dir/copied", type: "bind", source: $s, options: ["bind", "copy-symlink"]},
			{destination: "/vol/dir/dir", type: "tmpfs", source: "t", options: ["tmpcopyup", "ro"]},
			{destination: "/vol/dir/over/lay", type: "overlay", source: "o", options: (["lowerdir=low", "upperdir=\($l)/up", "workdir=\($l)/work", "ro"] + $own)}] |
		.linux.devices = [{path: "/vol/dir/device", type: "c", major: 1, minor: 3, fileMode: 438, uid: 0, gid: 0}] |
		.linux.maskedPaths += ["/vol/dir/file", "/vol/dir/sub"] | .linux.readonlyPaths += ["/vol/dir/dir"] | .process.cwd = "/vol/dir/made/cwd"' \
		--arg v "$T/vol" --arg s "$T/source" --arg l "$long" --argjson own "$(jq -nc '$ARGS.positional' --args -- "${own[@]}")"
	args grep overlay /proc/mounts
	for ((i = 0; i < ${KIN_SWAPS:-60}; i++)); do
		"$HELPERS/swap" "$T/vol/dir" "$T/vol/link" 2>/dev/null &
		swapper=$!
		unharmed "c$i" || { kill $swapper; return 1; }
		kill $swapper
		wait $swapper || :
		hasnt "$output" " rw"
		rm -rf "$T/vol"
		mkdir -p "$T/vol/dir/sub"
		ln -s "$OUT" "$T/vol/link"
	done
	clean
}

@test "escape: destinations through links of the image (CVE-2019-18837, bubblewrap GHSA-pxhw-h44j-8pfx)" {
	local up=../../../../../../../../../../../..
	mkdir -p "$T/source"
	echo text >"$T/source/f"
	ln -s "$OUT" "$BUNDLE/rootfs/abs"
	ln -s "$up$OUT" "$BUNDLE/rootfs/up"
	ln -s "$OUT/new" "$BUNDLE/rootfs/etc/resolv.conf"
	ln -s abs "$BUNDLE/rootfs/twice"
	mounts "{\"destination\":\"/abs/dir\",\"type\":\"tmpfs\",\"source\":\"t\"}" \
		"{\"destination\":\"/up/made/deep\",\"type\":\"bind\",\"source\":\"$T/source\",\"options\":[\"bind\"]}" \
		"{\"destination\":\"/twice/other\",\"type\":\"bind\",\"source\":\"$T/source/f\",\"options\":[\"bind\"]}" \
		"{\"destination\":\"/etc/resolv.conf\",\"type\":\"bind\",\"source\":\"$T/source/f\",\"options\":[\"bind\"]}"
	script 'cat /etc/resolv.conf /twice/other /up/made/deep/f; grep -c "outside/dir tmpfs" /proc/mounts'
	unharmed
	equal "$output" $'text\ntext\ntext\n1' "it works, inside: $error"
	clean
}

@test "escape: tmpcopyup of a link to the outside copies nothing of the outside" {
	ln -s "$OUT" "$BUNDLE/rootfs/data"
	mounts '{"destination":"/data","type":"tmpfs","source":"t","options":["tmpcopyup"]}'
	args ls -A /data/
	unharmed
	hasnt "$output" file
	mkdir "$BUNDLE/rootfs/data2"
	ln -s "$OUT/file" "$BUNDLE/rootfs/data2/link"
	config '.mounts[-1].destination = "/data2"'
	args cat /data2/link
	unharmed
	hasnt "$output" marker
	clean
}

@test "escape: rootfs/dev as a link to the outside: devices, links and ptmx (CVE-2026-41579, CVE-2026-47766)" {
	no_dev_mount
	rmdir "$BUNDLE/rootfs/dev"
	ln -s "$OUT/dir" "$BUNDLE/rootfs/dev"
	config '.linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 3, fileMode: 438, uid: 0, gid: 0}]'
	args true
	unharmed
	clean
}

@test "escape: each device's name as a link to the outside (CVE-2026-88265)" {
	local name
	no_dev_mount
	args sh -c 'echo attack >/dev/null; echo attack >/dev/zero'
	for name in null zero full tty; do
		ln -s "$OUT/file" "$BUNDLE/rootfs/dev/$name"
		unharmed
		rm -rf "$BUNDLE/rootfs/dev"
		mkdir "$BUNDLE/rootfs/dev"
	done
	clean
}

# The image's /dev/null leads to a file of the host that is mounted in the container; 0 is the host's /dev/null, 1 a pipe.
@test "escape: /dev/null as a link to a mounted file: not opened, and not given to the user (CVE-2026-88265)" {
	no_dev_mount
	mkdir "$T/given"
	echo precious >"$T/given/file"
	chmod 666 "$T/given/file"
	ln -s /given/file "$BUNDLE/rootfs/dev/null"
	mounts "{\"destination\":\"/given\",\"type\":\"bind\",\"source\":\"$T/given\",\"options\":[\"bind\"]}"
	[ "$KIN_MODE" = plain ] || config '.process.user = {uid: 1000, gid: 1000}'
	script 'echo out; cat; echo err >&2'
	local before
	before=$(stat -c '%u %g %a %Y' "$T/given/file")
	unharmed
	equal "$(<"$T/given/file")" precious
	equal "$(stat -c '%u %g %a %Y' "$T/given/file")" "$before"
	hasnt "$output" precious
	clean
}

@test "escape: cwd below a link to the outside is made inside" {
	ln -s "$OUT" "$BUNDLE/rootfs/evil"
	config '.process.cwd = "/evil/made/deep" | .root.readonly = false'
	args pwd
	unharmed
	[ -d "$BUNDLE/rootfs$OUT/made/deep" ]
	clean
}

@test "escape: masked and read-only paths through links (CVE-2025-31133)" {
	ln -s "$OUT/file" "$BUNDLE/rootfs/masked"
	ln -s "$OUT" "$BUNDLE/rootfs/ro"
	ln -s /proc/self/root "$BUNDLE/rootfs/magic"
	config '.linux.maskedPaths += ["/masked", "/ro/dir"] | .linux.readonlyPaths += ["/ro"]'
	args cat /masked
	unharmed
	hasnt "$output" marker
	# Magic links of proc lead out of every root; they are followed nowhere.
	config '.linux.maskedPaths = ["/magic/etc"]'
	unharmed
	config '.linux.maskedPaths = ["/proc/self/root/etc/passwd"]'
	args cat /etc/passwd
	unharmed
	[ "$status" != 0 ] || equal "$output" ""
	clean
}

# CVE-2019-16884: an image's VOLUME on /proc would be the proc that labels and sysctls are written to.
@test "escape: only a proc file system on /proc (CVE-2019-16884, CVE-2019-19921, CVE-2023-28642)" {
	mkdir -p "$T/fake/self/attr"
	touch "$T/fake/self/attr/exec"
	args true
	config '(.mounts[] | select(.destination == "/proc")) |= {destination: "/proc", type: "bind", source: $s, options: ["bind"]}' \
		--arg s "$T/fake"
	fails run --bundle "$BUNDLE" c1
	has "$error" "only a proc file system"
	config '.mounts[0] = {destination: "/proc/", type: "tmpfs", source: "x"}'
	fails run --bundle "$BUNDLE" c1
	config '.mounts[0] = {destination: "/x/../proc/self", type: "tmpfs", source: "x"}'
	fails run --bundle "$BUNDLE" c1
	config '.mounts[0] = {destination: "/proc", type: "proc", source: "proc"}'
	rmdir "$BUNDLE/rootfs/proc"
	mkdir "$BUNDLE/rootfs/bad"
	ln -s /bad "$BUNDLE/rootfs/proc"
	fails run --bundle "$BUNDLE" c1
	has "$error" "/mounts/0 (/proc)"
	[ -z "$(ls -A "$T/fake/self/attr" | grep -v exec)" ] && [ ! -s "$T/fake/self/attr/exec" ]
	clean
}

@test "escape: the copied symlink, and a file system by mount(2), are made inside" {
	local long
	long=$(printf 'x%.0s' {1..90})
	long=$long/$long/$long
	mkdir -p "$BUNDLE/low" "$BUNDLE/$long"/{up,work}
	ln -s target "$T/link"
	ln -s "$OUT/dir" "$BUNDLE/rootfs/evil"
	mounts "{\"destination\":\"/evil/copied\",\"type\":\"bind\",\"source\":\"$T/link\",\"options\":[\"bind\",\"copy-symlink\"]}" \
		"{\"destination\":\"/evil\",\"type\":\"overlay\",\"source\":\"o\",\"options\":[\"lowerdir=low\",\"upperdir=$long/up\",\"workdir=$long/work\",\"userxattr\"]}"
	args sh -c 'grep -c " overlay " /proc/mounts'
	unharmed
	clean
}

# Who the program's user is, and where his home is, is read from the image, by kin itself.
@test "escape: /etc/passwd as a link to the outside, to a device, and as a FIFO" {
	echo "root:x:0:0:root:/marker:/bin/sh" >"$OUT/dir/ptmx"
	oracle_before
	args sh -c 'echo $HOME'
	for what in "ln -s $OUT/dir/ptmx" 'ln -s /dev/zero' 'ln -s ../../../../../../../../../../../../proc/self/environ' mkfifo; do
		rm "$BUNDLE/rootfs/etc/passwd"
		$what "$BUNDLE/rootfs/etc/passwd"
		ok run --bundle "$BUNDLE" c1
		equal "$output" / "$what"
	done
	clean
}

@test "--no-pivot: the root is the container's, and no proc or sysfs of the host is left below it" {
	script 'ls -d /bin /proc; cat /proc/self/mountinfo | cut -d " " -f 5,9- | grep -E "proc|sysfs"; touch /x 2>&1; true'
	ok run --no-pivot --bundle "$BUNDLE" c1
	has "$output" $'/bin\n/proc'
	has "$output" "Read-only file system"
	equal "$(grep -c '^/proc .*proc' <<<"$output")" 1
	equal "$(awk '$1 !~ "^/(proc|sys)(/|$)" && /- (proc|sysfs)/' <<<"$output")" ""
	script 'cd ..; cd ..; pwd; ls -d ../../..'"$OUT"' 2>&1'
	k run --no-pivot --bundle "$BUNDLE" c1
	has "$output" "No such file"
	ok create --no-pivot --bundle "$BUNDLE" c2
	ok delete -f c2
	clean
}
