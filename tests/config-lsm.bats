#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# apparmorProfile, selinuxLabel, mountLabel where the machine has no such module; where it has, see tests/vm/lsm.bats.
load helpers/kin

without() { # apparmor|selinux
	case $1 in
	apparmor) [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" != Y ] || skip "AppArmor is enabled" ;;
	selinux) [ "$(stat -f -c %t /sys/fs/selinux 2>/dev/null)" != f97cff8c ] || skip "SELinux is enabled" ;;
	esac
}

@test "labels: empty ones ask for nothing" {
	config '.process.apparmorProfile = "" | .process.selinuxLabel = "" | .linux.mountLabel = ""'
	runs 'echo ran'
	equal "$output" ran
}

@test "apparmorProfile: without AppArmor an error that says so, before anything is made" {
	without apparmor
	config '.process.apparmorProfile = "kin-none"'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" '/process/apparmorProfile: "kin-none" cannot be applied: AppArmor is not enabled on this machine'
	clean
	# Without AppArmor everything is.
	config '.process.apparmorProfile = "unconfined"'
	runs 'echo ran'
	equal "$output" ran
}

@test "selinuxLabel, mountLabel: without SELinux an error that says so, before anything is made" {
	without selinux
	config '.process.selinuxLabel = "system_u:system_r:container_t:s0"'
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" '/process/selinuxLabel: "system_u:system_r:container_t:s0" cannot be applied: SELinux is not enabled'
	clean
	config 'del(.process.selinuxLabel) | .linux.mountLabel = "system_u:object_r:container_file_t:s0"'
	fails run --bundle "$BUNDLE" c1
	has "$error" '/linux/mountLabel: "system_u:object_r:container_file_t:s0" cannot be applied: SELinux is not enabled'
	clean
}

@test "exec --apparmor, --process-label: without the module an error, empty ones ask for nothing" {
	without apparmor
	without selinux
	running c1
	k exec --apparmor kin-none c1 true
	equal "$status" 255
	has "$error" '/apparmorProfile: "kin-none" cannot be applied: AppArmor is not enabled'
	k exec --process-label u:r:t:s0 c1 true
	equal "$status" 255
	has "$error" '/selinuxLabel: "u:r:t:s0" cannot be applied: SELinux is not enabled'
	ok exec --apparmor '' --process-label '' c1 echo ran
	equal "$output" ran
}
