#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# root and mounts[].
load helpers/kin

mounts() { # OBJECT...: appended to mounts
	local m
	for m in "$@"; do config '.mounts += [$m]' --argjson m "$m"; done
}
prepare() {
	mkdir -p "$T/vol/sub"
	echo content >"$T/vol/file"
}

# bats test_tags=smoke
@test "mounts: the default ones are there, with their flags" {
	runs 'cat /proc/mounts'
	like "$output" 'proc /proc proc rw'
	like "$output" 'tmpfs /dev tmpfs rw,nosuid'
	like "$output" 'devpts /dev/pts devpts rw,nosuid,noexec'
	like "$output" 'mqueue /dev/mqueue mqueue rw,nosuid,nodev,noexec'
	like "$output" ' /dev/shm tmpfs rw,nosuid,nodev,noexec'
	like "$output" ' /sys sysfs ro,nosuid,nodev,noexec'
	hasnt "$output" "$T"
}

@test "mounts: none of the host's mounts remain" {
	runs 'cat /proc/self/mountinfo'
	local n
	n=$(wc -l <<<"$output")
	[ "$n" -lt 40 ] || fail "$n mounts"
	hasnt "$output" " /run/kin"
	# All of them below the container's root, once.
	equal "$(awk '$5 == "/"' <<<"$output" | wc -l)" 1
}

@test "root: readonly, and not" {
	runs 'touch /new 2>&1; echo $?'
	has "$output" "Read-only file system"
	config '.root.readonly = false'
	runs 'touch /new; echo $?'
	equal "$output" 0
	[ -e "$BUNDLE/rootfs/new" ]
}

@test "root: path absolute, relative with dots, and absent" {
	mv "$BUNDLE/rootfs" "$T/elsewhere"
	args echo here
	config '.root.path = $p' --arg p "$T/elsewhere"
	run_c
	equal "$output" here
	config '.root.path = "../elsewhere"'
	run_c
	equal "$output" here
	config '.root.path = "gone"'
	fails run --bundle "$BUNDLE" c1
	has "$error" "no such file or directory"
	mv "$T/elsewhere" "$BUNDLE/rootfs"
	clean
}

# bats test_tags=smoke
@test "mounts: bind of a directory, of a file, read-only" {
	mounts "{\"destination\":\"/vol\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"rbind\",\"rw\"]}" \
		"{\"destination\":\"/etc/one\",\"type\":\"bind\",\"source\":\"$T/vol/file\",\"options\":[\"bind\",\"ro\"]}"
	runs 'cat /etc/one; echo new >/vol/written; echo x >/etc/one; echo $?'
	has "$output" content
	has "$error" "Read-only file system"
	equal "$(<"$T/vol/written")" new
	equal "$(<"$T/vol/file")" content
	# Only the mount points appeared in the bundle.
	[ -d "$BUNDLE/rootfs/vol" ] && [ -f "$BUNDLE/rootfs/etc/one" ] && [ ! -s "$BUNDLE/rootfs/etc/one" ]
}

@test "mounts: bind by option, without a type, source relative to the bundle" {
	mkdir "$BUNDLE/data"
	echo rel >"$BUNDLE/data/f"
	mounts '{"destination":"/vol","source":"data","options":["bind"]}'
	runs 'cat /vol/f'
	equal "$output" rel
}

@test "mounts: each flag word" {
	local word
	for word in nosuid nodev noexec noatime nodiratime ro; do
		# The way times are kept is locked for a mount that a less privileged namespace got.
		if [ "$KIN_MODE" != root ] && [[ $word == *atime ]]; then continue; fi
		config '.mounts |= map(select(.destination != "/vol"))'
		mounts "{\"destination\":\"/vol\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"bind\",\"$word\"]}"
		runs "grep ' /vol ' /proc/mounts"
		like "$(awk '{ print $4 }' <<<"$output")" "(^|,)$word(,|$)"
	done
	config '.mounts |= map(select(.destination != "/vol"))'
	mounts '{"destination":"/vol","type":"tmpfs","source":"tmpfs","options":["nosuid","noexec","sync","size=123k","mode=711"]}'
	runs "grep ' /vol ' /proc/mounts; stat -c %a /vol"
	like "$output" 'nosuid'
	like "$output" 'noexec'
	like "$output" 'sync'
	like "$output" 'size=124k'
	like "$output" '711$'
}

@test "mounts: rbind brings sub-mounts, bind does not" {
	[ "$KIN_MODE" = root ] || return 0
	mount -t tmpfs sub "$T/vol/sub"
	echo below >"$T/vol/sub/f"
	mounts "{\"destination\":\"/vol\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"rbind\"]}" \
		"{\"destination\":\"/flat\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"bind\"]}"
	runs 'ls /vol/sub; ls /flat/sub'
	umount "$T/vol/sub"
	equal "$output" f
}

# bats test_tags=root
@test "mounts: ro is for the mount alone, rro for all below" {
	mount -t tmpfs sub "$T/vol/sub"
	mounts "{\"destination\":\"/a\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"rbind\",\"ro\"]}" \
		"{\"destination\":\"/b\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"rbind\",\"rro\"]}"
	runs 'touch /a/x 2>/dev/null; echo $?; touch /a/sub/x; echo $?; touch /b/x 2>/dev/null; echo $?; touch /b/sub/x 2>/dev/null; echo $?'
	umount "$T/vol/sub"
	equal "$(tr '\n' ' ' <<<"$output")" "1 0 1 1 "
}

# bats test_tags=root
@test "mounts: nothing of the container's mounts reaches the host, and rslave lets the host's in" {
	mount --bind "$T/vol" "$T/vol"
	mount --make-shared "$T/vol"
	mounts "{\"destination\":\"/vol\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"rbind\",\"rslave\"]}" \
		"{\"destination\":\"/priv\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"rbind\",\"rprivate\"]}"
	running c1
	mount -t tmpfs late "$T/vol/sub"
	echo late >"$T/vol/sub/f"
	ok exec c1 sh -c 'ls /vol/sub; ls /priv/sub'
	umount "$T/vol/sub"
	equal "$output" f
	ok delete -f c1
	umount "$T/vol"
	clean
}

# bats test_tags=root
@test "mounts: nor from a container with a user namespace, whose root may mount" {
	rm -r "$T"/vol/*
	mappable "$T/vol"
	mkdir "$T"/vol/{sub,map}
	mount --bind "$T/vol" "$T/vol"
	mount --make-shared "$T/vol"
	config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings | .process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
	chown -R 100000:100000 "$BUNDLE/rootfs" "$T/vol"
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	mounts "{\"destination\":\"/vol\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"rbind\"]}" \
		"{\"destination\":\"/map\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"rbind\",\"idmap\"]}"
	running c1
	ok exec --cap CAP_SYS_ADMIN c1 sh -c 'mount -t tmpfs inner /vol/sub && mount -t tmpfs inner /map/map && grep -c "^inner" /proc/mounts'
	local seen
	seen=$(grep -c "$T/vol/" /proc/self/mountinfo || :)
	mount -t tmpfs late "$T/vol/sub"
	ok exec c1 grep -c "^late" /proc/mounts
	ok delete -f c1
	umount -R "$T/vol"
	equal "$seen" 0
}

# bats test_tags=root
@test "mounts: rshared: what the container mounts there the host sees" {
	mount --bind "$T/vol" "$T/vol"
	mount --make-shared "$T/vol"
	config '.linux.rootfsPropagation = "shared" | .process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
	mounts "{\"destination\":\"/vol\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"rbind\",\"rshared\"]}"
	running c1
	ok exec c1 /bin/busybox mount -t tmpfs inner /vol/sub
	has "$(cat /proc/self/mountinfo)" "$T/vol/sub"
	umount "$T/vol/sub"
	ok delete -f c1
	umount "$T/vol"
	clean
}

@test "mounts: rootfsPropagation words" {
	local word
	for word in private slave rprivate rslave shared unbindable; do
		config '.linux.rootfsPropagation = $w' --arg w "$word"
		runs 'grep " / / " /proc/self/mountinfo || grep " / " /proc/self/mountinfo | head -n 1'
		case $word in
		*private | *slave) hasnt "$output" "shared:" ;;
		shared) has "$output" "shared:" ;;
		unbindable) has "$output" "unbindable" ;;
		esac
	done
	config '.linux.rootfsPropagation = "sideways"'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" /linux/rootfsPropagation
	clean
}

@test "mounts: tmpcopyup copies what was there" {
	mkdir "$BUNDLE/rootfs/data"
	echo was here >"$BUNDLE/rootfs/data/f"
	mounts '{"destination":"/data","type":"tmpfs","source":"tmpfs","options":["tmpcopyup"]}'
	runs 'cat /data/f; echo changed >/data/f; cat /data/f'
	equal "$output" $'was here\nchanged'
	equal "$(<"$BUNDLE/rootfs/data/f")" "was here"
}

@test "mounts: a source that is missing is an error that names it" {
	mounts "{\"destination\":\"/vol\",\"type\":\"bind\",\"source\":\"$T/no-such-source\",\"options\":[\"bind\"]}"
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "$T/no-such-source"
	has "$error" "no such file or directory"
	clean
}

@test "mounts: a file system that does not exist, an option that it does not know" {
	args true
	mounts '{"destination":"/vol","type":"nosuchfs","source":"none"}'
	fails run --bundle "$BUNDLE" c1
	has "$error" nosuchfs
	config '.mounts |= map(select(.destination != "/vol"))'
	mounts '{"destination":"/vol","type":"tmpfs","source":"tmpfs","options":["nonsense=1"]}'
	fails run --bundle "$BUNDLE" c1
	has "$error" nonsense
	clean
}

@test "mounts: the error names the mount by its place and destination" {
	mounts '{"destination":"/vol","type":"nosuchfs","source":"none"}'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "mounts"
	has "$error" "/vol"
	has "$error" "7"
}

# bats test_tags=smoke
@test "mounts: links in the rootfs do not lead out of it" {
	ln -s "$OUT/dir" "$BUNDLE/rootfs/evil"
	ln -s "$OUT/new-file" "$BUNDLE/rootfs/etc/resolv.conf"
	ln -s ../../../../../../../../../../../.."$OUT" "$BUNDLE/rootfs/up"
	mounts "{\"destination\":\"/evil/deep/dir\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"}" \
		"{\"destination\":\"/up/made\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"}" \
		"{\"destination\":\"/etc/resolv.conf\",\"type\":\"bind\",\"source\":\"$T/vol/file\",\"options\":[\"bind\"]}"
	args cat /etc/resolv.conf
	k run --bundle "$BUNDLE" c1
	# It works inside or fails; what counts is the oracle: nothing outside has changed.
	[ ! -e "$OUT/made" ] && [ ! -e "$OUT/new-file" ] && [ ! -e "$OUT/dir/deep" ]
	clean
}

@test "mounts: /proc and /sys must be real directories (CVE-2019-19921)" {
	args true
	rmdir "$BUNDLE/rootfs/proc"
	mkdir "$BUNDLE/rootfs/bad"
	ln -s bad "$BUNDLE/rootfs/proc"
	fails run --bundle "$BUNDLE" c1
	has "$error" /proc
	rm "$BUNDLE/rootfs/proc"
	mkdir "$BUNDLE/rootfs/proc"
	rmdir "$BUNDLE/rootfs/sys"
	ln -s bad "$BUNDLE/rootfs/sys"
	fails run --bundle "$BUNDLE" c1
	has "$error" /sys
	clean
}

@test "mounts: rootfs/dev as a link to the outside, without a mount on it (CVE-2026-41579)" {
	config '.mounts |= map(select(.destination | startswith("/dev") | not))'
	rmdir "$BUNDLE/rootfs/dev"
	ln -s "$OUT/dir" "$BUNDLE/rootfs/dev"
	args true
	k run --bundle "$BUNDLE" c1
	equal "$(<"$OUT/dir/ptmx")" marker
	clean
}

@test "mounts: destination with .. stays inside" {
	mounts '{"destination":"/tmp/../../../../../x/../vol","type":"tmpfs","source":"tmpfs"}'
	args sh -c 'grep -c " /vol tmpfs" /proc/mounts'
	k run --bundle "$BUNDLE" c1
	if [ "$status" = 0 ]; then equal "$output" 1; fi
	clean
}

@test "mounts: .. and slashes of a destination make nothing and are in nobody's way" {
	mkdir -p "$BUNDLE/rootfs/there"
	mounts "{\"destination\":\"/not/../there\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"bind\"]}" \
		"{\"destination\":\"/etc/one//\",\"type\":\"bind\",\"source\":\"$T/vol/file\",\"options\":[\"bind\"]}" \
		"{\"destination\":\"/etc/passwd/\",\"type\":\"bind\",\"source\":\"$T/vol/file\",\"options\":[\"bind\"]}"
	runs 'cat /there/file /etc/one /etc/passwd'
	equal "$output" $'content\ncontent\ncontent'
	[ ! -e "$BUNDLE/rootfs/not" ] && [ -f "$BUNDLE/rootfs/etc/one" ]
}

@test "mounts: no mount point is made in a source that is read-only" {
	mounts "{\"destination\":\"/vol\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"bind\",\"ro\"]}" \
		'{"destination":"/vol/sub","type":"tmpfs","source":"tmpfs"}' '{"destination":"/vol/new","type":"tmpfs","source":"tmpfs"}'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "(/vol/new)"
	has "$error" "read-only file system"
	[ ! -e "$T/vol/new" ]
	config '.mounts |= map(select(.destination != "/vol/new"))'
	runs 'touch /vol/sub/f && echo there'
	equal "$output" there
}

@test "mounts: in the order in which they are listed" {
	mounts '{"destination":"/vol","type":"tmpfs","source":"first"}' \
		"{\"destination\":\"/vol/inner\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"bind\"]}" \
		'{"destination":"/over","type":"tmpfs","source":"one"}' '{"destination":"/over","type":"tmpfs","source":"two"}'
	runs 'cat /vol/inner/file; grep " /over " /proc/mounts | tail -n 1'
	equal "$(sed -n 1p <<<"$output")" content
	like "$(sed -n 2p <<<"$output")" '^two '
}

@test "mounts: a directory on a file and a file on a directory are errors" {
	echo x >"$BUNDLE/rootfs/afile"
	args true
	mounts "{\"destination\":\"/afile\",\"type\":\"bind\",\"source\":\"$T/vol\",\"options\":[\"bind\"]}"
	fails run --bundle "$BUNDLE" c1
	has "$error" "not a directory"
	clean
}

@test "mounts: a thousand" {
	config '.mounts += [range(1000) | {destination: "/tmp/m\(.)", type: "bind", source: $s, options: ["bind"]}] | .root.readonly = false' \
		--arg s "$T/vol/sub"
	runs 'grep -c " /tmp/m" /proc/mounts'
	equal "$output" 1000
}

# bats test_tags=root
@test "mounts: cgroup2, in a cgroup namespace: its own cgroup is the root" {
	runs 'cat /proc/self/cgroup; ls /sys/fs/cgroup/cgroup.procs; grep cgroup /proc/mounts'
	has "$output" "0::/"
	like "$output" 'cgroup2? /sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec'
}

# bats test_tags=root
@test "mounts: cgroup without a cgroup namespace: only the container's own" {
	config '.linux.namespaces |= map(select(.type != "cgroup"))'
	runs 'cat /sys/fs/cgroup/cgroup.procs | wc -l; ls -d /sys/fs/cgroup/runner 2>&1 | grep -c "No such"'
	equal "$(tail -n 1 <<<"$output")" 1
}

# bats test_tags=root
@test "cgroup: cgroupsPath absolute, with parents that did not exist: all made are removed" {
	config '.linux.cgroupsPath = "/kinparent/deep/ct"'
	running c1
	equal "$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup")" /kinparent/deep/ct
	ok delete -f c1
	[ ! -e /sys/fs/cgroup/kinparent ]
	clean
}

# bats test_tags=root
@test "cgroup: parents that were there stay" {
	mkdir /sys/fs/cgroup/mine
	config '.linux.cgroupsPath = "/mine/ct"'
	running c1
	ok delete -f c1
	[ -d /sys/fs/cgroup/mine ] && [ ! -e /sys/fs/cgroup/mine/ct ]
	rmdir /sys/fs/cgroup/mine
}

# bats test_tags=root
@test "cgroup: paths that lead elsewhere, and cgroups in use, are refused" {
	args true
	local p
	for p in ../up /a/../../b /a//b/..; do
		config '.linux.cgroupsPath = $p' --arg p "$p"
		k run --bundle "$BUNDLE" c1
		[ "$status" = 1 ] || fail "$p was taken"
	done
	mkdir /sys/fs/cgroup/busy
	sleep 300 &
	echo $! >/sys/fs/cgroup/busy/cgroup.procs
	config '.linux.cgroupsPath = "/busy"'
	fails run --bundle "$BUNDLE" c1
	kill $!
	wait $! || :
	[ -d /sys/fs/cgroup/busy ] || fail "removed a cgroup that was not ours"
	echo 1 >/sys/fs/cgroup/busy/cgroup.freeze
	fails run --bundle "$BUNDLE" c1
	rmdir /sys/fs/cgroup/busy
	clean
}

@test "resources: empty and zero ones need no controller" {
	config '.linux.resources = {memory: {}, cpu: {}, blockIO: {}, pids: {}, network: {}, hugepageLimits: [], rdma: {}} |
		.linux.resources.devices = [{allow: false, access: "rwm"}]'
	runs 'echo fine'
	equal "$output" fine
	config '.linux.resources.memory = {limit: 0, swap: 0, reservation: 0} | .linux.resources.cpu = {shares: 0, quota: 0} |
		.linux.resources.pids = {limit: 0} | .linux.resources.blockIO = {weight: 0}'
	runs 'echo fine'
	equal "$output" fine
}

# bats test_tags=rootless
@test "resources: a limit that cannot be had is an error that says what is missing" {
	[ ! -e /sys/fs/cgroup/runner/memory.max ] || return 0
	config '.linux.resources.memory.limit = 67108864'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" '/linux/resources/memory/limit: cgroup controller "memory" '
	clean
}
