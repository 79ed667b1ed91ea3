#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm_plain
#
# Every limit, by what it does to the container: none of these tests is content with what a control file says.

load ../helpers/kin

prepare() {
	cp "$HELPERS/hog" "$BUNDLE/rootfs/bin/hog"
	device /dev/vda
	disk_major=$device_major disk_minor=$device_minor
}
device() { # PATH: its numbers
	device_major=$(($(stat -c 0x%t "$1"))) device_minor=$(($(stat -c 0x%T "$1")))
}
tidy() {
	if [ -e /dev/zram0 ]; then
		swapoff /dev/zram0 2>/dev/null || :
		rmmod zram 2>/dev/null || :
	fi
	if [ -e /dev/nullb0 ]; then rmmod null_blk; fi
}
cg() { # ID FILE
	cat "/sys/fs/cgroup/kin-$1/$2"
}
limit() { # JSON: of /linux/resources
	config '.linux.resources += $l' --argjson l "$1"
}
disk() { # the container may use the disk
	use b /dev/vda
}
use() { # TYPE PATH: the container may use the device
	device "$2"
	config '.linux.devices = [{path: $p, type: $t, major: $ma, minor: $mi, fileMode: 438}] |
		.linux.resources.devices += [{allow: true, type: $t, major: $ma, minor: $mi, access: "rwm"}]' \
		--arg t "$1" --arg p "$2" --argjson ma "$device_major" --argjson mi "$device_minor"
}
begin() { # ID: detached; what it says: said ID
	create "$1"
	ok start "$1"
}
says() { # ID TEXT: within a minute or two; programs start slowly here, so none is started while it waits
	local i v=io_$1
	for ((i = 0; i < 300; i++)); do
		[[ $(<"${!v}.out") != *"$2"* ]] || return 0
		sleep 0.2
	done
	fail "$1 did not say $2, but: $(said "$1")"
}
killed() { # run: for want of memory
	may_be_killed=1
	k run --bundle "$BUNDLE" hog
	may_be_killed=
	equal "$status" 137 "status of the hog"
	hasnt "$output" MiB
}
at_times() { # COMMAND...: of three times once: what a busy host takes from the machine is not what is tested
	local id rc old=$-
	for _ in 1 2 3; do
		set +e
		(
			set -e
			"$@"
		)
		rc=$?
		[[ $old != *e* ]] || set -e
		[ $rc != 0 ] || return 0
		for id in $("$KIN" --root "$ROOT" list -q); do ok delete --force "$id"; done
	done
	return 1
}
usage() { # ID: us of CPU time
	cg "$1" cpu.stat | awk '$1 == "usage_usec" { print $2 }'
}
now() { # us
	echo "${EPOCHREALTIME/./}"
}

# bats test_tags=vm61
@test "memory: a hog is killed for want of memory, a smaller one is not" {
	limit '{"memory": {"limit": 33554432}}'
	args hog memory 48
	killed
	args hog memory 16
	begin c1
	says c1 '16 MiB'
}

@test "memory and swap: the sum is what may be used" {
	modprobe zram
	echo 256M >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null
	swapon /dev/zram0
	args hog memory 48
	# No swap at all, and 32 MiB of it.
	limit '{"memory": {"limit": 33554432, "swap": 33554432}}'
	killed
	limit '{"memory": {"limit": 33554432, "swap": 67108864}}'
	begin c1
	says c1 '48 MiB'
	ok delete --force c1
	args hog memory 96
	killed
}

# bats test_tags=vm61
@test "pids: a fork bomb is held" {
	limit '{"pids": {"limit": 12}}'
	script 'i=0; while [ $i -lt 30 ]; do sleep 1000 & i=$((i + 1)); echo "child $i"; done; echo all'
	k run --bundle "$BUNDLE" c1
	[ "$status" != 0 ]
	has "$output" 'child 11'
	hasnt "$output" 'child 12'
	has "$error" fork
	limit '{"pids": {"limit": 40}}'
	ok run --bundle "$BUNDLE" c2
	has "$output" all
	# One that never gives up.
	limit '{"pids": {"limit": 12}}'
	script 'while :; do (while :; do sleep 1000 & done) & sleep 0.01; done 2>/dev/null & exec sleep 1000'
	begin bomb
	sleep 2
	[ "$(wc -l <"/sys/fs/cgroup/kin-bomb/cgroup.procs")" -le 12 ]
	ok delete --force bomb
}

# bats test_tags=vm61
@test "cpu quota: a burner gets its share within a tenth" {
	local u t share
	limit '{"cpu": {"quota": 25000, "period": 100000}}'
	script 'echo go; while :; do :; done'
	begin c1
	says c1 go
	sleep 1
	u=$(usage c1) t=$(now)
	sleep 6
	u=$(($(usage c1) - u)) t=$(($(now) - t))
	share=$((1000 * u / t))
	echo "$u us of $t us: $share of 1000"
	[ $share -ge 225 ]
	[ $share -le 275 ]
}

@test "cpu burst: what was not used in quiet times is there for a busy moment" {
	# 300 ms are wanted where 200 are given in each second, after some that were not used.  Who has been held goes on when a
	# period begins: so the busy moment does not lie across the end of one.
	script 'look() { while read -r k v; do case $k in usage_usec) u=$v ;; nr_throttled) n=$v ;; esac; done </sys/fs/cgroup/cpu.stat; }
		look; from=$n
		while [ $n = $from ]; do look; done
		sleep 3.2; look; from=$n end=$((u + 300000))
		while [ $u -lt $end ]; do look; done
		echo held $((n - from))'
	at_times holds_and_bursts
}
holds_and_bursts() {
	limit '{"cpu": {"quota": 200000, "period": 1000000}}'
	run_c
	equal "$output" "held 1"
	limit '{"cpu": {"quota": 200000, "period": 1000000, "burst": 200000}}'
	begin burst
	says burst held
	equal "$(said burst)" "held 0"
	[ "$(cg burst cpu.stat | awk '$1 == "burst_usec" { print $2 }')" -ge 50000 ]
	ok delete --force burst
}

@test "cpu weight: two on one processor share it by their weights" {
	local a b
	script 'echo go; while :; do :; done'
	limit '{"cpu": {"cpus": "0"}, "unified": {"cpu.weight": "100"}}'
	begin light
	limit '{"unified": {"cpu.weight": "400"}}'
	begin heavy
	says light go
	says heavy go
	a=$(usage light) b=$(usage heavy)
	sleep 6
	a=$(($(usage light) - a)) b=$(($(usage heavy) - b))
	echo "$a us to $b us"
	[ $((10 * b)) -ge $((30 * a)) ]
	[ $((10 * b)) -le $((50 * a)) ]
}

@test "cpu idle: what is idle leaves the processor to the others" {
	local a b
	script 'echo go; while :; do :; done'
	limit '{"cpu": {"cpus": "0", "idle": 1}}'
	begin idle
	limit '{"cpu": {"cpus": "0"}}'
	begin other
	says idle go
	says other go
	a=$(usage idle) b=$(usage other)
	sleep 4
	a=$(($(usage idle) - a)) b=$(($(usage other) - b))
	echo "$a us to $b us"
	[ "$b" -ge $((10 * a)) ]
}

@test "cpuset: the affinity is the one that was asked for" {
	runs 'grep -E "^(Cpus|Mems)_allowed_list" /proc/self/status; nproc'
	equal "$(awk 'NR == 1 { print $2 }' <<<"$output")" 0-1
	limit '{"cpu": {"cpus": "1", "mems": "0"}}'
	run_c
	equal "$(awk '{ print $NF }' <<<"$output")" $'1\n0\n1'
}

@test "io: reading and writing the disk takes the time that the rate gives it" {
	local fast slow
	disk
	script 'dd if=/dev/vda of=/dev/null bs=64k count=48 iflag=direct status=none &&
		dd if=/dev/zero of=/dev/vda bs=64k count=48 oflag=direct status=none'
	fast=$(now)
	run_c
	fast=$(($(now) - fast))
	limit "{\"blockIO\": {\"throttleReadBpsDevice\": [{\"major\": $disk_major, \"minor\": $disk_minor, \"rate\": 2097152}],
		\"throttleWriteIOPSDevice\": [{\"major\": $disk_major, \"minor\": $disk_minor, \"rate\": 24}]}}"
	slow=$(now)
	run_c
	slow=$(($(now) - slow))
	# 3 MiB at 2 MiB/s, then 48 writes at 24/s.
	echo "$fast us, then $slow us"
	[ $((slow - fast)) -ge 2500000 ]
	[ $((slow - fast)) -le 9000000 ]
}

@test "io weight: two share a busy disk by their weights, of all disks and of this one" {
	local weights
	# One request at a time, 4 ms each: a disk that is never done.  bfq is the scheduler that knows weights.
	modprobe null_blk nr_devices=1 gb=1 bs=4096 queue_mode=2 submit_queues=1 hw_queue_depth=1 irqmode=2 completion_nsec=4000000
	modprobe bfq
	echo bfq >/sys/block/nullb0/queue/scheduler
	echo 0 >/sys/block/nullb0/queue/iosched/low_latency # it favours whoever has just begun
	use b /dev/nullb0
	script 'exec dd if=/dev/nullb0 of=/dev/null bs=4k iflag=direct'
	for weights in '{weight: 100}, {weight: 400}' \
		"{weight: 400, weightDevice: [{major: $device_major, minor: $device_minor, weight: 100}]},
		{weight: 100, weightDevice: [{major: $device_major, minor: $device_minor, weight: 400}]}"; do
		at_times share "$weights"
	done
}
share() { # WEIGHTS: of two, which get about one and four parts of what there is
	local light heavy
	config ".linux.resources.blockIO = [$1][0]"
	begin light
	config ".linux.resources.blockIO = [$1][1]"
	begin heavy
	sleep 1
	light=$(bytes_read light) heavy=$(bytes_read heavy)
	sleep 5
	light=$(($(bytes_read light) - light)) heavy=$(($(bytes_read heavy) - heavy))
	echo "$light bytes to $heavy"
	ok delete --force light
	ok delete --force heavy
	[ $((10 * heavy)) -ge $((25 * light)) ]
	[ $((10 * heavy)) -le $((60 * light)) ]
}
bytes_read() { # ID
	cg "$1" io.stat | sed -n "s/^$device_major:$device_minor .*rbytes=\([0-9]*\).*/\1/p"
}

@test "rdma: no more handles and objects of a device than the limit" {
	# The driver that needs no hardware, over the loopback device. It stays until the machine ends: 6.12.117's
	# rdmacg_unregister_device() stumbles over the limits of cgroups that are gone, and the kernel dies of it.
	modprobe rdma_rxe
	modprobe ib_uverbs
	[ -d /sys/class/infiniband/rxe0 ] || rdma link add rxe0 type rxe netdev lo
	wait_for test -c /dev/infiniband/uverbs0
	use c /dev/infiniband/uverbs0
	args hog rdma /dev/infiniband/uverbs0 4 6
	run_c
	has "$output" $'handle 4\nobject 1\n'
	has "$output" 'object 6'
	limit '{"rdma": {"rxe0": {"hcaHandles": 2}}}'
	k run --bundle "$BUNDLE" c1
	equal "$status" 1
	has "$output" $'handle 2\nhandle: Resource temporarily unavailable'
	# An object is a handle's, too.
	limit '{"rdma": {"rxe0": {"hcaHandles": 4, "hcaObjects": 3}}}'
	k run --bundle "$BUNDLE" c2
	equal "$status" 1
	has "$output" $'handle 4\nobject 1\n'
	has "$output" $'object 3\nobject: Resource temporarily unavailable'
	limit '{"rdma": {"nosuch": {"hcaHandles": 4}}}'
	fails run --bundle "$BUNDLE" c3
	has "$error" /linux/resources/rdma/nosuch
}

@test "huge pages: no more than the limit" {
	local had
	had=$(</proc/sys/vm/nr_hugepages)
	echo 8 >/proc/sys/vm/nr_hugepages
	[ "$(</proc/sys/vm/nr_hugepages)" = 8 ]
	args hog huge 3
	ok run --bundle "$BUNDLE" c1
	has "$output" 'page 3'
	limit '{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]}'
	k run --bundle "$BUNDLE" c2
	echo "$had" >/proc/sys/vm/nr_hugepages
	# mmap is refused where reservations are limited, too; else the third page is SIGBUS.
	[ "$status" = 1 ] || [ "$status" = 135 ]
	hasnt "$output" 'page 3'
}

@test "unified: memory.high keeps the page cache small" {
	local free held
	disk
	args hog cache /dev/vda 48
	begin free
	says free '48 MiB'
	limit '{"memory": {"limit": 134217728}}' # for the controller alone
	ok delete --force free
	begin free
	says free '48 MiB'
	free=$(cg free memory.current)
	ok delete --force free
	echo 1 >/proc/sys/vm/drop_caches
	limit '{"unified": {"memory.high": "12582912"}}'
	begin held
	says held '48 MiB'
	held=$(cg held memory.current)
	echo "$free bytes, then $held"
	[ "$free" -ge 41943040 ]
	[ "$held" -le 16777216 ]
}

@test "a limit that cannot be set is named, and nothing is left of the container" {
	limit '{"memory": {"limit": 33554432}, "pids": {"limit": 12}, "unified": {"memory.nosuch": "1"}}'
	fails run --bundle "$BUNDLE" c1
	has "$error" memory.nosuch
	has "$error" /linux/resources/unified
	limit '{"unified": {"pids.max": "many"}}'
	fails run --bundle "$BUNDLE" c1
	has "$error" '"many"'
	has "$error" pids.max
	limit '{"unified": {"nosuch.max": "1"}}'
	fails run --bundle "$BUNDLE" c1
	has "$error" 'cgroup controller "nosuch" is not available'
	clean
}

@test "a parent with processes of its own is named" {
	config '.linux.cgroupsPath = "/inhabited/c1" | .linux.resources += {pids: {limit: 5}}'
	mkdir /sys/fs/cgroup/inhabited
	sleep 1000 3>&- &
	echo $! >/sys/fs/cgroup/inhabited/cgroup.procs
	k run --bundle "$BUNDLE" c1
	kill $!
	wait $! || :
	while ! rmdir /sys/fs/cgroup/inhabited; do sleep 0.1; done
	equal "$status" 1
	has "$error" 'cgroup controller "pids" cannot be enabled below /sys/fs/cgroup/inhabited, which has processes of its own'
}

# bats test_tags=vm61
@test "update: all or nothing" {
	limit '{"memory": {"limit": 67108864}, "pids": {"limit": 20}, "cpu": {"quota": 50000, "period": 100000}}'
	running c1
	echo '{"memory": {"limit": 100663296}, "cpu": {"quota": 70000, "period": 100000}, "pids": {"limit": 30},
		"unified": {"memory.oom.group": "2"}}' >"$T/resources"
	fails update --resources "$T/resources" c1
	has "$error" memory.oom.group
	equal "$(cg c1 memory.max)" 67108864
	equal "$(cg c1 pids.max)" 20
	equal "$(cg c1 cpu.max)" '50000 100000'
	echo '{"memory": {"limit": 100663296}, "pids": {"limit": 30}}' >"$T/resources"
	ok update --resources "$T/resources" c1
	equal "$(cg c1 memory.max)" 100663296
	equal "$(cg c1 pids.max)" 30
	# A burst above the old quota, and a quota below the old burst: the order is no matter.
	ok update --cpu-quota 90000 --cpu-burst 80000 c1
	equal "$(cg c1 cpu.max.burst)" 80000
	ok update --cpu-quota 20000 --cpu-burst 10000 c1
	equal "$(cg c1 cpu.max)" '20000 100000'
	equal "$(cg c1 cpu.max.burst)" 10000
}

@test "update: a burner is slowed down while it runs" {
	local u t share
	script 'echo go; while :; do :; done'
	begin c1
	says c1 go
	ok update --cpu-quota 20000 --cpu-period 100000 c1
	sleep 1
	u=$(usage c1) t=$(now)
	sleep 4
	u=$(($(usage c1) - u)) t=$(($(now) - t))
	share=$((1000 * u / t))
	echo "$u us of $t us: $share of 1000"
	[ $share -ge 170 ]
	[ $share -le 230 ]
}

# bats test_tags=vm61
@test "update: memory below what is in use is reclaimed from the page cache" {
	disk
	limit '{"memory": {"limit": 134217728}}'
	args hog cache /dev/vda 64
	begin c1
	says c1 '64 MiB'
	[ "$(cg c1 memory.current)" -ge 50331648 ]
	ok update --memory 25165824 c1
	[ "$(cg c1 memory.current)" -le 25165824 ]
	equal "$(cg c1 memory.max)" 25165824
	equal "$(cg c1 memory.high)" max
	equal "$(state_of c1)" running
}

@test "update: memory below what is in use and cannot be reclaimed is refused, and nobody is killed" {
	limit '{"memory": {"limit": 134217728, "swap": 134217728}, "pids": {"limit": 20}}'
	args hog memory 64
	begin c1
	says c1 '64 MiB'
	fails update --memory 25165824 --memory-swap 25165824 --pids-limit 30 c1
	has "$error" 'cannot be reclaimed'
	has "$error" 25165824
	equal "$(cg c1 memory.max)" 134217728
	equal "$(cg c1 memory.high)" max
	equal "$(cg c1 memory.swap.max)" 0
	equal "$(cg c1 pids.max)" 20
	equal "$(state_of c1)" running
	equal "$(awk '$1 == "oom_kill" { print $2 }' /sys/fs/cgroup/kin-c1/memory.events)" 0
	echo '{"memory": {"limit": 25165824, "checkBeforeUpdate": true}}' >"$T/resources"
	fails update --resources "$T/resources" c1
	has "$error" checkBeforeUpdate
	equal "$(state_of c1)" running
}
