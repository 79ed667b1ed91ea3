#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# podman run: capabilities, seccomp, masked paths, sysctls, devices.
load podman

status_of() {
	p run --rm "$@" "$IMAGE" sh -c 'grep -E "^(Cap|NoNewPrivs|Seccomp:|Groups)" /proc/self/status'
}
capabilities() {
	status_of
	status_of --cap-drop all
	status_of --cap-drop all --cap-add net_raw,chown
	status_of --cap-add sys_admin --user 5
	status_of --privileged
	p run --rm --cap-add nosuchcapability "$IMAGE" true
}
@test "podman: capabilities by default, --cap-add, --cap-drop, --privileged" {
	both capabilities
	has "$output" $'CapBnd:\t0000000000002001'
}

filters() {
	status_of --security-opt seccomp=unconfined
	jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]}' \
		>"$T/filter.json"
	p run --rm --security-opt seccomp="$T/filter.json" "$IMAGE" sh -c 'mkdir /tmp/x; echo made $?'
	p run --rm --security-opt seccomp=/no/such/file "$IMAGE" true
	p run --rm "$IMAGE" sh -c 'unshare -U true; echo unshare $?'
	status_of --security-opt no-new-privileges
}
@test "podman: seccomp filters, no-new-privileges" {
	both filters
	has "$output" "No space left"
	has "$output" "made 1"
	has "$output" $'NoNewPrivs:\t1'
}

masks() {
	p run --rm "$IMAGE" sh -c 'wc -c </proc/kcore; ls /proc/acpi /sys/firmware; echo 1 >/proc/sys/kernel/domainname'
	p run --rm --security-opt mask=/etc/group:/usr "$IMAGE" sh -c 'wc -c </etc/group; ls /usr | wc -l'
	p run --rm --security-opt unmask=/sys/firmware "$IMAGE" sh -c 'grep -c " /sys/firmware " /proc/self/mountinfo'
	p run --rm --security-opt unmask=ALL "$IMAGE" sh -c 'grep -cE " /proc/.* ro" /proc/self/mountinfo'
}
@test "podman: masked and read-only paths, mask, unmask" {
	both masks
}

sysctls() {
	p run --rm --sysctl kernel.msgmax=4321 --sysctl net.ipv4.ip_forward=1 "$IMAGE" \
		cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward
	p run --rm --sysctl kernel.panic=1 "$IMAGE" true
	p run --rm --ipc host --sysctl kernel.msgmax=4321 "$IMAGE" true
}
@test "podman: --sysctl" {
	both sysctls
	has "$output" $'4321\n1\n= 0'
}

devices() {
	p run --rm --device /dev/null:/dev/nothing "$IMAGE" sh -c 'echo x >/dev/nothing; stat -c "%F %t:%T %a" /dev/nothing'
	p run --rm --device /dev/zero:/dev/zeros:r "$IMAGE" sh -c 'dd if=/dev/zeros bs=1 count=1 2>/dev/null | od -An -tx1'
	p run --rm --device /dev/nosuchdevice "$IMAGE" true
	p run --rm "$IMAGE" sh -c 'ls /dev | grep -v core; ls -l /dev/null | cut -c1-10'
}
@test "podman: --device, and the devices there are" {
	both devices
	has "$output" "character special file 1:3"
	has "$output" " 00"
}
