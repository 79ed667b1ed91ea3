#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm61
#
# The test bed itself: what the other files rely on inside the virtual machine (see tests/vm/run and tests/vm/bats).

load ../helpers/kin

mine() { # the cgroup of this process
	echo "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)"
}
tidy() {
	local dir
	for dir in "${made[@]}"; do
		[ ! -d "$dir" ] || { echo 1 >"$dir/cgroup.kill"; }
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			rmdir "$dir" 2>/dev/null && break
			sleep 0.1
		done
	done
}
prepare() {
	made=()
}
group() { # PATH: a cgroup that tidy removes
	mkdir "$1"
	made=("$1" "${made[@]}")
}
in_group() { # DIR COMMAND...
	local dir=$1
	shift
	(echo "$BASHPID" >"$dir/cgroup.procs" && exec "$@")
}

# bats test_tags=vm_plain,vm_systemd,vm_user,vm_session,vm_outsider
@test "the kernel is the one that was asked for" {
	like "$(uname -r)" "^${KIN_VM_KERNEL//./\\.}\.[0-9]"
	equal "$(</proc/sys/kernel/hostname)" kin-vm
	like "$(nproc)" '^[0-9]+$'
}

# bats test_tags=vm_plain,vm_systemd,vm_user,vm_session,vm_outsider
@test "cgroup v2 is where it belongs, with every controller" {
	local c
	equal "$(stat -f -c %T /sys/fs/cgroup)" cgroup2fs
	for c in cpuset cpu io memory hugetlb pids rdma misc; do
		has " $(</sys/fs/cgroup/cgroup.controllers) " " $c "
	done
}

# bats test_tags=vm_plain
@test "process 1 and the tests are in a child cgroup, and every controller can be enabled for it" {
	local c before
	equal "$(sed -n 's/^0:://p' /proc/1/cgroup)" /runner
	like "$(sed -n 's/^0:://p' /proc/self/cgroup)" '^/runner'
	group /sys/fs/cgroup/bed
	before=$(</sys/fs/cgroup/cgroup.subtree_control)
	for c in cpuset cpu io memory hugetlb pids rdma misc; do
		echo "+$c" >/sys/fs/cgroup/cgroup.subtree_control
	done
	equal "$(wc -w </sys/fs/cgroup/bed/cgroup.controllers)" 8
	for c in cpuset.cpus cpu.max io.max io.weight memory.max memory.peak hugetlb.2MB.max pids.max rdma.max; do
		[ -e "/sys/fs/cgroup/bed/$c" ] || fail "there is no $c"
	done
	for c in cpuset cpu io memory hugetlb pids rdma misc; do
		[[ " $before " == *" $c "* ]] || echo "-$c" >/sys/fs/cgroup/cgroup.subtree_control
	done
}

# bats test_tags=vm_plain,vm_systemd
@test "root has every capability, also over limits" {
	equal "$(sed -n 's/^CapEff:\t//p' /proc/self/status)" "$(printf '%016x' $(((1 << ($(</proc/sys/kernel/cap_last_cap) + 1)) - 1)))"
	prlimit --memlock=1073741824:1073741824 true
}

# bats test_tags=vm_plain,vm_systemd
@test "the disk is one that io.max slows down" {
	local dir=/sys/fs/cgroup/bed begin took had
	equal "$(blockdev --getsize64 /dev/vda)" 1073741824
	group $dir
	had=$(</sys/fs/cgroup/cgroup.subtree_control)
	echo +io >/sys/fs/cgroup/cgroup.subtree_control
	echo "$(</sys/block/vda/dev) wbps=1048576" >$dir/io.max
	begin=${EPOCHREALTIME/./}
	in_group $dir dd if=/dev/zero of=/dev/vda bs=64k count=48 oflag=direct status=none
	took=$(((${EPOCHREALTIME/./} - begin) / 1000))
	echo "3 MiB took $took ms"
	[ $took -ge 2000 ] && [ $took -le 9000 ]
	[[ " $had " == *" io "* ]] || echo -io >/sys/fs/cgroup/cgroup.subtree_control
}

# bats test_tags=vm_plain
@test "modules that are not there yet can be loaded: bfq for the disk" {
	modprobe bfq
	echo bfq >/sys/block/vda/queue/scheduler
	has "$(</sys/block/vda/queue/scheduler)" '[bfq]'
	echo none >/sys/block/vda/queue/scheduler
}

# bats test_tags=vm_systemd
@test "systemd runs, the bus answers, and a scope with a limit is a cgroup with it" {
	equal "$(</proc/1/comm)" systemd
	equal "$(systemctl is-system-running --wait)" running
	has "$(busctl call org.freedesktop.DBus / org.freedesktop.DBus GetId)" 's "'
	like "$(mine)" '/system.slice/kin-vm.service$'
	equal "$(systemd-run --quiet --scope --collect -p MemoryMax=64M sh -c \
		'cat /sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/memory.max')" 67108864
}

# bats test_tags=vm_user
@test "the user's manager has all controllers delegated, and its limits bind" {
	local c dir
	equal "$(id -u)" 61000
	like "$(mine)" '/user.slice/user-61000.slice/user@61000.service/app.slice/run-.*\.scope$'
	for c in cpuset cpu io memory pids; do
		has " $(<"$(mine)/cgroup.controllers") " " $c "
		has " $(</sys/fs/cgroup/user.slice/user-61000.slice/user@61000.service/cgroup.controllers) " " $c "
	done
	dir=$(dirname "$(mine)")/bed
	group "$dir"
	[ -w "$dir/cgroup.procs" ]
	echo 3 >"$dir/pids.max"
	run in_group "$dir" sh -c 'sleep 30 & sleep 30 & sleep 30 & echo not reached'
	echo 1 >"$dir/cgroup.kill"
	hasnt "$output" 'not reached'
	equal "$(awk '$1 == "max" { print ($2 > 0) }' "$dir/pids.events")" 1
}

# bats test_tags=vm_user,vm_session
@test "the user's bus answers, and its manager makes scopes" {
	equal "$XDG_RUNTIME_DIR" /run/user/61000
	has "$(busctl --user call org.freedesktop.DBus / org.freedesktop.DBus GetId)" 's "'
	equal "$(systemctl --user is-system-running --wait)" running
	like "$(systemd-run --user --quiet --scope --collect cat /proc/self/cgroup)" '/user@61000.service/app.slice/run-.*\.scope$'
	has "$(</etc/subuid)" kintest:1000000:65536
}

# bats test_tags=vm_session
@test "a login session has a cgroup of its own that its user may not change" {
	like "$(mine)" '/user.slice/user-61000.slice/session-[^/]*\.scope$'
	[ ! -w "$(mine)/cgroup.procs" ]
	[ ! -w "$(dirname "$(mine)")/cgroup.procs" ]
}

# bats test_tags=vm_outsider
@test "an outsider has no manager, no bus, no cgroup and no subordinate ids" {
	equal "$(id -u)" 61001
	[ -z "${XDG_RUNTIME_DIR-}${DBUS_SESSION_BUS_ADDRESS-}" ]
	[ ! -e /run/user/61001 ]
	[ ! -w "$(mine)" ]
	hasnt "$(</etc/subuid)" kinplain
}

# bats test_tags=vm_plain,vm_systemd,vm_user,vm_session,vm_outsider
@test "a container runs" {
	runs 'echo hello from $$; cat /proc/self/cgroup; exit 0'
	has "$output" 'hello from 1'
	has "$output" '0::/'
}
