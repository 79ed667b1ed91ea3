#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm_plain
#
# AppArmor, which Debian's kernels have enabled, and SELinux, for which the machine has to be started with
# KIN_VM_APPEND='security=selinux selinux=1'.  There is no program here that compiles policies.  A policy namespace of
# AppArmor's has a profile "unconfined" of its own, which is another label than the machine's: that is told apart.
# SELinux without a policy takes any label of a process for the kernel's own and none of a mount: what is proved
# is that it was asked.

load ../helpers/kin

A=/sys/kernel/security/apparmor/policy/namespaces

prepare() {
	[ -d /sys/kernel/security/apparmor ] || mount -t securityfs none /sys/kernel/security 2>/dev/null || :
	[ -e /sys/fs/selinux/enforce ] || mount -t selinuxfs none /sys/fs/selinux 2>/dev/null || :
}
tidy() {
	[ ! -d $A/kin ] || rmdir $A/kin
}
need_apparmor() {
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] || skip "no AppArmor"
	mkdir -p $A/kin
	config '.process.apparmorProfile = ":kin:unconfined"'
	# What the process is called depends on who looks.
	LOOK='cat /proc/self/attr/apparmor/current'
}
need_selinux() {
	[ -e /sys/fs/selinux/enforce ] || skip "no SELinux"
}
label_of() { # PID
	tr -d '\0' <"/proc/$1/attr/apparmor/current"
}

@test "apparmorProfile: is what the program has, in the container and in exec" {
	need_apparmor
	running c1
	has "$(label_of "$(pid_of c1)")" ":kin:"
	ok exec --detach --pid-file "$T/pid" c1 sleep 1000
	has "$(label_of "$(<"$T/pid")")" ":kin:"
	echo '{"cwd": "/", "args": ["sleep", "1000"], "env": ["PATH=/bin"]}' >"$T/p.json"
	ok exec --detach --pid-file "$T/pid" --process "$T/p.json" c1
	has "$(label_of "$(<"$T/pid")")" ":kin:"
	ok delete --force c1
	config '.process.noNewPrivileges = false'
	running c1
	has "$(label_of "$(pid_of c1)")" ":kin:"
	ok delete --force c1
	# And nothing else than the profile does it.
	config 'del(.process.apparmorProfile)'
	running c1
	hasnt "$(label_of "$(pid_of c1)")" ":kin:"
	ok exec --apparmor :kin:unconfined --detach --pid-file "$T/pid" c1 sleep 1000
	has "$(label_of "$(<"$T/pid")")" ":kin:"
}

@test "apparmorProfile: in a user namespace, with proc masked" {
	need_apparmor
	config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	running c1
	has "$(label_of "$(pid_of c1)")" ":kin:"
	ok exec --detach --pid-file "$T/pid" c1 sleep 1000
	has "$(label_of "$(<"$T/pid")")" ":kin:"
}

@test "apparmorProfile: a proc in the image that is none does not swallow it (CVE-2019-16884)" {
	need_apparmor
	# The image has a /proc of files, and the configuration mounts none.
	config '.mounts |= map(select(.destination != "/proc")) | .linux.maskedPaths = [] | .linux.readonlyPaths = []'
	mkdir -p "$BUNDLE/rootfs/proc/self/attr/apparmor"
	: >"$BUNDLE/rootfs/proc/self/attr/exec"
	: >"$BUNDLE/rootfs/proc/self/attr/apparmor/exec"
	running c1
	has "$(label_of "$(pid_of c1)")" ":kin:"
	equal "$(cat "$BUNDLE/rootfs/proc/self/attr/apparmor/exec" "$BUNDLE/rootfs/proc/self/attr/exec")" ""
}

@test "apparmorProfile: one that the kernel has not is an error that names it, and nothing is left" {
	need_apparmor
	config '.process.apparmorProfile = "kin-none"'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "/process/apparmorProfile (kin-none): apply AppArmor profile: the kernel has no profile of that name"
	has "$error" "no such file or directory"
	clean
	config '.process.apparmorProfile = "unconfined"'
	running c1
	equal "$(label_of "$(pid_of c1)")" unconfined
	k exec --apparmor kin-none c1 true
	equal "$status" 255
	has "$error" "/apparmorProfile (kin-none)"
}

@test "selinuxLabel: without a policy any label is taken; a mount's label reaches the kernel, which takes none then" {
	need_selinux
	config '.process.selinuxLabel = "u:r:t:s0:c1,c2"'
	runs 'echo ran'
	equal "$output" ran
	running c1
	ok exec --process-label u:r:other:s0 c1 echo ran
	equal "$output" ran
	config '.linux.mountLabel = "u:object_r:t:s0:c1,c2"'
	args true
	fails run --bundle "$BUNDLE" c2
	has "$error" "/mounts/1 (/dev): mount tmpfs: option: context=u:object_r:t:s0:c1,c2: invalid argument"
}
