#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The attacker of a race, made certain: a createContainer hook acts after the mounts and before the root changes.
load helpers/kin

hook() { # SHELL TEXT: in the container's mount namespace, in its root
	config '.hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", $t], env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}]' \
		--arg t "cd '$BUNDLE/rootfs' && { $1; }"
}
unharmed() {
	k run --bundle "$BUNDLE" c1
	equal "$(cat "$OUT/file" "$OUT/dir/ptmx")" $'marker\nmarker'
	[ "$status" = 0 ] || [ -n "$error" ]
}

# bats test_tags=root
@test "escape: symlinks over the container's proc/sys: sysctl writes to its own (CVE-2025-52881)" {
	mkdir "$T/decoy"
	echo decoy >"$T/decoy/ip_forward"
	config '.linux.sysctl = {"net.ipv4.ip_forward": "1"}'
	hook "mount -t tmpfs x proc/sys/net/ipv4 && ln -s $T/decoy/ip_forward proc/sys/net/ipv4/ip_forward"
	args true
	unharmed
	equal "$(<"$T/decoy/ip_forward")" decoy
	hook "mount --bind $T/decoy proc/sys/net/ipv4"
	unharmed
	equal "$(<"$T/decoy/ip_forward")" decoy
	# And the value is where it belongs.
	hook "mount --bind $T/decoy/ip_forward proc/sys/net/ipv4/ip_forward"
	runs 'umount /proc/sys/net/ipv4/ip_forward 2>/dev/null; cat /proc/net/dev >/dev/null; echo ran'
	equal "$output" ran
	equal "$(<"$T/decoy/ip_forward")" decoy
	clean
}

# bats test_tags=root
@test "escape: the container's proc/self/fd covered: the root is read-only all the same (CVE-2026-115521)" {
	hook "mkdir -p tmp/fd && mount -t tmpfs x proc && mkdir -p proc/self/fd proc/thread-self/fd &&
		for i in 3 4 5 6 7 8 9 10 11 12; do ln -s /tmp proc/self/fd/\$i; done"
	config '.root.readonly = true | .linux.maskedPaths = ["/etc/passwd"] | .linux.readonlyPaths = ["/tmp"] |
		.mounts += [{destination: "/ro", type: "tmpfs", source: "x", options: ["ro"]}]'
	script 'touch /x /tmp/x /ro/x; cat /etc/passwd; echo end'
	unharmed
	equal "$status" 0
	equal "$output" end
	equal "$(grep -c 'Read-only file system' <<<"$error")" 3
	[ ! -e "$BUNDLE/rootfs/x" ]
	clean
}

# bats test_tags=root
@test "escape: a null device that is a link, a file, another device, or gone (CVE-2025-31133)" {
	local what
	echo secret >"$BUNDLE/rootfs/etc/secret"
	echo visible >"$BUNDLE/rootfs/etc/other"
	config '.linux.maskedPaths += ["/etc/secret"]'
	script 'cat /etc/secret; echo attack >/etc/secret; echo end'
	for what in "rm dev/null; ln -s $OUT/file dev/null" 'rm dev/null; ln -s ../etc/other dev/null' 'rm dev/null' \
		'rm dev/null; echo visible >dev/null' 'rm dev/null; mknod dev/null c 1 5' "mount --bind $OUT/file dev/null"; do
		hook "$what"
		unharmed
		hasnt "$output" secret
		hasnt "$output" marker
		hasnt "$output" visible
		equal "$(<"$BUNDLE/rootfs/etc/secret")" secret
	done
	clean
}

# 0 is the host's /dev/null, so it becomes what has that name in the container: by then a file of the host that is mounted there.
# bats test_tags=root
@test "escape: a null device that becomes a link to a mounted file is not opened, and not the user's (CVE-2026-88265)" {
	mkdir "$T/given"
	echo precious >"$T/given/file"
	chmod 600 "$T/given/file"
	config '.process.user = {uid: 1000, gid: 1000} | .mounts += [{destination: "/given", type: "bind", source: $s, options: ["bind"]}]' \
		--arg s "$T/given"
	script 'cat; echo end'
	local before what
	before=$(stat -c '%u %g %a %Y' "$T/given/file")
	for what in 'rm dev/null; ln -s /given/file dev/null' 'rm dev/null; ln -s ../given/file dev/null' 'mount --bind given/file dev/null'; do
		hook "$what"
		unharmed
		hasnt "$output" precious
		equal "$(stat -c '%u %g %a %Y' "$T/given/file")" "$before"
	done
	clean
}

# bats test_tags=root
@test "escape: a masked file that becomes a link, to the outside or to another file" {
	echo secret >"$BUNDLE/rootfs/etc/secret"
	echo other >"$BUNDLE/rootfs/etc/other"
	config '.linux.maskedPaths += ["/etc/secret"]'
	args cat /etc/other
	hook "rm etc/secret; ln -s $OUT/file etc/secret"
	unharmed
	equal "$output" other
	hook "rm etc/secret; ln -s other etc/secret"
	unharmed
	equal "$output" "" # what the name means by then is what is masked
	clean
}

# Who shares the directory of the root, outside of the container's mount namespace, can rename what is mounted on: the
# mount moves along.
# bats test_tags=root
@test "escape: /proc and /sys renamed from outside after they were mounted are masked all the same (CVE-2019-19921)" {
	local dir=/sys/devices/system/cpu/vulnerabilities
	config '.linux.maskedPaths += [$d] | .hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", $t], env: ["PATH=/usr/bin:/bin"]}]' \
		--arg d $dir --arg t "cd '$BUNDLE/rootfs' && mv proc p && mkdir proc && mv sys s && mkdir -p sys"
	script 'cat /p/version | cut -c 1-5; wc -c </p/keys; echo 1 >/p/sys/kernel/hostname; ls -A /s/${0#/sys/}; echo end'
	config '.process.args += [$d]' --arg d $dir
	k run --bundle "$BUNDLE" c1
	equal "$status" 0 "$error"
	equal "$output" $'Linux\n0\nend'
	has "$error" "Read-only file system"
	# And what a hook mounts over it is masked as well.
	rm -rf "$BUNDLE/rootfs/p" "$BUNDLE/rootfs/s"
	config 'del(.hooks.createRuntime)'
	hook 'mount -t proc proc proc'
	script 'wc -c </proc/keys; echo 1 >/proc/sys/kernel/hostname; echo end'
	k run --bundle "$BUNDLE" c1
	equal "$output" $'0\nend'
	has "$error" "Read-only file system"
	clean
}

# bats test_tags=root
@test "escape: exec into a container that has a proc of its own making (lxc CVE-2015-1334, CVE-2025-52881)" {
	config '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"]) | .root.readonly = false | .process.oomScoreAdj = 100'
	script 'mkdir /decoy; echo decoy >/decoy/file; busybox mount -t tmpfs x /proc;
		mkdir -p /proc/self/attr /proc/self/fd /proc/thread-self/attr /proc/sys/kernel;
		for f in self/attr/exec thread-self/attr/exec self/oom_score_adj self/timens_offsets self/setgroups; do ln -s /decoy/file /proc/$f; done
		echo ready >/decoy/ready; sleep 1000'
	create c1
	ok start c1
	wait_for test -e "$BUNDLE/rootfs/decoy/ready"
	ok exec c1 cat /decoy/file
	equal "$output" decoy
	ok exec --cwd /tmp --user 1000:1000 c1 sh -c 'id -u; pwd; ls /proc/self/attr/exec'
	equal "$output" $'1000\n/tmp\n/proc/self/attr/exec'
	equal "$(<"$BUNDLE/rootfs/decoy/file")" decoy
	ok delete -f c1
	clean
}

@test "escape: the program is /proc/self/exe, or a script with it: what runs is not the host's (CVE-2019-5736)" {
	local before
	before=$(sha256sum <"$KIN")
	ln -s /proc/self/exe "$BUNDLE/rootfs/bin/entry"
	printf '#!/proc/self/exe\n' >"$BUNDLE/rootfs/bin/script"
	chmod 755 "$BUNDLE/rootfs/bin/script"
	local program
	for program in /proc/self/exe /bin/entry /bin/script; do
		args "$program"
		k run --bundle "$BUNDLE" c1
		[ "$status" != 0 ]
		k delete -f c1
	done
	# The library's program is a sealed memfd: a process that watches for it can open, and not write it.
	script 'i=0; while [ $i -lt 300 ]; do for p in /proc/[0-9]*; do { echo attack >>$p/exe; } 2>/dev/null && echo "wrote $p"; done; i=$((i+1)); done; echo end'
	ok run --detach --bundle "$BUNDLE" c2
	local i
	for i in 1 2 3 4 5; do k exec c2 true; done
	equal "$(sha256sum <"$KIN")" "$before"
	ok delete -f c2
	clean
}
