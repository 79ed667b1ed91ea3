#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What engines do with controllers and with systemd: Docker's limits, update, stats and death for want of memory, with
# both cgroup drivers; containerd's metrics; a service of systemd's.  Compared with runc, as in tests/callers, where there is
# systemd: that is the longer way, and everything takes its time here.

CALLER_TIMEOUT=${CALLER_TIMEOUT:-180}
[ "${KIN_VM-}" != systemd ] || DAEMON='{"exec-opts": ["native.cgroupdriver=systemd"]}'
load ../callers/docker
[ "${KIN_VM-}" != plain ] || OTHERS=''
# containerd keeps the directories of a namespace that it has seen once; of a container there would be one below.
ORACLE_LATE="$ORACLE_LATE|directory /run/containerd/(fifo|runc|runc/kin)\$|directory .*/io.containerd.runtime.v2.task/kin\$"
# systemd takes it away once a unit has failed.
ORACLE_LATE="$ORACLE_LATE|file /run/systemd/show-status"

shim() { # ARGS: ctr with dockerd's containerd
	quiet ctr --address /run/docker/containerd/containerd.sock "$@"
}
files() { # what is in force, as the container sees it
	local weight=$1
	d exec one sh -c 'cd /sys/fs/cgroup && grep . memory.max memory.swap.max memory.low pids.max cpu.max cpuset.cpus cpu.weight' >"$T/files"
	grep -v cpu.weight "$T/files"
	# docs/callers.md: `--cpu-shares`
	[ "$RUNTIME" != kin ] || has "$(<"$T/files")" "cpu.weight:$weight"
}
numbers() { # as docker stats and containerd's metrics have them
	dq stats --no-stream --format '{{.MemUsage}} {{.PIDs}}' one | sed 's/^[0-9.]*[kKM]iB/SOME/'
	shim --namespace moby task metrics --format json "$(inspected one '{{.Id}}')" |
		jq -c '[.pids.current, .pids.limit, .memory.usage_limit, (.memory.usage | . > 0 and . < 100000000), .cpu.usage_usec > 0]'
}
mebibytes() { # so many, held at once
	d exec one dd if=/dev/zero of=/dev/null bs="$1M" count=1 | tail -n 1
}
unit() { # what systemd knows of it
	[ "$KIN_VM" = systemd ] || return 0
	systemctl show "docker-$(inspected one '{{.Id}}').scope" \
		-p ActiveState -p Slice -p Delegate -p MemoryMax -p TasksMax -p CPUQuotaPerSecUSec -p AllowedCPUs | sort
}
limited() {
	local slice=''
	[ "$KIN_VM" != systemd ] || slice=kincaller.slice
	rq -d --name one ${slice:+--cgroup-parent $slice} --memory 64m --memory-swap 64m --memory-reservation 32m --pids-limit 20 --cpus 0.5 --cpu-shares 512 \
		--cpuset-cpus 0 "$IMAGE" sleep 1000 >/dev/null
	files 59
	unit
	mebibytes 80
	# runc itself cannot do with fewer tasks in there.
	dq update --memory 96m --memory-swap 96m --pids-limit 16 --cpus 0.25 --cpu-shares 2048 --cpuset-cpus 0-1 one
	files 174
	unit
	numbers
	mebibytes 80
	inspected one '{{.State.OOMKilled}} {{.State.Running}} {{.HostConfig.Memory}}'
	d exec one sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 1000 & done 2>&1'
	dq kill one >/dev/null
	inspected one '{{.State.Status}} {{.State.ExitCode}}'
	[ -n "$slice" ] || return 0
	wait_for eval '[ -z "$(systemctl list-units --all --no-legend --plain "docker-*")" ]'
	systemctl stop $slice
}
# bats test_tags=vm_plain,vm_systemd
@test "docker: limits and their update, by what they do; stats and metrics" {
	both limited
	has "$output" $'memory.max:67108864\nmemory.swap.max:0\nmemory.low:33554432\npids.max:20\ncpu.max:50000 100000\ncpuset.cpus:0\n= 0\n'
	equal "$(grep -cx '= 137' <<<"$output")" 1 "deaths of who asked for 80 MiB, of 64 and of 96"
	has "$output" $'memory.max:100663296\nmemory.swap.max:0\nmemory.low:33554432\npids.max:16\ncpu.max:25000 100000\n'
	has "$output" $'cpuset.cpus:0-1\n'
	has "$output" $'SOME / 96MiB 1\n[1,16,100663296,true,true]\n= 0\n'
	has "$output" "can't fork"
	[ "$KIN_VM" = systemd ] || return 0
	has "$output" $'MemoryMax=67108864\nSlice=kincaller.slice\nTasksMax=20\n'
	has "$output" $'MemoryMax=100663296\nSlice=kincaller.slice\nTasksMax=16\n'
	like "$output" 'exited 137$'
}

killed() {
	rq -d --name one --memory 32m --memory-swap 32m "$IMAGE" tail /dev/zero >/dev/null
	d wait one
	inspected one '{{.State.OOMKilled}} {{.State.ExitCode}} {{.State.Status}}'
}
# bats test_tags=vm_plain,vm_systemd
@test "docker: killed for want of memory, and inspect says so where the cgroup stays" {
	# containerd's shim may be told of the end before it is told of the reason, and with systemd the cgroup may be gone before
	# it looks: with runc as with kin.
	for _ in 1 2 3 4 5; do
		once kin killed
		like "$(<"$T/kin")" $'^137\n= 0\n(true|false) 137 exited$'
		[[ $(<"$T/kin") == *false* ]] || break
	done
	[ "$KIN_VM" = systemd ] || has "$(<"$T/kin")" 'true 137'
}

metrics() {
	shim --namespace kin run -d --runc-binary "$(command -v "$RUNTIME" || echo "$KIN_BUILD/kin")" --memory-limit 67108864 \
		--cpu-quota 30000 --cpu-period 100000 ${1:+"$@"} --rootfs "$BATS_FILE_TMPDIR/rootfs" a /bin/sleep 1000
	shim --namespace kin task metrics --format json a |
		jq -c '[.pids.current, .memory.usage_limit, (.memory.usage | . > 0 and . < 67108864), .cpu.usage_usec > 0]'
	local pid
	pid=$(shim --namespace kin task ls | awk '$1 == "a" { print $2 }')
	sed 's/^0:://' "/proc/$pid/cgroup"
	cat "/sys/fs/cgroup$(sed 's/^0:://' "/proc/$pid/cgroup")/cpu.max"
	shim --namespace kin task rm -f a
	shim --namespace kin container rm a
	rmdir /sys/fs/cgroup/kin 2>/dev/null || : # who made it removes it, or not
}
# bats test_tags=vm_plain
@test "containerd: metrics are the container's numbers" {
	both metrics
	has "$output" $'[1,67108864,true,true]\n'
	has "$output" '30000 100000'
}
# bats test_tags=vm_systemd
@test "containerd: metrics with the systemd driver" {
	both metrics --runc-systemd-cgroup --cgroup system.slice:ctr:a
	has "$output" $'[1,67108864,true,true]\n/system.slice/ctr-a.scope\n30000 100000'
}

# ---- contrib/callers/kin@.service -----------------------------------------------------------------------------------
property() {
	systemctl show --value -p "$1" kin@web
}
ends() { # the container, with the service: nothing of both is left
	[ "$(property ActiveState)" = "$1" ]
	[ ! -e /sys/fs/cgroup/system.slice/kin@web.service ]
	equal "$("$KIN" --root /run/kin list -q)" ''
}
served() { # FILTER: jq's, over the configuration
	mkdir -p /var/lib/kin/web
	[ -e /var/lib/kin/web/rootfs ] || cp -a "$BATS_FILE_TMPDIR/rootfs" /var/lib/kin/web/rootfs
	cp "$HELPERS/notify" /var/lib/kin/web/rootfs/bin/
	config_base | jq ".linux.cgroupsPath = \"/system.slice/kin@web.service/container\" | $1" >/var/lib/kin/web/config.json
	systemctl reset-failed kin@web 2>/dev/null || :
}
is_up() {
	wait_for eval '"$KIN" state web | grep -q running'
}
RUNS='.process.args = ["sh", "-c", "trap \"exit 3\" USR1; trap \"exit 0\" TERM; while :; do sleep 0.1; done"]'
serve() {
	mkdir -p /var/lib/kin
	mount -t tmpfs tmpfs /var/lib/kin
	sed "s|/usr/local/bin/kin|$KIN_BUILD/kin|" "$KIN_SRC/contrib/callers/kin@.service" >/run/systemd/system/kin@.service
	systemctl daemon-reload

	served "$RUNS"
	systemctl start kin@web
	equal "$(property ActiveState)" active
	is_up # exec is all that systemd waits for
	equal "$(sed 's/^0:://' "/proc/$("$KIN" state web | jq .pid)/cgroup")" /system.slice/kin@web.service/container
	systemctl stop kin@web
	ends inactive
	equal "$(property Result)" success

	# A kin that is killed leaves nothing, and the service comes back; so it does after the program's failure.
	systemctl start kin@web
	is_up
	local old
	old=$(property MainPID)
	kill -9 "$old"
	wait_for eval '[ "$(systemctl show --value -p MainPID kin@web)" != '"$old"' ] && "$KIN" state web | grep -q running'
	equal "$(property NRestarts)" 1
	"$KIN" kill web USR1
	wait_for eval '[ "$(systemctl show --value -p NRestarts kin@web)" = 2 ] && "$KIN" state web | grep -q running'
	equal "$(property ActiveState)" active
	systemctl stop kin@web
	ends inactive

	# Ready when the program says so.
	mkdir -p /run/systemd/system/kin@web.service.d
	printf '[Service]\nType=notify\nRestart=no\n' >/run/systemd/system/kin@web.service.d/notify.conf
	systemctl daemon-reload
	served '.process.args = ["sh", "-c", "sleep 1; notify send READY=1; trap \"exit 0\" TERM; while :; do sleep 0.1; done"]'
	systemctl start kin@web
	equal "$(property ActiveState)" active
	systemctl stop kin@web
	ends inactive

	# What cannot run is a failure of the service.
	served '.process.args = ["/no/such/program"]'
	systemctl start kin@web && fail "started"
	ends failed
}
unserve() {
	systemctl stop kin@web
	rm -rf /run/systemd/system/kin@.service /run/systemd/system/kin@web.service.d
	systemctl daemon-reload
	systemctl reset-failed kin@web 2>/dev/null
	rmdir /run/kin 2>/dev/null
	umount /var/lib/kin
	rmdir /var/lib/kin
}
# bats test_tags=vm_systemd
@test "a service of systemd's runs a bundle, and ends with it" {
	local rc
	set +e
	(
		set -e
		serve
	)
	rc=$?
	unserve
	set -e
	return $rc
}
